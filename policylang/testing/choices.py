"""Where a generator's choices come from: a seeded `random.Random`, or hypothesis's `draw`.

One generator serves both: hypothesis shrinks what it finds, the seeded source makes a million.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")


class Choices(ABC):
    """A source of choices. Smaller numbers and earlier items are the simpler ones."""

    __slots__ = ()

    @abstractmethod
    def integer(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""

    def chance(self, percent: int) -> bool:
        return self.integer(0, 99) >= 100 - percent

    def pick(self, items: Sequence[T]) -> T:
        return items[self.integer(0, len(items) - 1)]

    def some(self, items: Sequence[T], low: int, high: int) -> list[T]:
        """From `low` to `high` different items, in the order in which `items` has them."""
        count = self.integer(min(low, len(items)), min(high, len(items)))
        left = list(range(len(items)))
        chosen = sorted(left.pop(self.integer(0, len(left) - 1)) for _ in range(count))
        return [items[index] for index in chosen]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        left = list(items)
        return [left.pop(self.integer(0, len(left) - 1)) for _ in range(len(left))]


class RandomChoices(Choices):
    """Choices of a seed: the same seed, the same choices."""

    __slots__ = ("_random",)

    def __init__(self, seed: int | str) -> None:
        self._random = Random(seed).random

    def integer(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low + 1))


class DrawnChoices(Choices):
    """Choices of hypothesis's `draw`."""

    __slots__ = ("_draw", "_strategies")

    def __init__(self, draw: Callable[..., Any]) -> None:
        self._draw = draw
        self._strategies: dict[tuple[int, int], Any] = {}

    def integer(self, low: int, high: int) -> int:
        if low == high:
            return low
        strategy = self._strategies.get((low, high))
        if strategy is None:
            from hypothesis import strategies

            strategy = self._strategies[low, high] = strategies.integers(low, high)
        drawn: int = self._draw(strategy)
        return drawn
