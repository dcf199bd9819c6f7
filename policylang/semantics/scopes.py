"""Lowers scopes (who, to what, on which resources), and the same parts of event patterns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from policylang.diagnostics.suggest import did_you_mean
from policylang.ir.expressions import (
    ResourceConst,
    What,
    WhatAnything,
    WhatOperation,
    WhatRisk,
    Where,
    Who,
    WhoAnyone,
    WhoId,
    WhoKind,
    WhoRole,
)
from policylang.ir.program import Operation
from policylang.language import nodes
from policylang.semantics.names import Here
from policylang.semantics.reach import Reach, Reaches
from policylang.semantics.schema import Schema

_NOTHING: frozenset[str] = frozenset()
_ARGS = frozenset(("args",))
_ALL = frozenset(("args", "resource"))


class Scope(Struct, frozen=True, eq=False):
    """`lost`: the roots that cannot be told for a name in the scope that is not known."""

    who: tuple[Who, ...]
    what: tuple[What, ...]
    where: tuple[Where, ...]
    reach: Reach
    lost: frozenset[str]


def lower_scope(reaches: Reaches, here: Here, node: nodes.ScopeNode) -> Scope:
    return scope_of(reaches, here, node.who, node.what, node.where)


def scope_of(
    reaches: Reaches,
    here: Here,
    who: Sequence[nodes.WhoNode],
    what: Sequence[nodes.WhatNode],
    where: Sequence[nodes.WhereNode],
) -> Scope:
    whom = [lower_who(here, each) for each in who]
    places = [lower_where(here, each) for each in where]
    known = tuple(place for place in places if place is not None)
    whole = len(known) == len(places)
    actions = [lower_what(reaches.schema, here, each, known if whole else None) for each in what]
    done = tuple(action for action in actions if action is not None)
    certain = len(done) == len(actions)
    return Scope(
        tuple(each for each in whom if each is not None),
        done,
        known,
        reaches.of(done if certain else (), known),
        _NOTHING if whole and certain else _ARGS if whole else _ALL,
    )


def lower_who(here: Here, node: nodes.WhoNode) -> Who | None:
    name = node.name
    if node.sort == "anyone" or name is None:
        return WhoAnyone()
    match node.sort:
        case "kind":
            return WhoKind(name.text)  # type: ignore[arg-type]
        case "role":
            return WhoRole(name.text) if here.find("role", name) else None
        case "name":
            return WhoId(name.text) if here.find("principal", name) else None
        case _:
            return WhoId(name.text)


def lower_where(here: Here, node: nodes.WhereNode) -> Where | None:
    """None where a type in it is not known."""
    known = node.type is None or here.find("type", node.type) is not None
    under = None
    if node.under is not None:
        under = lower_resource(here, node.under)
        known = known and under is not None
    if not known:
        return None
    type_name = node.type.text if node.type else None
    return Where(type_name, node.id.value if node.id else None, under)


def lower_resource(here: Here, node: nodes.ResourceName) -> ResourceConst | None:
    if here.find("type", node.type) is None:
        return None
    return ResourceConst(node.type.text, node.id.value)


def lower_what(
    schema: Schema, here: Here, node: nodes.WhatNode, where: Iterable[Where] | None
) -> What | None:
    """`where` None: it is not known on what, and an operation is looked for on every type."""
    name = node.name
    if node.sort == "anything" or name is None:
        return WhatAnything()
    if node.sort == "risk":
        return WhatRisk(name.text) if here.find("risk", name) else None
    places = None if where is None else {place.type for place in where}
    if check_operation(schema, here, name, places):
        return WhatOperation(name.text)
    return None


def check_operation(
    schema: Schema, here: Here, name: nodes.Name, types: Iterable[str | None] | None
) -> bool:
    """Whether there is such an operation on any of the types (None among them: on any type)."""
    everywhere = schema.operations_by_name.get(name.text, ())
    places = None if types is None else set(types)
    found = [o for o in everywhere if places is None or None in places or o.resource_type in places]
    if found:
        _check_visible(schema, here, name, found)
        return True
    if here.may_be_lost(name.text) or f"*.{name.text}" in schema.partial:
        return False
    on = sorted(p for p in places or () if p)
    if everywhere or on:
        message = f"`{name.text}` is not an operation on {_listed(on)}"
    else:
        message = f"there is no operation `{name.text}`"
    here.error(
        "P0105",
        message,
        name.span,
        label="not found",
        help=_operation_help(schema, name.text, everywhere, on),
    )
    return False


def _check_visible(
    schema: Schema, here: Here, name: nodes.Name, found: Sequence[Operation]
) -> None:
    declared = [schema.names.get("operation", f"{o.resource_type}.{o.name}") for o in found]
    if any(d is None or here.sees("operation", d) for d in declared):
        return
    module = next(d.here.module for d in declared if d)
    here.error(
        "P0109",
        f"the operation `{name.text}` belongs to `{module}`, which is not used here",
        name.span,
        label="not visible",
        help=f"add `use {module}`",
    )


def _operation_help(
    schema: Schema, name: str, elsewhere: Sequence[Operation], types: list[str]
) -> str:
    here = {o.name for t in types for o in schema.operations_by_type.get(t, ())}
    near = did_you_mean(name, here or ([] if types else schema.operations_by_name))
    if near:
        return near
    if elsewhere:
        return f"`{name}` is declared on {_listed(sorted(o.resource_type for o in elsewhere))}"
    if here and len(here) <= 8:
        return f"there is {_listed(sorted(here))}"
    return "declare it: " + (
        f"`operation {name} on {types[0]} is …`" if types else f"`operation {name} on … is …`"
    )


def _listed(names: Sequence[str]) -> str:
    shown = [f"`{name}`" for name in names[:5]]
    if len(names) > 5:
        shown.append("…")
    return ", ".join(shown) or "any resource"
