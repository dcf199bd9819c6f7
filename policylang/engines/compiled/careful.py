"""The careful path: decides whatever the generated code leaves alone, missing facts above all.

It asks the same candidates, in three-valued logic, and so names every fact that was missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from policylang.engines.admission import REQUEST, admission_errors
from policylang.engines.compiled import logic, trace
from policylang.engines.compiled.case import Case, Link, Unknown
from policylang.engines.compiled.combine import Matches, combine, strictest
from policylang.engines.compiled.entries import Entry
from policylang.engines.compiled.index import Dimension
from policylang.engines.compiled.known import Known
from policylang.ir import expressions as ir
from policylang.model.decision import DecisionError, Record, Verdict
from policylang.model.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from policylang.engines.compiled.plan import Plan


def refuse(messages: Iterable[str]) -> Record:
    """A request that does not speak the policy's language is denied before any rule is asked."""
    errors = tuple(DecisionError(REQUEST, message) for message in messages)
    return Record(Verdict.DENY, "deterministic", (), errors=errors)


def record_carefully(known: Known, request: Request, plan_of: Callable[[Request], Plan]) -> Record:
    refused = admission_errors(known.schema, known.facts, request)
    if refused:
        return refuse(refused)
    plan = plan_of(request)
    case = Case(known, request)
    links = (request.principal, *request.on_behalf_of)
    return strictest([_record(plan, case, case.link(principal)) for principal in links])


def _record(plan: Plan, case: Case, link: Link) -> Record:
    matches = Matches([], [], [], [], [], [])
    scenes = {trust: logic.Scene(case, link, trust) for trust in ("all", "declared", "known")}
    for entry in _candidates(plan, scenes["all"]):
        scene = scenes[entry.trust]
        if _covers(entry, scene):
            _judge(plan, entry, scene, matches)
    return combine(case.schema, plan.stance, link.kind, matches)


def _judge(plan: Plan, entry: Entry, scene: logic.Scene, matches: Matches) -> None:
    rule, limit = entry.rule, entry.limit
    if rule is not None:
        value = logic.holds(rule.clauses, scene)
        _name_errors(matches, rule.id, value)
        if value is not False:
            matches.add(rule, plan.stance, erred=value is not True)
    elif limit is not None:
        value = trace.past_limit(limit, scene)
        _name_errors(matches, limit.id, value)
        if value is not False:
            matches.past.append(limit)


def _name_errors(matches: Matches, id: str, value: Any) -> None:
    if type(value) is Unknown:
        matches.errors.extend(DecisionError(id, reason) for reason in value)


def _covers(entry: Entry, scene: logic.Scene) -> bool:
    case, link, trust = scene.case, scene.link, scene.trust
    return any(case.is_where(where, case.key, trust) for where in entry.where) and any(
        case.is_who(who, link, trust) for who in entry.who
    )


def _candidates(plan: Plan, scene: logic.Scene) -> Iterator[Entry]:
    """Every entry that the index does not rule out, once."""
    index = plan.index
    numbers = {*index.inline, *index.always}
    for dimension, filed in index.filed.items():
        values = _values(dimension, scene)
        places = filed.values() if values is None else (filed.get(v, ()) for v in values)
        for place in places:
            numbers.update(place)
    return (plan.entries[number] for number in numbers)


def _values(dimension: Dimension, scene: logic.Scene) -> Iterable[Any] | None:
    """What the request has in that dimension; None where it cannot be told."""
    case, link = scene.case, scene.link
    match dimension.sort:
        case "principal":
            return (link.id,)
        case "role":
            return link.roles
        case "kind":
            return (link.kind,)
        case "resource":
            return (case.key[1],) if case.key else None
        case "under":
            return case.ancestors(case.key, "all") if case.key else None
        case "read":
            root = ir.Root(dimension.root)  # type: ignore[arg-type]
            value = logic.look_up(root, dimension.name, scene)
            return None if value is None or type(value) is Unknown else (value,)
