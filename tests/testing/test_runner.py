"""The `test` declarations of policies: what they give, what they expect, and what they cover."""

from __future__ import annotations

import pytest

from policylang.ir.declared import declared_facts
from policylang.ir.program import Expected, Program
from policylang.model.decision import Approval, Decision, Record, Verdict
from policylang.model.facts import Facts, ResourceFacts
from policylang.model.request import FrozenDict, Request, Resource
from policylang.testing import runner
from policylang.testing.trials import ANYONE, compiled_texts

POLICY = """
policy p
use std.risk

resource Folder in Folder
resource Doc in Folder {
    level: Int
    due: Time?
    size: Size?
    tags: Set<String>?
    twin: Doc?
    keep: Duration?
    price: Decimal?
}
operation look on Doc is Read
operation edit(text: String) on Doc is Write
operation drop on Doc is Destructive
role Boss
role Chief in Boss
agent kiro
human ana in Chief
context { ticket: String? }
signal anomaly: Decimal

rule low: allow kiro to look on Doc when resource.level < 3
rule inside: allow kiro to look on Doc under Folder "open"
rule dated: allow kiro to look on Doc
    when resource has due and resource.due < @2026-01-01T00:00:00Z
    when resource has size and resource.size == 2KiB
    when resource has tags and resource.tags contains "x"
    when resource has twin and resource.twin == Doc "b"
    when resource has keep and resource.keep == 2h
    when resource has price and resource.price == 0.5
rule edit_text: allow kiro to edit on Doc when args.text == "hi" and context has ticket
rule again: allow kiro to edit on Doc when formerly look on resource within 1h
rule odd: deny any agent to edit on Doc when signal.anomaly > 0.5
rule tainted: deny any agent to edit on Doc when session saw private
rule drop_two: require approval from Boss by 2 within 30m for kiro, ana to drop on Doc
limit look on Doc by any agent to 2 per 1h
"""


def program(tests: str) -> Program:
    return compiled_texts({"p.pol": POLICY + tests})


def run(tests: str, facts: Facts | None = None) -> list[runner.Outcome]:
    return runner.run(program(tests), ANYONE, facts=facts)


def verdict_of(test: str) -> str:
    """The verdict of the one test in a text."""
    (outcome,) = run(f'test "t" {test}')
    assert outcome.decision is not None, outcome.error
    return outcome.decision.verdict.value


@pytest.mark.parametrize(
    ("test", "verdict"),
    [
        ('kiro look Doc "a" { level: 1 } => allow', "allow"),
        ('kiro look Doc "a" { level: 3 } => allow', "deny"),
        ('kiro look Doc "a" under Folder "open" => allow', "allow"),
        ('kiro look Doc "a" under Folder "shut" => allow', "deny"),
        ('given entity Doc "a" { level: 1 } kiro look Doc "a" { level: 9 } => deny', "allow"),
        (
            'given entity Folder "f" in Folder "open" given entity Doc "a" in Folder "f" '
            'kiro look Doc "a" => allow',
            "allow",
        ),
        (
            'kiro look Doc "a" { level: 9, due: @2025-12-31T23:59:59Z, size: 2KiB, tags: ["x"], '
            'keep: 2h, price: 0.50 } => deny',
            "deny",
        ),
        ('agent "nova" look Doc "a" { level: 1 } => deny', "deny"),
        (
            'given signal anomaly = 0.1 given context ticket = "T" '
            'kiro edit(text: "hi") Doc "a" => allow',
            "allow",
        ),
        (
            'given signal anomaly = 0.9 given context ticket = "T" '
            'kiro edit(text: "hi") Doc "a" => allow',
            "deny",
        ),
        ('given context ticket = "T" kiro edit(text: "hi") Doc "a" => allow', "deny"),
        (
            'given session saw private given signal anomaly = 0.1 given context ticket = "T" '
            'kiro edit(text: "hi") Doc "a" => deny',
            "deny",
        ),
        (
            'given done look on Doc "a" by kiro 1h ago given signal anomaly = 0.1 '
            'kiro edit(text: "no") Doc "a" => allow',
            "allow",
        ),
        (
            'given done look on Doc "a" by kiro 61m ago given signal anomaly = 0.1 '
            'kiro edit(text: "no") Doc "a" => deny',
            "deny",
        ),
        (
            'given failed look on Doc "a" by kiro 1m ago given signal anomaly = 0.1 '
            'kiro edit(text: "no") Doc "a" => deny',
            "deny",
        ),
        (
            'given done look on Doc "a" by kiro 2m ago given done look on Doc "b" by kiro 1m ago '
            'kiro look Doc "c" { level: 1 } => deny',
            "deny",
        ),
        ('kiro for ana drop Doc "a" => require approval', "require_approval"),
        ('kiro for human "zoe" drop Doc "a" => deny', "deny"),
        ('human "zoe" in Boss drop Doc "a" => deny', "deny"),
    ],
)  # fmt: skip
def test_what_a_test_gives_is_what_is_decided(test: str, verdict: str) -> None:
    assert verdict_of(test) == verdict


