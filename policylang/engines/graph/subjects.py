"""Names everybody who may act: known principals, members of a role, agents, humans, services."""

from __future__ import annotations

from collections.abc import Iterable

from policylang.engines.graph.findings import Statement
from policylang.engines.graph.questions import QuestionError, suggestion
from policylang.engines.graph.scopes import Subject
from policylang.ir.expressions import WhoId
from policylang.ir.program import Program
from policylang.model.facts import Facts
from policylang.model.request import KINDS


class Subjects:
    """Everybody that a question can be about, and what is known of them."""

    def __init__(self, program: Program, facts: Facts, rules: Iterable[Statement]) -> None:
        self._nesting = {role.name: frozenset(role.ancestors) for role in program.roles}
        self._declared = {p.id: p for p in program.principals}
        self._facts = facts
        named = {who.id for rule in rules for who in rule.who if isinstance(who, WhoId)}
        self.mentioned = frozenset(named)
        self.ids = sorted({*self._declared, *facts.principals, *named})

    def everybody(self) -> list[Subject]:
        """Known principals by id, then the members of each role, then each kind."""
        known = [self.principal(id_) for id_ in self.ids]
        in_roles = [self.in_role(role, kind) for role in self._nesting for kind in KINDS]
        return [*known, *in_roles, *(self.of_kind(kind) for kind in KINDS)]

    def principal(self, id_: str) -> Subject:
        """A principal by id; a declaration's kind and roles are the only ones it has."""
        declared, known = self._declared.get(id_), self._facts.principals.get(id_)
        if declared is not None:
            return Subject(id_, "principal", declared.kind, self.nested(declared.roles), id_)
        if known is None:
            return Subject(id_, "principal", None, None, id_)
        roles = None if known.roles is None else self.nested(known.roles)
        return Subject(id_, "principal", known.kind, roles, id_)

    def in_role(self, role: str, kind: str) -> Subject:
        return Subject(f"{kind}s in {role}", "role", kind, self.nested([role]))

    def of_kind(self, kind: str) -> Subject:
        return Subject(f"any {kind}", "kind", kind, frozenset())

    def nested(self, roles: Iterable[str]) -> frozenset[str]:
        """Every declared role that a member of these has; undeclared ones count for nothing."""
        found = (self._nesting.get(role, frozenset()) for role in roles)
        return frozenset().union(*found)

    def signature(self, subject: Subject) -> tuple[object, ...]:
        """Equal for subjects that no rule tells apart."""
        named = subject.id if subject.id in self.mentioned else None
        return (subject.sort == "principal", subject.kind, subject.roles, named)

    def asked(self, who: str) -> list[Subject]:
        """The subjects that a text names: an id, a role, `any agent`, `agents in R`, `anyone`.

        Raises `QuestionError`.
        """
        if who in self.ids:
            return [self.principal(who)]
        if who in self._nesting:
            return [self.in_role(who, kind) for kind in KINDS]
        general = {f"any {kind}": [self.of_kind(kind)] for kind in KINDS}
        general["anyone"] = [self.of_kind(kind) for kind in KINDS]
        if who in general:
            return general[who]
        for kind in KINDS:
            role = who.removeprefix(f"{kind}s in ")
            if role != who and role in self._nesting:
                return [self.in_role(role, kind)]
        names = [*self.ids, *self._nesting, *general]
        raise QuestionError(f"`{who}` is not a known principal or role{suggestion(who, names)}")

    def merged(self, names: Iterable[str]) -> tuple[str, ...]:
        """Names for reading: three kinds of one role are its members, all three kinds anyone."""
        left = dict.fromkeys(names)
        for role in self._nesting:
            _fold(left, [f"{kind}s in {role}" for kind in KINDS], f"members of {role}")
        _fold(left, [f"any {kind}" for kind in KINDS], "anyone else")
        return tuple(left)


def _fold(names: dict[str, None], parts: list[str], whole: str) -> None:
    if all(part in names for part in parts):
        for part in parts:
            del names[part]
        names[whole] = None
