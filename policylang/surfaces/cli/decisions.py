"""A decision as text: one line that says it, and what it rests on."""

from __future__ import annotations

from typing import Final

from policylang.diagnostics.cells import plain
from policylang.engines import phrases
from policylang.model.decision import Approval, Decision, MatchedRule, Verdict
from policylang.surfaces.cli import streams

EXIT_CODES: Final = {Verdict.ALLOW: 0, Verdict.REQUIRE_APPROVAL: 3, Verdict.DENY: 4}
_STYLES: Final = {
    Verdict.ALLOW: streams.GREEN,
    Verdict.REQUIRE_APPROVAL: streams.YELLOW,
    Verdict.DENY: streams.RED,
}
_INDENT: Final = 11


def text(decision: Decision, *, color: bool = False) -> str:
    """The verdict, then its reasons, what is needed, what is owed, and what is missing."""
    lines = [_headline(decision, color=color)]
    lines += _section("because", _reasons(decision))
    lines += _section("needs", [_needed(needed) for needed in decision.approvals])
    lines += _section("also", [phrases.obligation(owed) for owed in decision.obligations])
    lines += _section("missing", [phrases.error(found) for found in decision.errors])
    for effect in decision.effects:
        lines += ["", *(f"  {line}" for line in text(effect, color=color).splitlines())]
    return "\n".join(lines) + "\n"


def _headline(decision: Decision, *, color: bool) -> str:
    verdict = phrases.VERDICTS[decision.verdict]
    said = streams.paint(verdict, _STYLES[decision.verdict], color=color)
    who = plain(phrases.actor(decision.request))
    return f"{said}: {who} to {plain(phrases.action(decision.request))}"


def _reasons(decision: Decision) -> list[str]:
    lines: list[str] = []
    for rule in decision.rules:
        lines.append(_rule(rule))
        if rule.because:
            lines.append(f"  {plain(rule.because)}")
    return lines + _unwritten(decision)


def _unwritten(decision: Decision) -> list[str]:
    """Where the listed rules alone would not make a reader expect the verdict."""
    effects = {rule.effect for rule in decision.rules}
    if any(found.rule == "request" for found in decision.errors):
        return ["the request does not fit what the policy declares"]
    if not effects & {"allow", "require_approval"}:
        return [] if "deny" in effects else ["no rule allows this"]
    if decision.verdict is not Verdict.DENY or effects & {"deny", "limit"}:
        return []
    if decision.request.on_behalf_of:
        return ["not everybody in the chain is allowed this (--explain says who is not)"]
    return [f"{phrases.alternatives(decision.risks)} is denied whatever a rule allows"]


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
