"""History operators: patterns of past events, their windows, and what is counted of them."""

from __future__ import annotations

from typing import Final

from policylang.diagnostics.span import Span
from policylang.ir.expressions import (
    Aggregate,
    EventPattern,
    Expr,
    Formerly,
    Identity,
    Previous,
    Since,
    Where,
)
from policylang.language import nodes
from policylang.model.types import BOOL, DECIMAL, DURATION, INT, SIZE, STRING, TIME
from policylang.semantics import expressions
from policylang.semantics.approvals import window
from policylang.semantics.calls import IN_DEFINE
from policylang.semantics.frame import Frame
from policylang.semantics.narrowing import gather
from policylang.semantics.paths import path
from policylang.semantics.reach import Reach
from policylang.semantics.scopes import lower_what, lower_where, lower_who
from policylang.semantics.static import NUMBERS, WRONG, RootOf, Static, Typed, an
from policylang.semantics.vacuity import check_pattern

_PLACES_WITHOUT: Final = (IN_DEFINE, "a `tool`")
_ORDERED_VALUES: Final = (INT, DECIMAL, TIME, DURATION, SIZE, STRING)
_MEASURED: Final = frozenset(("event",))
"""In an aggregate's value, besides `args`, `resource` and `principal`, which are the event's."""
_SUMMABLE: Final = (INT, DECIMAL, DURATION, SIZE)


def formerly(frame: Frame, node: nodes.FormerlyExpr, wanted: Static | None) -> Typed:
    if not _allowed(frame, node.span):
        return WRONG
    lowered = _pattern(frame, node.event)
    if node.window is None and not frame.since:
        frame.error(
            "P0313",
            "`formerly` has no window",
            node.span,
            label="how long ago?",
            help="say one: `formerly … within 1h`",
        )
        return WRONG
    length = None if node.window is None else window(frame.here, node.window)
    return WRONG if lowered is None else Typed(Formerly(lowered[0], length), BOOL)


def previous(frame: Frame, node: nodes.PreviousExpr, wanted: Static | None) -> Typed:
    if not _allowed(frame, node.span):
        return WRONG
    lowered = _pattern(frame, node.event)
    length = window(frame.here, node.window)
    return WRONG if lowered is None else Typed(Previous(lowered[0], length), BOOL)


def since(frame: Frame, node: nodes.SinceExpr, wanted: Static | None) -> Typed:
    if not _allowed(frame, node.span):
        return WRONG
    if frame.since:
        frame.error("P0313", "`since` cannot stand left of `since`", node.span, label="nested")
        return WRONG
    held = expressions.condition(frame.but(since=True), node.held)
    lowered = _pattern(frame, node.event)
    length = window(frame.here, node.window)
    if held is None or lowered is None:
        return WRONG
    return Typed(Since(held, lowered[0], length), BOOL)


def aggregate(frame: Frame, node: nodes.AggregateExpr, wanted: Static | None) -> Typed:
    if not _allowed(frame, node.span):
        return WRONG
    lowered = _pattern(frame, node.event)
    length = window(frame.here, node.window)
    if lowered is None:
        return WRONG
    pattern, reach, facts = lowered
    if node.value is None:
        return Typed(Aggregate("count", None, pattern, length, INT), INT)
    inner = frame.but(event=reach, facts=facts, value=True, roots=_MEASURED)
    measured = path(inner, node.value, None)
    result = _result(frame, node, measured)
    if result is None:
        return WRONG
    expr = _identity(measured) if isinstance(measured.type, RootOf) else measured.expr
    return Typed(Aggregate(node.function, expr, pattern, length, result), result)  # type: ignore[arg-type]


def _identity(measured: Typed) -> Expr:
    return Identity(measured.expr)


def _result(frame: Frame, node: nodes.AggregateExpr, measured: Typed) -> Static | None:
    """The aggregate's type; None where it cannot be computed."""
    if not measured.known:
        return None
    assert node.value is not None
    function = node.function
    if function == "distinct":
        if not isinstance(measured.type, RootOf) or measured.type.name == "principal":
            return INT
    elif function == "avg" and measured.type in NUMBERS:
        return DECIMAL
    elif (function == "sum" and measured.type in _SUMMABLE) or (
        function in ("min", "max") and measured.type in _ORDERED_VALUES
    ):
        return measured.type
    frame.error(
        "P0211",
        f"`{function}` cannot be taken of {an(measured.type)}",
        node.value.span,
        label=f"{an(measured.type)}",
    )
    return None


def _allowed(frame: Frame, span: Span) -> bool:
    """History is not asked for in a `define`, a `tool`, or in a pattern itself."""
    if frame.place in _PLACES_WITHOUT:
        frame.error(
            "P0312" if frame.place == IN_DEFINE else "P0214",
            f"history cannot be read in {frame.place}",
            span,
            label="not here",
            help="a `define` reads only its parameters and `context`"
            if frame.place == IN_DEFINE
            else "",
        )
        return False
    if frame.event is not None:
        frame.error(
            "P0313",
            "a pattern's `where` cannot look into the past itself",
            span,
            label="nested",
            help="join the two with `and`, outside of the pattern",
        )
        return False
    return True


def _pattern(
    frame: Frame, node: nodes.EventNode
) -> tuple[EventPattern, Reach, frozenset[Expr]] | None:
    """The pattern, what its event can be about, and what `has` tells in its `where`."""
    here = frame.here
    where = None if node.where is None else lower_where(here, node.where)
    by = None if node.by is None else lower_who(here, node.by)
    places = _places(frame, node, where)
    what = lower_what(frame.schema, here, node.what, places)
    if what is None or places is None or (node.by and by is None):
        return None
    reach = frame.reaches.of([what], places)
    guard: Expr | None = None
    facts = frame.facts
    if node.guard is not None:
        told = set(frame.facts)
        inner = frame.but(event=reach, roots=frame.roots | {"event"}, since=False)
        gather(inner, node.guard, True, told)
        facts = frozenset(told)
        guard = expressions.condition(inner.but(facts=facts), node.guard, True, True)
        if guard is None:
            return None
    outcome = node.outcome.text if node.outcome else "done"
    pattern = EventPattern(outcome, what, node.on_resource, where, node.by_principal, by, guard)
    check_pattern(frame, pattern, reach, node)
    return pattern, reach, facts


def _places(frame: Frame, node: nodes.EventNode, where: Where | None) -> list[Where] | None:
    """On what the event can be: the rule's own resource types, or those of the pattern."""
    if node.on_resource:
        if frame.reach is None or "resource" in frame.lost:
            return None
        return [Where(name) for name in frame.reach.types]
    if node.where is None:
        return [Where()]
    return None if where is None else [where]
