"""Expressions, and the patterns of events inside them."""

from __future__ import annotations

from typing import Literal, Union

from msgspec import Struct

from policylang.diagnostics.span import Span
from policylang.language.nodes.names import Lit, Name, ResourceName, SetLit
from policylang.language.nodes.scopes import WhatNode, WhereNode, WhoNode


class PathExpr(Struct, frozen=True):
    """`resource.environment.stage`, a variable, or a bare enum member: a name with attributes."""

    span: Span
    root: Name
    parts: tuple[Name, ...]


class LitExpr(Struct, frozen=True):
    span: Span
    literal: Lit | SetLit


class ResourceExpr(Struct, frozen=True):
    span: Span
    resource: ResourceName


class CallExpr(Struct, frozen=True):
    """`size(x)`, `blast(x)`, or a `define`."""

    span: Span
    name: Name
    args: tuple[ExprNode, ...]


class NotExpr(Struct, frozen=True):
    span: Span
    operand: ExprNode


class LogicExpr(Struct, frozen=True):
    """`and`, `or`: two operands or more."""

    span: Span
    op: Literal["and", "or"]
    operands: tuple[ExprNode, ...]


class BinaryExpr(Struct, frozen=True):
    """Comparison, `contains like under`, or arithmetic."""

    span: Span
    op: Literal["==", "!=", "<", "<=", ">", ">=", "contains", "like", "under", "+", "-", "*"]
    op_span: Span
    left: ExprNode
    right: ExprNode


class InExpr(Struct, frozen=True):
    """`x in xs`, or `principal in ROLE` (then `role` is set and `right` None)."""

    span: Span
    left: ExprNode
    right: ExprNode | None
    role: Name | None


class HasExpr(Struct, frozen=True):
    span: Span
    base: ExprNode
    name: Name


class IsKindExpr(Struct, frozen=True):
    """`principal is agent`."""

    span: Span
    kind: Name


class SawExpr(Struct, frozen=True):
    span: Span
    label: Name


class QuantifiedExpr(Struct, frozen=True):
    span: Span
    quantifier: Literal["any", "all"]
    var: Name
    set: ExprNode
    body: ExprNode


class ParenExpr(Struct, frozen=True):
    """Parentheses as written."""

    span: Span
    inner: ExprNode


class FormerlyExpr(Struct, frozen=True):
    """`window` is None left of `since`."""

    span: Span
    event: EventNode
    window: Lit | None


class PreviousExpr(Struct, frozen=True):
    span: Span
    event: EventNode
    window: Lit


class SinceExpr(Struct, frozen=True):
    span: Span
    held: ExprNode
    event: EventNode
    window: Lit


class AggregateExpr(Struct, frozen=True):
    """`count(event within d)` (value None), `distinct(path of …)`, `sum min max avg`."""

    span: Span
    function: Literal["count", "distinct", "sum", "min", "max", "avg"]
    value: PathExpr | None
    event: EventNode
    window: Lit


ExprNode = Union[
    PathExpr,
    LitExpr,
    ResourceExpr,
    CallExpr,
    NotExpr,
    LogicExpr,
    BinaryExpr,
    InExpr,
    HasExpr,
    IsKindExpr,
    SawExpr,
    QuantifiedExpr,
    ParenExpr,
    FormerlyExpr,
    PreviousExpr,
    SinceExpr,
    AggregateExpr,
]


class EventNode(Struct, frozen=True):
    """`[OUTCOME] what [on (resource | where)] [by (principal | who)] [where expr]`."""

    span: Span
    outcome: Name | None
    what: WhatNode
    on_resource: bool
    where: WhereNode | None
    by_principal: bool
    by: WhoNode | None
    guard: ExprNode | None
