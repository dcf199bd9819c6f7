"""Loads the policy of a case, and decides its requests with every engine."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from policylang.engines.reference import decide as reference
from policylang.loader import CheckResult, Policy, check, load
from policylang.model import wire
from policylang.model.decision import Decision
from policylang.model.request import Request
from tests.cases.reading import Text


@contextmanager
def _written(text: Text) -> Iterator[tuple[Path, Path | None]]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "policies"
        for name, content in text.files:
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        inventory = None
        if text.inventory:
            inventory = Path(folder) / "inventory.yaml"
            inventory.write_text(text.inventory)
        yield (root if text.folder else root / "main.pol"), inventory


@functools.lru_cache(maxsize=64)
def checked(text: Text) -> CheckResult:
    with _written(text) as (path, inventory):
        return check(path, inventory=inventory)


@functools.lru_cache(maxsize=64)
def loaded(text: Text) -> Policy:
    with _written(text) as (path, inventory):
        return load(path, inventory=inventory, cache=False)


def decided(text: Text, request: Any) -> Decision:
    """What all engines say, which must be the same to the last byte."""
    policy = loaded(text)
    asked: Request = wire.request(request)
    decision = policy.decide(asked)
    oracle = reference(policy.program, policy.facts, asked, policy)
    assert decision.to_json() == oracle.to_json(), "the engines disagree: compiled, reference"
    (among_many,) = policy.decide_many([asked])
    assert among_many.to_json() == decision.to_json(), "decided among many, it is another decision"
    return decision
