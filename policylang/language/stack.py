"""The parser's stack: for each symbol that was read its state, value, beginning and depth."""

from __future__ import annotations

from typing import Any


class Stack:
    """Parallel lists. `begins`: where a value's text begins; `depths`: how deep its tree is."""

    __slots__ = ("begins", "depths", "states", "values")

    def __init__(self, start: int) -> None:
        self.states = [start]
        self.values: list[Any] = []
        self.begins: list[int] = []
        self.depths: list[int] = []

    def push(self, state: int, value: Any, begin: int, depth: int) -> None:
        self.states.append(state)
        self.values.append(value)
        self.begins.append(begin)
        self.depths.append(depth)

    def pop(self, size: int, here: int) -> tuple[list[Any], int, int]:
        """Values of the last symbols, where they begin (`here`, if none), and their depth."""
        if not size:
            return [], here, 0
        values, begin, depth = self.values[-size:], self.begins[-size], max(self.depths[-size:])
        del self.states[-size:], self.values[-size:], self.begins[-size:], self.depths[-size:]
        return values, begin, depth
