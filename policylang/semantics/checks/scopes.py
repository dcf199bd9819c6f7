"""What a scope reaches among the declared operations, and when one scope covers another.

Shared by the checks; everything is decided on the Program alone, and where that does not settle
a question the answer is the one that keeps a check quiet.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from policylang.ir import expressions as ir
from policylang.ir.program import Clause, Operation, Program


class Scoped(Protocol):
    """A rule or a prove."""

    @property
    def who(self) -> tuple[ir.Who, ...]: ...
    @property
    def what(self) -> tuple[ir.What, ...]: ...
    @property
    def where(self) -> tuple[ir.Where, ...]: ...


class Scopes:
    """A program's declarations, indexed for questions about scopes."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._ancestors = {role.name: frozenset(role.ancestors) for role in program.roles}
        self._principals = {p.id: p for p in program.principals}
        self._reached: dict[tuple[object, object], list[Operation]] = {}
        self._operations: dict[str, list[Operation]] = {}
        for operation in program.operations:
            self._operations.setdefault(operation.name, []).append(operation)

    def reached(self, scoped: Scoped) -> list[Operation]:
        """The operations that the scope covers on some resource."""
        key = (scoped.what, scoped.where)
        if key not in self._reached:
            types = {where.type for where in scoped.where}
            self._reached[key] = [
                operation
                for operation in self._named(scoped.what)
                if (None in types or operation.resource_type in types)
                and any(covers_operation(what, operation) for what in scoped.what)
            ]
        return self._reached[key]

    def _named(self, whats: tuple[ir.What, ...]) -> Iterable[Operation]:
        """The operations that could be meant: there can be many, and a rule mostly names one."""
        names = {what.name for what in whats if isinstance(what, ir.WhatOperation)}
        if len(whats) > len(names):
            return self._program.operations
        return [o for name in sorted(names) for o in self._operations.get(name, ())]

    def covers(self, outer: Scoped, inner: Scoped) -> bool:
        """Whether every request that `inner` covers is covered by `outer`."""
        return (
            all(any(self.covers_who(o, who) for o in outer.who) for who in inner.who)
            and all(any(covers_where(o, i) for o in outer.where) for i in inner.where)
            and all(self._covers_what(outer, what, inner) for what in inner.what)
        )

    def covers_who(self, outer: ir.Who, inner: ir.Who) -> bool:
        return outer in self.wider(inner)

    def wider(self, who: ir.Who) -> set[ir.Who]:
        """Everything in a `who` place that covers it, itself included."""
        found: set[ir.Who] = {who, ir.WhoAnyone()}
        if isinstance(who, ir.WhoRole):
            found.update(ir.WhoRole(role) for role in self._ancestors[who.role])
        elif isinstance(who, ir.WhoId):
            found.update(ir.WhoRole(role) for role in self.declared_roles(who.id))
            if who.id in self._principals:
                found.add(ir.WhoKind(self._principals[who.id].kind))
        return found

    def declared_roles(self, principal: str) -> frozenset[str]:
        """The roles of a declared principal, with those that they are nested in."""
        known = self._principals.get(principal)
        roles = known.roles if known else ()
        return frozenset(above for role in roles for above in self._ancestors[role])

    def can_cover_agent(self, who: ir.Who) -> bool:
        """Whether an agent may be meant: a role can be given to any agent by the inventory."""
        match who:
            case ir.WhoKind(kind):
                return kind == "agent"
            case ir.WhoId(id):
                return id not in self._principals or self._principals[id].kind == "agent"
        return True

    def _covers_what(self, outer: Scoped, what: ir.What, inner: Scoped) -> bool:
        if any(o == what or isinstance(o, ir.WhatAnything) for o in outer.what):
            return True
        if not isinstance(what, ir.WhatOperation):
            return False
        same = [o for o in self.reached(inner) if o.name == what.name]
        return bool(same) and all(
            any(covers_operation(item, operation) for item in outer.what) for operation in same
        )


def covers_operation(what: ir.What, operation: Operation) -> bool:
    match what:
        case ir.WhatAnything():
            return True
        case ir.WhatRisk(risk):
            return risk in operation.risks
        case ir.WhatOperation(name):
            return name == operation.name


def covers_where(outer: ir.Where, inner: ir.Where) -> bool:
    return (
        outer.type in (None, inner.type)
        and outer.id in (None, inner.id)
        and outer.under in (None, inner.under)
    )


def wider_where(where: ir.Where) -> set[ir.Where]:
    """Everything in a `where` place that covers it as `covers_where` tells, itself included."""
    return {
        ir.Where(type_, id, under)
        for type_ in (None, where.type)
        for id in (None, where.id)
        for under in (None, where.under)
    }


def implied(weaker: tuple[Clause, ...], stronger: tuple[Clause, ...]) -> bool:
    """Whether a guard is true whenever another is, as far as equal clauses show it."""
    given = {(clause.kind, clause.expr) for clause in stronger}
    return all((clause.kind, clause.expr) in given for clause in weaker)


def name_of(who: ir.Who) -> str:
    """As a policy writes it."""
    match who:
        case ir.WhoAnyone():
            return "anyone"
        case ir.WhoKind(kind):
            return f"any {kind}"
        case ir.WhoRole(role):
            return role
        case ir.WhoId(id):
            return id
