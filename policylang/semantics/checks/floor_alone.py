"""A wide grant that only the floor of a risk class holds back: no rule says who reviews it.

An `allow` without any condition lets an agent do what the floor gates, and no `require approval`
reaches the operation: whoever the floor names (any human, with the standard classes) decides alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.ir.program import Operation, Program, Requirement, Risk, Rule
from policylang.semantics.checks.scopes import Scopes
from policylang.semantics.places import Places

CODE = "P0410"


def check(program: Program, places: Places) -> Iterator[Diagnostic]:
    scopes = Scopes(program)
    risks = {risk.name: risk for risk in program.risks}
    reviewed = {
        (operation.name, operation.resource_type)
        for rule in program.rules
        if rule.effect == "require_approval"
        for operation in scopes.reached(rule)
    }
    for rule in program.rules:
        if not _is_wide(scopes, rule):
            continue
        for operation in scopes.reached(rule):
            risk = _gate([risks[name] for name in operation.risks], rule)
            if risk is not None and (operation.name, operation.resource_type) not in reviewed:
                yield _diagnostic(places, rule, operation, risk)
                break


def _is_wide(scopes: Scopes, rule: Rule) -> bool:
    return (
        rule.effect == "allow"
        and not rule.clauses
        and any(where.id is None and where.under is None for where in rule.where)
        and any(scopes.can_cover_agent(who) for who in rule.who)
    )


def _gate(risks: list[Risk], rule: Rule) -> Risk | None:
    """The class whose floor gates the operation, where none forbids it to agents altogether."""
    if any(risk.agent_floor is not None and risk.agent_floor.verdict == "deny" for risk in risks):
        return None
    gates = (risk for risk in risks if risk.name not in rule.waives)
    return next((risk for risk in gates if risk.floor.verdict == "require_approval"), None)


def _diagnostic(places: Places, rule: Rule, operation: Operation, risk: Risk) -> Diagnostic:
    source, span = places.of("rule", rule.id) or (None, None)
    requirement = risk.floor.requirement or Requirement()
    roles = " or ".join(requirement.roles) or "any human"
    people = "1 person" if requirement.quorum == 1 else f"{requirement.quorum} people"
    return Diagnostic(
        CODE,
        "warning",
        f"only the floor of `{risk.name}` stands between an agent and "
        f"`{operation.name}` on `{operation.resource_type}`: {people} ({roles})",
        source,
        span,
        "no rule says who reviews it",
        "write a `require approval from ROLE by N` for it, or narrow the grant",
    )
