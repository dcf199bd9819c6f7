"""A role that an agent can reach without having been given it, by operations that `confer` roles.

For each role (and each declared agent) the roles that its members can gain are followed, step by
step, over the `allow`s that let them do a conferring operation. An approval in between is a
person's decision, and no escalation.
"""

from __future__ import annotations

from collections.abc import Iterator

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.ir import expressions as ir
from policylang.ir.program import Operation, Program, Rule
from policylang.semantics.checks.scopes import Scopes, name_of
from policylang.semantics.places import Places

CODE = "P0408"
Step = tuple[Rule, Operation, str]


def check(program: Program, places: Places) -> Iterator[Diagnostic]:
    if not any(operation.confers for operation in program.operations):
        return
    scopes = Scopes(program)
    steps = list(_steps(program, scopes))
    ancestors = {role.name: frozenset(role.ancestors) for role in program.roles}
    for who in _starts(program):
        held = _held(scopes, ancestors, who)
        for rule, operation, role in _gained(steps, ancestors, who, held):
            yield _diagnostic(places, who, rule, operation, role)


def _steps(program: Program, scopes: Scopes) -> Iterator[Step]:
    """Every `allow` of a conferring operation that needs no person, with the role it gains."""
    denies = [r for r in program.rules if r.effect == "deny" and not r.clauses]
    floors = {risk.name: risk for risk in program.risks}
    for rule in program.rules:
        if rule.effect != "allow" or any(scopes.covers(d, rule) for d in denies):
            continue
        for operation in scopes.reached(rule):
            risks = [floors[name] for name in operation.risks]
            gated = any(
                (risk.floor.verdict != "allow" and risk.name not in rule.waives)
                or (risk.agent_floor is not None and risk.agent_floor.verdict != "allow")
                for risk in risks
            )
            if not gated:
                yield from ((rule, operation, role) for role in operation.confers)


def _starts(program: Program) -> Iterator[ir.Who]:
    yield ir.WhoKind("agent")
    yield from (ir.WhoRole(role.name) for role in program.roles)
    yield from (ir.WhoId(p.id) for p in program.principals if p.kind == "agent")


def _held(scopes: Scopes, ancestors: dict[str, frozenset[str]], who: ir.Who) -> frozenset[str]:
    match who:
        case ir.WhoRole(role):
            return ancestors[role]
        case ir.WhoId(id):
            return scopes.declared_roles(id)
    return frozenset()


def _gained(
    steps: list[Step], ancestors: dict[str, frozenset[str]], who: ir.Who, held: frozenset[str]
) -> Iterator[Step]:
    has, changed = set(held), True
    while changed:
        changed = False
        for rule, operation, role in steps:
            if role not in has and any(_is(item, who, has) for item in rule.who):
                has.update(ancestors[role])
                changed = True
                yield rule, operation, role


def _is(rule_who: ir.Who, who: ir.Who, has: set[str]) -> bool:
    match rule_who:
        case ir.WhoAnyone():
            return isinstance(who, ir.WhoKind)
        case ir.WhoKind(kind):
            return kind == "agent" and isinstance(who, ir.WhoKind)
        case ir.WhoRole(role):
            return role in has
    return rule_who == who


def _diagnostic(
    places: Places, who: ir.Who, rule: Rule, operation: Operation, role: str
) -> Diagnostic:
    source, span = places.of("rule", rule.id) or (None, None)
    on = f"`{operation.name}` on `{operation.resource_type}`"
    member = f"an agent in `{name_of(who)}`" if isinstance(who, ir.WhoRole) else f"`{name_of(who)}`"
    return Diagnostic(
        CODE,
        "warning",
        f"{member} can gain the role `{role}`, which it was not given, by {on}",
        source,
        span,
        f"confers `{role}` without an approval",
        "make this a `require approval`, or deny it to agents",
    )
