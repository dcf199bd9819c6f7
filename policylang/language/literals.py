"""Strings and numbers: what they say, and what is wrong with them."""

from __future__ import annotations

import json
import re
from typing import Final

from policylang.diagnostics.span import Span
from policylang.language.flaws import Flaw
from policylang.language.nodes import LiteralKind
from policylang.model.values import INVALID, time
from policylang.model.values import MAX_DIGITS as MAX_VALUE_DIGITS

MAX_DIGITS: Final = MAX_VALUE_DIGITS - 10
"""More digits than this are an error: a value with its sign and unit has to stay below the model's
limit."""

STAND_INS: Final = {
    "INT": "0",
    "DECIMAL": "0.0",
    "DURATION": "0s",
    "BYTES": "0B",
    "TIME": "@1970-01-01T00:00:00Z",
}
"""What the grammar gets for a literal that is malformed."""

LITERAL_KINDS: Final[dict[str, LiteralKind]] = {
    "INT": "int",
    "DECIMAL": "decimal",
    "STRING": "string",
    "DURATION": "duration",
    "BYTES": "size",
    "TIME": "time",
}

_ESCAPE: Final = re.compile(r'\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}|(u[^"]{0,4}|.))', re.DOTALL)
_SIZE: Final = re.compile(r"[0-9]+(?:[KMGT]i?B|B)")
_COMPOUND: Final = re.compile(r"(?:[0-9]+[smhdw]){2,}")
TIME_UNITS: Final = {
    "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m",
    "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "d": "d", "day": "d", "days": "d", "w": "w", "week": "w", "weeks": "w",
}  # fmt: skip
"""How units of time are written elsewhere, and how here."""
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def string_value(text: str) -> str:
    """What a well-formed string literal says."""
    if "\\" not in text:
        return text[1:-1]
    # A raw tab is taken as it is: JSON would not.
    value: str = json.loads(text, strict=False)
    return value


def escape_flaws(text: str, offset: int) -> list[Flaw]:
    """What is wrong with the escapes of a string literal that stands at `offset`."""
    flaws = []
    for match in _ESCAPE.finditer(text):
        if match[1] is not None:
            flaws.append(_bad_escape(match, offset))
    if not flaws:
        flaws.extend(_lone_surrogates(text, offset))
    return flaws


def _bad_escape(match: re.Match[str], offset: int) -> Flaw:
    written = match[0]
    if written.startswith("\\u"):
        help = "`\\u` takes four hexadecimal digits: `\\u00e9`"
    else:
        escapes = '`\\"` `\\\\` `\\/` `\\b` `\\f` `\\n` `\\r` `\\t` `\\u0000`'
        help = f"the escapes are {escapes}; a backslash is `\\\\`"
    span = Span(offset + match.start(), offset + match.end())
    return Flaw("P0012", span, f"`{written}` is not an escape", help=help)


def _lone_surrogates(text: str, offset: int) -> list[Flaw]:
    value = string_value(text)
    if value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value):
        return []
    return [
        Flaw(
            "P0012",
            Span(offset, offset + len(text)),
            "this string holds half of a surrogate pair, which is no character",
            help="write both halves (`\\ud83d\\ude80`), or the character itself",
        )
    ]


def classify(text: str, offset: int) -> tuple[str, Flaw | None]:
    """The token kind of a number, duration, size or time, and what is wrong with it."""
    if text.startswith("@"):
        return "TIME", _time_flaw(text, offset)
    if text.endswith("."):
        return "DECIMAL", _ends_in_point(text, offset)
    if text.isdigit():
        return "INT", _length_flaw(text, offset)
    if text[-1] in _SECONDS and text[:-1].isdigit():
        return "DURATION", _length_flaw(text, offset)
    if text.count(".") == 1 and text.replace(".", "").isdigit():
        return "DECIMAL", _length_flaw(text, offset)
    if _SIZE.fullmatch(text):
        return "BYTES", _length_flaw(text, offset)
    kind, message, help = _malformed(text)
    return kind, Flaw("P0017", Span(offset, offset + len(text)), message, help=help)


def _length_flaw(text: str, offset: int) -> Flaw | None:
    if len(text) <= MAX_DIGITS:
        return None
    return Flaw(
        "P0017",
        Span(offset, offset + len(text)),
        f"this number has more than {MAX_DIGITS} digits",
        help="write a shorter one",
    )


def _ends_in_point(text: str, offset: int) -> Flaw:
    return Flaw(
        "P0017",
        Span(offset, offset + len(text)),
        f"`{_shown(text)}` ends in a point",
        help=f"write `{_shown(text[:-1])}`, or `{_shown(text[:-1])}.0`",
    )


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"


def _malformed(text: str) -> tuple[str, str, str]:
    """Token kind, message and help for a run of digits and letters that is no literal."""
    shown = _shown(text)
    digits, unit = re.fullmatch(r"([0-9][0-9_.]*)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    if _COMPOUND.fullmatch(text) and len(text) < 40:
        parts = re.findall(r"([0-9]+)([smhdw])", text)
        total = sum(int(count) * _SECONDS[letter] for count, letter in parts)
        return "DURATION", f"`{shown}` has more than one unit", f"write `{_duration(total)}`"
    if unit in TIME_UNITS and unit not in _SECONDS and digits.isdigit():
        return "DURATION", f"`{unit}` is not a unit of time", f"write `{digits}{TIME_UNITS[unit]}`"
    if unit in TIME_UNITS:
        help = "a duration is a whole number and one of `s m h d w`: `90m`"
        return "DURATION", f"`{shown}` is not a duration", help
    if unit.lower() in ("ms", "us", "ns"):
        return (
            "DURATION",
            f"`{unit}` is not a unit of time",
            "the shortest unit is the second: `1s`",
        )
    if unit and re.fullmatch(r"[kmgtKMGT]?i?[bB]?", unit):
        help = "a size is a whole number and one of `B KB MB GB TB KiB MiB GiB TiB`: `512KiB`"
        return "BYTES", f"`{shown}` is not a size", help
    if "_" in text and text.replace("_", "").isdigit():
        return "INT", f"`{shown}` has `_` inside", f"write `{shown.replace('_', '')}`"
    if re.fullmatch(r"[0-9.]+[eE][0-9]+", text):
        return "DECIMAL", f"`{shown}` has an exponent", "write all digits"
    if re.fullmatch(r"0[xXoObB][0-9A-Fa-f]+", text):
        return "INT", f"`{shown}` is not a decimal number", "write it in decimal digits"
    if text.count(".") > 1:
        help = "an address or a version is a string: put it in double quotes"
        return "DECIMAL", f"`{shown}` is not a number", help
    help = "a name does not begin with a digit; a string stands in double quotes"
    return "INT", f"`{shown}` is not a number", help


def _duration(seconds: int) -> str:
    unit = next(unit for unit in "wdhms" if seconds % _SECONDS[unit] == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"


def _time_flaw(text: str, offset: int) -> Flaw | None:
    if len(text) > 1 and "T" in text.upper() and time(text[1:]) is not INVALID:
        return None
    shown = _shown(text)
    return Flaw(
        "P0017",
        Span(offset, offset + len(text)),
        f"`{shown}` is not a time" if len(text) > 1 else "`@` starts a time, and none follows",
        help="a time is `@` and RFC 3339: `@2025-12-15T03:12:00Z`",
    )