def test_a_given_context_time_is_the_time_of_the_events() -> None:
    test = (
        'given context time = @2026-05-01T12:00:00Z given done look on Doc "a" by kiro 5m ago '
        'given signal anomaly = 0.1 kiro edit(text: "no") Doc "a" => allow'
    )
    (case,) = program(f'test "t" {test}').tests
    request = runner.request(case)
    assert request.context["time"] == "2026-05-01T12:00:00Z"
    assert [event.time for event in request.history] == ["2026-05-01T11:55:00Z"]
    assert verdict_of(test) == "allow"


def test_events_without_a_time_are_at_the_beginning_of_2000() -> None:
    (case,) = program(
        'test "t" given done look on Doc "a" by kiro 1d ago kiro look Doc "a" => deny'
    ).tests
    request = runner.request(case)
    assert request.context["time"] == "2000-01-01T00:00:00Z"
    assert request.history[0].time == "1999-12-31T00:00:00Z"


def test_without_events_there_is_no_time() -> None:
    (case,) = program('test "t" kiro look Doc "a" => deny').tests
    assert "time" not in runner.request(case).context


def test_an_actor_of_the_chain_keeps_its_kind_in_events() -> None:
    text = (
        'test "t" given done look on Doc "a" by kiro 1m ago kiro look Doc "a" { level: 1 } => allow'
    )
    (case,) = program(text).tests
    assert runner.request(case).history[0].principal == runner.request(case).principal


def test_one_tests_entities_are_not_seen_by_the_next() -> None:
    outcomes = run(
        'test "a" given entity Doc "a" { level: 1 } kiro look Doc "a" => allow\n'
        'test "b" kiro look Doc "a" => deny\n'
    )
    assert [outcome.passed for outcome in outcomes] == [True, True]


def test_known_facts_of_an_inventory_count() -> None:
    facts = Facts([ResourceFacts("Doc", "a", FrozenDict({"level": 1}))])
    (outcome,) = runner.run(
        program('test "t" kiro look Doc "a" { level: 9 } => allow'),
        ANYONE,
        facts=declared_facts(program("")).over(facts),
    )
    assert outcome.passed


def decision(verdict: Verdict, *approvals: Approval) -> Decision:
    record = Record(verdict, "deterministic", (), approvals=approvals)
    return Decision(verdict, record, Request("a", "b", Resource("C", "d")), ANYONE)


SRE = Approval("r", 2, ("SRE",), 1800)
BOSS = Approval("s", 1, (), 3600)


@pytest.mark.parametrize(
    ("expected", "approvals", "met"),
    [
        (Expected("require_approval"), (SRE,), True),
        (Expected("require_approval", roles=("SRE",)), (SRE,), True),
        (Expected("require_approval", roles=("SRE",), quorum=2, within=1800), (BOSS, SRE), True),
        (Expected("require_approval", quorum=1), (SRE,), False),
        (Expected("require_approval", quorum=1, within=1800), (SRE, BOSS), False),
        (Expected("require_approval", roles=("Dev",)), (SRE,), False),
        (Expected("require_approval", within=60), (SRE,), False),
        (Expected("deny"), (SRE,), False),
        (Expected("allow"), (SRE,), False),
    ],
)
def test_what_a_test_says_must_hold_of_one_requirement(
    expected: Expected, approvals: tuple[Approval, ...], met: bool
) -> None:
    assert runner.meets(decision(Verdict.REQUIRE_APPROVAL, *approvals), expected) is met


def test_coverage_counts_the_tests_that_a_rule_matters_to() -> None:
    tests = (
        'test "a" kiro look Doc "a" { level: 1 } => allow\n'
        'test "b" kiro look Doc "b" { level: 2 } => allow\n'
        'test "c" kiro read Policy "p" => deny\n'
    )
    checked = program(tests)
    rows = {row.id: row.tests for row in runner.coverage(checked, runner.run(checked, ANYONE))}
    assert rows["p/low"] == 2
    assert rows["p/odd"] == 0
    assert not any(name.startswith("std.") for name in rows)
    assert len(rows) == len(checked.limits) + sum(r.id.startswith("p/") for r in checked.rules)


def test_coverage_is_in_the_order_of_the_text() -> None:
    checked = program("")
    lines = [runner.place(row.at) for row in runner.coverage(checked, [])]
    assert lines == sorted(lines)


def test_a_test_that_cannot_be_run_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(case: object) -> Request:
        raise ValueError("broken")

    monkeypatch.setattr(runner, "request", broken)
    (outcome,) = run('test "t" kiro look Doc "a" => deny')
    assert not outcome.passed
    assert outcome.error == "broken"
