"""`Program`: a checked policy with every module it uses, resolved and typed. Data only.

Every tuple of declarations is sorted by name (rules, limits and proves by id), so that two texts
that differ in order alone give the same Program up to places in the source.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from policylang.ir.expressions import (
    Const,
    ConstSet,
    Expr,
    ResourceConst,
    What,
    Where,
    Who,
)
from policylang.model.types import Field

Mode = Literal["deterministic", "adaptive"]
Kind = Literal["agent", "human", "service"]
VerdictName = Literal["allow", "require_approval", "deny"]


class Requirement(Struct, frozen=True, gc=False, array_like=True, order=True):
    """What an approval needs: `roles` empty means any human; `within` is in seconds."""

    roles: tuple[str, ...] = ()
    quorum: int = 1
    within: int = 3600


class Ruling(Struct, frozen=True, gc=False, array_like=True):
    """A verdict; `requirement` is there exactly when it is `require_approval`."""

    verdict: VerdictName
    requirement: Requirement | None = None


class Risk(Struct, frozen=True, gc=False, array_like=True):
    """A risk class. `agent_floor` is None where nothing is said for agents."""

    name: str
    mode: Mode
    default: Ruling
    floor: Ruling
    agent_floor: Ruling | None = None
    doc: str = ""


class Role(Struct, frozen=True, gc=False, array_like=True):
    """`ancestors`: every role that a member of this one has through nesting, itself included."""

    name: str
    parents: tuple[str, ...]
    ancestors: tuple[str, ...]
    doc: str = ""


class ResourceType(Struct, frozen=True, gc=False, array_like=True):
    """`builtin` marks the types of `std.self`."""

    name: str
    parents: tuple[str, ...]
    attributes: tuple[Field, ...]
    builtin: bool = False
    doc: str = ""


class Operation(Struct, frozen=True, gc=False, array_like=True):
    """One operation on one type. `risks` are sorted; `mode` is that of the strictest of them."""

    name: str
    resource_type: str
    parameters: tuple[Field, ...]
    risks: tuple[str, ...]
    mode: Mode
    taints: tuple[str, ...] = ()
    confers: tuple[str, ...] = ()
    reversible_by: str | None = None
    doc: str = ""


class Fact(Struct, frozen=True, gc=False, array_like=True):
    """A literal value given to an attribute, argument, context key or signal."""

    name: str
    value: Const | ConstSet | ResourceConst


class PrincipalDecl(Struct, frozen=True, gc=False, array_like=True):
    id: str
    kind: Kind
    roles: tuple[str, ...]
    attributes: tuple[Fact, ...]
    doc: str = ""


class EntityDecl(Struct, frozen=True, gc=False, array_like=True):
    resource_type: str
    id: str
    parents: tuple[ResourceConst, ...]
    attributes: tuple[Fact, ...]
    doc: str = ""


class Clause(Struct, frozen=True, gc=False, array_like=True):
    """One `when` or `unless`; `text` is its canonical text, for explanations."""

    kind: Literal["when", "unless"]
    expr: Expr
    text: str


class Obligation(Struct, frozen=True, gc=False, array_like=True, order=True):
    """Arguments are their source text, not evaluated."""

    name: str
    args: tuple[str, ...] = ()


class Rule(Struct, frozen=True, gc=False, array_like=True):
    """`at` is `file:line:column`. `name` is None where the id ends in a hash.

    `reads_signal`: a clause reads a signal, also through a `define`.
    """

    id: str
    name: str | None
    effect: VerdictName
    who: tuple[Who, ...]
    what: tuple[What, ...]
    where: tuple[Where, ...]
    clauses: tuple[Clause, ...]
    requirement: Requirement | None
    obligations: tuple[Obligation, ...]
    waives: tuple[str, ...]
    because: str
    reads_signal: bool
    at: str
    doc: str = ""


class Limit(Struct, frozen=True, gc=False, array_like=True):
    """A budget. `maximum` is an Int or Decimal as `Const`; `window` in nanoseconds.

    `amount` None counts actions. `each` says whose budget it is.
    """

    id: str
    name: str | None
    who: Who
    what: What
    where: Where
    maximum: Const
    amount: Expr | None
    window: int
    each: Literal["principal", "session", "resource", "total"]
    then: Ruling
    clauses: tuple[Clause, ...]
    at: str
    doc: str = ""


class Prove(Struct, frozen=True, gc=False, array_like=True):
    id: str
    title: str
    claim: Literal["never_allow", "always_deny", "always_require_approval"]
    who: tuple[Who, ...]
    what: tuple[What, ...]
    where: tuple[Where, ...]
    clauses: tuple[Clause, ...]
    at: str


class ToolArgument(Struct, frozen=True, gc=False, array_like=True):
    name: str
    value: Expr


class Tool(Struct, frozen=True, gc=False, array_like=True):
    """Binds `key` (`mcp:SERVER/TOOL`, `tool:NAME`) to an operation; `id` is a String expression."""

    key: str
    operation: str
    resource_type: str
    id: Expr
    args: tuple[ToolArgument, ...]
    attributes: tuple[ToolArgument, ...]
    at: str


class Actor(Struct, frozen=True, gc=False, array_like=True):
    """Who acts in a test; `kind` None means a declared principal."""

    id: str
    kind: Kind | None
    roles: tuple[str, ...] = ()


class GivenEvent(Struct, frozen=True, gc=False, array_like=True):
    """A past event of a test, `ago` nanoseconds before its time."""

    outcome: str
    operation: str
    resource: ResourceConst
    args: tuple[Fact, ...]
    by: str
    ago: int


class Expected(Struct, frozen=True, gc=False, array_like=True):
    """What a test expects; None where the text says nothing of it."""

    verdict: VerdictName
    roles: tuple[str, ...] | None = None
    quorum: int | None = None
    within: int | None = None


class TestCase(Struct, frozen=True, gc=False, array_like=True):
    """`chain`: the actor, then whom it acts for."""

    __test__ = False

    name: str
    module: str
    entities: tuple[EntityDecl, ...]
    labels: tuple[str, ...]
    signals: tuple[Fact, ...]
    context: tuple[Fact, ...]
    events: tuple[GivenEvent, ...]
    chain: tuple[Actor, ...]
    operation: str
    args: tuple[Fact, ...]
    resource: ResourceConst
    under: ResourceConst | None
    attributes: tuple[Fact, ...]
    expected: Expected
    at: str


class Program(Struct, frozen=True, gc=False, array_like=True):
    """Everything that engines, analyses, exporters and enforcement know of a policy.

    `modules`: every module in force, the ones asked for first; `std.self` is always among them.
    `sources`: (file name as shown in `at`, sha256 of its bytes).
    """

    name: str
    modules: tuple[str, ...]
    risks: tuple[Risk, ...]
    roles: tuple[Role, ...]
    resource_types: tuple[ResourceType, ...]
    operations: tuple[Operation, ...]
    principal_attributes: tuple[Field, ...]
    context: tuple[Field, ...]
    labels: tuple[str, ...]
    signals: tuple[Field, ...]
    principals: tuple[PrincipalDecl, ...]
    entities: tuple[EntityDecl, ...]
    rules: tuple[Rule, ...]
    limits: tuple[Limit, ...]
    proves: tuple[Prove, ...]
    tools: tuple[Tool, ...]
    tests: tuple[TestCase, ...]
    sources: tuple[tuple[str, str], ...] = ()
