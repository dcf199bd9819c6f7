"""Rulings, and the clauses of a rule."""

from __future__ import annotations

from typing import Literal, Union

from msgspec import Struct

from policylang.diagnostics.span import Span
from policylang.language.nodes.expressions import ExprNode
from policylang.language.nodes.names import Lit, Name


class ApprovalPart(Struct, frozen=True):
    """One of `from ROLE, …`, `by INT`, `within DURATION`, in the order written."""

    span: Span
    sort: Literal["from", "by", "within"]
    roles: tuple[Name, ...] = ()
    value: Lit | None = None


class VerdictNode(Struct, frozen=True):
    span: Span
    verdict: Literal["allow", "deny", "require_approval"]
    approval: tuple[ApprovalPart, ...]


class GuardClause(Struct, frozen=True):
    span: Span
    kind: Literal["when", "unless"]
    expr: ExprNode


class ObligationNode(Struct, frozen=True):
    span: Span
    name: Name
    args: tuple[ExprNode, ...]


class WithClause(Struct, frozen=True):
    span: Span
    obligations: tuple[ObligationNode, ...]


class WaivingClause(Struct, frozen=True):
    span: Span
    risk: Name


class BecauseClause(Struct, frozen=True):
    span: Span
    text: Lit


ClauseNode = Union[GuardClause, WithClause, WaivingClause, BecauseClause]
