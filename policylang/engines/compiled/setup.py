"""What one generated function has to set up before its conditions: names, variables, reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from policylang.engines.admission import Schema
from policylang.engines.compiled.entries import Entry, Subject, declared_field, declared_names
from policylang.engines.compiled.reads import SOURCES, Read
from policylang.ir import expressions as ir
from policylang.ir.walk import subexpressions

FEW = 2
"""Up to so many names are looked up one by one."""

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
    "alone": "if resource.parents: raise Bail",
    "pure": "if thing is not None and not thing.pure: raise Bail",
    "trusted": "trusted = person.pure and (not given if thing is None else thing.pure)",
}

_FIRST = {
    "rid": ("resource",),
    "given": ("resource",),
    "trusted": ("given",),
    "key": ("rid",),
    "alone": ("resource",),
    "pure": ("alone",),
}
for _trust in ("all", "declared", "known"):
    _SETUP[f"above_{_trust}"] = (
        f"above_{_trust} = above(resource, {_trust!r}) if resource.parents"
        " else (key,) if thing is None else thing.ancestors"
    )
    _FIRST[f"above_{_trust}"] = ("key",)


class Names:
    """The global names of generated code.

    `scope` is a plain dict: Python looks names up far faster in that than in a subclass.
    """

    def __init__(self, given: dict[str, Any]) -> None:
        self.scope = dict(given)
        self._bound: dict[Any, str] = {}

    def bind(self, value: Any) -> str:
        """A name for the object; equal objects have one, so that equal code has equal text."""
        key = (type(value), value)
        name = self._bound.get(key)
        if name is None:
            name = self._bound[key] = f"k{len(self._bound)}"
            self.scope[name] = value
        return name

    def bind_object(self, value: Any) -> str:
        """A name for this very object."""
        name = f"o{len(self.scope)}"
        self.scope[name] = value
        return name


class Setup:
    """Collects what one function has to set up and to read.

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
        self.there: set[tuple[str, str]] = set()
        self.variables: dict[str, str] = {}
        self.nested = 0
        self.bound = 0
        self.prefix = "y" if given_reads is not None else "x"
        self.iterating = False
        self.trust = "all"

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
        counted = {read.name for read in reads if read.counts}
        more = f"len({source}) != {len(counted)}" if counted else source
        if names == counted:
            return [f"if {more}: return None"]
        rest = [name for name in sorted(names - counted) if self._is_expected(root, name)]
        if 0 < len(rest) <= FEW:
            # All the rest are there as well, which is the rule, and cheaper than the set's test.
            there = " and ".join(f"{name!r} in {source}" for name in rest)
            more += f" and not (len({source}) == {len(counted) + len(rest)} and {there})"
        return [f"if {more} and not {self.bind(names)}.issuperset({source}): return None"]

    def _is_expected(self, root: str, name: str) -> bool:
        """Whether requests usually bring it: what is required, but for the time."""
        field = declared_field(self.schema, self.subject, root, name)
        optional = field is None or field.optional or field.default is not None
        return not optional and (root, name) != ("context", "time")


def asked_of(entries: Iterable[Entry]) -> set[tuple[str, str]]:
    """Every root's fact that an entry asks `has` of, so that its absence is no error."""
    found: set[tuple[str, str]] = set()
    for entry in entries:
        asking: list[ir.Expr | None] = [clause.expr for clause in entry.clauses]
        asking += [entry.limit.amount] if entry.limit else []
        for expr in asking:
            for node in subexpressions(expr):
                if isinstance(node, ir.Has) and isinstance(node.base, ir.Root):
                    found.add((node.base.name, node.name))
    return found
