"""Did you mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylang.diagnostics.suggest import closest, did_you_mean, edits

NAMES = ("stage", "region", "holds_pii", "owner", "id")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("stgae", "stage"),
        ("stag", "stage"),
        ("Stage", "stage"),
        ("regoin", "region"),
        ("holdspii", "holds_pii"),
        ("ow", None),
        ("zone", None),
        ("x", None),
        ("stage", None),
        ("", None),
    ],
)
def test_the_nearest_name(written: str, meant: str | None) -> None:
    assert closest(written, NAMES) == meant


def test_among_equally_near_the_first_by_name() -> None:
    assert closest("cat", ["rat", "bat"]) == "bat"


def test_the_help_line() -> None:
    assert did_you_mean("stgae", NAMES) == "did you mean `stage`?"
    assert did_you_mean("zone", NAMES) == ""


@given(st.text("ab", max_size=6), st.text("ab", max_size=6))
def test_distance_is_symmetric_and_bounded(left: str, right: str) -> None:
    distance = edits(left, right, 20)
    assert distance == edits(right, left, 20)
    assert (distance == 0) == (left == right)
    assert distance <= max(len(left), len(right))
    assert min(distance, 2) == min(edits(left, right, 1), 2)
