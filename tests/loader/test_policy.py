"""A policy that decides: its entry points, digest, engines, inventory, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policylang.loader import PolicyError, PolicylangError, check_text, load, load_text
from policylang.model.decision import Verdict
from policylang.model.request import Principal, Request, Resource

POLICY = """\
policy shop
use std.risk
resource Store
resource Box in Store { stage: dev | prod }
role Staff
human ana in Staff
operation open on Box is Read
operation burn on Box is Destructive
allow Staff to open on Box when resource.stage == dev
rule burning:
require approval by 2 for Staff to burn on Box with snapshot
"""
INVENTORY = {"resources": [{"type": "Box", "id": "b", "attributes": {"stage": "dev"}}]}


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_decides_by_fields_and_whole(engine: Any) -> None:
    policy = load_text(POLICY, inventory=INVENTORY, engine=engine)
    request = Request("ana", "open", Resource("Box", "b"))
    by_fields = policy.decide(principal="ana", operation="open", resource=Resource("Box", "b"))
    assert policy.decide(request).verdict is Verdict.ALLOW
    assert policy.decide(request) == by_fields
    assert policy.decide(principal=Principal("ana"), operation="open", resource=request.resource)
    assert policy.decide_many(iter([request, request])) == [by_fields, by_fields]
    assert policy.decide_many([]) == []
    assert "ana" in by_fields.explain()


def test_engines_agree_and_are_named() -> None:
    with pytest.raises(ValueError, match="choose one of compiled, reference"):
        load_text(POLICY, engine="magic")  # type: ignore[arg-type]


def test_a_policy_with_errors_decides_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.pol").write_text(POLICY + "allow Staff to opne on Box\n")
    with pytest.raises(PolicyError) as refused:
        load(tmp_path)
    assert isinstance(refused.value, PolicylangError)
    assert refused.value.diagnostics[0].severity == "error"
    assert "did you mean `open`?" in str(refused.value)
    with pytest.raises(PolicyError):
        load_text(POLICY + "allow Staff to opne on Box\n")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, TypeError),
        ({"principal": "ana"}, ValueError),
        ({"principal": "ana", "operation": "open"}, ValueError),
        ({"principal": 7, "operation": "open", "resource": Resource("Box", "b")}, TypeError),
        ({"principal": "ana", "operation": "open", "resource": "b"}, TypeError),
        ({"principal": "ana", "action": "ls"}, TypeError),
        ({"principal": "\ud800", "action": {"kind": "shell", "command": "ls"}}, ValueError),
    ],
)
def test_fields_that_no_request_can_have(fields: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        load_text(POLICY).decide(**fields)


@pytest.mark.parametrize("other", ["ana", {"principal": "ana"}, None])
def test_only_requests_are_decided(other: Any) -> None:
    policy = load_text(POLICY)
    with pytest.raises(TypeError):
        policy.decide(other)
    with pytest.raises(TypeError):
        policy.decide_many([other])


def test_the_digest_follows_meaning_and_inventory(tmp_path: Path) -> None:
    policy = load_text(POLICY)
    reordered = POLICY.replace("role Staff\nhuman ana in Staff\n", "")
    reordered += "# the people\nhuman ana in Staff\nrole Staff\n"
    assert load_text(reordered, "other.pol").digest == policy.digest
    assert load_text(POLICY.replace("by 2", "by 3")).digest != policy.digest
    known = policy.with_inventory(INVENTORY)
    assert known.digest != policy.digest
    assert known.program_digest == policy.digest
    again = policy.with_inventory([{"resources": list(INVENTORY["resources"])}])
    assert again.digest == known.digest
    changed = {"resources": [{"type": "Box", "id": "b", "attributes": {"stage": "prod"}}]}
    assert policy.with_inventory(changed).digest != known.digest


def test_a_number_and_its_text_are_two_inventories() -> None:
    policy = load_text("policy a\nresource Box { size: Decimal }\n")
    digests = {
        policy.with_inventory(
            {"resources": [{"type": "Box", "id": "b", "attributes": {"size": size}}]}
        ).digest
        for size in (1, "1", True, "1.0")
    }
    assert len(digests) == 4


def test_what_the_policy_declares_wins_over_the_inventory() -> None:
    text = POLICY + 'entity Box "b" { stage: prod }\n'
    policy = load_text(text, inventory=INVENTORY)
    assert policy.facts.resources["Box", "b"].attributes["stage"] == "prod"
    assert not policy.decide(
        principal="ana", operation="open", resource=Resource("Box", "b")
    ).allowed


def test_another_inventory() -> None:
    policy = load_text(POLICY)
    box = Resource("Box", "b")
    assert not policy.decide(principal="ana", operation="open", resource=box).allowed
    known = policy.with_inventory(INVENTORY)
    assert known.decide(principal="ana", operation="open", resource=box).allowed
    assert not policy.decide(principal="ana", operation="open", resource=box).allowed
    with pytest.raises(PolicyError):
        policy.with_inventory({"resources": [{"type": "Bxo", "id": "b"}]})


def test_a_malformed_fact_is_missing_and_named(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text("resources:\n  - {type: Box, id: b, attributes: {stage: prdo}}\n")
    policy = load_text(POLICY, inventory=path)
    (problem,) = (d for d in policy.diagnostics if d.code == "P0513")
    assert problem.severity == "error"
    decision = policy.decide(
        principal="ana", operation="open", resource=Resource("Box", "b", stage="dev")
    )
    assert decision.verdict is Verdict.DENY
    (error,) = decision.errors
    assert "(inventory.yaml:2:44)" in error.message
    result = check_text(POLICY, inventory=path)
    assert not result.ok


def test_claims_are_told_once() -> None:
    claims = "".join(f'prove "claim {n}" never allow any agent to burn on Box\n' for n in range(3))
    notes = [d for d in load_text(POLICY + claims).diagnostics if d.code == "P0390"]
    assert len(notes) == 1
    assert notes[0].severity == "note"
    assert "`claim 0` and 2 more" in notes[0].message
    assert not [d for d in load_text(POLICY).diagnostics if d.code == "P0390"]


def test_the_graph_is_made_once() -> None:
    policy = load_text(POLICY)
    assert policy.graph is policy.graph
    assert repr(policy) == "Policy('shop', 4 rules)"
