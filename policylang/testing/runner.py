"""Runs the `test` declarations of a policy on the reference engine.

In: a checked program, what is known beside it, and who decides. Out: for each test what it got and,
where that is not what it expects, why. Nothing that a test gives is seen by another one.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import Any, Final

from msgspec import Struct

from policylang.engines.reference import Reference
from policylang.ir.declared import declared_facts, on_the_wire, time_text
from policylang.ir.program import (
    EntityDecl,
    Expected,
    Fact,
    GivenEvent,
    Limit,
    Program,
    Rule,
    TestCase,
)
from policylang.model.decision import Approval, Decider, Decision
from policylang.model.facts import Facts, ResourceFacts
from policylang.model.request import Event, FrozenDict, Principal, Request, Resource
from policylang.model.types import TIME
from policylang.model.values import INVALID, coerce

NOW: Final = "2000-01-01T00:00:00Z"
"""The time of a test that gives events and no time."""

_ALWAYS: Final = ("std.self/", "std.risk/")


class Outcome(Struct, frozen=True):
    """What became of one test. `error` is set where it could not be run at all."""

    case: TestCase
    decision: Decision | None
    seconds: float
    error: str = ""

    @property
    def passed(self) -> bool:
        return self.decision is not None and meets(self.decision, self.case.expected)


def run(
    program: Program,
    decider: Decider,
    *,
    facts: Facts | None = None,
    cases: Iterable[TestCase] | None = None,
) -> list[Outcome]:
    """Every test of `cases`, those of `program` by default, in the order given.

    `facts` are all known facts; those that the program declares by default.
    """
    known = declared_facts(program) if facts is None else facts
    engine = Reference(program, known, decider)
    chosen = program.tests if cases is None else cases
    return [_outcome(engine, case) for case in chosen]


def _outcome(engine: Reference, case: TestCase) -> Outcome:
    started = perf_counter()
    try:
        decision = _with_entities(engine, case.entities).decide(request(case))
    except Exception as error:
        return Outcome(case, None, perf_counter() - started, str(error) or type(error).__name__)
    return Outcome(case, decision, perf_counter() - started)


def _with_entities(engine: Reference, entities: tuple[EntityDecl, ...]) -> Reference:
    """The engine, knowing the entities too; what is derived from the program is shared."""
    if not entities:
        return engine
    enlarged = copy.copy(engine)
    enlarged.facts = Facts(_resource_facts(entity) for entity in entities).over(engine.facts)
    return enlarged


def request(case: TestCase) -> Request:
    """The request that a test makes."""
    context = dict(_values(case.context))
    if case.events:
        context.setdefault("time", NOW)
    actor, *others = (Principal(a.id, a.kind, a.roles) for a in case.chain)
    parents = [Resource(case.under.resource_type, case.under.id)] if case.under else []
    return Request(
        actor,
        case.operation,
        Resource(
            case.resource.resource_type,
            case.resource.id,
            parents=parents,
            attributes=_values(case.attributes),
        ),
        args=_values(case.args),
        context=context,
        signals=_values(case.signals),
        on_behalf_of=others,
        labels=case.labels,
        history=[_event(event, case, context["time"]) for event in case.events],
    )


def _event(given: GivenEvent, case: TestCase, now: str) -> Event:
    nanoseconds = coerce(TIME, now)
    if nanoseconds is INVALID:
        raise ValueError("`context.time` is not a time")
    named = next((actor for actor in case.chain if actor.id == given.by), None)
    return Event(
        Principal(given.by, named.kind, named.roles) if named else Principal(given.by),
        given.operation,
        Resource(given.resource.resource_type, given.resource.id),
        time=time_text(nanoseconds - given.ago),
        args=_values(given.args),
        outcome=given.outcome,
    )


def _values(facts: Iterable[Fact]) -> FrozenDict:
    return FrozenDict({fact.name: on_the_wire(fact.value) for fact in facts})


def _resource_facts(entity: EntityDecl) -> ResourceFacts:
    parents = tuple((parent.resource_type, parent.id) for parent in entity.parents)
    return ResourceFacts(entity.resource_type, entity.id, _values(entity.attributes), parents)


# ── expected and got ─────────────────────────────────────────────────────────────────────


def meets(decision: Decision, expected: Expected) -> bool:
    """Whether the decision is as expected, in what the test says of it.

    Of an approval: one of the requirements has every property that the test names.
    """
    if decision.verdict.value != expected.verdict:
        return False
    says_more = (expected.roles, expected.quorum, expected.within) != (None, None, None)
    return not says_more or any(_fits(needed, expected) for needed in decision.approvals)


def _fits(needed: Approval, expected: Expected) -> bool:
    return (
        (expected.roles is None or set(expected.roles) == set(needed.roles))
        and expected.quorum in (None, needed.quorum)
        and expected.within in (None, needed.within_seconds)
    )


# ── coverage ─────────────────────────────────────────────────────────────────────────────


class Covered(Struct, frozen=True):
    """A rule or limit of the tested files, and how many tests it mattered to."""

    id: str
    at: str
    tests: int

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "at": self.at, "tests": self.tests}


def coverage(program: Program, outcomes: Iterable[Outcome]) -> list[Covered]:
    """Each rule and limit, those of the standard library left out, by place in the source."""
    counts: dict[str, int] = {}
    for outcome in outcomes:
        for rule in outcome.decision.rules if outcome.decision else ():
            counts[rule.id] = counts.get(rule.id, 0) + 1
    rows = [Covered(id, at, counts.get(id, 0)) for id, at in _own(program)]
    return sorted(rows, key=lambda row: place(row.at))


def _own(program: Program) -> Iterator[tuple[str, str]]:
    """Unless the standard library itself is tested, its rules are not the tests' business."""
    tests_standard = any(case.module.startswith("std.") for case in program.tests)
    foreign = _ALWAYS if tests_standard else ("std.",)
    rules: tuple[Rule | Limit, ...] = (*program.rules, *program.limits)
    return ((rule.id, rule.at) for rule in rules if not rule.id.startswith(foreign))


def place(at: str) -> tuple[str, int, int]:
    """File, line and column of `file:line:column`."""
    file, line, column = at.rsplit(":", 2)
    return file, int(line), int(column)
