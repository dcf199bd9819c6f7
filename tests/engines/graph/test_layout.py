"""Spreading blocks: the order and the distances hold, and what fits already stays."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylang.engines.graph.layout import spread

numbers = st.floats(-1000, 1000)
blocks = st.lists(st.tuples(numbers, st.floats(1, 50)), max_size=20)


@given(blocks)
def test_no_block_overlaps_the_next(found: list[tuple[float, float]]) -> None:
    tops = spread([want for want, _ in found], [size for _, size in found])
    for (above, below), (_, size) in zip(pairwise(tops), found, strict=False):
        assert below >= above + size - 1e-6


@given(blocks)
def test_what_fits_stays_where_it_is(found: list[tuple[float, float]]) -> None:
    tops = []
    low = -2000.0
    for want, size in found:
        low += abs(want)
        tops.append(low)
        low += size
    assert spread(tops, [size for _, size in found]) == pytest.approx(tops)


@given(blocks)
def test_blocks_move_no_more_in_one_direction_than_the_other(
    found: list[tuple[float, float]],
) -> None:
    wanted = [want for want, _ in found]
    tops = spread(wanted, [size for _, size in found])
    assert sum(tops) == pytest.approx(sum(wanted), abs=1e-6)
