"""A decision in words: what was decided, why, what is needed, and what would have to change.

The last part asks the reference engine's own parts which clauses hold, so that it names the clause
that stands in the way rather than the rule alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from policylang.engines import phrases
from policylang.engines.remedies import remedies
from policylang.ir.declared import declared_facts
from policylang.ir.program import Program
from policylang.model.decision import Decision, MatchedRule, Verdict
from policylang.model.facts import Facts


def explain(program: Program, decision: Decision, facts: Facts | None = None) -> str:
    """A short text that is understood at the first reading.

    `facts` are all known facts, those that `program` declares by default.
    """
    known = declared_facts(program) if facts is None else facts
    lines = [sentence(decision)]
    lines += _section("Why:", _reasons(program, decision))
    lines += _section("Needed:", _needed(decision))
    lines += _section("With it come:", map(phrases.obligation, decision.obligations))
    lines += _section("Not known:", [phrases.error(found) for found in decision.errors])
    lines += _section(_HEADINGS[decision.verdict], remedies(program, decision, known))
    for effect in decision.effects:
        lines += ["", *(f"  {line}" for line in explain(program, effect, known).splitlines())]
    return "\n".join(line.rstrip() for line in lines) + "\n"


_HEADINGS = {
    Verdict.ALLOW: "Good to know:",
    Verdict.REQUIRE_APPROVAL: "To be allowed without approval:",
    Verdict.DENY: "To be allowed:",
}


def sentence(decision: Decision) -> str:
    """The verdict in one sentence."""
    who, what = phrases.actor(decision.request), phrases.action(decision.request)
    match decision.verdict:
        case Verdict.ALLOW:
            return f"{who} may {what}."
        case Verdict.REQUIRE_APPROVAL:
            return f"{who} may {what} only after people approve."
        case Verdict.DENY:
            return f"{who} may not {what}."


def _section(title: str, lines: Iterable[str]) -> list[str]:
    listed = [f"  - {line}" for line in lines]
    return ["", title, *listed] if listed else []


# ── why ──────────────────────────────────────────────────────────────────────────────────


def _reasons(program: Program, decision: Decision) -> list[str]:
    if any(found.rule == "request" for found in decision.errors):
        return ["the request names what the policy does not know, so no rule was asked"]
    lines = [_rule(rule) for rule in _deciding_first(decision)]
    if not any(rule.effect in ("allow", "require_approval") for rule in decision.rules):
        lines += _by_default(program, decision)
    return lines + _by_floor(program, decision)


def _deciding_first(decision: Decision) -> list[MatchedRule]:
    order = ("deny", "limit", "require_approval", "allow")
    return sorted(decision.rules, key=lambda rule: (order.index(rule.effect), rule))


def _rule(rule: MatchedRule) -> str:
    said = {
        "allow": "allows it",
        "require_approval": "requires approval",
        "deny": "denies it",
        "limit": "is used up",
    }[rule.effect]
    because = f": {rule.because}" if rule.because else ""
    return f"{rule.id} ({rule.at}) {said}{because}"


def _by_default(program: Program, decision: Decision) -> list[str]:
    """What the risk classes say where no rule opens; every line is one verdict."""
    risks = [risk for risk in program.risks if risk.name in decision.risks]
    if not risks:
        return ["no rule allows it, and what nothing allows is denied"]
    strictest = max(Verdict(risk.default.verdict) for risk in risks)
    names = [risk.name for risk in risks if Verdict(risk.default.verdict) is strictest]
    said = {
        Verdict.ALLOW: "allowed",
        Verdict.REQUIRE_APPROVAL: "allowed with approval only",
        Verdict.DENY: "denied",
    }[strictest]
    return [f"no rule allows it; what is {phrases.both(names)} is then {said} by default"]


def _by_floor(program: Program, decision: Decision) -> list[str]:
    floors = [a.rule for a in decision.approvals if a.rule.startswith("floor:")]
    return [f"{phrases.origin(floor)}, whatever a rule allows, is approval" for floor in floors]


# ── what is needed ───────────────────────────────────────────────────────────────────────


def _needed(decision: Decision) -> list[str]:
    if not decision.approvals:
        return []
    lines = [
        f"{phrases.approval(needed)} ({phrases.origin(needed.rule)})"
        for needed in decision.approvals
    ]
    chain = [decision.request.principal.id, *(p.id for p in decision.request.on_behalf_of)]
    who = phrases.alternatives(dict.fromkeys(chain))
    return [*lines, f"{who} cannot approve it; only other people can, never an agent or a service"]
