"""Logical lines to lines: breaks the long ones and puts the comments back."""

from __future__ import annotations

from collections.abc import Sequence

from policylang.language.nodes import Comment
from policylang.language.pieces import Block, Line, Part, Piece, flat

_STEP = 4


class Layout:
    """Takes the declarations in order. `_line` is the line that grows, `_lines` those done."""

    def __init__(self, text: str, comments: Sequence[Comment], columns: int) -> None:
        self._text = text
        self._comments = comments
        self._next = 0
        self._columns = columns
        self._lines: list[str] = []
        self._line = ""
        self._after_comment = False
        # How many lines there were at the last comment: the last of them takes no other.
        self._commented = 0

    def declaration(self, lines: list[Line]) -> None:
        first = _first(lines[0].parts)
        self._flush(first.start, 0, own_lines_between=True)
        self._blank_line(first.start)
        for line in lines:
            self._logical_line(line)

    def finish(self) -> str:
        self._flush(len(self._text) + 1, 0, own_lines_between=True)
        return "\n".join(self._lines) + "\n"

    # ── lines ────────────────────────────────────────────────────────────────────────────

    def _logical_line(self, line: Line) -> None:
        self._flush(_first(line.parts).start, line.indent)
        onward = line.indent + (_STEP if line.indent else 2 * _STEP)
        on_one_line = line.indent + len(flat(line.parts)) <= self._columns
        self._line = ""
        parts: list[Part] = []
        for part in line.parts:
            if isinstance(part, Block) and self._opens(part, on_one_line):
                self._pieces([*parts, part.open], line.indent, onward)
                self._rows(part, line.indent)
                parts = [part.close]
            elif isinstance(part, Block):
                parts += _single(part)
            else:
                parts.append(part)
        self._pieces(parts, line.indent, onward)
        self._end_line()

    def _opens(self, block: Block, on_one_line: bool) -> bool:
        """Whether the block has a row a line."""
        if not block.rows:
            return self._comment_between(block.open.start, block.close.start)
        if block.one_row_a_line or not on_one_line:
            return True
        return self._comment_between(block.open.start, block.close.start)

    def _rows(self, block: Block, indent: int) -> None:
        self._end_line()
        for row in block.rows:
            self._logical_line(Line(indent + _STEP, list(row)))
        self._flush(block.close.start, indent + _STEP)
        self._end_line()

    def _pieces(self, parts: list[Part], indent: int, onward: int) -> None:
        """Append pieces to the line, breaking it where it grows too long or a comment ends it."""
        pieces = [part for part in parts if isinstance(part, Piece)]
        widths = _widths(pieces)
        for piece, width in zip(pieces, widths, strict=True):
            if self._line or self._after_comment:
                self._flush(piece.start, onward)
            if not self._line:
                self._line = " " * (onward if self._after_comment else indent) + piece.text
            elif piece.may_break and len(self._line) + width > self._columns:
                self._end_line()
                self._line = " " * onward + piece.text
            else:
                self._line += (" " if piece.space else "") + piece.text
            self._after_comment = False

    def _end_line(self) -> None:
        if self._line:
            self._lines.append(self._line)
        self._line = ""
        self._after_comment = False

    # ── comments and blank lines ─────────────────────────────────────────────────────────

    def _comment_between(self, start: int, end: int) -> bool:
        at = self._next
        while at < len(self._comments) and self._comments[at].span.start < start:
            at += 1
        return at < len(self._comments) and self._comments[at].span.start < end

    def _flush(self, before: int, indent: int, *, own_lines_between: bool = False) -> None:
        """Write the comments that stand before an offset."""
        comments = self._comments
        while self._next < len(comments) and comments[self._next].span.start < before:
            comment = comments[self._next]
            self._next += 1
            inside = bool(self._line)
            self._comment(comment, indent, own_lines_between)
            self._after_comment = inside or self._after_comment

    def _comment(self, comment: Comment, indent: int, own_lines_between: bool) -> None:
        if self._line:
            self._lines.append(self._line)
            self._line = ""
        if self._trails(comment) and self._lines and len(self._lines) > self._commented:
            self._lines[-1] += "  " + comment.text
            self._commented = len(self._lines)
            return
        if own_lines_between:
            self._blank_line(comment.span.start)
        self._lines.append(" " * indent + comment.text)
        self._commented = len(self._lines)

    def _trails(self, comment: Comment) -> bool:
        """Whether a word stands before the comment on its line."""
        start = comment.span.start
        line_start = max(self._text.rfind("\n", 0, start), self._text.rfind("\r", 0, start)) + 1
        return bool(self._text[line_start:start].strip(" \t\ufeff"))

    def _blank_line(self, start: int) -> None:
        """Keep one of the blank lines that the source has before an offset."""
        if not self._lines:
            return
        at = start
        while at > 0 and self._text[at - 1] in " \t\r\n":
            at -= 1
        if self._text.count("\n", at, start) > 1:
            self._lines.append("")


def _first(parts: list[Part]) -> Piece:
    first = parts[0]
    return first if isinstance(first, Piece) else first.open


def _single(block: Block) -> list[Part]:
    """The block on one line: commas between its rows."""
    if not block.rows:
        block.close.space = False
        return [block.open, block.close]
    parts: list[Part] = [block.open]
    for index, row in enumerate(block.rows):
        if index:
            parts.append(Piece(",", False, added=True, start=row[0].start))
        row[0].space = True
        parts += row
    return [*parts, block.close]


def _widths(pieces: list[Piece]) -> list[int]:
    """For each piece the columns from it to the next place where the line may break."""
    widths = [0] * len(pieces)
    following = 0
    for index in range(len(pieces) - 1, -1, -1):
        piece = pieces[index]
        following += len(piece.text) + piece.space
        widths[index] = following
        if piece.may_break:
            following = 0
    return widths
