"""What the graph answers: small frozen records with a text and a JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from policylang.engines.graph.lettering import visible
from policylang.engines.graph.wording import counted

_VERDICTS = ("allow", "require_approval", "deny")
_HEADINGS = {
    "allow": "may, without approval",
    "require_approval": "may, with approval",
    "deny": "may not",
}
_SHOWN = 12


class Reason(Struct, frozen=True, order=True):
    """A rule, limit, floor or default that counts. `conditions` are its `when` and `unless`.

    `rule` is an id, `floor:RISK` or `default:RISK`; `at` its place, empty for risk classes.
    """

    rule: str
    effect: str
    text: str
    conditions: tuple[str, ...] = ()
    requirement: str = ""
    because: str = ""
    at: str = ""

    def to_json(self) -> dict[str, Any]:
        return _plain(self)

    def to_text(self) -> str:
        """One line: what it says, where it stands, and on what it depends."""
        parts = [self.text, *self.conditions]
        place = f"  ({self.rule}, {self.at})" if self.at else ""
        return visible(" ".join(parts) + place)


class Finding(Struct, frozen=True, order=True):
    """What the policy says of a subject and an operation, guards not evaluated.

    `loosest` and `strictest` bound the verdict of every request. `openers` permit it, `denies` take
    it away again, `tightening` gates and limits, `floors` of its risk classes.
    """

    loosest: str
    strictest: str
    openers: tuple[Reason, ...] = ()
    denies: tuple[Reason, ...] = ()
    tightening: tuple[Reason, ...] = ()
    floors: tuple[Reason, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether every request gets the same verdict."""
        return self.loosest == self.strictest

    def to_json(self) -> dict[str, Any]:
        return {
            "verdict": self.loosest,
            "at_strictest": self.strictest,
            "openers": [reason.to_json() for reason in self.openers],
            "unless": [reason.to_json() for reason in self.denies],
            "tightening": [reason.to_json() for reason in self.tightening],
            "floors": [reason.to_json() for reason in self.floors],
        }

    def lines(self) -> list[str]:
        if self.loosest == "deny":
            return [f"because of {reason.to_text()}" for reason in self.denies]
        out = [f"by {reason.to_text()}" for reason in self.openers]
        out += [_floor_line(reason) for reason in self.floors]
        out += [f"but {reason.to_text()}" for reason in self.tightening]
        return out + [f"unless {reason.to_text()}" for reason in self.denies]


def _floor_line(reason: Reason) -> str:
    what = reason.requirement or reason.effect
    verb = "require " if reason.requirement else ""
    sort, _, risk = reason.rule.partition(":")
    return " ".join([f"{verb}{what} ({sort} of {risk})", *reason.conditions])


class Grant(Struct, frozen=True):
    """The same finding for several subjects and operations (`delete on Environment`)."""

    who: tuple[str, ...]
    operations: tuple[str, ...]
    finding: Finding

    @property
    def unmentioned(self) -> bool:
        """Whether it is denied for no other reason than a risk class's default."""
        reasons = self.finding.denies
        defaults = all(reason.rule.startswith("default:") for reason in reasons)
        return self.finding.loosest == "deny" and defaults

    def to_json(self) -> dict[str, Any]:
        return {
            "who": list(self.who),
            "operations": list(self.operations),
            **self.finding.to_json(),
        }

    def to_text(self) -> str:
        head = f"  {_some(self.who)}: {_some(self.operations)}"
        return _text([head, *(f"      {line}" for line in self.finding.lines())])


