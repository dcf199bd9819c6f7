"""Parts of a decision in words: who, what, which approval is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from policylang.model.decision import Approval, DecisionError, MatchedRule, Obligation, Verdict
from policylang.model.request import Request

VERDICTS: Final = {
    Verdict.ALLOW: "allow",
    Verdict.REQUIRE_APPROVAL: "require approval",
    Verdict.DENY: "deny",
}
EFFECTS: Final = {
    "allow": "allow",
    "require_approval": "require approval",
    "deny": "deny",
    "limit": "limit",
}
_UNITS: Final = (
    (604800, "week"),
    (86400, "day"),
    (3600, "hour"),
    (60, "minute"),
    (1, "second"),
)
_LONGEST: Final = 80


def weightiest_first(rules: Iterable[MatchedRule]) -> list[MatchedRule]:
    """Denies before limits, before what requires approval, before what allows."""
    order = ("deny", "limit", "require_approval", "allow")
    return sorted(rules, key=lambda rule: (order.index(rule.effect), rule))


def actor(request: Request) -> str:
    """`kiro`, or `kiro on behalf of ana`."""
    chain = [request.principal, *request.on_behalf_of]
    return in_line(" on behalf of ".join(principal.id for principal in chain))


def action(request: Request) -> str:
    """`delete Environment "eu"`; of a raw action, what it would do."""
    if request.action is None:
        asked = f'{request.operation} {request.resource.type} "{request.resource.id}"'
        return in_line(asked)
    return raw(request.action)


def in_line(text: str) -> str:
    """A line break in a name must not begin a line of its own, which could pass for a verdict."""
    return text.replace("\n", "\u240a").replace("\r", "\u240d")


_RAW: Final = {
    "shell": "run `{command}`",
    "sql": "run `{statement}`",
    "http": "call `{method} {url}`",
    "aws": "call `{service} {operation}`",
    "kubernetes": "{verb} {resource} in Kubernetes",
    "terraform": "apply a Terraform plan",
    "mcp": "call the tool `{tool}`",
    "tool": "call the tool `{name}`",
    "file": "{operation} `{path}`",
    "code": "run {language} code",
}


def raw(said: Mapping[str, Any]) -> str:
    """What a raw action would do, by its kind (`interfaces`, raw action)."""
    words = _RAW.get(str(said.get("kind")), "do something unknown")
    return words.format_map(_Quoted({key: short(str(value)) for key, value in said.items()}))


class _Quoted(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def short(text: str) -> str:
    """One line of it, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def duration(seconds: int) -> str:
    """`30 minutes`: the largest unit that divides it."""
    size, name = next((size, name) for size, name in _UNITS if seconds % size == 0)
    if seconds == 0:
        size, name = 1, "second"
    number = seconds // size
    return f"{number} {name}" + ("" if number == 1 else "s")


def people(quorum: int, roles: Iterable[str]) -> str:
    """`2 people of SRE or Security`."""
    of = alternatives(roles)
    counted = "1 person" if quorum == 1 else f"{quorum} people"
    return f"{counted} of {of}" if of else counted


def approval(needed: Approval) -> str:
    """`2 people of SRE must approve within 30 minutes`."""
    who = people(needed.quorum, needed.roles)
    return f"{who} must approve within {duration(needed.within_seconds)}"


def origin(rule: str) -> str:
    """Where a requirement comes from: a rule, or a risk class's floor or default."""
    sort, colon, name = rule.partition(":")
    if colon and sort == "floor":
        return f"{name} always asks for it"
    if colon and sort == "default":
        return f"{name} asks for it unless a rule says otherwise"
    return rule


def obligation(owed: Obligation) -> str:
    """`sandbox(codegen)`."""
    return f"{owed.name}({', '.join(owed.args)})" if owed.args else owed.name


def error(found: DecisionError) -> str:
    """What is missing, and for which rule."""
    return f"{found.message} ({found.rule})"


def alternatives(names: Iterable[str]) -> str:
    """`A, B or C`."""
    return _joined(list(names), "or")


def both(names: Iterable[str]) -> str:
    """`A, B and C`."""
    return _joined(list(names), "and")


def _joined(names: list[str], word: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"
