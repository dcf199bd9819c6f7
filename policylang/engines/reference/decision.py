"""From matching rules to a verdict: the order of combining, step by step.

1. Openers: matching `allow`s and `require approval`s; the strictest is the verdict.
   Where there is none, it is the strictest default.
2. Gates: a `require approval` that erred, or that reads a signal on a deterministic operation.
3. Denies. 4. Floors, less what is waived. 5. Limits.
A chain is decided once for each link; the strictest stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from policylang.engines.admission import REQUEST, Schema, admission_errors
from policylang.engines.reference import history
from policylang.engines.reference.expressions import Scene, Unknown, guard
from policylang.engines.reference.world import Link, Subject, World
from policylang.ir.program import Limit, Program, Requirement, Rule, Ruling
from policylang.model.decision import (
    Approval,
    Decider,
    Decision,
    DecisionError,
    MatchedRule,
    Obligation,
    Record,
    Verdict,
)
from policylang.model.facts import Facts
from policylang.model.request import Principal, Request

ALLOW, REQUIRE_APPROVAL, DENY = Verdict.ALLOW, Verdict.REQUIRE_APPROVAL, Verdict.DENY


def decide(program: Program, facts: Facts, request: Request, decider: Decider) -> Decision:
    """The decision on one request; `facts` are all that is known, the declared ones included."""
    return Reference(program, facts, decider).decide(request)


class Reference:
    """A program with all known facts, ready to decide."""

    def __init__(self, program: Program, facts: Facts, decider: Decider) -> None:
        self.program = program
        self.facts = facts
        self.decider = decider
        self.schema = Schema(program)

    def decide(self, request: Request) -> Decision:
        record = self.record(request)
        return Decision(record.verdict, record, request, self.decider)

    def decide_many(self, requests: Iterable[Request]) -> list[Decision]:
        return [self.decide(request) for request in requests]

    def record(self, request: Request) -> Record:
        refused = admission_errors(self.schema, self.facts, request)
        if refused:
            errors = tuple(DecisionError(REQUEST, message) for message in refused)
            return Record(DENY, "deterministic", (), errors=errors)
        world = World(self.program, self.schema, self.facts, request)
        links = (request.principal, *request.on_behalf_of)
        return _strictest([_Ruling(world, principal).record() for principal in links])


def _strictest(records: list[Record]) -> Record:
    """A chain is as permitted as its least permitted link; what it must meet adds up."""
    verdict = max(record.verdict for record in records)
    denied = verdict is DENY
    return Record(
        verdict,
        records[0].mode,
        records[0].risks,
        _union(record.rules for record in records),
        () if denied else _union(record.approvals for record in records),
        () if denied else _union(record.obligations for record in records),
        _union(record.errors for record in records),
    )


def _union(parts: Iterable[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(sorted({item for part in parts for item in part}))


class _Ruling:
    """The decision for one link of the chain, while it is made."""

    def __init__(self, world: World, principal: Principal) -> None:
        self.world = world
        self.link: Link = world.link(principal)
        self.subject: Subject = world.subject
        self.verdict = DENY
        self.listed: list[MatchedRule] = []
        self.needed: list[Approval] = []
        self.obligations: list[Obligation] = []
        self.errors: list[DecisionError] = []

    def record(self) -> Record:
        allows, requires, gates, denies, waived = self.matching_rules()
        self.open(allows, requires)
        for rule in gates:
            self.count(rule)
            self.verdict = max(self.verdict, REQUIRE_APPROVAL)
        if denies:
            self.verdict = DENY
        self.apply_floors(waived)
        self.apply_limits()
        denied = self.verdict is DENY
        return Record(
            self.verdict,
            self.subject.mode,
            tuple(risk.name for risk in self.subject.risks),
            _union([tuple(self.listed)]),
            () if denied else _union([tuple(self.needed)]),
            () if denied else _union([tuple(self.obligations)]),
            _union([tuple(self.errors)]),
        )

    def matching_rules(
        self,
    ) -> tuple[list[Rule], list[Rule], list[Rule], list[Rule], set[str]]:
        allows, requires, gates, denies = [], [], [], []
        waived: set[str] = set()
        for rule in self.world.program.rules:
            scene = Scene(self.world, self.link, trust=_trust(rule))
            if not scene.covers(rule.who, rule.what, rule.where):
                continue
            value = guard(rule.clauses, scene)
            self.name_errors(rule.id, value)
            if value is False or (rule.effect == "allow" and value is not True):
                continue
            self.listed.append(MatchedRule(rule.id, rule.effect, rule.at, rule.because))
            if rule.effect == "allow":
                allows.append(rule)
                waived.update(rule.waives if self.subject.can_be_waived else ())
            elif rule.effect == "deny":
                denies.append(rule)
            elif value is not True or (rule.reads_signal and self.subject.is_deterministic):
                gates.append(rule)
            else:
                requires.append(rule)
        return allows, requires, gates, denies, waived

    def open(self, allows: list[Rule], requires: list[Rule]) -> None:
        for rule in (*allows, *requires):
            self.count(rule)
        defaults = [(f"default:{risk.name}", risk.default) for risk in self.subject.risks]
        if allows or requires:
            self.verdict = REQUIRE_APPROVAL if requires else ALLOW
            if not allows:
                self.demand(defaults)
        else:
            self.verdict = _strictest_of(defaults)
            self.demand(defaults)

    def count(self, rule: Rule) -> None:
        if rule.requirement is not None:
            self.needed.append(_approval(rule.id, rule.requirement))
        self.obligations.extend(Obligation(o.name, o.args) for o in rule.obligations)

    def apply_floors(self, waived: set[str]) -> None:
        floors = []
        for risk in self.subject.risks:
            if risk.name not in waived:
                floors.append((f"floor:{risk.name}", risk.floor))
            if risk.agent_floor is not None and self.link.kind == "agent":
                floors.append((f"floor:{risk.name}", risk.agent_floor))
        if floors:
            self.verdict = max(self.verdict, _strictest_of(floors))
            self.demand(floors)

    def demand(self, rulings: list[tuple[str, Ruling]]) -> None:
        """Add the strictest rulings' requirements that no requirement already meets."""
        if _strictest_of(rulings) is not REQUIRE_APPROVAL:
            return
        counted = tuple(self.needed)
        added: set[Requirement] = set()
        for source, ruling in rulings:
            requirement = ruling.requirement
            if requirement is None or requirement in added:
                continue
            if not any(self.world.meets(approval, requirement) for approval in counted):
                added.add(requirement)
                self.needed.append(_approval(source, requirement))

    def apply_limits(self) -> None:
        for limit in self.world.program.limits:
            scene = Scene(self.world, self.link)
            if not scene.covers((limit.who,), (limit.what,), (limit.where,)):
                continue
            past = history.past_limit(limit, scene)
            if past is not False:
                self.name_errors(limit.id, past)
                self.exceed(limit)

    def exceed(self, limit: Limit) -> None:
        self.listed.append(MatchedRule(limit.id, "limit", limit.at, ""))
        self.verdict = max(self.verdict, Verdict(limit.then.verdict))
        if limit.then.requirement is not None:
            self.needed.append(_approval(limit.id, limit.then.requirement))

    def name_errors(self, rule_id: str, value: object) -> None:
        if isinstance(value, Unknown):
            self.errors.extend(DecisionError(rule_id, reason) for reason in value.reasons)


def _trust(rule: Rule) -> str:
    """Whose word on parents and attributes a rule takes: see `world`."""
    if rule.waives:
        return "known"
    return "declared" if rule.effect == "allow" else "all"


def _approval(source: str, requirement: Requirement) -> Approval:
    return Approval(source, requirement.quorum, requirement.roles, requirement.within)


def _strictest_of(rulings: Iterable[tuple[str, Ruling]]) -> Verdict:
    """Where nothing is said, the answer is no."""
    return max((Verdict(ruling.verdict) for _, ruling in rulings), default=DENY)
