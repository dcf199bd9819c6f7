"""Estimates how wide text is, shortens it to fit, and makes it safe to show.

Widths are those of wide sans-serif faces (Verdana, DejaVu Sans), so that what fits here fits with
any of the fonts that the drawings name.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import escape

_NARROW = frozenset("ijl.,:;|!'`()[]{}ftI /\\\"-")
_WIDE = frozenset("mwMW@%—…")
# Characters that XML forbids, and those that reorder or hide text around them.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff"
    "\ud800-\udfff]"
)


def safe(text: str) -> str:
    """Text without control, invisible and direction-changing characters, on one line."""
    return " ".join(_UNSAFE.sub("�", text).split())


def visible(line: str) -> str:
    """One line of text for a terminal: nothing in it moves the cursor or hides what follows."""
    return _UNSAFE.sub("�", line.replace("\n", "�").replace("\r", "�").replace("\t", " "))


def markup(text: str) -> str:
    """Text that is nothing but text inside XML, in content and in attributes."""
    return escape(safe(text), quote=True)


@lru_cache(maxsize=4096)
def _advance(character: str) -> float:
    if character in _NARROW:
        return 0.42
    if character in _WIDE:
        return 1.0
    if unicodedata.combining(character):
        return 0.0
    if ord(character) > 0x2E7F or unicodedata.east_asian_width(character) in "WF":
        return 1.15
    if character.isupper() or ord(character) > 0x24F:
        return 0.76
    return 0.63


def width(text: str, size: float = 11.0, *, bold: bool = False) -> float:
    """About how many pixels wide the text is at a font size in pixels, rather more than less."""
    return sum(map(_advance, text)) * size * (1.09 if bold else 1.0)


def fitted(text: str, room: float, *, bold: bool = False) -> str:
    """The text, shortened with an ellipsis where it is wider than `room` pixels."""
    size = 12.0 if bold else 11.0
    text = safe(text[:400])
    if width(text, size, bold=bold) <= room:
        return text
    room -= width("…", size, bold=bold)
    used = 0.0
    for index, character in enumerate(text):
        used += width(character, size, bold=bold)
        if used > room:
            return text[:index].rstrip() + "…"
    return text
