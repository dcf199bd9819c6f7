"""From what matched to a record: openers, gates, denies, floors, limits, in that order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from policylang.engines.admission import Schema
from policylang.ir.program import Limit, Requirement, Risk, Rule, Ruling
from policylang.model.decision import (
    Approval,
    DecisionError,
    MatchedRule,
    Obligation,
    Record,
    Verdict,
)

ALLOW, REQUIRE_APPROVAL, DENY = Verdict.ALLOW, Verdict.REQUIRE_APPROVAL, Verdict.DENY


class Stance(Struct, frozen=True):
    """What the risk classes of one operation say, whoever asks."""

    risks: tuple[Risk, ...]
    deterministic: bool
    can_be_waived: bool

    @property
    def mode(self) -> str:
        return "deterministic" if self.deterministic else "adaptive"

    @property
    def asks_for_agents(self) -> bool:
        """Whether an agent's floor differs from everyone's."""
        return any(risk.agent_floor is not None for risk in self.risks)


def stance_of(schema: Schema, names: Iterable[str], type_name: str) -> Stance:
    risks = tuple(schema.risks[name] for name in sorted(names) if name in schema.risks)
    deterministic = not risks or any(risk.mode == "deterministic" for risk in risks)
    return Stance(risks, deterministic, type_name not in schema.built_in)


class Matches(Struct):
    """What matched for one link of a chain. `gates` raise an allow and never open."""

    allows: list[Rule] = []
    requires: list[Rule] = []
    gates: list[Rule] = []
    denies: list[Rule] = []
    past: list[Limit] = []
    errors: list[DecisionError] = []

    def add(self, rule: Rule, stance: Stance, *, erred: bool = False) -> None:
        """A rule that is true, or (`erred`) that could not be evaluated."""
        if rule.effect == "deny":
            self.denies.append(rule)
        elif rule.effect == "allow":
            if not erred:
                self.allows.append(rule)
        elif erred or (rule.reads_signal and stance.deterministic):
            self.gates.append(rule)
        else:
            self.requires.append(rule)


def combine(schema: Schema, stance: Stance, kind: str, matches: Matches) -> Record:
    """The record for one link, whose principal is of that kind."""
    verdict, needed = _opened(schema, stance, matches)
    if matches.gates:
        needed += [_approval(rule.id, rule.requirement) for rule in matches.gates]
        verdict = max(verdict, REQUIRE_APPROVAL)
    if matches.denies:
        verdict = DENY
    verdict = max(verdict, _raise_to_floors(schema, stance, kind, matches, needed))
    for limit in matches.past:
        verdict = max(verdict, Verdict(limit.then.verdict))
        if limit.then.requirement is not None:
            needed.append(_approval(limit.id, limit.then.requirement))
    denied = verdict is DENY
    return Record(
        verdict,
        stance.mode,
        tuple(risk.name for risk in stance.risks),
        _listed(matches),
        () if denied else distinct(needed),
        () if denied else _obligations(matches),
        distinct(matches.errors),
    )


def strictest(records: Sequence[Record]) -> Record:
    """A chain is as permitted as its least permitted link; what it must meet adds up."""
    verdict = max(record.verdict for record in records)
    denied = verdict is DENY
    return Record(
        verdict,
        records[0].mode,
        records[0].risks,
        distinct(rule for record in records for rule in record.rules),
        () if denied else distinct(a for record in records for a in record.approvals),
        () if denied else distinct(o for record in records for o in record.obligations),
        distinct(error for record in records for error in record.errors),
    )


def distinct(items: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(set(items)))


def _opened(schema: Schema, stance: Stance, matches: Matches) -> tuple[Verdict, list[Approval]]:
    needed = [_approval(rule.id, rule.requirement) for rule in matches.requires]
    defaults = [("default:" + risk.name, risk.default) for risk in stance.risks]
    if not matches.allows and not matches.requires:
        verdict = _strictest_of(defaults)
        needed += _demanded(schema, defaults, needed)
        return verdict, needed
    if not matches.allows:
        needed += _demanded(schema, defaults, needed)
    return REQUIRE_APPROVAL if matches.requires else ALLOW, needed


def _raise_to_floors(
    schema: Schema, stance: Stance, kind: str, matches: Matches, needed: list[Approval]
) -> Verdict:
    waivers = matches.allows if stance.can_be_waived else []
    waived = {name for rule in waivers for name in rule.waives}
    floors = [("floor:" + r.name, r.floor) for r in stance.risks if r.name not in waived]
    if kind == "agent":
        floors += [("floor:" + r.name, r.agent_floor) for r in stance.risks if r.agent_floor]
    floors.sort(key=lambda floor: floor[0])
    if not floors:
        return ALLOW
    needed += _demanded(schema, floors, needed)
    return _strictest_of(floors)


def _demanded(
    schema: Schema, rulings: list[tuple[str, Ruling]], counted: list[Approval]
) -> list[Approval]:
    """The strictest rulings' requirements that nothing which counts already meets."""
    if _strictest_of(rulings) is not REQUIRE_APPROVAL:
        return []
    first: dict[Requirement, str] = {}
    for source, ruling in rulings:
        if ruling.requirement is not None:
            first.setdefault(ruling.requirement, source)
    return [
        _approval(source, requirement)
        for requirement, source in first.items()
        if not any(_meets(schema, approval, requirement) for approval in counted)
    ]


def _meets(schema: Schema, approval: Approval, requirement: Requirement) -> bool:
    """Whether the approval is at least as demanding as the requirement."""
    if approval.quorum < requirement.quorum or approval.within_seconds > requirement.within:
        return False
    wanted = set(requirement.roles)
    if not wanted:
        return True
    return bool(approval.roles) and all(wanted & schema.roles[role] for role in approval.roles)


def _strictest_of(rulings: list[tuple[str, Ruling]]) -> Verdict:
    return max((Verdict(ruling.verdict) for _, ruling in rulings), default=DENY)


def _approval(source: str, requirement: Requirement | None) -> Approval:
    asked = requirement or Requirement()
    return Approval(source, asked.quorum, asked.roles, asked.within)


def _listed(matches: Matches) -> tuple[MatchedRule, ...]:
    rules = (*matches.allows, *matches.requires, *matches.gates, *matches.denies)
    listed = [MatchedRule(rule.id, rule.effect, rule.at, rule.because) for rule in rules]
    listed += [MatchedRule(limit.id, "limit", limit.at) for limit in matches.past]
    return distinct(listed)


def _obligations(matches: Matches) -> tuple[Obligation, ...]:
    counting = (*matches.allows, *matches.requires, *matches.gates)
    return distinct(Obligation(o.name, o.args) for rule in counting for o in rule.obligations)
