"""The value of an expression in three-valued (Kleene) logic.

A value is `True`, a number, a text …, or `Unknown` with the missing facts it hangs on. An operand
that settles a connective wins, whatever the others are and in whichever order they stand.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from policylang.engines.reference import history
from policylang.engines.reference.world import (
    Link,
    Unknown,
    World,
    given_default,
    typed,
    unknown,
)
from policylang.ir import expressions as ir
from policylang.ir.program import Clause
from policylang.model import addresses, missing
from policylang.model.facts import Key
from policylang.model.request import Event
from policylang.model.types import URL, Field, parent_name
from policylang.model.values import INVALID, coerce

__all__ = ["Scene", "Unknown", "evaluate", "guard"]


class Scene(Struct, frozen=True):
    """Where an expression is evaluated.

    `event` is the past event in a pattern. `since` holds the events after the one that a
    surrounding `since` looks back to.
    """

    world: World
    link: Link
    trust: str = "all"
    variables: dict[str, Any] = {}
    event: Event | None = None
    since: tuple[Event, ...] | None = None

    def covers(
        self, who: Iterable[ir.Who], what: Iterable[ir.What], where: Iterable[ir.Where]
    ) -> bool:
        """Whether a scope covers what this request wants to do."""
        subject = self.world.subject
        risks = {risk.name for risk in subject.risks}
        return (
            any(covers_what(item, subject.operation, risks) for item in what)
            and any(self.is_where(item, subject.key) for item in where)
            and any(self.is_who(item, self.link) for item in who)
        )

    def is_who(self, who: ir.Who, link: Link) -> bool:
        match who:
            case ir.WhoAnyone():
                return True
            case ir.WhoId(id):
                return link.id == id
            case ir.WhoKind(kind):
                believed = self.trust != "known" or kind in ("agent", link.known_kind)
                return believed and link.kind == kind
            case ir.WhoRole(role):
                return role in (link.known_roles if self.trust == "known" else link.roles)

    def is_where(self, where: ir.Where, key: Key | None) -> bool:
        if key is None:
            return where == ir.Where()
        if where.type is not None and where.type != key[0]:
            return False
        if where.id is not None and where.id != key[1]:
            return False
        under = where.under
        return under is None or (under.resource_type, under.id) in self.world.ancestors(
            key, self.trust
        )


def covers_what(what: ir.What, operation: str, risks: set[str]) -> bool:
    match what:
        case ir.WhatAnything():
            return True
        case ir.WhatRisk(risk):
            return risk in risks
        case ir.WhatOperation(name):
            return name == operation


def guard(clauses: tuple[Clause, ...], scene: Scene) -> Any:
    """True, False or `Unknown`: every `when` true and no `unless` true."""
    return conjunction(
        evaluate(clause.expr, scene)
        if clause.kind == "when"
        else negation(evaluate(clause.expr, scene))
        for clause in clauses
    )


def evaluate(expr: ir.Expr, scene: Scene) -> Any:
    """The value of `expr`, or `Unknown`."""
    return _EVALUATE[type(expr)](expr, scene)


# ── logic ────────────────────────────────────────────────────────────────────────────────


def conjunction(values: Iterable[Any]) -> Any:
    return _settled(values, False)


def disjunction(values: Iterable[Any]) -> Any:
    return _settled(values, True)


def _settled(values: Iterable[Any], settling: bool) -> Any:
    everything = list(values)
    if any(value is settling for value in everything):
        return settling
    return _unknown_of(everything) or (not settling)


def _unknown_of(values: Iterable[Any]) -> Unknown | None:
    reasons = frozenset().union(*(v.reasons for v in values if isinstance(v, Unknown)))
    return Unknown(reasons) if reasons else None


def negation(value: Any) -> Any:
    return value if isinstance(value, Unknown) else not value


def _with(scene: Scene, operands: Iterable[ir.Expr], apply: Callable[..., Any]) -> Any:
    """`apply` to the operands' values, once all of them are known."""
    values = [evaluate(operand, scene) for operand in operands]
    return _unknown_of(values) or apply(*values)


