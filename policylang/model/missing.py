"""The words in which a decision names a fact that is missing. One home, so that engines agree."""

from __future__ import annotations

from policylang.model.types import Type, show


def absent(path: str) -> str:
    """`path` as written in a policy, such as `resource.stage`."""
    return f"`{path}` is missing"


def malformed(path: str, type_: Type, place: str = "") -> str:
    """`place` is `file:line:column` of an inventory's value, where it is known."""
    where = f" ({place})" if place else ""
    return f"`{path}` has a value of the wrong type, expected `{show(type_)}`{where}"


def ambiguous(path: str) -> str:
    return f"`{path}` is ambiguous: there are several direct parents of that type"


def untrusted(path: str) -> str:
    return f"`{path}` is told by the request alone, which a waiver does not believe"


def undecidable(path: str) -> str:
    """An operand of `under` that cannot be placed: a path that climbs out, a host that is none."""
    return f"`{path}` cannot be placed: a path that climbs out, or not a host name"


def no_events(function: str) -> str:
    return f"`{function}` over no event has no value"


NO_TIME = absent("context.time")


def undeclared(name: str, what: str) -> str:
    """`what` says what it would have to be: "a type", "an attribute of `Environment`"."""
    return f"`{name}` is not {what}"


def contradicted(principal: str, known: str, told: str) -> str:
    return f"`{principal}` is known as {known}, the request says {told}"


def told_twice(resource_type: str, resource_id: str, attribute: str) -> str:
    return f'`{attribute}` of `{resource_type} "{resource_id}"` is told twice, with two values'
