"""A whole file: its declarations and its comments."""

from __future__ import annotations

from typing import Union

from msgspec import Struct

from policylang.diagnostics.span import Span
from policylang.language.nodes.declarations import (
    AttributesDecl,
    DefineDecl,
    EntityDecl,
    LabelDecl,
    LimitDecl,
    OperationDecl,
    PrincipalDecl,
    ProveDecl,
    ResourceDecl,
    RiskDecl,
    RoleDecl,
    RuleDecl,
    SignalDecl,
    ToolDecl,
    UseDecl,
)
from policylang.language.nodes.names import Name
from policylang.language.nodes.tests import TestDecl

Declaration = Union[
    UseDecl,
    ResourceDecl,
    OperationDecl,
    RiskDecl,
    RoleDecl,
    PrincipalDecl,
    AttributesDecl,
    LabelDecl,
    SignalDecl,
    EntityDecl,
    DefineDecl,
    ToolDecl,
    RuleDecl,
    LimitDecl,
    ProveDecl,
    TestDecl,
]


class Comment(Struct, frozen=True, gc=False):
    """A `#` comment, with its `#`s, without the line end."""

    span: Span
    text: str


class Module(Struct, frozen=True):
    """One file. `name` is None where the `policy` line is missing or broken.

    `comments`: every comment, in order, `##` ones too. Declarations after a syntax error are here;
    the broken ones are not. `lost`: the names that the broken ones would have declared (types,
    roles, operations, attributes, principals, …), so that nobody reports them as unknown.
    """

    span: Span
    name: Name | None
    declarations: tuple[Declaration, ...]
    comments: tuple[Comment, ...]
    lost: tuple[str, ...] = ()
