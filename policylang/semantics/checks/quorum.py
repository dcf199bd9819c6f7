"""An approval that can never be met: a quorum larger than its roles have members.

Members are the humans that the policy declares; a role of which none is declared has members that
only the inventory knows, and nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.ir.program import Program, Requirement
from policylang.semantics.checks.scopes import Scopes
from policylang.semantics.places import Places, Sort

CODE = "P0405"


def check(program: Program, places: Places) -> Iterator[Diagnostic]:
    roles = Scopes(program).declared_roles
    members = {p.id: roles(p.id) for p in program.principals if p.kind == "human"}
    for sort, name, requirement in _requirements(program):
        able = [who for who, held in members.items() if held & set(requirement.roles)]
        if able and len(able) < requirement.quorum:
            yield _diagnostic(places, sort, name, requirement, able)


def _requirements(program: Program) -> Iterator[tuple[Sort, str, Requirement]]:
    for rule in program.rules:
        if rule.requirement is not None:
            yield "rule", rule.id, rule.requirement
    for limit in program.limits:
        if limit.then.requirement is not None:
            yield "limit", limit.id, limit.then.requirement
    for risk in program.risks:
        for ruling in (risk.default, risk.floor, risk.agent_floor):
            if ruling is not None and ruling.requirement is not None:
                yield "risk", risk.name, ruling.requirement


def _diagnostic(
    places: Places, sort: Sort, name: str, requirement: Requirement, able: list[str]
) -> Diagnostic:
    source, span = places.of(sort, name) or (None, None)
    roles = " or ".join(f"`{role}`" for role in requirement.roles)
    known = "is 1 person" if len(able) == 1 else f"are {len(able)} people"
    return Diagnostic(
        CODE,
        "warning",
        f"this approval needs {requirement.quorum} people of {roles}, but there {known}",
        source,
        span,
        "can never be met",
        f"lower the quorum, or declare more humans in {roles}",
    )
