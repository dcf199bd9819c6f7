"""What a program declares, resolved: the tables that rules and expressions are checked against."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Final

from policylang.ir.program import Operation, ResourceType, Risk, Role
from policylang.language import nodes
from policylang.model.types import TIME, EnumOf, Field, SetOf, Type
from policylang.semantics.extents import Extents
from policylang.semantics.modules import reachable
from policylang.semantics.names import Names


class Schema:
    """Filled once by `declarations`, read by everything after it.

    `partial`: `owner.name` of attributes and parameters whose type is wrong, and of operations on
    unknown types as `*.name`: that they are not there is not reported again.
    """

    def __init__(self, names: Names) -> None:
        self.names = names
        self.risks: dict[str, Risk] = {}
        self.roles: dict[str, Role] = {}
        self.types: dict[str, ResourceType] = {}
        self.operations: dict[tuple[str, str], Operation] = {}
        self.principal: dict[str, Field] = {}
        self.context: dict[str, Field] = {"time": Field("time", TIME)}
        self.signals: dict[str, Field] = {}
        self.labels: set[str] = set()
        self.partial: set[str] = set()

    def misses(self, owners: Iterable[str], name: str) -> bool:
        """Whether one of the owners lacks the name for an error that has been reported."""
        return any(f"{owner}.{name}" in self.partial for owner in owners)

    @cached_property
    def operations_by_type(self) -> dict[str, tuple[Operation, ...]]:
        return _grouped((o.resource_type, o) for o in self.operations.values())

    @cached_property
    def operations_by_name(self) -> dict[str, tuple[Operation, ...]]:
        return _grouped((o.name, o) for o in self.operations.values())

    @cached_property
    def operations_by_risk(self) -> dict[str, tuple[Operation, ...]]:
        return _grouped((risk, o) for o in self.operations.values() for risk in o.risks)

    @cached_property
    def fields(self) -> dict[str, dict[str, Field]]:
        """The attributes of each resource type, by name."""
        return {t.name: {f.name: f for f in t.attributes} for t in self.types.values()}

    @cached_property
    def parents(self) -> dict[str, dict[str, str]]:
        """For each resource type, its parent types by the names under which they are read."""
        return {
            t.name: {snake_case(parent): parent for parent in t.parents}
            for t in self.types.values()
        }

    @cached_property
    def contents(self) -> dict[str, frozenset[str]]:
        """For each resource type, itself and the types that can stand below it."""
        below: dict[str, set[str]] = {name: set() for name in self.types}
        for type_ in self.types.values():
            for parent in type_.parents:
                below.setdefault(parent, set()).add(type_.name)
        return {name: reachable(below, [name]) for name in self.types}

    @cached_property
    def enum_members(self) -> frozenset[str]:
        """The members of every enum that is written anywhere."""
        found: set[str] = set()
        for field in self._all_fields():
            _members_of(field.type, found)
        for define in self.names.all("define"):
            for parameter in define.node.parameters:
                _members_written(parameter.type, found)
        return frozenset(found)

    @cached_property
    def extents(self) -> Extents:
        return Extents(self.names)

    def _all_fields(self) -> Iterable[Field]:
        for type_ in self.types.values():
            yield from type_.attributes
        for operation in self.operations.values():
            yield from operation.parameters
        yield from self.principal.values()
        yield from self.context.values()
        yield from self.signals.values()


def _members_of(type_: Type, into: set[str]) -> None:
    if isinstance(type_, EnumOf):
        into.update(type_.members)
    elif isinstance(type_, SetOf):
        _members_of(type_.element, into)


def _members_written(node: nodes.TypeNode, into: set[str]) -> None:
    match node:
        case nodes.EnumType(members=members):
            into.update(member.text for member in members)
        case nodes.SetType(element=inner) | nodes.OptionalType(inner=inner):
            _members_written(inner, into)


def _grouped(pairs: Iterable[tuple[str, Operation]]) -> dict[str, tuple[Operation, ...]]:
    groups: dict[str, list[Operation]] = {}
    for key, operation in pairs:
        groups.setdefault(key, []).append(operation)
    return {key: tuple(group) for key, group in groups.items()}


_BOUNDARY: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """A parent's name as an attribute: `RDSInstance` is read as `rds_instance`.

    A new word begins at a capital after a small letter or a digit, and at the last capital of
    several where a small letter follows.
    """
    return _BOUNDARY.sub("_", name).lower()
