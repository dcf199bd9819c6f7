"""A decision in words: what was decided, why, what is needed, and what would have to change.

The last part asks the rules again, clause by clause, so that it names the clause that stands in
the way rather than the rule alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from policylang.engines import phrases
from policylang.engines.graph.wording import limit_text, rule_text
from policylang.engines.remedies import remedies
from policylang.engines.standing import Standing, standings
from policylang.ir.declared import declared_facts
from policylang.ir.program import Program
from policylang.model.decision import Decision, MatchedRule, Verdict
from policylang.model.facts import Facts


def explain(program: Program, decision: Decision, facts: Facts | None = None) -> str:
    """A short text that is understood at the first reading.

    `facts` are all known facts, those that `program` declares by default.
    """
    known = declared_facts(program) if facts is None else facts
    if decision.effects:
        return _of_action(program, decision, known)
    links = [] if _is_refused(decision) else standings(program, decision.request, known)
    lines = [sentence(decision)]
    lines += _section("Why:", _reasons(decision, links))
    lines += _section("Needed:", _needed(decision))
    lines += _section("To be done with it:", map(phrases.obligation, decision.obligations))
    if links:
        lines += _section("Not known:", [phrases.error(found) for found in decision.errors])
    lines += _section(_HEADINGS[decision.verdict], remedies(program, decision, links))
    return "\n".join(lines) + "\n"


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


def _of_action(program: Program, decision: Decision, facts: Facts) -> str:
    """A raw action by its effects: the strictest stands for the whole, every one is explained."""
    if len(decision.effects) == 1:
        (effect,) = decision.effects
        if effect.request.action is not None:
            return explain(program, effect, facts)
        means = f"{sentence(decision)} That is: {phrases.action(effect.request)}.\n"
        return means + explain(program, effect, facts).partition("\n")[2]
    lines = [sentence(decision), f"It has {len(decision.effects)} effects:"]
    for effect in decision.effects:
        lines += ["", *(f"  {line}" for line in explain(program, effect, facts).splitlines())]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _section(title: str, lines: Iterable[str]) -> list[str]:
    listed = [f"  - {line}" for line in lines]
    return ["", title, *listed] if listed else []


def _is_refused(decision: Decision) -> bool:
    return any(found.rule == "request" for found in decision.errors)


# ── why ──────────────────────────────────────────────────────────────────────────────────


def _reasons(decision: Decision, links: Sequence[Standing]) -> list[str]:
    if not links:
        return [f"{found.message}, so no rule was asked" for found in decision.errors]
    texts = _texts(links[0].program)
    rules = [_rule(rule, texts) for rule in phrases.weightiest_first(decision.rules)]
    return [*rules, *_beside_rules(decision, links)]


def beside_rules(program: Program, decision: Decision, facts: Facts) -> list[str]:
    """What decided beside the rules that are listed: defaults and floors of risk classes."""
    return _beside_rules(decision, standings(program, decision.request, facts))


def _beside_rules(decision: Decision, links: Sequence[Standing]) -> list[str]:
    defaults = [_by_default(link) for link in links if not link.is_opened()]
    return list(dict.fromkeys([*defaults, *_by_floor(decision, links)]))


_SAID = {
    "allow": "allows it",
    "require_approval": "requires approval",
    "deny": "denies it",
    "limit": "is used up",
}


def _rule(rule: MatchedRule, texts: dict[str, str]) -> str:
    """With its reason, or where it gives none, with what it says."""
    why = rule.because or f"`{texts[rule.id]}`"
    return f"{rule.id} ({rule.at}) {_SAID[rule.effect]}: {why}"


def _texts(program: Program) -> dict[str, str]:
    texts = {rule.id: rule_text(rule) for rule in program.rules}
    return texts | {limit.id: limit_text(limit) for limit in program.limits}


def _by_default(link: Standing) -> str:
    """What the risk classes say where no rule opens."""
    verdict, names = link.strictest_default()
    whom = f" to {link.who}" if link.who else ""
    named = f"{phrases.both(names)} {'is' if len(names) == 1 else 'are'}"
    if verdict is Verdict.DENY:
        return f"no rule allows it{whom}, and {named} denied unless a rule allows it"
    said = "allowed" if verdict is Verdict.ALLOW else "allowed with approval"
    return f"no rule speaks of it{whom}, and {named} then {said}"


def _by_floor(decision: Decision, links: Sequence[Standing]) -> list[str]:
    asked = [a.rule for a in decision.approvals if a.rule.startswith("floor:")]
    lines = [
        f"{rule.removeprefix('floor:')} needs approval whatever a rule allows" for rule in asked
    ]
    for link in links:
        agents = [r for r in link.risks if r.agent_floor and r.agent_floor.verdict == "deny"]
        if link.link.kind == "agent":
            lines += [f"{risk.name} is denied to agents, whatever a rule allows" for risk in agents]
        denied = [risk for risk in link.risks if risk.floor.verdict == "deny"]
        if decision.verdict is Verdict.DENY:
            lines += [f"{risk.name} is denied, whatever a rule allows" for risk in denied]
    return lines


# ── what is needed ───────────────────────────────────────────────────────────────────────


def _needed(decision: Decision) -> list[str]:
    if not decision.approvals:
        return []
    lines = [
        f"{phrases.approval(needed)} ({phrases.origin(needed.rule)})"
        for needed in decision.approvals
    ]
    chain = [decision.request.principal.id, *(p.id for p in decision.request.on_behalf_of)]
    who = phrases.both(dict.fromkeys(chain))
    return [*lines, f"{who} cannot approve it, nor can any agent or service"]