class Answer(Struct, frozen=True):
    """Who can, or what can be done. Grants are sorted from the loosest to the strictest.

    `findings`: by subject (`kiro`, `agents in Developer`, `any human`) and operation (`delete on
    Environment`), everything that the grants tell together.
    """

    question: str
    grants: tuple[Grant, ...]
    findings: Mapping[str, Mapping[str, Finding]]

    def bounds(self, who: str, operation: str) -> tuple[str, str]:
        """The loosest and the strictest verdict; `deny` for whom or what was not asked about."""
        finding = self.findings.get(who, {}).get(operation)
        return ("deny", "deny") if finding is None else (finding.loosest, finding.strictest)

    def verdict(self, who: str, operation: str) -> str:
        """The loosest verdict."""
        return self.bounds(who, operation)[0]

    @property
    def who(self) -> tuple[str, ...]:
        """Everybody who can do something of what was asked, sorted."""
        able = (g.who for g in self.grants if g.finding.loosest != "deny")
        return tuple(sorted({name for names in able for name in names}))

    def to_json(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "grants": [grant.to_json() for grant in self.grants],
        }

    def to_text(self) -> str:
        lines = [self.question]
        told = [grant for grant in self.grants if not grant.unmentioned]
        for verdict in _VERDICTS:
            grants = [grant for grant in told if grant.finding.loosest == verdict]
            if grants:
                lines += ["", _HEADINGS[verdict]]
                lines += [line for grant in grants for line in grant.to_text().split("\n")]
        return _text([*lines, *self._others()]) + "\n"

    def _others(self) -> list[str]:
        """One line for each group that no rule speaks of."""
        others = [grant for grant in self.grants if grant.unmentioned]
        lines = [f"  {_some(g.who)}: {_some(g.operations)}" for g in others]
        return ["", "may not, because no rule allows it", *lines] if lines else []


class Step(Struct, frozen=True):
    """One reason of a path: what follows from what, and the rule that makes it so."""

    source: str
    relation: str
    target: str
    rule: str = ""
    conditions: tuple[str, ...] = ()
    at: str = ""

    def to_json(self) -> dict[str, Any]:
        return _plain(self)

    def to_text(self) -> str:
        rule = f"  [{self.rule}, {self.at}]" if self.at else ""
        text = f"{self.source} {self.relation} {self.target}{rule}"
        return " ".join([text, *self.conditions])


class Path(Struct, frozen=True):
    """The shortest chain of reasons by which somebody comes to do something.

    `verdict` is the loosest that it leads to; without a path it is `deny`, and `why` tells why.
    """

    who: str
    what: str
    verdict: str
    steps: tuple[Step, ...] = ()
    why: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        return bool(self.steps)

    def to_json(self) -> dict[str, Any]:
        return {**_plain(self), "found": self.found}

    def to_text(self) -> str:
        if not self.found:
            why = [f"  {line}" for line in self.why]
            return _text([f"no path from {self.who} to {self.what}", *why]) + "\n"
        steps = [f"  {n}. {step.to_text()}" for n, step in enumerate(self.steps, 1)]
        verdict = self.verdict.replace("_", " ")
        why = [f"  {line}" for line in self.why]
        return _text([f"{self.who} to {self.what}: {verdict}", *steps, *why]) + "\n"


class Reach(Struct, frozen=True, order=True):
    """How many known resources of a type can be reached, at the loosest, by which operations."""

    type: str
    verdict: str
    operations: tuple[str, ...]
    resources: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {**_plain(self), "count": len(self.resources)}

    def to_text(self) -> str:
        verdict = self.verdict.replace("_", " ")
        known = counted(len(self.resources), "known resource")
        names = f": {_some(self.resources)}" if self.resources else ""
        return f"  {verdict}  {self.type}: {_some(self.operations)}; {known}{names}"


class Blast(Struct, frozen=True):
    """How far something reaches.

    Of a resource: the known resources in it, itself included, by type. Of a principal: what it
    could reach, by type and verdict. `count` counts known resources once.
    """

    of: str
    count: int
    resources: tuple[tuple[str, str], ...] = ()
    reaches: tuple[Reach, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "of": self.of,
            "count": self.count,
            "resources": [{"type": type_, "id": id_} for type_, id_ in self.resources],
            "reaches": [reach.to_json() for reach in self.reaches],
        }

    def to_text(self) -> str:
        lines = [f"{self.of}: {counted(self.count, 'known resource')}"]
        by_type: dict[str, list[str]] = {}
        for type_, id_ in self.resources if not self.reaches else ():
            by_type.setdefault(type_, []).append(id_)
        lines += [f"  {len(ids):,} {name}: {_some(ids)}" for name, ids in by_type.items()]
        return _text([*lines, *(reach.to_text() for reach in self.reaches)]) + "\n"


def _text(lines: list[str]) -> str:
    return "\n".join(map(visible, lines))


def _some(names: tuple[str, ...] | list[str]) -> str:
    """The first dozen names, and how many more there are."""
    more = len(names) - _SHOWN
    text = ", ".join(names[:_SHOWN])
    return f"{text} and {more:,} more" if more > 0 else text


def _plain(value: Struct) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(value)
    return found
