"""The scope of a rule, a limit or a claim: who, what, where."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from policylang.diagnostics.span import Span
from policylang.language.nodes.names import Lit, Name, ResourceName


class WhoNode(Struct, frozen=True):
    """`sort`: anyone; kind (`any agent`, name holds `agent`); role; name; string."""

    span: Span
    sort: Literal["anyone", "kind", "role", "name", "string"]
    name: Name | None


class WhatNode(Struct, frozen=True):
    """`sort`: anything; risk (`any R`); operation."""

    span: Span
    sort: Literal["anything", "risk", "operation"]
    name: Name | None


class WhereNode(Struct, frozen=True):
    """`type` None: `any`."""

    span: Span
    type: Name | None
    id: Lit | None
    under: ResourceName | None


class ScopeNode(Struct, frozen=True):
    span: Span
    who: tuple[WhoNode, ...]
    what: tuple[WhatNode, ...]
    where: tuple[WhereNode, ...]
