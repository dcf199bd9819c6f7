"""The tree: what was written, with spans; no name has a meaning yet.

Every node has a `span`. Names that a message may have to point at are `Name`s with a span of their
own. Literals keep their text, so that the formatter gives them back.
"""

from __future__ import annotations

from typing import Literal, Union

from msgspec import Struct

from policylang.diagnostics.span import Span

# ── names, types, literals ───────────────────────────────────────────────────────────────


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
    """A scalar literal. `text` is the source text (with its sign, quotes and escapes as written);

    `value`: for strings what they say, for the others the text without an `@`.
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


# ── expressions ──────────────────────────────────────────────────────────────────────────


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


# ── scopes and clauses ───────────────────────────────────────────────────────────────────


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


# ── declarations ─────────────────────────────────────────────────────────────────────────


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
