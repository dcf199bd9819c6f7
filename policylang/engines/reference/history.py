"""The past, over the whole trace that the request carries.

Events are taken in the order of time (ties as given); one later than `context.time` is not past.
Windows are closed intervals that end now. Without events nothing here needs to know the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from policylang.engines.reference import expressions
from policylang.engines.reference.world import Link, Unknown, unknown
from policylang.ir import expressions as ir
from policylang.ir.program import Limit
from policylang.model import missing
from policylang.model.request import Event, Principal
from policylang.model.types import TIME
from policylang.model.values import INVALID, coerce

if TYPE_CHECKING:
    from policylang.engines.reference.expressions import Scene

SPENT = ("approved", "done")
"""The outcomes that use up a budget."""


def formerly(expr: ir.Formerly, scene: Scene) -> Any:
    """Whether some event matches in the window; inside a `since`, after its event only."""
    events = past(scene) if expr.window is None else in_window(scene, expr.window)
    if isinstance(events, Unknown):
        return events
    if scene.since is not None:
        events = tuple(event for event in events if event in scene.since)
    return expressions.disjunction(matches(expr.event, event, scene) for event in events)


def previous(expr: ir.Previous, scene: Scene) -> Any:
    """Whether the last event of all, of whatever outcome, matches and lies in the window."""
    trace = past(scene)
    if isinstance(trace, Unknown) or not trace:
        return trace or False
    if trace[-1] not in in_window(scene, expr.window):
        return False
    return matches(expr.event, trace[-1], scene)


def since(expr: ir.Since, scene: Scene) -> Any:
    """Whether, for some matching event in the window, `held` is true looking back to it only."""
    trace, window = past(scene), in_window(scene, expr.window)
    if isinstance(trace, Unknown):
        return trace
    return expressions.disjunction(
        expressions.conjunction(
            (
                matches(expr.event, event, scene),
                expressions.evaluate(expr.held, replace(scene, since=trace[position + 1 :])),
            )
        )
        for position, event in enumerate(trace)
        if event in window
    )


def aggregate(expr: ir.Aggregate, scene: Scene) -> Any:
    """`count`, `distinct`, `sum`, `min`, `max`, `avg` over the matching events in the window."""
    events = in_window(scene, expr.window)
    if isinstance(events, Unknown):
        return events
    values = []
    unknowns = []
    for event in events:
        matched = matches(expr.event, event, scene)
        if matched is False:
            continue
        value = 1 if expr.value is None else expressions.evaluate(expr.value, at(event, scene))
        unknowns += [item for item in (matched, value) if isinstance(item, Unknown)]
        values.append(value)
    if unknowns:
        return Unknown(frozenset().union(*(item.reasons for item in unknowns)))
    return _FUNCTIONS[expr.function](values) if values else _over_nothing(expr.function)


_FUNCTIONS: dict[str, Any] = {
    "count": len,
    "distinct": lambda values: len(set(values)),
    "sum": sum,
    "min": min,
    "max": max,
    "avg": lambda values: Fraction(sum(values)) / len(values),
}


def _over_nothing(function: str) -> Any:
    return unknown(missing.no_events(function)) if function in ("min", "max", "avg") else 0


# ── the trace ────────────────────────────────────────────────────────────────────────────


def now(scene: Scene) -> Any:
    """`context.time` in nanoseconds, or `Unknown`."""
    context = scene.world.request.context
    if "time" not in context:
        return unknown(missing.NO_TIME)
    value = coerce(TIME, context["time"])
    return unknown(missing.malformed("context.time", TIME)) if value is INVALID else value


def moment(event: Event) -> int:
    """Admission has made sure that it is a time."""
    return int(coerce(TIME, event.time))


def past(scene: Scene) -> Any:
    """Every event that is not later than now, in the order of time; or `Unknown`."""
    events = scene.world.request.history
    present = now(scene) if events else 0
    if isinstance(present, Unknown):
        return present
    return tuple(sorted((e for e in events if moment(e) <= present), key=moment))


def in_window(scene: Scene, window: int) -> Any:
    trace = past(scene)
    if isinstance(trace, Unknown) or not trace:
        return trace
    return tuple(event for event in trace if moment(event) >= now(scene) - window)


def at(event: Event, scene: Scene) -> Scene:
    return replace(scene, event=event)


# ── patterns ─────────────────────────────────────────────────────────────────────────────


def matches(pattern: ir.EventPattern, event: Event, scene: Scene) -> Any:
    """True, False or `Unknown`."""
    key = (event.resource.type, event.resource.id)
    if event.outcome != pattern.outcome or not is_what(pattern.what, event, scene):
        return False
    if pattern.on_resource and key != scene.world.subject.key:
        return False
    if pattern.where is not None and not scene.is_where(pattern.where, key):
        return False
    if not _is_by(pattern, event, scene):
        return False
    return True if pattern.guard is None else expressions.evaluate(pattern.guard, at(event, scene))


def is_what(what: ir.What, event: Event, scene: Scene) -> bool:
    operation = scene.world.schema.operations[event.operation, event.resource.type]
    return expressions.covers_what(what, operation.name, set(operation.risks))


def _is_by(pattern: ir.EventPattern, event: Event, scene: Scene) -> bool:
    if pattern.by_principal:
        return any(link.id == scene.link.id for link in chain(event, scene))
    who = pattern.by
    return who is None or any(scene.is_who(who, link) for link in chain(event, scene))


def chain(event: Event, scene: Scene) -> Iterator[Link]:
    """Every link of the event's chain: an event belongs to each of them."""
    for principal in (event.principal, *event.on_behalf_of):
        yield linked(principal, scene)


