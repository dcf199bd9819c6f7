"""The words of a declaration in order, before they are laid out on lines."""

from __future__ import annotations

import json
import re
from typing import Final

from msgspec import Struct

_UNSAFE: Final = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Piece(Struct):
    """One token of the canonical text. `space`: a space before it, unless it begins a line.

    `may_break`: a long line may go on at it on the next. `added`: the source need not have it.
    `start` and `end`: where the source has it, once that is known.

    """

    text: str
    space: bool
    may_break: bool = False
    added: bool = False
    start: int = -1
    end: int = -1


class Block(Struct):
    """`{ … }`: rows on one line with commas, or one row a line without."""

    open: Piece
    rows: list[list[Piece]]
    close: Piece
    one_row_a_line: bool


Part = Piece | Block


class Line(Struct):
    """A logical line: as long as it takes, broken where it must be."""

    indent: int
    parts: list[Part]


class Writer:
    """Collects pieces."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._tight = True
        self._may_break = False

    def put(
        self, text: str, *, tight: bool = False, may_break: bool = False, added: bool = False
    ) -> None:
        space = not (tight or self._tight)
        self.parts.append(Piece(text, space, may_break or self._may_break, added))
        self._tight = self._may_break = False

    def words(self, text: str) -> None:
        for word in text.split():
            self.put(word)

    def glue(self) -> None:
        """No space before the next piece."""
        self._tight = True

    def comma(self) -> None:
        """A comma, after which a line may break."""
        self.put(",", tight=True)
        self._may_break = True

    def open(self, text: str, *, tight: bool = False, added: bool = False) -> None:
        self.put(text, tight=tight, added=added)
        self.glue()

    def block(self, rows: list[list[Piece]], *, one_row_a_line: bool) -> None:
        self.parts.append(Block(Piece("{", True), rows, Piece("}", True), one_row_a_line))
        self._tight = False


def quoted(value: str) -> str:
    """A string literal that says `value`."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def pieces_of(parts: list[Part]) -> list[Piece]:
    """Every piece in order, those inside blocks too."""
    found: list[Piece] = []
    for part in parts:
        if isinstance(part, Piece):
            found.append(part)
        else:
            found.append(part.open)
            for row in part.rows:
                found += row
            found.append(part.close)
    return found


def flat(parts: list[Part]) -> str:
    """The parts on one line."""
    return "".join(_flat(part) for part in parts).lstrip(" ")


def _flat(part: Part) -> str:
    if isinstance(part, Piece):
        return (" " if part.space else "") + part.text
    if not part.rows:
        return " {}"
    rows = ("".join(_flat(piece) for piece in row).lstrip(" ") for row in part.rows)
    return " { " + ", ".join(rows) + " }"
