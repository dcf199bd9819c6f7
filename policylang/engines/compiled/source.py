"""Expressions as Python text, for facts that are all there.

Connectives become Python's own: what settles them wins, and what is never looked at cannot err.
Wherever a fact could be missing at the place it is used, the text raises `Bail` there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from policylang.engines.admission import Schema
from policylang.engines.compiled import support
from policylang.engines.compiled.entries import (
    Entry,
    Subject,
    conjuncts,
    declared_field,
    declared_names,
)
from policylang.engines.compiled.logic import constant
from policylang.engines.compiled.reads import SOURCES, Read
from policylang.ir import expressions as ir
from policylang.model.types import INT, STRING, URL, ResourceOf, SetOf, Type

LITERAL = 2**63
"""Larger whole numbers are bound by name: Python limits how long a literal is."""

_SETUP = {
    "rid": "rid = resource.id",
    "resource": "resource = request.resource",
    "given": "given = resource.attributes",
    "pid": "pid = principal.id",
    "roles": "roles = person.roles",
    "kind": "kind = person.kind",
    "known_roles": "known_roles = person.known_roles",
    "known_kind": "known_kind = person.known_kind",
    "labels": "labels = request.labels",
    "ancestors": "ancestors = (key,) if thing is None else thing.ancestors",
    "pure": "if thing is not None and not thing.pure: raise Bail",
    "trusted": "trusted = person.pure and (not given if thing is None else thing.pure)",
}

_FIRST = {
    "rid": ("resource",),
    "given": ("resource",),
    "trusted": ("given",),
    "key": ("rid",),
    "ancestors": ("key",),
}


class Names(dict[str, Any]):
    """The global names of generated code."""

    def __init__(self, given: dict[str, Any]) -> None:
        super().__init__(given)
        self._bound: dict[Any, str] = {}

    def bind(self, value: Any) -> str:
        """A name for the object; equal objects have one, so that equal code has equal text."""
        key = (type(value), value)
        name = self._bound.get(key)
        if name is None:
            name = self._bound[key] = f"k{len(self._bound)}"
            self[name] = value
        return name

    def bind_object(self, value: Any) -> str:
        """A name for this very object."""
        name = f"o{len(self)}"
        self[name] = value
        return name


class Writer:
    """Writes the text of one function's conditions, and collects what it has to read first.

    `has_facts`: something is known of resources of this type, so that `thing` may be one.
    `provided`: variables that are there already, `given_reads` facts that are in one.
    With `constants`, literals are taken out of the text, so that rules of one shape share it.
    """

    def __init__(
        self,
        schema: Schema,
        subject: Subject,
        names: Names,
        *,
        has_facts: bool,
        provided: frozenset[str],
        given_reads: dict[tuple[str, str], Read] | None = None,
    ) -> None:
        self.schema = schema
        self.has_facts = has_facts
        self.provided = provided
        self.given_reads = given_reads or {}
        self.subject = subject
        self.bind = names.bind
        self.reads: dict[tuple[str, str], Read] = {}
        self.setup: dict[str, str] = {}
        self.constants: list[Any] | None = None
        self._there: set[tuple[str, str]] = set()
        self._variables: dict[str, str] = {}
        self._nested = 0
        self.prefix = "y" if given_reads is not None else "x"
        self._iterating = False
        self._trust = "all"

    def literal(self, value: Any) -> str:
        if value is True or value is False:
            return str(value)
        if self.constants is not None:
            self.constants.append(value)
            return f"c[{len(self.constants) - 1}]"
        if type(value) is str or (type(value) is int and abs(value) < LITERAL):
            return repr(value)
        return self.bind(value)

    def need(self, name: str) -> str:
        """Make sure that this variable is set up; gives its name."""
        if name in self.provided:
            return name
        for other in _FIRST.get(name, ()):
            self.need(other)
        self.setup[name] = _SETUP.get(name) or f"key = ({self.subject.type!r}, rid)"
        return name

    def prologue(self, *, check: bool = False) -> list[str]:
        """The lines that set up everything which the conditions read.

        With `check`, they also make sure that the request's dicts hold nothing undeclared.
        """
        if check or self._of("resource"):
            self.need("given")
        lines = list(self.setup.values())
        for read in self._of("principal"):
            lines += read.known_lines("person")
        lines += self._resource_lines(check)
        for root, (source, fetch) in SOURCES.items():
            reads = self._of(root)
            lines += [fetch] if reads or check else []
            for read in reads:
                lines += read.told_lines(source, self.bind)
            lines += self._only_declared(root, source, reads) if check else []
        return lines

    def _of(self, root: str) -> list[Read]:
        return [read for (of, _), read in self.reads.items() if of == root]

    def _resource_lines(self, check: bool) -> list[str]:
        reads = self._of("resource")
        told = [line for read in reads for line in read.told_lines("given", self.bind)]
        told += self._only_declared("resource", "given", reads) if check else []
        if not self.has_facts:
            return told
        known = [line for read in reads for line in read.known_lines("thing")]
        lines = ["if thing is None:", *("    " + line for line in told)] if told else []
        if not known:
            return lines
        return [*lines, "else:", *("    " + line for line in known)]

    def _only_declared(self, root: str, source: str, reads: list[Read]) -> list[str]:
        names = declared_names(self.schema, self.subject, root)
        # As many keys as required facts that were found: then there is no other.
        count = sum(read.counts for read in reads)
        more = f"len({source}) != {count}" if count else source
        if len(names) == count:
            return [f"if {more}: return None"]
        return [f"if {more} and not {self.bind(names)}.issuperset({source}): return None"]

    # ── entries ──────────────────────────────────────────────────────────────────────────

    def condition(self, entry: Entry, *, who_is_settled: bool = False) -> str:
        """True exactly where the entry matches a request whose facts are all there."""
        self._trust = entry.trust
        who = "" if who_is_settled else self._who(entry.who)
        tests = [who, self._where(entry.where)]
        parts = conjuncts(entry.clauses)
        if entry.trust == "known" and parts:
            tests.append(f"({self.need('trusted')} or bail())")
        if parts:
            tests.append(self._all(parts))
        if entry.limit is not None:
            tests.append(self._past(entry))
        return " and ".join(test for test in tests if test) or "True"

    def _past(self, entry: Entry) -> str:
        """With nothing spent before: whether this request alone exceeds the limit."""
        limit = entry.limit
        assert limit is not None
        amount = "1" if limit.amount is None else f"max(0, {self.text(limit.amount)})"
        return f"({amount} > {self.literal(constant(limit.maximum))})"

    def _who(self, whos: Iterable[ir.Who]) -> str:
        tests: list[str] = []
        for who in whos:
            match who:
                case ir.WhoAnyone():
                    return ""
                case ir.WhoId(id):
                    tests.append(f"{self.need('pid')} == {self.literal(id)}")
                case ir.WhoKind(kind):
                    tests.append(f"{self._kind()} == {self.literal(kind)}")
                case ir.WhoRole(role):
                    tests.append(f"{self.literal(role)} in {self._roles()}")
        return f"({' or '.join(tests)})"

    def _where(self, wheres: Iterable[ir.Where]) -> str:
        tests: list[str] = []
        for where in wheres:
            both = []
            if where.id is not None:
                both.append(f"{self.need('rid')} == {self.literal(where.id)}")
            if where.under is not None:
                above = (where.under.resource_type, where.under.id)
                both.append(f"{self.literal(above)} in {self.need('ancestors')}")
            if not both:
                return ""
            tests.append(" and ".join(both))
        return f"({' or '.join(tests)})"

    def _kind(self) -> str:
        return self.need("known_kind" if self._trust == "known" else "kind")

    def _roles(self) -> str:
        return self.need("known_roles" if self._trust == "known" else "roles")

    # ── connectives ──────────────────────────────────────────────────────────────────────

    def _all(self, parts: Iterable[ir.Expr]) -> str:
        return self._connected(parts, " and ", lambda part: part)

    def _any(self, parts: Iterable[ir.Expr]) -> str:
        return self._connected(
            parts, " or ", lambda part: part.operand if isinstance(part, ir.Not) else None
        )

    def _connected(self, parts: Iterable[ir.Expr], word: str, narrowing: Any) -> str:
        """`has` first, so that what it guards is not looked at where it is not there."""
        guards: list[ir.Expr] = []
        others: list[ir.Expr] = []
        for part in parts:
            (guards if isinstance(narrowing(part), ir.Has) else others).append(part)
        texts = [self.text(part) for part in guards]
        found = {key for part in guards if (key := self._told(narrowing(part)))}
        with self._narrowed(found):
            texts += [self.text(part) for part in others]
        return f"({word.join(texts)})"

    def _told(self, has: ir.Has) -> tuple[str, str] | None:
        return (has.base.name, has.name) if isinstance(has.base, ir.Root) else None

    @contextmanager
    def _narrowed(self, there: set[tuple[str, str]]) -> Iterator[None]:
        before = self._there
        self._there = before | there
        yield
        self._there = before

    # ── expressions ──────────────────────────────────────────────────────────────────────

    def text(self, expr: ir.Expr) -> str:
        """The expression; a Bool is always True or False."""
        return str(getattr(self, "_" + type(expr).__name__.lower())(expr))

    def _const(self, expr: ir.Const) -> str:
        return self.literal(constant(expr))

    def _constset(self, expr: ir.ConstSet) -> str:
        return self.literal(frozenset(constant(item) for item in expr.items))

    def _resourceconst(self, expr: ir.ResourceConst) -> str:
        return self.literal((expr.resource_type, expr.id))

    def _root(self, expr: ir.Root) -> str:
        return self.need("key")

    def _var(self, expr: ir.Var) -> str:
        return self._variables[expr.name]

    def _attr(self, expr: ir.Attr) -> str:
        if not isinstance(expr.base, ir.Root):
            node = self._node(expr.base)
            if self._iterating:
                return f"there({node}.a_{expr.name})"
            self._nested += 1
            value = f"n{self._nested}"
            return f"({value} if ({value} := {node}.a_{expr.name}) is not None else bail())"
        read = self.fact(expr.base.name, expr.name)
        if read is None:
            return "bail()"
        if not read.may_be_absent or (read.root, read.name) in self._there:
            return read.variable
        return f"({read.variable} if {read.variable} is not None else bail())"

    def fact(self, root: str, name: str) -> Read | None:
        field = declared_field(self.schema, self.subject, root, name)
        if field is None:
            return None
        read = self.given_reads.get((root, name)) or self.reads.get((root, name))
        if read is None:
            read = self.reads[root, name] = Read(
                root, name, field, f"{self.prefix}{len(self.reads)}"
            )
        return read

    def optional(self, root: str, name: str) -> None:
        """From here on a fact that may be absent: to be said before its first use is written."""
        read = self.fact(root, name)
        if read is not None and read.field.default is None:
            read.may_be_absent = True

    def _has(self, expr: ir.Has) -> str:
        if not isinstance(expr.base, ir.Root):
            return f"({self._node(expr.base)}.a_{expr.name} is not None)"
        read = self.fact(expr.base.name, expr.name)
        return "False" if read is None else f"({read.variable} is not None)"

    def _identity(self, expr: ir.Identity) -> str:
        match expr.base:
            case ir.Root("principal"):
                return self.need("pid")
            case ir.Root("resource"):
                return self.need("rid")
        return f"{self.text(expr.base)}[1]"

    def _node(self, expr: ir.Expr) -> str:
        """A known resource that is not, or not knowingly, the request's own."""
        self.need("pure")
        match expr:
            case ir.Parent(ir.Root("resource"), type_name):
                return f"thing.u_{type_name}"
            case ir.Parent(base, type_name):
                return f"{self._node(base)}.u_{type_name}"
        return f"node({self.text(expr)})"

    def _parent(self, expr: ir.Parent) -> str:
        return f"{self._node(expr)}.key"

    def _hasparent(self, expr: ir.HasParent) -> str:
        return f"has_parent({self.text(expr.base)}, {expr.resource_type!r})"

    def _not(self, expr: ir.Not) -> str:
        return f"(not {self.text(expr.operand)})"

    def _and(self, expr: ir.And) -> str:
        return self._all(expr.operands)

    def _or(self, expr: ir.Or) -> str:
        return self._any(expr.operands)

    def _compare(self, expr: ir.Compare) -> str:
        return f"({self._whole(expr.left)} {expr.op} {self._whole(expr.right)})"

    def _arith(self, expr: ir.Arith) -> str:
        return f"({self.text(expr.left)} {expr.op} {self.text(expr.right)})"

    def _whole(self, expr: ir.Expr) -> str:
        """Not only good for membership: a set without repetitions."""
        text = self.text(expr)
        return f"frozenset({text})" if isinstance(type_of(expr), SetOf) else text

    def _in(self, expr: ir.In) -> str:
        return f"({self._whole(expr.item)} in {self.text(expr.set)})"

    def _containstext(self, expr: ir.ContainsText) -> str:
        return f"({self.text(expr.part)} in {self.text(expr.text)})"

    def _inrole(self, expr: ir.InRole) -> str:
        return f"({self.literal(expr.role)} in {self._roles()})"

    def _iskind(self, expr: ir.IsKind) -> str:
        return f"({self._kind()} == {self.literal(expr.kind)})"

    def _like(self, expr: ir.Like) -> str:
        text = self.text(expr.text)
        if not isinstance(expr.pattern, ir.Const):
            return f"like({text}, {self.text(expr.pattern)})"
        form, rest = support.plain_glob(str(expr.pattern.value))
        return _GLOBS[form].format(text, self.literal(rest))

    def _under(self, expr: ir.Under) -> str:
        if expr.sort == "resource":
            return self._under_resource(expr)
        left = self.text(expr.left)
        if expr.sort == "path" and isinstance(expr.right, ir.Const):
            parts = support.parts_of(str(expr.right.value))
            return "bail()" if parts is None else f"path_below({left}, {self.literal(parts)})"
        right = self.text(expr.right)
        if expr.sort == "domain":
            of_url = getattr(expr.left, "type", None) == URL
            return f"host_under({left}, {right}, {of_url})"
        return f"{expr.sort}_under({left}, {right})"

    def _under_resource(self, expr: ir.Under) -> str:
        right = self.text(expr.right)
        match expr.left:
            case ir.Root():
                return f"({right} in {self.need('ancestors')})"
            case ir.Attr(ir.Root("principal"), name, _):
                return f"({right} in person.r_{name})"
        return f"({right} in ancestors_of({self.text(expr.left)}))"

    def _quantified(self, expr: ir.Quantified) -> str:
        return self._reaching(expr) or self._each(expr)

    def _reaching(self, expr: ir.Quantified) -> str | None:
        """`any g in principal.groups: g under X` is one lookup in what the groups are under."""
        match expr:
            case ir.Quantified(
                "any",
                var,
                ir.Attr(ir.Root("principal"), name, SetOf(ResourceOf())),
                ir.Under("resource", ir.Var(used, _), right),
            ) if used == var and not _mentions(right, var):
                # A slot `r_name` raises where `a_name` is absent: nothing else has to be read.
                return f"({self.text(right)} in person.r_{name})"
        return None

    def _each(self, expr: ir.Quantified) -> str:
        # Python allows no assignment where a comprehension says what it goes through.
        outer, self._iterating = self._iterating, True
        items = self.text(expr.set)
        self._iterating = outer
        variable = self._variables[expr.var] = f"v{len(self._variables)}"
        return f"{expr.quantifier}({self.text(expr.body)} for {variable} in {items})"

    def _size(self, expr: ir.Size) -> str:
        return f"len({self._whole(expr.operand)})"

    def _blast(self, expr: ir.Blast) -> str:
        return f"blast({self.text(expr.operand)})"

    def _sessionsaw(self, expr: ir.SessionSaw) -> str:
        return f"({self.literal(expr.label)} in {self.need('labels')})"

    # Where there are events, the careful path decides: here there are none.

    def _formerly(self, expr: ir.Formerly) -> str:
        return "False"

    _previous = _since = _formerly

    def _aggregate(self, expr: ir.Aggregate) -> str:
        return "0" if expr.function in ("count", "sum", "distinct") else "bail()"


