"""Rejects history conditions that can never hold, or always hold.

Three questions. Of one comparison: can the count be on both sides of the bound? Of one pattern:
can any event match it? Of a conjunction: everything in it that speaks of the same events is turned
into bounds on how many of them there were; when the bounds cross, it can never hold. (A longer
window holds at least as many events as a shorter one.) A disjunction always holds when the
conjunction of its negated operands never does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, floor, inf
from typing import Any

from policylang.diagnostics.diagnostic import Label
from policylang.diagnostics.span import Span
from policylang.ir.expressions import (
    Aggregate,
    And,
    Arith,
    Compare,
    Const,
    EventField,
    EventPattern,
    Expr,
    Formerly,
    Identity,
    Not,
    Or,
    Previous,
    Root,
    Since,
    WhatOperation,
    Where,
    Who,
    WhoId,
    WhoKind,
)
from policylang.language import nodes
from policylang.model.types import BOOL, EnumOf
from policylang.semantics.frame import Frame
from policylang.semantics.reach import Reach

Interval = tuple[float, float]

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_NEGATED = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}


def check_comparison(frame: Frame, expr: Compare, span: Span) -> None:
    """A count that is compared with what it always, or never, is."""
    if isinstance(expr.left, Aggregate) and expr.left == expr.right:
        _report(frame, expr.op in ("==", "<=", ">="), span, "it is compared with itself")
        return
    bound = _bound(expr)
    if bound is None:
        return
    aggregate, op, limit = bound
    most = _most(aggregate)
    low, high = _interval(op, limit)
    function = aggregate.function
    known = f"`{function}` is a whole number, {'at least 0' if most == inf else f'0 to {most:g}'}"
    if op == "!=":
        if limit != int(limit) or not 0 <= limit <= most:
            _report(frame, True, span, known)
        return
    low, high = max(low, 0), min(high, most)
    if low > high:
        _report(frame, False, span, known)
    elif low == 0 and high == most:
        _report(frame, True, span, known)


def check_conjunction(frame: Frame, operands: Sequence[tuple[Expr, Span]]) -> None:
    literals = [(e, s, span) for expr, span in operands for e, s in _literals(expr, True)]
    _check(frame, literals, False)


def check_disjunction(frame: Frame, operands: Sequence[tuple[Expr, Span]]) -> None:
    literals = [(e, s, span) for expr, span in operands for e, s in _literals(expr, False)]
    _check(frame, literals, True)


def check_pattern(frame: Frame, pattern: EventPattern, reach: Reach, node: nodes.EventNode) -> None:
    """A pattern that no event can match."""
    if not reach.every and not isinstance(pattern.what, WhatOperation):
        _report_pattern(frame, node.span, "no operation that is declared matches this")
        return
    if pattern.guard is None or node.guard is None:
        return
    for expr, sign in _literals(pattern.guard, True):
        why = _impossible(expr, sign, pattern, reach)
        if why:
            _report_pattern(frame, node.guard.span, why)
            return


def _impossible(expr: Expr, sign: bool, pattern: EventPattern, reach: Reach) -> str:
    """Why one conjunct of a pattern's `where` is false for every event, or empty."""
    if isinstance(expr, Const) and expr.type == BOOL:
        return "" if bool(expr.value) == sign else "its `where` is never true"
    if not isinstance(expr, Compare) or expr.op not in ("==", "!="):
        return ""
    field, value = expr.left, expr.right
    if isinstance(value, EventField):
        field, value = value, field
    if not isinstance(field, EventField) or not isinstance(value, Const):
        return ""
    wanted = (expr.op == "==") == sign
    if field.name == "outcome" and (value.value == pattern.outcome) != wanted:
        return f"the pattern is about what is `{pattern.outcome}`"
    names = {operation.name for operation in reach.every}
    if field.name == "operation":
        left = names & {value.value} if wanted else names - {value.value}
        return "" if left else "no operation that the pattern matches has such a name"
    return ""


def _check(frame: Frame, literals: list[tuple[Expr, bool, Span]], always: bool) -> None:
    """Whether literals that have to hold together cannot."""
    past = [(e, s, span) for e, s, span in literals if _of_the_past(e)]
    if len(past) < 2:
        return
    signs: dict[Expr, tuple[bool, Span]] = {}
    for expr, sign, span in past:
        earlier = signs.setdefault(expr, (sign, span))
        if earlier[0] != sign:
            _report_pair(frame, always, earlier[1], span)
            return
    pair = _previous_conflict(past) or _bounds_conflict(past)
    if pair:
        _report_pair(frame, always, *pair)


def _of_the_past(expr: Expr) -> bool:
    if isinstance(expr, Compare):
        return _bound(expr) is not None or isinstance(expr.left, Aggregate)
    return isinstance(expr, (Formerly, Previous, Since))


def _previous_conflict(past: list[tuple[Expr, bool, Span]]) -> tuple[Span, Span] | None:
    """There is one event directly before: it cannot match two patterns that exclude each other."""
    before = [(e.event, span) for e, sign, span in past if sign and isinstance(e, Previous)]
    for index, (one, first) in enumerate(before):
        for other, second in before[index + 1 :]:
            if _exclude(one, other):
                return first, second
    return None


def _exclude(one: EventPattern, other: EventPattern) -> bool:
    if one.outcome != other.outcome:
        return True
    operations = isinstance(one.what, WhatOperation) and isinstance(other.what, WhatOperation)
    if operations and one.what != other.what:
        return True
    return _other_place(one.where, other.where) or _other_actor(one.by, other.by)


