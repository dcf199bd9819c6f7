"""Expressions of the waist: resolved, typed, every `define` inlined. Data only.

Roots say whose facts are read. Inside a history pattern `event_*` roots are the past event's;
all others are the present request's. In an aggregate's value (`sum(args.amount of …)`) lowering
has already turned `args`, `resource` and `principal` into the event's.

Nodes form no cycles: the collector need not look at them (`gc=False`), which makes reading a
program of 10,000 rules three times as fast.
"""

from __future__ import annotations

from typing import Literal, Union

from msgspec import Struct

from policylang.model.types import Type

RootName = Literal[
    "principal",
    "resource",
    "args",
    "context",
    "signal",
    "event_principal",
    "event_resource",
    "event_args",
]
Scalar = Union[bool, int, str]


class Const(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="const"):
    """A literal. `value` is what `model.values.coerce(type, value)` takes:

    Int and Size an integer (bytes), Duration and Time an integer (nanoseconds; since the epoch),
    Decimal its decimal text, all others text.
    """

    value: Scalar
    type: Type


class ConstSet(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="set"):
    """A literal set: `[a, b]`."""

    items: tuple[Const, ...]
    type: Type


class ResourceConst(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="entity"):
    """A resource by name: `Environment "eu"`."""

    resource_type: str
    id: str


class Root(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="root"):
    """The request's (or the past event's) principal, resource, arguments, context or signals."""

    name: RootName


class Var(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="var"):
    """A quantifier's variable; names are unique within one expression."""

    name: str
    type: Type


class Attr(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="attr"):
    """An attribute, argument, context key or signal: `base.name`.

    `base` is a `Root`, or an expression of a resource type. Default and optionality are looked up
    in the declaration of the actual resource type or operation.
    """

    base: Expr
    name: str
    type: Type


class Identity(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="id"):
    """`.id` of a principal or a resource, a String, where no attribute of that name is declared."""

    base: Expr


class EventField(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="event"):
    """`event.time`, `event.outcome` or `event.operation`."""

    name: Literal["time", "outcome", "operation"]
    type: Type


class Parent(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="parent"):
    """The one direct parent of that type: `resource.environment`. None or several: missing."""

    base: Expr
    resource_type: str


class Input(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="input"):
    """Inside a `tool`: `input.a.b` of the raw call's arguments, read as `type`."""

    path: tuple[str, ...]
    type: Type


class Has(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="has"):
    """Whether the attribute, argument, context key or signal is there and declared there."""

    base: Expr
    name: str


class HasParent(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="hasparent"):
    """Whether there is a direct parent of that type."""

    base: Expr
    resource_type: str


class Not(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="not"):
    operand: Expr


class And(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="and"):
    operands: tuple[Expr, ...]


class Or(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="or"):
    operands: tuple[Expr, ...]


class Compare(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="cmp"):
    """Both sides have one type (or Int beside Decimal). Resources compare by type and id."""

    op: Literal["==", "!=", "<", "<=", ">", ">="]
    left: Expr
    right: Expr


class Arith(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="arith"):
    op: Literal["+", "-", "*"]
    left: Expr
    right: Expr
    type: Type


class In(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="in"):
    """`item in set`, and `set contains item`."""

    item: Expr
    set: Expr


class ContainsText(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="substring"):
    """`text contains part`."""

    text: Expr
    part: Expr


class InRole(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="inrole"):
    """`principal in ROLE`, through nested roles; `base` is a principal's root."""

    base: Expr
    role: str


class IsKind(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="iskind"):
    base: Expr
    kind: Literal["agent", "human", "service"]


class Like(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="like"):
    """Glob over text: `*` anything, `?` one character, backslash escapes."""

    text: Expr
    pattern: Expr


class Under(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="under"):
    """Reflexive and transitive; `sort` says what is under what."""

    sort: Literal["path", "ip", "domain", "resource"]
    left: Expr
    right: Expr


class Quantified(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="quantified"):
    """`any x in xs: body`, `all x in xs: body`."""

    quantifier: Literal["any", "all"]
    var: str
    set: Expr
    body: Expr


class Size(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="size"):
    """Elements of a set, code points of a string."""

    operand: Expr


class Blast(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="blast"):
    """How many known resources are under it, itself included."""

    operand: Expr


class SessionSaw(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="saw"):
    label: str


class EventPattern(Struct, frozen=True, gc=False, array_like=True):
    """Which past events count. `outcome` is `done` unless said otherwise.

    `on_resource`: about this very resource. `where`: else, which resources (None: any).
    `by_principal`: by this very principal (the link being decided). `by`: else, by whom.
    `guard` reads `event_*` roots beside the present ones.
    """

    outcome: str
    what: What
    on_resource: bool = False
    where: Where | None = None
    by_principal: bool = False
    by: Who | None = None
    guard: Expr | None = None


class Formerly(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="formerly"):
    """`window` is in nanoseconds. Inside `Since` it is None: back to the event since which."""

    event: EventPattern
    window: int | None


class Previous(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="previous"):
    """The event directly before, of whatever outcome, matches and lies in the window."""

    event: EventPattern
    window: int


class Since(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="since"):
    """Some event in the window matches, and `held` is true looking back to it only."""

    held: Expr
    event: EventPattern
    window: int


class Aggregate(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="aggregate"):
    """`count` (value None), `distinct`, `sum`, `min`, `max`, `avg` over a window's events."""

    function: Literal["count", "distinct", "sum", "min", "max", "avg"]
    value: Expr | None
    event: EventPattern
    window: int
    type: Type


class WhoAnyone(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="anyone"):
    pass


class WhoKind(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="kind"):
    kind: Literal["agent", "human", "service"]


class WhoRole(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="role"):
    role: str


class WhoId(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="principal"):
    id: str


class WhatAnything(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="anything"):
    pass


class WhatRisk(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="risk"):
    risk: str


class WhatOperation(Struct, frozen=True, gc=False, array_like=True, tag_field="$", tag="operation"):
    name: str


class Where(Struct, frozen=True, gc=False, array_like=True):
    """`any`, `T`, `T "id"`, each perhaps `under T "id"`. None means: not restricted."""

    type: str | None = None
    id: str | None = None
    under: ResourceConst | None = None


Who = Union[WhoAnyone, WhoKind, WhoRole, WhoId]
What = Union[WhatAnything, WhatRisk, WhatOperation]
Expr = Union[
    Const,
    ConstSet,
    ResourceConst,
    Root,
    Var,
    Attr,
    Identity,
    EventField,
    Parent,
    Input,
    Has,
    HasParent,
    Not,
    And,
    Or,
    Compare,
    Arith,
    In,
    ContainsText,
    InRole,
    IsKind,
    Like,
    Under,
    Quantified,
    Size,
    Blast,
    SessionSaw,
    Formerly,
    Previous,
    Since,
    Aggregate,
]
