"""Names, types and literals, and what is made of them alone."""

from __future__ import annotations

from typing import Literal, Union

from msgspec import Struct

from policylang.diagnostics.span import Span


class Name(Struct, frozen=True, gc=False):
    """Any identifier, also a dotted module name."""

    span: Span
    text: str


class NamedType(Struct, frozen=True):
    """`Int`, `Environment`: a Capitalised name."""

    span: Span
    name: str


class SetType(Struct, frozen=True):
    span: Span
    element: TypeNode


class EnumType(Struct, frozen=True):
    span: Span
    members: tuple[Name, ...]


class OptionalType(Struct, frozen=True):
    """`T?`."""

    span: Span
    inner: TypeNode


TypeNode = Union[NamedType, SetType, EnumType, OptionalType]

LiteralKind = Literal["int", "decimal", "string", "bool", "duration", "size", "time"]


class Lit(Struct, frozen=True, gc=False):
    """A scalar literal.

    `text`: the source text, with its sign, quotes and escapes as written. `value`: for strings what
    they say, for the others the text without an `@`.
    """

    span: Span
    kind: LiteralKind
    text: str
    value: str


class SetLit(Struct, frozen=True):
    """`[a, b]`."""

    span: Span
    items: tuple[LiteralNode, ...]


class MemberLit(Struct, frozen=True, gc=False):
    """A bare enum member where only a literal can stand (attribute values, test arguments)."""

    span: Span
    name: str


LiteralNode = Union[Lit, SetLit, MemberLit]


class Field(Struct, frozen=True):
    span: Span
    name: Name
    type: TypeNode
    default: LiteralNode | None
    doc: str = ""


class Pair(Struct, frozen=True):
    """`name: literal`."""

    span: Span
    name: Name
    value: LiteralNode


class ResourceName(Struct, frozen=True):
    """`Environment "eu"`."""

    span: Span
    type: Name
    id: Lit
