"""Which operations and resource types a scope reaches, and what can be read of all of them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from policylang.ir.expressions import (
    ResourceConst,
    What,
    WhatAnything,
    WhatOperation,
    WhatRisk,
    Where,
)
from policylang.ir.program import Operation
from policylang.model.types import Field, ResourceOf, Type
from policylang.semantics.schema import Schema
from policylang.semantics.static import merged


class Member(Struct, frozen=True):
    """What `base.name` is, over all owners (types, or operations) that the base can have.

    `parent`: it reads the parent of that type. `lacking`: owners that have no such member;
    `optional`: owners where it may be absent. `conflict`: two owners that disagree on its type.
    """

    type: Type
    parent: str | None = None
    lacking: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    conflict: tuple[str, str] | None = None


class Reach(Struct, frozen=True, eq=False):
    """`types` are sorted; `operations` are those on them. Both without `std.self`, unless nothing
    else is reached; `every` has them in any case. `operations` are empty where the scope guards
    what may come: then nothing is missing from what it reaches.
    """

    types: tuple[str, ...]
    operations: tuple[Operation, ...]
    every: tuple[Operation, ...]


class Reaches:
    """Computes each reach once; many rules share a scope."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._reaches: dict[tuple[frozenset[What], frozenset[Where]], Reach] = {}
        self._members: dict[tuple[tuple[str, ...], str], Member | None] = {}
        self._arguments: dict[tuple[int, str], Member | None] = {}

    def of(self, what: Iterable[What], where: Iterable[Where]) -> Reach:
        key = (frozenset(what), frozenset(_types_only(w) for w in where))
        found = self._reaches.get(key)
        if found is None:
            found = self._reaches[key] = self._compute(*key)
        return found

    def member(self, types: tuple[str, ...], name: str) -> Member | None:
        """The attribute or parent of that name; None where none of the types has it."""
        key = (types, name)
        if key not in self._members:
            self._members[key] = self._member(types, name)
        return self._members[key]

    def argument(self, reach: Reach, name: str) -> Member | None:
        """The parameter of that name; None where no operation has it."""
        key = (id(reach), name)
        if key not in self._arguments:
            operations = reach.operations or self._operations(WhatAnything())
            owners: list[tuple[str, Field | str | None]] = [
                (f"{o.name} on {o.resource_type}", _field(o.parameters, name)) for o in operations
            ]
            self._arguments[key] = _joined(owners)
        return self._arguments[key]

    def _compute(self, what: frozenset[What], where: frozenset[Where]) -> Reach:
        types: set[str] = set()
        for place in where:
            types |= self._types(place)
        found = {
            (o.resource_type, o.name): o
            for each in what
            for o in self._operations(each)
            if o.resource_type in types
        }
        every = tuple(found[key] for key in sorted(found))
        own = tuple(o for o in every if not self._builtin(o.resource_type))
        operations = own or every
        reached = {o.resource_type for o in operations} or {
            name for name in types if not self._builtin(name)
        }
        return Reach(tuple(sorted(reached or types)), operations, every)

    def _builtin(self, type_name: str) -> bool:
        return self.schema.types[type_name].builtin

    def _types(self, where: Where) -> set[str]:
        types = {where.type} if where.type else set(self.schema.types)
        if where.under is not None:
            types &= self.schema.contents.get(where.under.resource_type, frozenset())
        return types & self.schema.types.keys()

    def _operations(self, what: What) -> Iterable[Operation]:
        match what:
            case WhatAnything():
                return self.schema.operations.values()
            case WhatRisk(risk):
                return self.schema.operations_by_risk.get(risk, ())
            case WhatOperation(name):
                return self.schema.operations_by_name.get(name, ())

    def _member(self, types: tuple[str, ...], name: str) -> Member | None:
        owners: list[tuple[str, Field | str | None]] = []
        for type_name in types:
            parent = self.schema.parents.get(type_name, {}).get(name)
            attribute = self.schema.fields.get(type_name, {}).get(name)
            owners.append((type_name, attribute or parent))
        return _joined(
            owners,
            {t for t in types if len(self.schema.parents.get(t, ())) > 1},
        )


def _types_only(where: Where) -> Where:
    under = where.under and ResourceConst(where.under.resource_type, "")
    return Where(where.type, None, under)


def _field(fields: tuple[Field, ...], name: str) -> Field | None:
    return next((field for field in fields if field.name == name), None)


def _joined(
    owners: list[tuple[str, Field | str | None]], alternatives: Iterable[str] = ()
) -> Member | None:
    """One member out of what each owner has: a field, the name of a parent type, or nothing."""
    having = [(owner, found) for owner, found in owners if found is not None]
    if not having:
        return None
    lacking = tuple(owner for owner, found in owners if found is None)
    optional = []
    type_: Type | None = None
    parents = {found if isinstance(found, str) else None for _, found in having}
    conflict = None
    for owner, found in having:
        own = ResourceOf(found) if isinstance(found, str) else found.type
        both = own if type_ is None else merged(type_, own)
        if both is None and conflict is None:
            conflict = (having[0][0], owner)
        type_ = both or type_
        if isinstance(found, str):
            if owner in alternatives:
                optional.append(owner)
        elif found.optional and found.default is None:
            optional.append(owner)
    if len(parents) > 1 and conflict is None:
        conflict = _mixed(having)
    assert type_ is not None
    parent = next(iter(parents)) if len(parents) == 1 else None
    return Member(type_, parent, lacking, tuple(optional), conflict)


def _mixed(having: list[tuple[str, Field | str]]) -> tuple[str, str]:
    attribute = next(owner for owner, found in having if not isinstance(found, str))
    parent = next(owner for owner, found in having if isinstance(found, str))
    return (attribute, parent)
