"""From the wire's form of a value to the one that engines compute with.

| type | on the wire (JSON, Python) | inside |
|---|---|---|
| Bool, String, Path, Url, enum member | bool, text | the same |
| Int | whole number, unbounded | `int` |
| Decimal | number or decimal text, never a binary float | `int` where whole, else `Fraction` |
| Time | RFC 3339 text | nanoseconds since the epoch, `int` |
| Duration | text such as `10m` | nanoseconds, `int` |
| Size | bytes, or text such as `2GiB` | bytes, `int` |
| Ip, Cidr | text | `(version, number)`, `(version, number, prefix)` |
| Set<T> | list | `frozenset` |
| a resource | `{"type": …, "id": …}` | `(type, id)` |

`coerce` gives `INVALID` for whatever does not fit: the caller treats it as a missing fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from policylang.model import addresses
from policylang.model.types import EnumOf, Prim, ResourceOf, SetOf, Type


class _Invalid:
    __slots__ = ()

    def __repr__(self) -> str:
        return "INVALID"


INVALID: Final = _Invalid()

NANOSECONDS: Final = 1_000_000_000
DURATION_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
SIZE_UNITS: Final = {
    "B": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
}
MAX_DIGITS: Final = 4000
"""Longest number that is read from text, in digits: past it the work would grow quadratically."""

_DURATION = re.compile(r"(-?)([0-9]+)([smhdw])")
_SIZE = re.compile(r"([0-9]+)(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_EPOCH: Final = date(1970, 1, 1).toordinal()


def coerce(type_: Type, raw: object) -> Any:
    """The value of `raw` read as `type_`, or `INVALID`. Never raises."""
    match type_:
        case Prim(name):
            return _PRIMITIVE[name](raw)
        case EnumOf(members):
            return raw if type(raw) is str and raw in members else INVALID
        case SetOf(element):
            return _set(element, raw)
        case ResourceOf(name):
            return _resource(name, raw)


def duration(raw: object) -> Any:
    """Nanoseconds of `10m`, `-2h`, or a `timedelta`."""
    if isinstance(raw, timedelta):
        return (raw.days * 86400 + raw.seconds) * NANOSECONDS + raw.microseconds * 1000
    match = _DURATION.fullmatch(raw) if type(raw) is str and len(raw) < MAX_DIGITS else None
    if match is None:
        return INVALID
    nanoseconds = int(match[2]) * DURATION_UNITS[match[3]] * NANOSECONDS
    return -nanoseconds if match[1] else nanoseconds


def size(raw: object) -> Any:
    """Bytes of `2GiB`, or of a whole number of bytes."""
    if type(raw) is int:
        return raw if raw >= 0 else INVALID
    match = _SIZE.fullmatch(raw) if type(raw) is str and len(raw) < MAX_DIGITS else None
    return int(match[1]) * SIZE_UNITS[match[2]] if match else INVALID


def time(raw: object) -> Any:
    """Nanoseconds since the epoch of an RFC 3339 time (section 5.6; up to nine decimals)."""
    match = _TIME.fullmatch(raw) if type(raw) is str and len(raw) < 48 else None
    if match is None:
        return INVALID
    year, month, day, hour, minute, second = (int(match[i]) for i in range(1, 7))
    if hour > 23 or minute > 59 or second > 59:
        return INVALID
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return INVALID
    seconds = days * 86400 + hour * 3600 + minute * 60 + second
    if match[8]:
        offset_hours, offset_minutes = int(match[9]), int(match[10])
        if offset_hours > 23 or offset_minutes > 59:
            return INVALID
        offset = offset_hours * 3600 + offset_minutes * 60
        seconds += -offset if match[8] == "+" else offset
    return seconds * NANOSECONDS + int((match[7] or "").ljust(9, "0"))


def decimal(raw: object) -> Any:
    """An exact number: `int` where it is whole, else `Fraction`."""
    if type(raw) is int:
        return raw
    if isinstance(raw, Decimal):
        exponent = raw.as_tuple().exponent
        if not isinstance(exponent, int) or abs(exponent) > MAX_DIGITS:
            return INVALID
        return _whole(Fraction(raw))
    if type(raw) is str and len(raw) < MAX_DIGITS and _DECIMAL.fullmatch(raw):
        return _whole(Fraction(raw))
    return INVALID


def _whole(fraction: Fraction) -> int | Fraction:
    return fraction.numerator if fraction.denominator == 1 else fraction


def _integer(raw: object) -> Any:
    return raw if type(raw) is int else INVALID


def _boolean(raw: object) -> Any:
    return raw if type(raw) is bool else INVALID


def _text(raw: object) -> Any:
    return raw if type(raw) is str else INVALID


def _path(raw: object) -> Any:
    return raw if type(raw) is str and raw and "\0" not in raw else INVALID


def _url(raw: object) -> Any:
    return raw if type(raw) is str and addresses.is_url(raw) else INVALID


def _ip(raw: object) -> Any:
    value = addresses.ip(raw) if type(raw) is str else None
    return INVALID if value is None else value


def _cidr(raw: object) -> Any:
    value = addresses.cidr(raw) if type(raw) is str else None
    return INVALID if value is None else value


def _set(element: Type, raw: object) -> Any:
    if not isinstance(raw, (list, tuple, set, frozenset)):
        return INVALID
    items = [coerce(element, item) for item in raw]
    return INVALID if any(item is INVALID for item in items) else frozenset(items)


def _resource(type_name: str, raw: object) -> Any:
    if not isinstance(raw, Mapping) or raw.keys() != {"type", "id"}:
        return INVALID
    if raw["type"] != type_name or type(raw["id"]) is not str:
        return INVALID
    return (type_name, raw["id"])


_PRIMITIVE: Final[dict[str, Callable[[object], Any]]] = {
    "Bool": _boolean,
    "Int": _integer,
    "Decimal": decimal,
    "String": _text,
    "Time": time,
    "Duration": duration,
    "Size": size,
    "Path": _path,
    "Url": _url,
    "Ip": _ip,
    "Cidr": _cidr,
}
