"""Places in source text."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from msgspec import Struct


class Span(Struct, frozen=True, order=True, gc=False):
    """Character offsets into one source file, the end excluded."""

    start: int
    end: int


class Source:
    """A source file's text. Lines and columns count from 1.

    `name` is how diagnostics show it, mostly the path as it was given. `home` is its name within
    the policy that it is part of, the same wherever the policy lies: what a decision tells.
    """

    def __init__(self, name: str, text: str, home: str = "") -> None:
        self.name = name
        self.text = text
        self.home = home or name

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        find, position = self.text.find, self.text.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = find("\n", position + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, in characters, of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        start = self._starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:].rstrip("\r") if end < 0 else self.text[start:end].rstrip("\r")

    def at(self, span: Span) -> str:
        """`file:line:column`, by the file's name at home."""
        line, column = self.position(span.start)
        return f"{self.home}:{line}:{column}"
