"""The compiled engine gives the reference engine's full decision, whatever it is asked."""

from __future__ import annotations

from random import Random

import pytest

from policylang.engines.compiled import CompiledEngine, filed, index, judge
from policylang.testing.trials import ANYONE, NOTHING_KNOWN
from tests.engines.compiled.engines import differences, served
from tests.engines.compiled.random_programs import Draw

ODDITIES = (0.0, 0.02, 0.1)
THRESHOLDS = pytest.mark.parametrize(
    "inline", [0, 3, 48], ids=["all filed", "some filed", "all inline"]
)


@pytest.fixture(autouse=True)
def _only_expected_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Generated code turns every exception into the careful path; here only those it plans with."""
    planned = (KeyError, AttributeError, TypeError)
    for exception in planned:
        monkeypatch.setitem(filed.PRIVATE["__builtins__"], exception.__name__, exception)
    names = ", ".join(exception.__name__ for exception in planned)
    monkeypatch.setattr(
        judge,
        "_guarded",
        lambda lines: [
            "try:",
            *("    " + line for line in lines),
            "except Sown: return judge(request, principal)",
            f"except (Bail, {names}): return None",
        ],
    )


@THRESHOLDS
@pytest.mark.parametrize("seed", range(40))
def test_every_decision_is_the_reference_engines(
    seed: int, inline: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "INLINE", inline)
    for number in range(6):
        draw = Draw(Random(f"{seed} {number}"), ODDITIES[number % 3])
        program, facts = draw.program(), draw.facts()
        requests = [draw.request() for _ in range(8)]
        assert not differences(program, facts, requests, times=1)


@THRESHOLDS
@pytest.mark.parametrize("seed", range(12))
def test_crowds_of_rules_are_found_by_what_tells_them_apart(
    seed: int, inline: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "INLINE", inline)
    draw = Draw(Random(f"crowd {seed}"), ODDITIES[seed % 2])
    program = draw.crowded_program()
    facts = draw.facts() if seed % 3 else NOTHING_KNOWN
    assert not differences(program, facts, [draw.plain_request() for _ in range(12)])


def test_generated_code_decides_a_good_part_of_that() -> None:
    count = 0
    for seed in range(40):
        draw = Draw(Random(f"crowd {seed}"), 0)
        engine = CompiledEngine(draw.crowded_program(), NOTHING_KNOWN, ANYONE)
        count += sum(served(engine, draw.plain_request()) for _ in range(5))
    assert count > 60
