"""Decisions in words: snapshots of whole explanations, and what holds for every one of them.

`UPDATE_SNAPSHOTS=1` writes the snapshots anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings

from policylang.engines import phrases
from policylang.engines.explain import explain
from policylang.engines.reference import decide
from policylang.ir.declared import declared_facts
from policylang.model.decision import Approval, Decision, Verdict
from policylang.model.facts import Facts
from policylang.model.request import Event, Request, Resource
from policylang.testing.strategies import Case, cases, examples
from policylang.testing.trials import ANYONE, compiled_texts

SNAPSHOTS = Path(__file__).resolve().parent.parent / "snapshots"
PROGRAM = compiled_texts({"acme.pol": (SNAPSHOTS / "explain.pol").read_text("utf-8")})
NOW = {"time": "2026-01-01T00:00:00Z"}
EU = Resource("Environment", "eu")
PROD = Resource("Environment", "eu", stage="prod")
DEV = Resource("Environment", "eu", stage="dev")
CALM, ODD = {"anomaly": "0.1"}, {"anomaly": "0.7"}

REQUESTS = {
    "allowed by a rule": Request("kiro", "describe", EU, context=NOW),
    "a rule nearly allows it": Request("kiro", "deploy", PROD, context=NOW, signals=CALM),
    "denied, as a signal is missing": Request("kiro", "deploy", EU, labels=["untrusted"]),
    "two people have to agree": Request("kiro", "delete", PROD, on_behalf_of=["ana"]),
    "one link of the chain may not": Request("kiro", "delete", PROD, on_behalf_of=["zoe"]),
    "a gate that cannot be told opens nothing": Request("kiro", "delete", EU),
    "an exception holds": Request("kiro", "delete", PROD, context={"ticket": "T-1"}),
    "a floor asks for approval": Request("kiro", "stop", EU),
    "a floor denies agents": Request("kiro", "grant", EU),
    "a person may what an agent may not": Request("ben", "grant", EU),
    "denied whatever the circumstances": Request("ana", "drop", Resource("Database", "d")),
    "a request with names that nobody declared": Request(
        "kiro", "destroy", Resource("Environment", "eu", stge="prod")
    ),
    "a signal asks for approval": Request("kiro", "tag", EU, signals=ODD),
    "a limit is used up": Request(
        "kiro",
        "deploy",
        DEV,
        context=NOW,
        signals=CALM,
        history=[Event("kiro", "deploy", EU, time="2025-12-31T23:30:00Z")],
    ),
    "an action that is not classified": Request(
        "kiro", action={"kind": "shell", "command": "rm -rf /"}
    ),
}


def explained(request: Request, facts: Facts | None = None) -> str:
    decision = decide(PROGRAM, facts or declared_facts(PROGRAM), request, ANYONE)
    return explain(PROGRAM, decision, facts)


def test_snapshots() -> None:
    path = SNAPSHOTS / "explain.txt"
    text = "\n".join(f"=== {title}\n{explained(r)}" for title, r in REQUESTS.items())
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8")
    assert text.split("=== ") == path.read_text(encoding="utf-8").split("=== ")


def of_action(*effects: Request) -> Decision:
    """The decision on a raw action, put together from those on its effects."""
    call = Request("kiro", action={"kind": "tool", "name": "x", "arguments": {}})
    parts = tuple(decide(PROGRAM, declared_facts(PROGRAM), effect, ANYONE) for effect in effects)
    strictest = max(parts, key=lambda part: part.verdict.strictness)
    return Decision(strictest.verdict, strictest.record, call, ANYONE, parts)


def test_an_action_of_one_effect_is_explained_as_that() -> None:
    text = explain(PROGRAM, of_action(Request("kiro", "describe", EU)))
    first, _, rest = text.partition("\n")
    assert first == 'kiro may call the tool `x`. That is: describe Environment "eu".'
    assert rest == explained(Request("kiro", "describe", EU)).partition("\n")[2]


def test_an_action_that_nobody_knows_is_explained_once() -> None:
    unknown = Request("kiro", action={"kind": "tool", "name": "x", "arguments": {}})
    assert explain(PROGRAM, of_action(unknown)) == explained(unknown)


def test_every_effect_of_an_action_is_explained() -> None:
    text = explain(PROGRAM, of_action(Request("kiro", "describe", EU), Request("kiro", "stop", EU)))
    assert text.startswith(
        "kiro may call the tool `x` only after people approve.\nIt has 2 effects:"
    )
    assert '\n  kiro may describe Environment "eu".\n' in text
    assert '\n  kiro may stop Environment "eu" only after people approve.\n' in text


def test_facts_of_an_inventory_count() -> None:
    from policylang.model.facts import ResourceFacts
    from policylang.model.request import FrozenDict

    known = Facts([ResourceFacts("Environment", "eu", FrozenDict({"stage": "prod"}))])
    facts = declared_facts(PROGRAM).over(known)
    request = Request("kiro", "delete", DEV)
    assert "only after people approve" in explained(request, facts)
    assert "`when resource.stage == prod` holds" in explained(request, facts)


@settings(max_examples=examples(40))
@given(cases(count=15))
def test_every_decision_can_be_explained(case: Case) -> None:
    program, facts = case.trial.program, case.trial.facts
    for request in case.requests:
        decision = case.trial.reference(request)
        text = explain(program, decision, facts)
        said = case.showing(request, text)
        first, _, rest = text.partition("\n")
        denied, allowed = " may not " in first, "only after people approve" not in first
        assert denied == (decision.verdict is Verdict.DENY), said
        assert allowed == (decision.verdict is not Verdict.REQUIRE_APPROVAL), said
        assert "Why:" in rest, said
        assert ("\nTo be allowed" in text) == (decision.verdict is not Verdict.ALLOW), said
        for rule in decision.rules:
            assert rule.id in text, said


@settings(max_examples=examples(40))
@given(cases(count=15))
def test_it_says_that_nothing_opens_exactly_where_nothing_opens(case: Case) -> None:
    """Of a request that is admitted, a chain of one, and no rule that is listed as an opener."""
    for request in case.requests:
        decision = case.trial.reference(request)
        if request.on_behalf_of or any(found.rule == "request" for found in decision.errors):
            continue
        opened = any(rule.effect in ("allow", "require_approval") for rule in decision.rules)
        text = explain(case.trial.program, decision, case.trial.facts)
        if not opened:
            assert "- no rule" in text, case.showing(request, text)
        if any(rule.effect == "allow" for rule in decision.rules):
            assert "- no rule" not in text, case.showing(request, text)


@pytest.mark.parametrize(
    ("needed", "words"),
    [
        (Approval("r", 2, ("SRE",), 1800), "2 people of SRE must approve within 30 minutes"),
        (Approval("r", 1, (), 3600), "1 person must approve within 1 hour"),
        (
            Approval("r", 1, ("A", "B", "C"), 90),
            "1 person of A, B or C must approve within 90 seconds",
        ),
        (Approval("r", 3, ("A", "B"), 604800), "3 people of A or B must approve within 1 week"),
        (Approval("r", 1, (), 0), "1 person must approve within 0 seconds"),
        (Approval("r", 1, (), 90061), "1 person must approve within 90061 seconds"),
    ],
)
def test_approvals_in_words(needed: Approval, words: str) -> None:
    assert phrases.approval(needed) == words


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ({"kind": "shell", "command": "ls\n -la"}, "run `ls -la`"),
        ({"kind": "sql", "statement": "DROP TABLE users"}, "run `DROP TABLE users`"),
        ({"kind": "http", "method": "DELETE", "url": "https://a/7"}, "call `DELETE https://a/7`"),
        ({"kind": "aws", "service": "s3", "operation": "DeleteBucket"}, "call `s3 DeleteBucket`"),
        ({"kind": "terraform", "plan": {}}, "apply a Terraform plan"),
        ({"kind": "mcp", "tool": "{x}"}, "call the tool `{x}`"),
        ({"kind": "file", "path": "/etc"}, "? `/etc`"),
        ({"kind": "new"}, "do something unknown"),
        ({"kind": "shell", "command": "a" * 200}, f"run `{'a' * 79}…`"),
    ],
)
def test_raw_actions_in_words(action: dict[str, object], words: str) -> None:
    assert phrases.raw(action) == words
