"""A role that an agent can reach without having been given it, by operations that `confer` roles.

For each role (and each declared agent) the roles that its members can gain are followed, step by
step, over the `allow`s that let them do a conferring operation. An approval in between is a
person's decision, and no escalation.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from itertools import islice

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.ir import expressions as ir
from policylang.ir.program import Operation, Program, Rule
from policylang.semantics.checks.scopes import Scopes, name_of
from policylang.semantics.places import Places

CODE = "P0408"
MOST = 100
"""So many escalations are told; between roles that confer one another they are endless."""
Step = tuple[Rule, Operation, str]


def check(program: Program, places: Places) -> Iterator[Diagnostic]:
    if not any(operation.confers for operation in program.operations):
        return
    found = _escalations(program)
    for who, (rule, operation, role) in islice(found, MOST):
        yield _diagnostic(places, who, rule, operation, role)
    if next(found, None) is not None:
        yield Diagnostic("P0025", "note", "there are more roles that agents can gain like this")


def _escalations(program: Program) -> Iterator[tuple[ir.Who, Step]]:
    scopes = Scopes(program)
    steps = list(_steps(program, scopes))
    by_who: dict[ir.Who, list[int]] = {}
    for number, (rule, _, _) in enumerate(steps):
        for who in rule.who:
            by_who.setdefault(who, []).append(number)
    ancestors = {role.name: frozenset(role.ancestors) for role in program.roles}
    for who in _starts(program):
        held = _held(scopes, ancestors, who)
        for number in _gained(steps, by_who, ancestors, who, held):
            yield who, steps[number]


def _steps(program: Program, scopes: Scopes) -> Iterator[Step]:
    """Every `allow` of a conferring operation that needs no person, with the role it gains."""
    denies = [r for r in program.rules if r.effect == "deny" and not r.clauses]
    floors = {risk.name: risk for risk in program.risks}
    for rule in program.rules:
        conferring = (
            [o for o in scopes.reached(rule) if o.confers] if rule.effect == "allow" else ()
        )
        if not conferring or any(scopes.covers(deny, rule) for deny in denies):
            continue
        for operation in conferring:
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
    steps: list[Step],
    by_who: dict[ir.Who, list[int]],
    ancestors: dict[str, frozenset[str]],
    who: ir.Who,
    held: frozenset[str],
) -> Iterator[int]:
    """The numbers of the steps that gain something, the first that there are first."""
    has = set(held)
    # An agent's kind opens nothing to a role alone: people may have the role, too.
    named: set[ir.Who] = {who, *(ir.WhoRole(role) for role in held)}
    if isinstance(who, ir.WhoKind):
        named.add(ir.WhoAnyone())
    open_steps = [number for each in named for number in by_who.get(each, ())]
    heapify(open_steps)
    while open_steps:
        number = heappop(open_steps)
        role = steps[number][2]
        if role not in has:
            yield number
            for new in ancestors[role] - has:
                for further in by_who.get(ir.WhoRole(new), ()):
                    heappush(open_steps, further)
            has |= ancestors[role]


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