_GLOBS = {
    "prefix": "{}.startswith({})",
    "suffix": "{}.endswith({})",
    "exact": "({} == {})",
    "inside": "({1} in {0})",
    "glob": "like({}, {})",
}


def type_of(expr: ir.Expr) -> Type:
    """The type of what is not a Bool or a resource; those two are taken for a String or an Int."""
    match expr:
        case ir.Attr() | ir.Var() | ir.Const() | ir.ConstSet() | ir.Arith() | ir.Aggregate():
            return expr.type
        case ir.Size() | ir.Blast():
            return INT
    return STRING


def _mentions(expr: Any, var: str) -> bool:
    if isinstance(expr, ir.Var):
        return expr.name == var
    return any(isinstance(x, tuple) or _mentions(x, var) for x in _children(expr))


def _children(expr: Any) -> Iterator[Any]:
    fields = getattr(expr, "__struct_fields__", ())
    return (value for field in fields if not isinstance(value := getattr(expr, field), (str, int)))


def asked_of(entries: Iterable[Entry]) -> set[tuple[str, str]]:
    """Every root's fact that a guard asks `has` of, so that its absence is no error."""
    found: set[tuple[str, str]] = set()
    for entry in entries:
        for clause in entry.clauses:
            _collect_has(clause.expr, found)
        if entry.limit is not None and entry.limit.amount is not None:
            _collect_has(entry.limit.amount, found)
    return found


def _collect_has(expr: Any, found: set[tuple[str, str]]) -> None:
    if isinstance(expr, ir.Has) and isinstance(expr.base, ir.Root):
        found.add((expr.base.name, expr.name))
    for child in _children(expr):
        for each in child if isinstance(child, tuple) else (child,):
            _collect_has(each, found)
