"""Puts scopes, requirements and windows of the waist back into the policy's own words."""

from __future__ import annotations

import json

from policylang.ir.expressions import (
    ResourceConst,
    What,
    WhatAnything,
    WhatOperation,
    WhatRisk,
    Where,
    Who,
    WhoAnyone,
    WhoId,
    WhoKind,
    WhoRole,
)
from policylang.ir.program import Clause, Limit, Requirement, Risk, Rule, Ruling

_SPANS = (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
_NANOSECONDS = 1_000_000_000


def who_text(who: Who) -> str:
    match who:
        case WhoAnyone():
            return "anyone"
        case WhoKind(name):
            return f"any {name}"
        case WhoRole(name):
            return name
        case WhoId(name):
            return name if name.isidentifier() and name.isascii() else quoted(name)


def what_text(what: What) -> str:
    match what:
        case WhatAnything():
            return "anything"
        case WhatRisk(name):
            return f"any {name}"
        case WhatOperation(name):
            return name


def where_text(where: Where) -> str:
    text = where.type or "any"
    if where.id is not None:
        text += " " + quoted(where.id)
    return text if where.under is None else f"{text} under {resource_text(where.under)}"


def resource_text(resource: ResourceConst) -> str:
    return f"{resource.resource_type} {quoted(resource.id)}"


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def duration(seconds: int) -> str:
    """The largest unit that gives a whole number: `30m`, `1h`, `2w`."""
    for unit, length in _SPANS:
        if seconds and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return "0s"


def requirement_text(requirement: Requirement) -> str:
    """`approval from SRE by 2 within 30m`; without roles, `approval from any human`."""
    text = "approval from " + (" or ".join(requirement.roles) or "any human")
    if requirement.quorum != 1:
        text += f" by {requirement.quorum}"
    return f"{text} within {duration(requirement.within)}"


def ruling_text(ruling: Ruling) -> str:
    if ruling.requirement is not None:
        return requirement_text(ruling.requirement)
    return ruling.verdict.replace("_", " ")


def clause_text(clauses: tuple[Clause, ...]) -> tuple[str, ...]:
    return tuple(f"{clause.kind} {clause.text}" for clause in clauses)


def rule_text(rule: Rule) -> str:
    """The rule's head, without its clauses: `allow Developer to any Read on any`."""
    head: str = rule.effect
    if rule.requirement is not None:
        head = f"require {requirement_text(rule.requirement)} for"
    return f"{head} {_listed(rule)}"


def _listed(rule: Rule) -> str:
    who = ", ".join(map(who_text, rule.who))
    what = ", ".join(map(what_text, rule.what))
    return f"{who} to {what} on {', '.join(map(where_text, rule.where))}"


def limit_text(limit: Limit) -> str:
    scope = f"{what_text(limit.what)} on {where_text(limit.where)} by {who_text(limit.who)}"
    return f"limit {scope} to {budget_text(limit)}"


def budget_text(limit: Limit) -> str:
    """`3 per 1h each principal, then deny`."""
    amount = "" if limit.amount is None else " (an amount)"
    each = "in total" if limit.each == "total" else f"each {limit.each}"
    window = duration(limit.window // _NANOSECONDS)
    then = ruling_text(limit.then)
    return f"{limit.maximum.value}{amount} per {window} {each}, then {then}"


def floor_text(risk: Risk) -> str:
    """What a risk class asks for at the least; empty where it asks for nothing."""
    parts = [] if risk.floor.verdict == "allow" else [ruling_text(risk.floor)]
    if risk.agent_floor is not None and risk.agent_floor.verdict != "allow":
        parts.append(ruling_text(risk.agent_floor) + " for agents")
    return ", ".join(parts)


def counted(number: int, singular: str, plural: str = "") -> str:
    """`1 role`, `1,204 roles`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