def event_link(scene: Scene) -> Link:
    assert scene.event is not None
    return linked(scene.event.principal, scene)


def linked(principal: Principal, scene: Scene) -> Link:
    """What is known of a past event's principal; of the present one, what the request says."""
    return scene.link if principal.id == scene.link.id else scene.world.link(principal)


# ── budgets ──────────────────────────────────────────────────────────────────────────────


def past_limit(limit: Limit, scene: Scene) -> Any:
    """False within the budget, True past it, `Unknown` (and so past it) where it cannot be told."""
    asked = expressions.guard(limit.clauses, scene)
    if asked is not True:
        return asked
    amount = amount_of(limit, scene)
    maximum = expressions.constant(limit.maximum)
    if isinstance(amount, Unknown) or amount > maximum:
        return amount if isinstance(amount, Unknown) else True
    events = in_window(scene, limit.window)
    if isinstance(events, Unknown):
        return events
    spent = [amount_of(limit, as_request(e, scene)) for e in events if _pays(limit, e, scene)]
    unknowns = [item for item in spent if isinstance(item, Unknown)]
    if unknowns:
        return Unknown(frozenset().union(*(item.reasons for item in unknowns)))
    return sum(spent) + amount > maximum


def amount_of(limit: Limit, scene: Scene) -> Any:
    """A negative amount gives nothing back."""
    if limit.amount is None:
        return 1
    value = expressions.evaluate(limit.amount, scene)
    return value if isinstance(value, Unknown) else max(0, value)


def as_request(event: Event, scene: Scene) -> Scene:
    """The past event as if it were the request; context and signals are the present ones."""
    world, link = scene.world.at(event), linked(event.principal, scene)
    return replace(scene, world=world, link=link)


def _pays(limit: Limit, event: Event, scene: Scene) -> bool:
    """Whether a past event uses up this budget. A guard that cannot be evaluated counts."""
    key = (event.resource.type, event.resource.id)
    if event.outcome not in SPENT or not is_what(limit.what, event, scene):
        return False
    if not scene.is_where(limit.where, key):
        return False
    if not any(scene.is_who(limit.who, link) for link in chain(event, scene)):
        return False
    if limit.each == "principal" and all(x.id != scene.link.id for x in chain(event, scene)):
        return False
    if limit.each == "resource" and key != scene.world.subject.key:
        return False
    return expressions.guard(limit.clauses, as_request(event, scene)) is not False
