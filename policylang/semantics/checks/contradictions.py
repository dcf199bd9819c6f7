"""Whether the conditions of a guard contradict one another.

The guard is taken apart into the conditions that must all hold (through `and`, and `not` over
`or`). Two of them contradict when they are each other's negation, or when what they demand of one
and the same expression leaves no value. Anything else is taken to be possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from policylang.ir import expressions as ir
from policylang.ir.program import Clause
from policylang.model.types import BOOL, EnumOf
from policylang.model.values import coerce

Condition = tuple[ir.Expr, bool]
"""An expression, and what it must be."""

_NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TURNED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def contradiction(clauses: tuple[Clause, ...]) -> str | None:
    """Why the guard can never be true, or None."""
    conditions = [
        condition
        for clause in clauses
        for condition in conjuncts(clause.expr, clause.kind == "when")
    ]
    demanded: dict[ir.Expr, bool] = {}
    ranges: dict[ir.Expr, _Range] = {}
    for expr, wanted in conditions:
        if isinstance(expr, ir.Const) and expr.type == BOOL and expr.value is not wanted:
            return "its condition is always false"
        if demanded.setdefault(expr, wanted) is not wanted:
            return "one of its conditions is the negation of another"
        for subject, op, value in _comparison(expr, wanted):
            if not ranges.setdefault(subject, _Range(subject)).narrow(op, value):
                return "no value meets all its comparisons"
    return None


def conjuncts(expr: ir.Expr, wanted: bool) -> Iterator[Condition]:
    """The conditions that must all hold for `expr` to be `wanted`."""
    match expr, wanted:
        case ir.Not(operand), _:
            yield from conjuncts(operand, not wanted)
        case (ir.And(operands), True) | (ir.Or(operands), False):
            for operand in operands:
                yield from conjuncts(operand, wanted)
        case _:
            yield expr, wanted


def _comparison(expr: ir.Expr, wanted: bool) -> Iterator[tuple[ir.Expr, str, Any]]:
    match expr:
        case ir.Compare(op, left, ir.Const() as right) if not isinstance(left, ir.Const):
            yield left, op if wanted else _NEGATED[op], _value(right)
        case ir.Compare(op, ir.Const() as left, right) if not isinstance(right, ir.Const):
            turned = _TURNED[op]
            yield right, turned if wanted else _NEGATED[turned], _value(left)
        case ir.In(item, ir.ConstSet(items)):
            values = frozenset(_value(constant) for constant in items)
            yield item, "in" if wanted else "not in", values


def _value(constant: ir.Const) -> Any:
    raw = constant.value
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    return coerce(constant.type, raw)


class _Range:
    """What is left for one expression: among some values, without others, between bounds."""

    def __init__(self, subject: ir.Expr) -> None:
        type_ = getattr(subject, "type", None)
        self.among: frozenset[Any] | None = None
        if isinstance(type_, EnumOf):
            self.among = frozenset(type_.members)
        self.without: set[Any] = set()
        self.lowest: Any = None
        self.highest: Any = None
        self.open_below = self.open_above = False
        self.whole = getattr(type_, "name", "") in ("Int", "Size")

    def narrow(self, op: str, value: Any) -> bool:
        """Take one more demand; False where nothing is left."""
        match op:
            case "==":
                self._keep(frozenset((value,)))
            case "in":
                self._keep(value)
            case "!=":
                self.without.add(value)
            case "not in":
                self.without.update(value)
            case ">" | ">=":
                self._raise(value, op == ">")
            case "<" | "<=":
                self._lower(value, op == "<")
        return self._is_possible()

    def _keep(self, values: frozenset[Any]) -> None:
        self.among = values if self.among is None else self.among & values

    def _raise(self, value: Any, is_open: bool) -> None:
        if self.lowest is None or value > self.lowest:
            self.lowest, self.open_below = value, is_open
        elif value == self.lowest:
            self.open_below |= is_open

    def _lower(self, value: Any, is_open: bool) -> None:
        if self.highest is None or value < self.highest:
            self.highest, self.open_above = value, is_open
        elif value == self.highest:
            self.open_above |= is_open

    def _is_possible(self) -> bool:
        if self.among is not None:
            return any(self._holds(value) for value in self.among - self.without)
        if self.lowest is None or self.highest is None:
            return True
        if self.whole:
            low = self.lowest + 1 if self.open_below else self.lowest
            high = self.highest - 1 if self.open_above else self.highest
            return bool(low <= high)
        if self.lowest == self.highest:
            return not (self.open_below or self.open_above or self.lowest in self.without)
        return bool(self.lowest < self.highest)

    def _holds(self, value: Any) -> bool:
        if not isinstance(value, (int, Fraction, str)):
            return True
        above = self.lowest is None or value > self.lowest
        below = self.highest is None or value < self.highest
        return (above or (value == self.lowest and not self.open_below)) and (
            below or (value == self.highest and not self.open_above)
        )
