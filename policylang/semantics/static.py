"""The types that expressions have while they are checked, and which of them go together."""

from __future__ import annotations

from typing import Final, Union

from msgspec import Struct

from policylang.ir.expressions import Const, Expr
from policylang.model.types import (
    BOOL,
    DECIMAL,
    DURATION,
    INT,
    SIZE,
    STRING,
    TIME,
    EnumOf,
    Prim,
    ResourceOf,
    SetOf,
    Type,
    show,
)


class Resources(Struct, frozen=True):
    """The root `resource`: one of several types, those that the scope reaches."""

    names: tuple[str, ...]


class RootOf(Struct, frozen=True):
    """`principal`, `args`, `context`, `signal`, `session`, `event`, `input`: no values."""

    name: str


class Unknown(Struct, frozen=True):
    """The type of what is wrong already: nothing more is said about it."""


Static = Union[Prim, EnumOf, SetOf, ResourceOf, Resources, RootOf, Unknown]

UNKNOWN: Final = Unknown()
ORDERED: Final = (INT, DECIMAL, STRING, TIME, DURATION, SIZE)
NUMBERS: Final = (INT, DECIMAL)


class Typed(Struct, frozen=True):
    """A lowered expression and its type."""

    expr: Expr
    type: Static

    @property
    def known(self) -> bool:
        return self.type is not UNKNOWN


WRONG: Final = Typed(Const(False, BOOL), UNKNOWN)
"""Stands for an expression whose error has been reported."""


def shown(type_: Static) -> str:
    """The type in words for a message."""
    match type_:
        case Resources(names):
            return " or ".join(names) if 0 < len(names) <= 3 else "resource"
        case RootOf(name):
            return name.removeprefix("event_")
        case Unknown():
            return "?"
        case _:
            return show(type_)


def an(type_: Static) -> str:
    """The type with its article, for a message."""
    text = shown(type_)
    return f"{'an' if text[:1] in 'AEIOaeio' else 'a'} `{text}`"


def comparable(left: Static, right: Static) -> bool:
    """Whether `==` makes sense between the two."""
    match left, right:
        case (Unknown(), _) | (_, Unknown()):
            return True
        case EnumOf(mine), EnumOf(theirs):
            return not set(mine).isdisjoint(theirs)
        case SetOf(mine), SetOf(theirs):
            return comparable(mine, theirs)
        case (Resources(mine), Resources(theirs)):
            return not set(mine).isdisjoint(theirs)
        case (Resources(names), ResourceOf(name)) | (ResourceOf(name), Resources(names)):
            return name in names
        case Prim(), Prim():
            return left == right or (left in NUMBERS and right in NUMBERS)
        case _:
            return left == right


def assignable(given: Static, wanted: Type) -> bool:
    """Whether a value of the one type can stand where the other is declared."""
    match given, wanted:
        case Unknown(), _:
            return True
        case Resources(names), ResourceOf(name):
            return set(names) <= {name}
        case EnumOf(mine), EnumOf(theirs):
            return set(mine) <= set(theirs)
        case SetOf(mine), SetOf(theirs):
            return assignable(mine, theirs)
        case _:
            return given == wanted or (given == INT and wanted == DECIMAL)


def merged(left: Type, right: Type) -> Type | None:
    """The type of an attribute that is declared in both ways; None where they disagree."""
    if left == right:
        return left
    match left, right:
        case EnumOf(mine), EnumOf(theirs):
            return EnumOf(tuple(dict.fromkeys(mine + theirs)))
        case SetOf(mine), SetOf(theirs):
            element = merged(mine, theirs)
            return None if element is None else SetOf(element)
        case _:
            return DECIMAL if left in NUMBERS and right in NUMBERS else None
