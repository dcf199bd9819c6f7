"""Expressions as Python text, for facts that are all there.

Connectives become Python's own: what settles them wins, and what is never looked at cannot err.
Wherever a fact could be missing at the place it is used, the text raises `Bail` there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from policylang.engines.compiled import support
from policylang.engines.compiled.logic import constant
from policylang.engines.compiled.setup import Setup
from policylang.ir import expressions as ir
from policylang.ir.walk import subexpressions
from policylang.model.types import INT, STRING, URL, ResourceOf, SetOf, Type


class Source(Setup):
    """Writes expressions, and collects what they read."""

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
        return self.variables[expr.name]

    def _attr(self, expr: ir.Attr) -> str:
        if not isinstance(expr.base, ir.Root):
            node = self._node(expr.base)
            if self.iterating:
                return f"there({node}.a_{expr.name})"
            self.nested += 1
            value = f"n{self.nested}"
            return f"({value} if ({value} := {node}.a_{expr.name}) is not None else bail())"
        read = self.fact(expr.base.name, expr.name)
        if read is None:
            return "bail()"
        if not read.may_be_absent or (read.root, read.name) in self.there:
            return read.variable
        return f"({read.variable} if {read.variable} is not None else bail())"

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
        self.need("alone")
        return f"has_parent({self.text(expr.base)}, {expr.resource_type!r})"

    def _not(self, expr: ir.Not) -> str:
        return f"(not {self.text(expr.operand)})"

    def _and(self, expr: ir.And) -> str:
        return self.all_of(expr.operands)

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
        return f"({self.literal(expr.role)} in {self.roles()})"

    def _iskind(self, expr: ir.IsKind) -> str:
        return f"({self.kind()} == {self.literal(expr.kind)})"

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
                return f"({right} in {self.need('above_' + self.trust)})"
            case ir.Attr(ir.Root("principal"), name, _):
                self.need("alone")
                return f"({right} in person.r_{name})"
        self.need("alone")
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
                self.need("alone")
                return f"({self.text(right)} in person.r_{name})"
        return None

    def _each(self, expr: ir.Quantified) -> str:
        # Python allows no assignment where a comprehension says what it goes through.
        outer, self.iterating = self.iterating, True
        items = self.text(expr.set)
        self.iterating = outer
        self.bound += 1
        variable = self.variables[expr.var] = f"v{self.bound}"
        return f"{expr.quantifier}({self.text(expr.body)} for {variable} in {items})"

    def _size(self, expr: ir.Size) -> str:
        return f"len({self._whole(expr.operand)})"

    def _blast(self, expr: ir.Blast) -> str:
        self.need("alone")
        return f"blast({self.text(expr.operand)})"

    def _sessionsaw(self, expr: ir.SessionSaw) -> str:
        return f"({self.literal(expr.label)} in {self.need('labels')})"

    # Where there are events, the careful path decides: here there are none.

    def _formerly(self, expr: ir.Formerly) -> str:
        return "False"

    _previous = _since = _formerly

    def _aggregate(self, expr: ir.Aggregate) -> str:
        return "0" if expr.function in ("count", "sum", "distinct") else "bail()"

    # ── connectives ──────────────────────────────────────────────────────────────────────

    def all_of(self, parts: Iterable[ir.Expr]) -> str:
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
        before = self.there
        self.there = before | there
        yield
        self.there = before

    def kind(self) -> str:
        return self.need("known_kind" if self.trust == "known" else "kind")

    def roles(self) -> str:
        return self.need("known_roles" if self.trust == "known" else "roles")


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


def _mentions(expr: ir.Expr, var: str) -> bool:
    return any(isinstance(node, ir.Var) and node.name == var for node in subexpressions(expr))
