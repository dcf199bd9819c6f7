"""The values that a program compares with, and those next to them: the edges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from policylang.ir.expressions import Const, ResourceConst, Where, WhoId
from policylang.ir.program import Program
from policylang.model.types import EnumOf, Prim, ResourceOf, SetOf, Type
from policylang.model.values import NANOSECONDS
from policylang.testing import vocabulary
from policylang.testing.choices import Choices

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Pools:
    """Wire values by primitive type, ids by resource type, and principals, of one program."""

    def __init__(self, program: Program) -> None:
        self.values: dict[str, list[Any]] = {k: list(v) for k, v in vocabulary.VALUES.items()}
        self.compared: dict[str, list[Any]] = {}
        self.ids: dict[str, list[str]] = {}
        self.principals = dict.fromkeys(("kiro", "stranger"))
        self._seen: set[Const] = set()
        for part in (*program.rules, *program.limits, *program.entities, *program.principals):
            self._collect(part)
        for principal in program.principals:
            self.principals[principal.id] = None
        self.people = list(self.principals)

    def value(self, choices: Choices, type_: Type) -> Any:
        """A value of the type in the wire's form."""
        match type_:
            case Prim(name):
                near = self.compared.get(name)
                return choices.pick(near if near and choices.chance(50) else self.values[name])
            case EnumOf(members):
                return choices.pick(members)
            case SetOf(element):
                return tuple(self.value(choices, element) for _ in range(choices.integer(0, 3)))
            case ResourceOf(name):
                return {"type": name, "id": self.identifier(choices, name)}

    def identifier(self, choices: Choices, type_name: str) -> str:
        known: tuple[str, ...] = (*vocabulary.IDS, *self.ids.get(type_name, ()))
        return choices.pick(known)

    def _collect(self, part: Any) -> None:
        """Every constant below a node of the waist."""
        match part:
            case Const():
                self._constant(part)
            case ResourceConst(type_name, identifier) | Where(
                str() as type_name, str() as identifier
            ):
                self.ids.setdefault(type_name, []).append(identifier)
            case WhoId(identifier):
                self.principals[identifier] = None
        if isinstance(part, tuple):
            for item in part:
                self._collect(item)
        elif hasattr(part, "__struct_fields__") and not isinstance(part, (Const, Prim)):
            for name in part.__struct_fields__:
                self._collect(getattr(part, name))

    def _constant(self, constant: Const) -> None:
        if not isinstance(constant.type, Prim) or constant in self._seen:
            return
        self._seen.add(constant)
        near = _NEIGHBOURS.get(constant.type.name)
        found = near(constant.value) if near else (constant.value,)
        self.compared.setdefault(constant.type.name, []).extend(found)


def _integers(value: Any) -> tuple[Any, ...]:
    return (value - 1, value, value + 1)


def _sizes(value: Any) -> tuple[Any, ...]:
    return (max(0, value - 1), value, value + 1)


def _decimals(value: Any) -> tuple[Any, ...]:
    exact = Decimal(value)
    return tuple(format(exact + step, "f") for step in (Decimal("-0.01"), 0, Decimal("0.01")))


def _times(value: Any) -> tuple[Any, ...]:
    return (
        tuple(rfc3339(value + step) for step in (-1, 0, 1)) if isinstance(value, int) else (value,)
    )


def _durations(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, int):
        return (value,)
    return tuple(f"{value // NANOSECONDS + step}s" for step in (-1, 0, 1))


_NEIGHBOURS = {
    "Int": _integers,
    "Size": _sizes,
    "Decimal": _decimals,
    "Time": _times,
    "Duration": _durations,
}


def rfc3339(nanoseconds: int) -> str:
    """The time that many nanoseconds since the epoch, in UTC."""
    seconds, fraction = divmod(nanoseconds, NANOSECONDS)
    shown = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{shown}.{fraction:09d}Z" if fraction else f"{shown}Z"
