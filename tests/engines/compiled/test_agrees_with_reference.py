"""The compiled engine gives the reference engine's full decision, whatever it is asked."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest

from policylang.engines.compiled import CompiledEngine, index
from policylang.engines.reference import Reference
from policylang.ir.program import Program
from policylang.model.decision import Decision
from policylang.model.facts import Facts
from policylang.model.request import Request

sys.path.insert(0, str(Path(__file__).parent))
from random_programs import Draw  # noqa: E402


class Told:
    digest = "sha256:0"

    def explain(self, decision: Decision) -> str:
        return decision.verdict.value


def differences(program: Program, facts: Facts, requests: list[Request]) -> list[str]:
    reference = Reference(program, facts, Told())
    engine = CompiledEngine(program, facts, Told())
    singly = [engine.decide(request).record for request in requests]
    at_once = [decision.record for decision in engine.decide_many(requests)]
    found = []
    for request, one, many in zip(requests, singly, at_once, strict=True):
        expected = reference.record(request)
        if one != expected or many != expected:
            found.append(f"{request}\n  expected {expected}\n  got      {one}\n  and      {many}")
    return found


@pytest.mark.parametrize("inline", [0, 3, 48], ids=["all filed", "some filed", "all inline"])
@pytest.mark.parametrize("seed", range(40))
def test_every_decision_is_the_reference_engines(
    seed: int, inline: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "INLINE", inline)
    for draw in (Draw(Random(f"{seed} {number}")) for number in range(6)):
        program, facts = draw.program(), draw.facts()
        requests = [draw.request() for _ in range(8)]
        assert not differences(program, facts, requests)
