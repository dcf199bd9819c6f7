"""The declarations of a module, but for its tests."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from policylang.diagnostics.span import Span
from policylang.language.nodes.clauses import ApprovalPart, ClauseNode, GuardClause, VerdictNode
from policylang.language.nodes.expressions import ExprNode
from policylang.language.nodes.names import Field, Lit, Name, Pair, ResourceName, TypeNode
from policylang.language.nodes.scopes import ScopeNode, WhatNode, WhereNode, WhoNode


class UseDecl(Struct, frozen=True):
    span: Span
    module: Name
    doc: str = ""


class ResourceDecl(Struct, frozen=True):
    span: Span
    name: Name
    parents: tuple[Name, ...]
    fields: tuple[Field, ...]
    doc: str = ""


class OperationSig(Struct, frozen=True):
    span: Span
    name: Name
    parameters: tuple[Field, ...]


class Effect(Struct, frozen=True):
    span: Span
    sort: Literal["taints", "confers", "reversible"]
    name: Name


class OperationDecl(Struct, frozen=True):
    span: Span
    signatures: tuple[OperationSig, ...]
    types: tuple[Name, ...]
    risks: tuple[Name, ...]
    effects: tuple[Effect, ...]
    doc: str = ""


class RiskDecl(Struct, frozen=True):
    """`floors`: (ruling, for agents only), in the order written."""

    span: Span
    name: Name
    mode: Literal["deterministic", "adaptive"]
    default: VerdictNode | None
    floors: tuple[tuple[VerdictNode, bool], ...]
    doc: str = ""


class RoleDecl(Struct, frozen=True):
    span: Span
    name: Name
    parents: tuple[Name, ...]
    doc: str = ""


class PrincipalDecl(Struct, frozen=True):
    """`id`: a name, or a string."""

    span: Span
    kind: Literal["agent", "human", "service"]
    id: Name | Lit
    roles: tuple[Name, ...]
    attributes: tuple[Pair, ...]
    doc: str = ""


class AttributesDecl(Struct, frozen=True):
    """`principal { … }` or `context { … }`."""

    span: Span
    sort: Literal["principal", "context"]
    fields: tuple[Field, ...]
    doc: str = ""


class LabelDecl(Struct, frozen=True):
    span: Span
    names: tuple[Name, ...]
    doc: str = ""


class SignalDecl(Struct, frozen=True):
    span: Span
    name: Name
    type: TypeNode
    doc: str = ""


class EntityDecl(Struct, frozen=True):
    span: Span
    resource: ResourceName
    parents: tuple[ResourceName, ...]
    attributes: tuple[Pair, ...]
    doc: str = ""


class DefineDecl(Struct, frozen=True):
    span: Span
    name: Name
    parameters: tuple[Field, ...]
    body: ExprNode
    doc: str = ""


class NamedExpr(Struct, frozen=True):
    """`name: expr`."""

    span: Span
    name: Name
    value: ExprNode


class ToolDecl(Struct, frozen=True):
    span: Span
    key: Lit
    operation: Name
    args: tuple[NamedExpr, ...]
    type: Name
    id: ExprNode
    attributes: tuple[NamedExpr, ...]
    doc: str = ""


class RuleDecl(Struct, frozen=True):
    span: Span
    name: Name | None
    effect: Literal["allow", "deny", "require_approval"]
    approval: tuple[ApprovalPart, ...]
    scope: ScopeNode
    clauses: tuple[ClauseNode, ...]
    doc: str = ""


class LimitDecl(Struct, frozen=True):
    """`each` None: unsaid. `maximum` is an int or decimal literal."""

    span: Span
    name: Name | None
    what: WhatNode
    where: WhereNode
    who: WhoNode
    maximum: Lit
    amount: ExprNode | None
    window: Lit
    each: Literal["principal", "session", "resource", "total"] | None
    then: VerdictNode | None
    clauses: tuple[GuardClause, ...]
    doc: str = ""


class ProveDecl(Struct, frozen=True):
    span: Span
    title: Lit
    claim: Literal["never_allow", "always_deny", "always_require_approval"]
    scope: ScopeNode
    clauses: tuple[GuardClause, ...]
    doc: str = ""
