"""What would have to change for a request to be allowed, obstacle by obstacle.

A line never promises more than that one obstacle is gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from policylang.diagnostics.suggest import did_you_mean
from policylang.engines import phrases
from policylang.engines.graph.wording import limit_text, who_text
from policylang.engines.reference.expressions import Unknown
from policylang.engines.standing import Judged, Standing
from policylang.ir.program import Program, Rule
from policylang.model.decision import Decision, Verdict
from policylang.model.request import Request

_MOST: Final = 3
"""So many rules that nearly matched are named; more would bury them."""
_NAMED: Final = re.compile(r"`([^`]+)` is not ")
_MISSING: Final = re.compile(r"`((resource|principal|args|context|signal)[^`]*)` is missing")


def remedies(program: Program, decision: Decision, links: Sequence[Standing]) -> list[str]:
    """A line for each obstacle. `links` is empty where the request itself is wrong."""
    refused = [found.message for found in decision.errors if found.rule == "request"]
    if refused:
        return [_corrected(program, message) for message in refused]
    lines = _of_links(links, decision.verdict)
    lines += _limits(program, decision)
    lines += _facts(decision)
    return list(dict.fromkeys(lines))


def _of_links(links: Sequence[Standing], verdict: Verdict) -> list[str]:
    """What is so for the whole chain is said once, the rest by name."""
    by_line: dict[str, list[str]] = {}
    for link in links:
        for line in dict.fromkeys(_of_link(link, verdict)):
            by_line.setdefault(line, []).append(link.who)
    return [
        line if len(whom) == len(links) else f"for {phrases.both(whom)}: {line}"
        for line, whom in by_line.items()
    ]


def _of_link(link: Standing, verdict: Verdict) -> Iterator[str]:
    if verdict is Verdict.DENY:
        yield from _applying(link, "deny", "denies it")
        yield from _missing_opener(link)
        yield from _denying_floors(link)
    elif verdict is Verdict.REQUIRE_APPROVAL:
        yield from _applying(link, "require_approval", "requires approval")
        yield from _asking_floors(link)
        if not any(link.opens(rule) for rule in link.covered("allow")):
            yield f"an `allow` that covers {_target(link.world.request)} is needed"


def _corrected(program: Program, message: str) -> str:
    """With the nearest name that is declared, of whatever sort."""
    name = _NAMED.match(message)
    near = did_you_mean(name[1], _vocabulary(program)) if name else ""
    return f"correct the request: {message}" + (f"; {near}" if near else "")


def _vocabulary(program: Program) -> set[str]:
    fields = [*program.principal_attributes, *program.context, *program.signals]
    for owner in program.resource_types:
        fields += owner.attributes
    for operation in program.operations:
        fields += operation.parameters
    names = {field.name for field in fields} | {o.name for o in program.operations}
    return names | {t.name for t in program.resource_types} | set(program.labels)


# ── rules that apply ─────────────────────────────────────────────────────────────────────


def _applying(link: Standing, effect: str, said: str) -> Iterator[str]:
    for rule in link.covered(effect):
        if link.applies(rule):
            yield _way_out(rule, link.judged(rule), said)


def _way_out(rule: Rule, clauses: list[Judged], said: str) -> str:
    if not clauses:
        return f"{rule.id} {said} whatever the circumstances; nothing in the request changes that"
    reasons = phrases.both(_standing(judged) for judged in clauses)
    which = "that" if len(clauses) == 1 else "one of these"
    return f"{rule.id} {said}, because {reasons}; change {which}, and it no longer applies"


def _standing(judged: Judged) -> str:
    said = _clause(judged)
    if isinstance(judged.lets, Unknown):
        return f"{said} cannot be told ({phrases.both(sorted(judged.lets.reasons))})"
    return f"{said} holds" if judged.clause.kind == "when" else f"{said} does not hold"


# ── rules that do not open ───────────────────────────────────────────────────────────────


def _missing_opener(link: Standing) -> Iterator[str]:
    """Where nothing opens: what is needed, and the rules that come nearest."""
    if link.is_opened() or link.strictest_default()[0] is not Verdict.DENY:
        return
    yield f"no rule allows this: an `allow` that covers {_target(link.world.request)} is needed"
    near = [_nearly(rule, link) for rule in link.covered("allow", "require_approval")]
    yield from _first([*near, *map(_for_others, link.for_others())])


def _nearly(rule: Rule, link: Standing) -> str:
    failing = [judged for judged in link.judged(rule) if judged.lets is not True]
    if not failing:
        return f"{rule.id} ({rule.at}) reads a signal, and that never opens what is deterministic"
    return f"{rule.id} ({rule.at}) would, but {phrases.both(_failing(j) for j in failing)}"


def _failing(judged: Judged) -> str:
    said = _clause(judged)
    if isinstance(judged.lets, Unknown):
        return f"{said} cannot be told ({phrases.both(sorted(judged.lets.reasons))})"
    return f"{said} does not hold" if judged.clause.kind == "when" else f"{said} holds"


def _clause(judged: Judged) -> str:
    return f"`{judged.clause.kind} {judged.clause.text}`"


def _for_others(rule: Rule) -> str:
    meant = phrases.alternatives(who_text(who) for who in rule.who)
    said = "allows it" if rule.effect == "allow" else "opens it, with approval,"
    return f"{rule.id} ({rule.at}) {said} to {meant} only"


def _target(request: Request) -> str:
    if request.action is not None:
        return "what cannot be classified"
    return f"`{request.operation}` on `{request.resource.type}`"


def _first(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST
    return [*lines[:_MOST], *([f"and {more} more rules for the same"] if more > 0 else [])]


# ── floors, limits, facts ────────────────────────────────────────────────────────────────


def _denying_floors(link: Standing) -> Iterator[str]:
    for risk in link.risks:
        if risk.floor.verdict == "deny":
            waiver = f"an `allow … waiving {risk.name}`"
            yield f"{risk.name} is denied to everyone; only {waiver} lifts that"
        agents = risk.agent_floor
        if agents is not None and agents.verdict == "deny" and link.link.kind == "agent":
            yield f"{risk.name} is denied to every agent; a person has to do it"


def _asking_floors(link: Standing) -> Iterator[str]:
    for risk in link.risks:
        agents = risk.agent_floor if link.link.kind == "agent" else None
        if agents is not None and agents.verdict == "require_approval":
            yield f"{risk.name} asks for approval of whatever an agent does; no rule lifts that"
        elif risk.floor.verdict == "require_approval":
            waiver = f"an `allow … waiving {risk.name}`"
            yield f"{risk.name} always asks for approval; only {waiver} lifts that"


def _limits(program: Program, decision: Decision) -> Iterator[str]:
    past = {rule.id for rule in decision.rules if rule.effect == "limit"}
    for limit in program.limits:
        if limit.id in past:
            yield f"{limit.id} is used up (`{limit_text(limit)}`); wait until it has room again"


def _facts(decision: Decision) -> Iterator[str]:
    for found in decision.errors:
        missing = _MISSING.match(found.message)
        if missing is not None:
            known = missing[2] in ("resource", "principal")
            where = "in the inventory or with the request" if known else "with the request"
            yield f"supply `{missing[1]}` {where}"
