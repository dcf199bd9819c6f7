"""A test: what is given, the request, the ruling that it expects."""

from __future__ import annotations

from typing import Literal, Union

from msgspec import Struct

from policylang.diagnostics.span import Span
from policylang.language.nodes.clauses import VerdictNode
from policylang.language.nodes.declarations import EntityDecl
from policylang.language.nodes.names import Lit, LiteralNode, Name, Pair, ResourceName


class GivenEntity(Struct, frozen=True):
    span: Span
    entity: EntityDecl


class GivenSaw(Struct, frozen=True):
    span: Span
    label: Name


class GivenValue(Struct, frozen=True):
    """`given signal name = literal`, `given context name = literal`."""

    span: Span
    sort: Literal["signal", "context"]
    name: Name
    value: LiteralNode


class GivenEvent(Struct, frozen=True):
    span: Span
    outcome: Name
    operation: Name
    args: tuple[Pair, ...]
    resource: ResourceName
    by: Name
    ago: Lit


GivenNode = Union[GivenEntity, GivenSaw, GivenValue, GivenEvent]


class ActorNode(Struct, frozen=True):
    """`kind` None: a declared principal by its name; else `id` is a string."""

    span: Span
    kind: Literal["agent", "human", "service"] | None
    id: Name | Lit
    roles: tuple[Name, ...]


class TestRequest(Struct, frozen=True):
    __test__ = False

    span: Span
    actors: tuple[ActorNode, ...]
    operation: Name
    args: tuple[Pair, ...]
    resource: ResourceName
    under: ResourceName | None
    attributes: tuple[Pair, ...]


class TestDecl(Struct, frozen=True):
    __test__ = False

    span: Span
    name: Lit
    givens: tuple[GivenNode, ...]
    request: TestRequest
    expected: VerdictNode
    doc: str = ""