def _quantified(expr: ir.Quantified, scene: Scene) -> Any:
    items = evaluate(expr.set, scene)
    if isinstance(items, Unknown):
        return items
    scenes = (replace(scene, variables={**scene.variables, expr.var: item}) for item in items)
    values = [evaluate(expr.body, inner) for inner in scenes]
    return disjunction(values) if expr.quantifier == "any" else conjunction(values)


# ── reading facts ────────────────────────────────────────────────────────────────────────


def _attribute(expr: ir.Attr, scene: Scene) -> Any:
    value = lookup(expr.base, expr.name, scene)
    return unknown(missing.absent(path(expr))) if value is None else value


def _has(expr: ir.Has, scene: Scene) -> Any:
    value = lookup(expr.base, expr.name, scene)
    return value if isinstance(value, Unknown) else value is not None


def lookup(base: ir.Expr, name: str, scene: Scene) -> Any:
    """The attribute, argument, context key or signal; None where it is absent or undeclared."""
    where = f"{path(base)}.{name}"
    match base:
        case ir.Root("principal"):
            return scene.world.principal_attribute(scene.link, name, where, scene.trust)
        case ir.Root("event_principal"):
            link = history.event_link(scene)
            return scene.world.principal_attribute(link, name, where, scene.trust)
        case ir.Root("args" | "context" | "signal" | "event_args"):
            return _given(base.name, name, where, scene)
    key = evaluate(base, scene)
    return key if isinstance(key, Unknown) else scene.world.attribute(key, name, where, scene.trust)


def _given(root: str, name: str, where: str, scene: Scene) -> Any:
    request, schema = scene.world.request, scene.world.schema
    fields: dict[str, Field]
    if root == "context":
        fields, given = schema.context, request.context
    elif root == "signal":
        fields, given = schema.signals, request.signals
    elif root == "args":
        called = (request.operation, request.resource.type)
        fields, given = schema.parameters.get(called, {}), request.args
    else:
        assert scene.event is not None
        called = (scene.event.operation, scene.event.resource.type)
        fields, given = schema.parameters[called], scene.event.args
    field = fields.get(name)
    if field is None:
        return None
    return typed(field, where, given[name]) if name in given else given_default(field)


def _root(expr: ir.Root, scene: Scene) -> Any:
    if expr.name == "resource":
        key = scene.world.subject.key
        return unknown(missing.absent("resource")) if key is None else key
    assert scene.event is not None
    return (scene.event.resource.type, scene.event.resource.id)


def _identity(expr: ir.Identity, scene: Scene) -> Any:
    match expr.base:
        case ir.Root("principal"):
            return scene.link.id
        case ir.Root("event_principal"):
            return history.event_link(scene).id
    key = evaluate(expr.base, scene)
    return key if isinstance(key, Unknown) else key[1]


def _parent(expr: ir.Parent | ir.HasParent, scene: Scene) -> Any:
    key = evaluate(expr.base, scene)
    if isinstance(key, Unknown):
        return key
    where = f"{path(expr.base)}.{parent_name(expr.resource_type)}"
    found = scene.world.parent(key, expr.resource_type, where, scene.trust)
    if isinstance(expr, ir.HasParent):
        return found if isinstance(found, Unknown) else found is not None
    return unknown(missing.absent(where)) if found is None else found


def _event_field(expr: ir.EventField, scene: Scene) -> Any:
    assert scene.event is not None
    value = getattr(scene.event, expr.name)
    return coerce(expr.type, value) if expr.name == "time" else value


def _principal_in_role(expr: ir.InRole, scene: Scene) -> Any:
    return scene.is_who(ir.WhoRole(expr.role), _principal_of(expr.base, scene))


def _principal_is(expr: ir.IsKind, scene: Scene) -> Any:
    return scene.is_who(ir.WhoKind(expr.kind), _principal_of(expr.base, scene))


def _principal_of(base: ir.Expr, scene: Scene) -> Link:
    return scene.link if base == ir.Root("principal") else history.event_link(scene)


# ── values ───────────────────────────────────────────────────────────────────────────────


