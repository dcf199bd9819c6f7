"""What a user writes, checked with `mypy --strict`: the names of the facade keep their types."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import assert_type

import policylang
from policylang import (
    CheckResult,
    Decision,
    Diagnostic,
    Event,
    Policy,
    PolicyError,
    Principal,
    Request,
    RequestError,
    Resource,
    SqlInventory,
    Verdict,
)


def facts() -> Iterator[dict[str, object]]:
    yield {"type": "Environment", "id": "eu", "attributes": {"stage": "prod"}}


def use(folder: Path) -> bool:
    try:
        policy = policylang.load(folder, inventory=[folder / "inventory.yaml", facts])
    except PolicyError as error:
        assert_type(error.diagnostics, tuple[Diagnostic, ...])
        raise
    assert_type(policy, Policy)
    database = SqlInventory(sqlite3.connect(":memory:"), resources="select 1")
    policy = policy.with_inventory(database)
    environment = Resource("Environment", "eu", stage="prod", parents=[Resource("Account", "7")])
    decision = policy.decide(
        principal=Principal("kiro", kind="agent", roles=["Developer"]),
        operation="delete",
        resource=environment,
        context={"time": "2025-12-15T03:12:00Z"},
        history=[Event("kiro", "plan", environment, time="2025-12-15T03:00:00Z")],
    )
    assert_type(decision, Decision)
    assert_type(decision.verdict, Verdict)
    assert_type(decision.explain(), str)
    assert_type(policy.decide_many([Request("kiro", "delete", environment)]), list[Decision])
    assert_type(policylang.check([folder]), CheckResult)
    assert_type(policylang.check_text("policy a").diagnostics, tuple[Diagnostic, ...])
    try:
        request = policylang.request_from_json(b"{}")
    except RequestError as error:
        print(error)
    else:
        assert_type(request, Request)
    return decision.allowed and decision.verdict is not Verdict.REQUIRE_APPROVAL
