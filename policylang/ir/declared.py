"""The facts that a policy itself declares, in the form that engines take facts in."""

from __future__ import annotations

from typing import Any, Final

from policylang.ir.expressions import Const, ConstSet, ResourceConst
from policylang.ir.program import EntityDecl, Fact, PrincipalDecl, Program
from policylang.model.facts import Facts, PrincipalFacts, ResourceFacts
from policylang.model.request import FrozenDict
from policylang.model.values import NANOSECONDS

_DAY: Final = 86400 * NANOSECONDS
_FIRST: Final = -719162 * _DAY
_LAST: Final = 2932897 * _DAY
"""Nanoseconds from 1970 to the beginning of year 1, and to the end of year 9999."""


def declared_facts(program: Program) -> Facts:
    """Everything that the program's `agent`, `human`, `service` and `entity` declarations say."""
    return Facts(
        (_resource(entity) for entity in program.entities),
        (_principal(principal) for principal in program.principals),
    )


def on_the_wire(value: Const | ConstSet | ResourceConst) -> Any:
    """A literal's value in the form that `policylang.model.values.coerce` takes."""
    if isinstance(value, ConstSet):
        return tuple(on_the_wire(item) for item in value.items)
    if isinstance(value, ResourceConst):
        return FrozenDict({"type": value.resource_type, "id": value.id})
    if type(value.value) is not int:
        return value.value
    match value.type.name if hasattr(value.type, "name") else "":
        case "Duration":
            return f"{value.value // NANOSECONDS}s"
        case "Time":
            return time_text(value.value)
        case _:
            return value.value


def time_text(nanoseconds: int) -> str:
    """RFC 3339 text of a time; one that leaves the years 1 to 9999 in UTC gets an offset."""
    from datetime import datetime, timedelta

    zone, shift = "Z", 0
    if nanoseconds < _FIRST:
        zone, shift = "+23:59", 86340
    elif nanoseconds >= _LAST:
        zone, shift = "-23:59", -86340
    seconds, fraction = divmod(nanoseconds + shift * NANOSECONDS, NANOSECONDS)
    date = datetime(1970, 1, 1) + timedelta(seconds=seconds)
    digits = f".{fraction:09d}" if fraction else ""
    return f"{date.isoformat(timespec='seconds')}{digits}{zone}"


def _resource(entity: EntityDecl) -> ResourceFacts:
    return ResourceFacts(
        entity.resource_type,
        entity.id,
        _attributes(entity.attributes),
        tuple((parent.resource_type, parent.id) for parent in entity.parents),
    )


def _principal(principal: PrincipalDecl) -> PrincipalFacts:
    return PrincipalFacts(
        principal.id, principal.kind, principal.roles, _attributes(principal.attributes)
    )


def _attributes(facts: tuple[Fact, ...]) -> FrozenDict:
    return FrozenDict({fact.name: on_the_wire(fact.value) for fact in facts})
