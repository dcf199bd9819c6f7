"""How text comes out on a terminal: wide characters, tabs, and what must not be shown."""

from __future__ import annotations

import unicodedata

TAB = 4
_PICTURES = 0x2400
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def shown(text: str, column: int = 0) -> list[str]:
    """What to print for each character: tabs as spaces, controls as pictures.

    Controls and marks of writing direction could rewrite the terminal or hide what a line says, so
    they are never passed through. `column` is where the text begins, for the tabs.
    """
    cells: list[str] = []
    for character in text:
        cell = " " * (TAB - column % TAB) if character == "\t" else visible(character)
        cells.append(cell)
        column += width(cell)
    return cells


def visible(character: str) -> str:
    code = ord(character)
    if code < 32:
        return chr(_PICTURES + code)
    if code == 127:
        return "\u2421"
    if 128 <= code < 160 or character in _BIDI or character in "\u2028\u2029":
        return f"<U+{code:04X}>"
    if 0xD800 <= code < 0xE000:
        return "\ufffd"
    return character


def plain(text: str) -> str:
    """Text of a message, safe to print; line breaks stay."""
    if text.isascii() and text.isprintable():
        return text
    return "\n".join("".join(visible(c) for c in line) for line in text.split("\n"))


def width(text: str) -> int:
    """Terminal columns: 2 for wide characters (UAX 11), 0 for combining and invisible ones."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
