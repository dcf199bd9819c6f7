"""The types that attributes, arguments, context keys and signals are declared with."""

from __future__ import annotations

import re
from typing import Union

from msgspec import Struct


class Prim(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="prim"):
    """A built-in type; `name` is one of `PRIMITIVES`."""

    name: str


class EnumOf(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="enum"):
    """An inline enumeration: `dev | staging | prod`. Members in the order they were written."""

    members: tuple[str, ...]


class SetOf(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="set"):
    """`Set<T>`."""

    element: Type


class ResourceOf(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="resource"):
    """A reference to a resource of the named type."""

    name: str


Type = Union[Prim, EnumOf, SetOf, ResourceOf]

BOOL = Prim("Bool")
INT = Prim("Int")
DECIMAL = Prim("Decimal")
STRING = Prim("String")
TIME = Prim("Time")
DURATION = Prim("Duration")
SIZE = Prim("Size")
PATH = Prim("Path")
URL = Prim("Url")
IP = Prim("Ip")
CIDR = Prim("Cidr")

PRIMITIVES = {
    t.name: t for t in (BOOL, INT, DECIMAL, STRING, TIME, DURATION, SIZE, PATH, URL, IP, CIDR)
}


class Field(Struct, frozen=True, gc=False, array_like=True):
    """One declared attribute, parameter, context key: its type, `Type?`, and its `= literal`.

    `default` is in the form that `policylang.model.values.coerce` takes.
    """

    name: str
    type: Type
    optional: bool = False
    default: bool | int | str | tuple[bool | int | str, ...] | None = None
    doc: str = ""


def show(type_: Type) -> str:
    """The type as a policy author writes it."""
    match type_:
        case Prim(name) | ResourceOf(name):
            return name
        case EnumOf(members):
            return " | ".join(members)
        case SetOf(element):
            return f"Set<{show(element)}>"


def parent_name(type_name: str) -> str:
    """How a direct parent is read: `resource.environment`, `RDSInstance` as `rds_instance`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", type_name)
    return spaced.lower()
