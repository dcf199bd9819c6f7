"""The source lines of one file with their marks: carets, labels, and brackets over several lines.

Each marked line is shown once, and under it a line for every mark on it. A mark over several lines
has a bracket at the left; its middle is left out when it is long.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from policylang.diagnostics.cells import plain, shown, width
from policylang.diagnostics.diagnostic import Label
from policylang.diagnostics.order import place
from policylang.diagnostics.span import Source

Paint = Callable[[str, str], str]
_BLUE = "34"
_MIDDLE = 3
"""So many lines at the start and at the end of a long mark are shown."""
_LEAST = 20
_LONG = 2_000
"""Of a longer line only so many characters around its first mark are looked at."""


class Mark(NamedTuple):
    """Lines and columns count from 1; the end column is excluded."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    main: bool


def snippet(
    source: Source,
    labels: Sequence[tuple[Label, bool]],
    gutter: int,
    columns: int,
    style: str,
    paint: Paint,
) -> list[str]:
    """The lines to print, without the head that names the file."""
    found = sorted(Mark(*place(source, label.span), label.text, main) for label, main in labels)
    return _Snippet(source, found, gutter, columns, style, paint).lines()


class _Snippet:
    def __init__(
        self,
        source: Source,
        found: list[Mark],
        gutter: int,
        columns: int,
        style: str,
        paint: Paint,
    ) -> None:
        self.source, self.gutter, self.style, self.paint = source, gutter, style, paint
        self.brackets = [mark for mark in found if mark.end_line > mark.line]
        self.single = [mark for mark in found if mark.end_line == mark.line]
        margin = 2 * len(self.brackets)
        self.room = max(_LEAST, columns - gutter - 2 - margin)

    def lines(self) -> list[str]:
        out: list[str] = []
        previous = None
        for number in sorted(self._numbers()):
            if previous is not None and number > previous + 1:
                out.append(
                    f"{' ' * self.gutter}{self._rail('·')} {self._margin(number - 1)}".rstrip()
                )
            out += self._line(number)
            previous = number
        return out

    def _numbers(self) -> set[int]:
        numbers = {mark.line for mark in self.single}
        for mark in self.brackets:
            numbers.update(range(mark.line, min(mark.line + _MIDDLE, mark.end_line)))
            numbers.update(range(max(mark.end_line - _MIDDLE + 1, mark.line), mark.end_line + 1))
        return numbers

    def _line(self, number: int) -> list[str]:
        text = self.source.line(number)
        here = [mark for mark in self.single if mark.line == number]
        window = _Window(text, here, self.room)
        head = self.paint(f"{number:>{self.gutter}}│", _BLUE)
        out = [f"{head} {self._margin(number, opening=True)}{window.text}".rstrip()]
        for mark in here:
            out.append(self._under(number, window, mark))
        for mark in self.brackets:
            if mark.end_line == number:
                out.append(self._closing(mark))
        return out

    def _under(self, number: int, window: _Window, mark: Mark) -> str:
        style = self.style if mark.main else _BLUE
        before, length = window.place(mark)
        line = ("^" if mark.main else "-") * length
        text = f" {plain(mark.text)}" if mark.text else ""
        margin = self._margin(number)
        return f"{self._blank()} {margin}{' ' * before}{self.paint(line + text, style)}"

    def _closing(self, mark: Mark) -> str:
        """`╰─^ label`, the other brackets that go on past it to the left and right."""
        style = self.style if mark.main else _BLUE
        place_ = self.brackets.index(mark)
        margin = self._margin(mark.end_line)[: 2 * place_]
        text = f" {plain(mark.text)}" if mark.text else ""
        rest = "──" * (len(self.brackets) - place_ - 1)
        closing = f"╰─{rest}{'^' if mark.main else '-'}{text}"
        return f"{self._blank()} {margin}{self.paint(closing, style)}"

    def _margin(self, number: int, *, opening: bool = False) -> str:
        out = ""
        for mark in self.brackets:
            style = self.style if mark.main else _BLUE
            if number == mark.line and opening:
                out += self.paint("╭", style) + " "
            elif mark.line <= number <= mark.end_line:
                out += self.paint("│", style) + " "
            else:
                out += "  "
        return out

    def _blank(self) -> str:
        return f"{' ' * self.gutter}{self._rail('│')}"

    def _rail(self, character: str) -> str:
        return self.paint(character, _BLUE)


class _Window:
    """The part of a line that fits, chosen so that its first mark is seen."""

    def __init__(self, text: str, marks: Sequence[Mark], room: int) -> None:
        mark = marks[0] if marks else None
        middle = mark.column if mark else 0
        self.skipped = max(0, middle - _LONG // 2) if len(text) > _LONG else 0
        end = self.skipped + max(_LONG, room)
        self.cells = shown(text[self.skipped : end])
        self.widths = [width(cell) for cell in self.cells]
        self.first, self.last = 0, len(self.cells)
        if sum(self.widths) > room:
            self._cut(mark, room)
        self.is_cut = self.first > 0 or self.skipped > 0
        left = "…" if self.is_cut else ""
        right = "…" if self.last < len(self.cells) or end < len(text) else ""
        self.text = left + "".join(self.cells[self.first : self.last]) + right

    def _cut(self, mark: Mark | None, room: int) -> None:
        """A third of the room stands before the mark, and an ellipsis at each cut end."""
        start = mark.column - 1 - self.skipped if mark else 0
        self.first = min(start, len(self.cells))
        before = room // 3
        while self.first > 0 and before >= self.widths[self.first - 1]:
            self.first -= 1
            before -= self.widths[self.first]
        left = room - 2
        self.last = self.first
        while self.last < len(self.cells) and left >= self.widths[self.last]:
            left -= self.widths[self.last]
            self.last += 1

    def place(self, mark: Mark) -> tuple[int, int]:
        """Columns before a mark, and how many it covers: one at least."""
        start, end = mark.column - 1 - self.skipped, mark.end_column - 1 - self.skipped
        start, end = max(start, self.first), min(end, self.last)
        start = min(start, self.last)
        before = sum(self.widths[self.first : start]) + (1 if self.is_cut else 0)
        return before, max(1, sum(self.widths[start:end]))
