"""The past as the request carries it: history operators and budgets, on the careful path.

Events are put in the order of time once per request (ties as given); one that is later than
`context.time` is not past. Windows are closed and end now.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from policylang.engines.compiled import logic
from policylang.engines.compiled.case import Case, Link, Unknown, typed, unknown, what_covers
from policylang.ir import expressions as ir
from policylang.ir.program import Limit
from policylang.model import missing, values
from policylang.model.request import Event, Principal, Request
from policylang.model.types import TIME, Field

if TYPE_CHECKING:
    from policylang.engines.compiled.logic import Scene

SPENDING = ("approved", "done")
_NOW = Field("time", TIME)


class Moments:
    """The past events in order, and their times."""

    __slots__ = ("events", "now", "times")

    def __init__(self, history: Sequence[Event], now: int) -> None:
        timed = [(moment(event), event) for event in history]
        past = sorted((pair for pair in timed if pair[0] <= now), key=lambda pair: pair[0])
        self.now = now
        self.times = [time for time, _ in past]
        self.events = tuple(event for _, event in past)

    def start(self, window: int) -> int:
        """The position of the first event in the window."""
        return bisect_left(self.times, self.now - window)


def moment(event: Event) -> int:
    """Nanoseconds since the epoch; admission has made sure that there is a time."""
    return int(values.time(event.time))


def moments(scene: Scene) -> Any:
    """The past, or `Unknown` where there are events and no time."""
    case = scene.case
    if case.moments is None:
        case.moments = _moments(case.request)
    return case.moments


def _moments(request: Request) -> Any:
    if not request.history:
        return Moments((), 0)
    if "time" not in request.context:
        return unknown(missing.NO_TIME)
    now = typed(_NOW, "context.time", request.context["time"])
    return now if type(now) is Unknown else Moments(request.history, now)


# ── operators ────────────────────────────────────────────────────────────────────────────


def formerly(expr: ir.Formerly, scene: Scene) -> Any:
    past = moments(scene)
    if type(past) is Unknown:
        return past
    events = past.events if expr.window is None else past.events[past.start(expr.window) :]
    if scene.since is not None:
        events = [event for event in events if event in scene.since]
    return logic.settled((matches(expr.event, event, scene) for event in events), True)


def previous(expr: ir.Previous, scene: Scene) -> Any:
    past = moments(scene)
    if type(past) is Unknown:
        return past
    if past.start(expr.window) == len(past.events):
        return False
    return matches(expr.event, past.events[-1], scene)


def since(expr: ir.Since, scene: Scene) -> Any:
    past = moments(scene)
    if type(past) is Unknown:
        return past

    def unbroken(position: int) -> Any:
        matched = matches(expr.event, past.events[position], scene)
        if matched is False:
            return False
        held = logic.evaluate(expr.held, scene.after(past.events[position + 1 :]))
        return logic.settled((matched, held), False)

    positions = range(past.start(expr.window), len(past.events))
    return logic.settled((unbroken(position) for position in positions), True)


def aggregate(expr: ir.Aggregate, scene: Scene) -> Any:
    past = moments(scene)
    if type(past) is Unknown:
        return past
    found: list[Any] = []
    unknowns: list[Any] = []
    for event in past.events[past.start(expr.window) :]:
        matched = matches(expr.event, event, scene)
        if matched is False:
            continue
        value = 1 if expr.value is None else logic.evaluate(expr.value, scene.at(event))
        found.append(value)
        unknowns += (matched, value)
    return logic.joined(unknowns) or _aggregated(expr.function, found)


def _aggregated(function: str, found: list[Any]) -> Any:
    if not found and function in ("min", "max", "avg"):
        return unknown(missing.no_events(function))
    return _AGGREGATES[function](found)


_AGGREGATES: dict[str, Callable[[list[Any]], Any]] = {
    "count": len,
    "distinct": lambda found: len(set(found)),
    "sum": sum,
    "min": min,
    "max": max,
    "avg": lambda found: Fraction(sum(found)) / len(found),
}


# ── patterns ─────────────────────────────────────────────────────────────────────────────


def matches(pattern: ir.EventPattern, event: Event, scene: Scene) -> Any:
    case = scene.case
    key = (event.resource.type, event.resource.id)
    if event.outcome != pattern.outcome or not _is_what(pattern.what, event, case):
        return False
    if pattern.on_resource and key != case.key:
        return False
    if pattern.where is not None and not case.is_where(pattern.where, key, scene.trust):
        return False
    if pattern.by_principal:
        if all(principal.id != scene.link.id for principal in _chain(event)):
            return False
    elif pattern.by is not None and not _is_by(pattern.by, event, scene):
        return False
    return True if pattern.guard is None else logic.evaluate(pattern.guard, scene.at(event))


def _is_what(what: ir.What, event: Event, case: Case) -> bool:
    operation = case.schema.operations[event.operation, event.resource.type]
    return what_covers(what, operation.name, operation.risks)


def _chain(event: Event) -> tuple[Principal, ...]:
    return (event.principal, *event.on_behalf_of)


def _is_by(who: ir.Who, event: Event, scene: Scene) -> bool:
    links = (linked(principal, scene) for principal in _chain(event))
    return any(scene.case.is_who(who, link, scene.trust) for link in links)


def linked(principal: Principal, scene: Scene) -> Link:
    """The principal of a past event; the present one is as the request tells of it."""
    return scene.link if principal.id == scene.link.id else scene.case.link(principal)


# ── budgets ──────────────────────────────────────────────────────────────────────────────


def past_limit(limit: Limit, scene: Scene) -> Any:
    """False within the budget; True past it; `Unknown` where that cannot be told."""
    asked = logic.holds(limit.clauses, scene)
    if asked is not True:
        return asked
    amount, maximum = _amount(limit, scene), logic.constant(limit.maximum)
    if type(amount) is Unknown or amount > maximum:
        return amount if type(amount) is Unknown else True
    past = moments(scene)
    if type(past) is Unknown:
        return past
    spent = []
    for event in past.events[past.start(limit.window) :]:
        if _could_pay(limit, event, scene):
            then = _as_request(event, scene)
            if logic.holds(limit.clauses, then) is not False:
                spent.append(_amount(limit, then))
    return logic.joined(spent) or sum(spent) + amount > maximum


def _amount(limit: Limit, scene: Scene) -> Any:
    """What one action uses up; a negative amount gives nothing back."""
    if limit.amount is None:
        return 1
    amount = logic.evaluate(limit.amount, scene)
    return amount if type(amount) is Unknown else max(0, amount)


def _could_pay(limit: Limit, event: Event, scene: Scene) -> bool:
    case = scene.case
    key = (event.resource.type, event.resource.id)
    if event.outcome not in SPENDING or not _is_what(limit.what, event, case):
        return False
    if limit.each == "resource" and key != case.key:
        return False
    if limit.each == "principal" and all(p.id != scene.link.id for p in _chain(event)):
        return False
    return case.is_where(limit.where, key, scene.trust) and _is_by(limit.who, event, scene)


def _as_request(event: Event, scene: Scene) -> Scene:
    """The past event as if it were the request; context, signals and session are the present's."""
    now = scene.case.request
    same = scene.case.key == (event.resource.type, event.resource.id)
    request = Request(
        event.principal,
        event.operation,
        now.resource if same else event.resource,
        args=event.args,
        context=now.context,
        signals=now.signals,
        session=now.session,
        labels=now.labels,
        history=now.history,
    )
    case = Case(scene.case.known, request)
    case.moments = scene.case.moments
    link = linked(event.principal, scene)
    return logic.Scene(case, link, scene.trust, scene.variables, scene.event, scene.since)