def _other_place(one: Where | None, other: Where | None) -> bool:
    if one is None or other is None:
        return False
    if None not in (one.type, other.type) and one.type != other.type:
        return True
    return None not in (one.id, other.id) and one.id != other.id


def _other_actor(one: Who | None, other: Who | None) -> bool:
    both = {type(one), type(other)}
    return both in ({WhoId}, {WhoKind}) and one != other


def _bounds_conflict(past: list[tuple[Expr, bool, Span]]) -> tuple[Span, Span] | None:
    """Bounds on how many events of one sort there were, by window, and whether they cross."""
    bounds: dict[Any, list[tuple[float, Interval, Span]]] = {}
    for expr, sign, span in past:
        for key, length, interval in _counts(expr, sign):
            bounds.setdefault(key, []).append((length, interval, span))
    for found in bounds.values():
        for length, (low, _), first in found:
            for longer, (_, high), second in found:
                if longer >= length and low > high:
                    return (first, second) if first <= second else (second, first)
    return None


def _counts(expr: Expr, sign: bool) -> Iterator[tuple[Any, float, Interval]]:
    """What a literal says of the number of events: what is counted, the window, the bounds."""
    match expr:
        case Formerly(event, window):
            interval = (1, inf) if sign else (0, 0)
            if window is None:
                yield ("since", event), 0, interval
            else:
                yield ("count", None, event), window, interval
        case Previous(event, window) if sign:
            yield ("count", None, event), window, (1, inf)
        case Since(_, event, window) if sign:
            yield ("count", None, event), window, (1, inf)
        case Compare():
            bound = _bound(expr)
            if bound is not None:
                aggregate, op, limit = bound
                low, high = _interval(op if sign else _NEGATED[op], limit)
                key = (aggregate.function, aggregate.value, aggregate.event)
                yield key, aggregate.window, (max(low, 0), high)
                if aggregate.value is not None and low >= 1:
                    yield ("count", None, aggregate.event), aggregate.window, (1, inf)


def _bound(expr: Compare) -> tuple[Aggregate, str, Fraction] | None:
    """`count(…) op number`, also the other way round and with a number added."""
    if not (_counts_events(expr.left) or _counts_events(expr.right)):
        return None
    for left, right, op in (
        (expr.left, expr.right, expr.op),
        (expr.right, expr.left, _FLIPPED[expr.op]),
    ):
        limit = _number(right)
        shift = Fraction(0)
        if isinstance(left, Arith) and left.op in ("+", "-"):
            added = _number(left.right)
            if added is None:
                continue
            shift = added if left.op == "+" else -added
            left = left.left
        if limit is not None and isinstance(left, Aggregate):
            counted = left.function in ("count", "distinct")
            return (left, op, limit - shift) if counted else None
    return None


def _counts_events(expr: Expr) -> bool:
    return isinstance(expr, (Aggregate, Arith))


def _number(expr: Expr) -> Fraction | None:
    if not isinstance(expr, Const) or expr.type == BOOL:
        return None
    return Fraction(expr.value) if _is_number(expr) else None


def _is_number(expr: Const) -> bool:
    return getattr(expr.type, "name", "") in ("Int", "Decimal")


def _interval(op: str, limit: Fraction) -> Interval:
    """The whole numbers that satisfy it; all of them for `!=`."""
    match op:
        case ">=":
            return ceil(limit), inf
        case ">":
            return floor(limit) + 1, inf
        case "<=":
            return -inf, floor(limit)
        case "<":
            return -inf, ceil(limit) - 1
        case "==":
            return (int(limit), int(limit)) if limit.denominator == 1 else (1, 0)
        case _:
            return -inf, inf


def _most(aggregate: Aggregate) -> float:
    """How many there can be: distinct values of what has only so many."""
    value, event = aggregate.value, aggregate.event
    if aggregate.function != "distinct" or value is None:
        return inf
    if value == Root("event_resource"):
        one = event.on_resource or (event.where and event.where.type and event.where.id is not None)
        return 1 if one else inf
    if value == Identity(Root("event_principal")):
        return 1 if event.by_principal or isinstance(event.by, WhoId) else inf
    type_ = getattr(value, "type", None)
    if isinstance(type_, EnumOf):
        return len(type_.members)
    return 2 if type_ == BOOL else inf


def _literals(expr: Expr, sign: bool) -> Iterator[tuple[Expr, bool]]:
    """The conjuncts in negation normal form."""
    match expr:
        case Not(operand):
            yield from _literals(operand, not sign)
        case And(operands) if sign:
            for operand in operands:
                yield from _literals(operand, sign)
        case Or(operands) if not sign:
            for operand in operands:
                yield from _literals(operand, sign)
        case _:
            yield expr, sign


def _report(frame: Frame, always: bool, span: Span, why: str) -> None:
    frame.error(
        "P0308" if always else "P0307",
        f"this condition {'always holds' if always else 'can never hold'}",
        span,
        label="always true" if always else "never true",
        help=why,
    )


def _report_pattern(frame: Frame, span: Span, why: str) -> None:
    frame.error(
        "P0307",
        "this condition can never hold: no event matches the pattern",
        span,
        label="matches nothing",
        help=why,
    )


def _report_pair(frame: Frame, always: bool, first: Span, second: Span) -> None:
    message = (
        "one of these conditions always holds" if always else "these conditions never hold together"
    )
    labels = () if first == second else (Label(frame.here.source, first, "and this"),)
    frame.error(
        "P0308" if always else "P0307",
        message,
        second,
        label="whatever happened" if always else "contradicts the other",
        help="look at the windows, the counts and the `not`s",
        labels=labels,
    )