def constant(expr: ir.Const) -> Any:
    """Lowering has made sure that it fits."""
    if isinstance(expr.value, int) and not isinstance(expr.value, bool):
        return expr.value
    value = coerce(expr.type, expr.value)
    assert value is not INVALID
    return value


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def _under(expr: ir.Under, scene: Scene) -> Any:
    def judge(left: Any, right: Any) -> Any:
        return _UNDER[expr.sort](expr, scene, left, right)

    return _with(scene, (expr.left, expr.right), judge)


def _path_under(expr: ir.Under, scene: Scene, left: str, right: str) -> Any:
    for side, operand in ((left, expr.left), (right, expr.right)):
        if addresses.path_parts(side) is None:
            return unknown(missing.undecidable(path(operand)))
    return addresses.path_under(left, right)


def _host_under(expr: ir.Under, scene: Scene, left: str, right: str) -> Any:
    is_url = getattr(expr.left, "type", None) == URL
    host = addresses.url_host(left) if is_url else addresses.normal_host(left)
    domain = addresses.normal_host(right)
    if host is None or domain is None:
        return unknown(missing.undecidable(path(expr.left if host is None else expr.right)))
    return addresses.host_under(host, domain)


_UNDER: dict[str, Callable[[ir.Under, Scene, Any, Any], Any]] = {
    "resource": lambda e, s, left, right: right in s.world.ancestors(left, s.trust),
    "ip": lambda e, s, left, right: addresses.ip_under(left, right),
    "path": _path_under,
    "domain": _host_under,
}


def _blast(expr: ir.Blast, scene: Scene) -> Any:
    return _with(scene, (expr.operand,), scene.world.blast)


# ── naming ───────────────────────────────────────────────────────────────────────────────


def path(expr: ir.Expr) -> str:
    """How the policy wrote it, for the words of a missing fact."""
    match expr:
        case ir.Root(name):
            return name.replace("event_", "event.")
        case ir.Var(name, _):
            return name.partition("#")[0]
        case ir.Attr(base, name, _):
            return f"{path(base)}.{name}"
        case ir.Parent(base, type_name):
            return f"{path(base)}.{parent_name(type_name)}"
        case ir.Identity(base):
            return f"{path(base)}.id"
        case ir.ResourceConst(type_name, id):
            return f'{type_name} "{id}"'
        case ir.Const(value, _):
            return f'"{value}"'
        case _:
            return "the expression"


_EVALUATE: dict[type, Callable[[Any, Scene], Any]] = {
    ir.Const: lambda e, s: constant(e),
    ir.ConstSet: lambda e, s: frozenset(constant(item) for item in e.items),
    ir.ResourceConst: lambda e, s: (e.resource_type, e.id),
    ir.Root: _root,
    ir.Var: lambda e, s: s.variables[e.name],
    ir.Attr: _attribute,
    ir.Identity: _identity,
    ir.EventField: _event_field,
    ir.Parent: _parent,
    ir.HasParent: _parent,
    ir.Has: _has,
    ir.Not: lambda e, s: negation(evaluate(e.operand, s)),
    ir.And: lambda e, s: conjunction(evaluate(operand, s) for operand in e.operands),
    ir.Or: lambda e, s: disjunction(evaluate(operand, s) for operand in e.operands),
    ir.Compare: lambda e, s: _with(s, (e.left, e.right), _COMPARE[e.op]),
    ir.Arith: lambda e, s: _with(s, (e.left, e.right), _COMPARE[e.op]),
    ir.In: lambda e, s: _with(s, (e.item, e.set), lambda item, items: item in items),
    ir.ContainsText: lambda e, s: _with(s, (e.text, e.part), lambda text, part: part in text),
    ir.InRole: _principal_in_role,
    ir.IsKind: _principal_is,
    ir.Like: lambda e, s: _with(s, (e.text, e.pattern), addresses.like),
    ir.Under: _under,
    ir.Quantified: _quantified,
    ir.Size: lambda e, s: _with(s, (e.operand,), len),
    ir.Blast: _blast,
    ir.SessionSaw: lambda e, s: e.label in s.world.request.labels,
    ir.Formerly: lambda e, s: history.formerly(e, s),
    ir.Previous: lambda e, s: history.previous(e, s),
    ir.Since: lambda e, s: history.since(e, s),
    ir.Aggregate: lambda e, s: history.aggregate(e, s),
}
