"""A decision as text: one line that says it, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policylang.diagnostics.cells import plain
from policylang.engines import phrases
from policylang.model.decision import Approval, Decision, MatchedRule, Verdict
from policylang.surfaces.cli import streams

if TYPE_CHECKING:
    from policylang.loader import Policy

EXIT_CODES: Final = {Verdict.ALLOW: 0, Verdict.REQUIRE_APPROVAL: 3, Verdict.DENY: 4}
_STYLES: Final = {
    Verdict.ALLOW: streams.GREEN,
    Verdict.REQUIRE_APPROVAL: streams.YELLOW,
    Verdict.DENY: streams.RED,
}
_INDENT: Final = 11


def text(decision: Decision, policy: Policy, *, color: bool = False) -> str:
    """The verdict, then its reasons, what is needed, what is owed, and what is missing."""
    lines = [_headline(decision, color=color)]
    lines += _section("that is", _meaning(decision))
    lines += _section("because", _reasons(decision, policy))
    lines += _section("needs", [_needed(needed) for needed in decision.approvals])
    lines += _section("also", [phrases.obligation(owed) for owed in decision.obligations])
    if not _is_refused(decision):
        lines += _section("missing", [phrases.error(found) for found in decision.errors])
    for effect in decision.effects if len(decision.effects) > 1 else ():
        lines += ["", *(f"  {line}" for line in text(effect, policy, color=color).splitlines())]
    return "\n".join(lines) + "\n"


def _headline(decision: Decision, *, color: bool) -> str:
    verdict = phrases.VERDICTS[decision.verdict]
    said = streams.paint(verdict, _STYLES[decision.verdict], color=color)
    who = plain(phrases.actor(decision.request))
    return f"{said}: {who} to {plain(phrases.action(decision.request))}"


def _meaning(decision: Decision) -> list[str]:
    """What a raw action of one effect comes to."""
    effects = [effect.request for effect in decision.effects if effect.request.action is None]
    return [phrases.action(effects[0])] if len(decision.effects) == len(effects) == 1 else []


def _is_refused(decision: Decision) -> bool:
    return any(found.rule == "request" for found in decision.errors)


def _reasons(decision: Decision, policy: Policy) -> list[str]:
    if _is_refused(decision):
        return [found.message for found in decision.errors]
    lines: list[str] = []
    for rule in phrases.weightiest_first(decision.rules):
        lines.append(_rule(rule))
        if rule.because:
            lines.append(f"  {plain(rule.because)}")
    return lines + _unwritten(decision, policy)


def _unwritten(decision: Decision, policy: Policy) -> list[str]:
    """Where the listed rules alone would not make a reader expect the verdict."""
    effects = {rule.effect for rule in decision.rules}
    if len(decision.effects) == 1:
        return _unwritten(decision.effects[0], policy)
    if "deny" in effects or decision.effects or decision.verdict is Verdict.ALLOW:
        return []
    if not effects & {"allow", "require_approval"} and not decision.approvals:
        return ["no rule allows this"]
    if decision.verdict is Verdict.DENY and "limit" not in effects:
        from policylang.engines.explain import beside_rules

        return beside_rules(policy.program, decision, policy.facts)
    return []


def _needed(needed: Approval) -> str:
    """What a rule asks for stands with its rule already; what a risk class asks for does not."""
    said = phrases.approval(needed)
    return f"{said} ({phrases.origin(needed.rule)})" if ":" in needed.rule else said


def _rule(rule: MatchedRule) -> str:
    return f"{rule.id}  {phrases.EFFECTS[rule.effect]}  {plain(rule.at)}"


def _section(name: str, lines: list[str]) -> list[str]:
    """The name stands beside the first line."""
    if not lines:
        return []
    first, *rest = [plain(line) for line in lines]
    head = f"  {name}".ljust(_INDENT)
    return [f"{head}{first}", *(f"{' ' * _INDENT}{line}" for line in rest)]
