"""The standard library checks clean, is formatted, and each pack passes the tests beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from policylang.diagnostics.span import Source
from policylang.language import format_source
from policylang.loader import check, load
from policylang.model.decision import Verdict
from policylang.model.request import Event, Request, Resource
from policylang.testing.runner import run

STDLIB = Path(__file__).parents[2] / "stdlib"
MODULES = sorted(STDLIB.rglob("*.pol"))
TESTS = [path for path in MODULES if path.stem.endswith("_test")]
PACKS = [path for path in MODULES if path.parent.name == "packs" and path not in TESTS]


LARGE = {
    "std.packs.least_privilege/writes_are_bounded": ("edit", 500),
    "std.packs.least_privilege/sending_is_bounded": ("send", 100),
}
"""Budgets too large to write out as events of a test."""


def name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_checks_without_an_error(path: Path) -> None:
    assert not [d for d in check([path]).diagnostics if d.severity == "error"]


@pytest.mark.parametrize("path", PACKS, ids=name)
def test_a_pack_gives_no_warning(path: Path) -> None:
    assert check([path]).diagnostics == ()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_is_formatted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert format_source(Source(path.name, text)) == text


@pytest.mark.parametrize("path", PACKS, ids=name)
def test_every_pack_has_tests(path: Path) -> None:
    assert path.with_name(f"{path.stem}_test.pol") in TESTS


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_passes_its_tests(path: Path) -> None:
    policy = load(path)
    outcomes = run(policy.program, policy)
    assert outcomes
    assert not [o.case.name for o in outcomes if not o.passed]


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_every_rule_of_a_pack_is_used_by_its_tests(path: Path) -> None:
    policy = load(path)
    used = {rule.id for o in run(policy.program, policy) if o.decision for rule in o.decision.rules}
    pack = f"std.packs.{path.stem.removesuffix('_test')}/"
    rules = {rule.id for rule in policy.program.rules if rule.id.startswith(pack)}
    limits = {m.id for m in policy.program.limits if m.id.startswith(pack) and m.id not in LARGE}
    assert rules | limits <= used


@pytest.mark.parametrize(("limit", "operation", "budget"), [(k, *v) for k, v in LARGE.items()])
def test_large_budgets(limit: str, operation: str, budget: int) -> None:
    policy = load(STDLIB / "packs/least_privilege_test.pol")
    doc = Resource("Doc", "d")
    past = [Event("kiro", operation, doc, time="2026-01-05T09:00:00Z")] * budget
    now = {"time": "2026-01-05T09:30:00Z"}
    within = Request("kiro", operation, doc, context=now, history=past[1:])
    beyond = Request("kiro", operation, doc, context=now, history=past)
    assert policy.decide(within).verdict is Verdict.ALLOW
    decision = policy.decide(beyond)
    assert decision.verdict is Verdict.DENY
    assert limit in {rule.id for rule in decision.rules}


def test_the_packs_can_be_used_together(tmp_path: Path) -> None:
    uses = "\n".join(f"use std.packs.{path.stem}" for path in PACKS)
    (tmp_path / "all.pol").write_text(f"policy everything\n{uses}\n", encoding="utf-8")
    assert not [d for d in check([tmp_path]).diagnostics if d.severity == "error"]
