"""What an inventory is checked against: the declared names and types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from policylang.model.types import BOOL, INT, STRING, EnumOf, Field, SetOf, Type
from policylang.model.values import INVALID, coerce

Fits = Callable[[Any], bool]


class _Named(Protocol):
    @property
    def name(self) -> str: ...


class _ResourceType(_Named, Protocol):
    @property
    def parents(self) -> tuple[str, ...]: ...
    @property
    def attributes(self) -> tuple[Field, ...]: ...


class _Reference(Protocol):
    @property
    def resource_type(self) -> str: ...
    @property
    def id(self) -> str: ...


class _Entity(_Reference, Protocol):
    @property
    def parents(self) -> Sequence[_Reference]: ...


class _Principal(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...


class Declarations(Protocol):
    """The part of a `Program` that an inventory has to fit."""

    @property
    def resource_types(self) -> Sequence[_ResourceType]: ...
    @property
    def roles(self) -> Sequence[_Named]: ...
    @property
    def principal_attributes(self) -> Sequence[Field]: ...
    @property
    def principals(self) -> Sequence[_Principal]: ...
    @property
    def entities(self) -> Sequence[_Entity]: ...


class Attribute:
    """A declared attribute: its type, and a quick test whether a value fits it."""

    __slots__ = ("fits", "type")

    def __init__(self, field: Field) -> None:
        self.type = field.type
        self.fits = _test(field.type)


class Schema:
    """Declarations by name."""

    def __init__(self, declared: Declarations) -> None:
        types = declared.resource_types
        self.attributes = {t.name: {f.name: Attribute(f) for f in t.attributes} for t in types}
        self.parents = {t.name: frozenset(t.parents) for t in types}
        self.principal = {f.name: Attribute(f) for f in declared.principal_attributes}
        self.roles = frozenset(role.name for role in declared.roles)
        self.kinds = {principal.id: principal.kind for principal in declared.principals}
        self.entities = {
            (e.resource_type, e.id): tuple((p.resource_type, p.id) for p in e.parents)
            for e in declared.entities
        }


def _test(type_: Type) -> Fits:
    """The commonest types without the full reading."""
    if type_ == STRING:
        return lambda value: type(value) is str
    if type_ == BOOL:
        return lambda value: type(value) is bool
    if type_ == INT:
        return lambda value: type(value) is int
    if isinstance(type_, EnumOf):
        members = frozenset(type_.members)
        return lambda value: type(value) is str and value in members
    if isinstance(type_, SetOf):
        fits = _test(type_.element)
        return lambda value: type(value) is tuple and all(map(fits, value))
    return lambda value: coerce(type_, value) is not INVALID
