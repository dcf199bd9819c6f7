"""Three-valued (Kleene) evaluation for the careful path.

The value of an expression is a value of its type, or `Unknown` with every missing fact that it
hangs on. What settles a connective wins, in whichever order the operands stand.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from policylang.engines.compiled import trace
from policylang.engines.compiled.case import Case, Link, Unknown, fallback, typed, unknown
from policylang.ir import expressions as ir
from policylang.ir.program import Clause
from policylang.model import addresses, missing
from policylang.model.request import Event
from policylang.model.types import URL, Field, parent_name
from policylang.model.values import coerce


class Scene:
    """Where an expression is evaluated: a case, one link of its chain, and whose word counts.

    `event`: the past event of a pattern. `since`: the events after the one looked back to.
    """

    __slots__ = ("case", "event", "link", "since", "trust", "variables")

    def __init__(
        self,
        case: Case,
        link: Link,
        trust: str = "all",
        variables: dict[str, Any] | None = None,
        event: Event | None = None,
        since: tuple[Event, ...] | None = None,
    ) -> None:
        self.case = case
        self.link = link
        self.trust = trust
        self.variables = variables or {}
        self.event = event
        self.since = since

    def at(self, event: Event) -> Scene:
        return Scene(self.case, self.link, self.trust, self.variables, event, self.since)

    def after(self, events: tuple[Event, ...]) -> Scene:
        return Scene(self.case, self.link, self.trust, self.variables, self.event, events)

    def binding(self, name: str, value: Any) -> Scene:
        variables = {**self.variables, name: value}
        return Scene(self.case, self.link, self.trust, variables, self.event, self.since)


def holds(clauses: Iterable[Clause], scene: Scene) -> Any:
    """Whether every `when` is true and no `unless` is."""
    return settled(
        (
            evaluate(clause.expr, scene)
            if clause.kind == "when"
            else opposite(evaluate(clause.expr, scene))
            for clause in clauses
        ),
        False,
    )


def evaluate(expr: ir.Expr, scene: Scene) -> Any:
    return _BY_SORT[type(expr)](expr, scene)


def settled(values: Iterable[Any], settling: bool) -> Any:
    """`settling` if any value is that; else all that is unknown; else the opposite."""
    reasons: set[str] = set()
    for value in values:
        if value is settling:
            return settling
        if type(value) is Unknown:
            reasons |= value
    return Unknown(reasons) if reasons else not settling


def opposite(value: Any) -> Any:
    return value if type(value) is Unknown else not value


def joined(values: Iterable[Any]) -> Unknown:
    """Everything that is unknown among the values; empty where nothing is."""
    return Unknown(reason for value in values if type(value) is Unknown for reason in value)


def constant(expr: ir.Const) -> Any:
    if type(expr.value) is int:
        return expr.value
    return coerce(expr.type, expr.value)


def path(expr: ir.Expr) -> str:
    """As the policy wrote it."""
    match expr:
        case ir.Root(name):
            return name.replace("_", ".")
        case ir.Var(name, _):
            return name.split("#")[0]
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
    return "the expression"


# ── facts ────────────────────────────────────────────────────────────────────────────────


def look_up(base: ir.Expr, name: str, scene: Scene) -> Any:
    where = f"{path(base)}.{name}"
    if type(base) is not ir.Root or base.name in ("resource", "event_resource"):
        key = evaluate(base, scene)
        if type(key) is Unknown:
            return key
        return scene.case.of_resource(key, name, where, scene.trust)
    if base.name in ("principal", "event_principal"):
        return scene.case.of_principal(_person(base, scene), name, where, scene.trust)
    fields, given = _sources(base.name, scene)
    field = fields.get(name)
    if field is None:
        return None
    return typed(field, where, given[name]) if name in given else fallback(field)


def _sources(root: str, scene: Scene) -> tuple[dict[str, Field], Any]:
    case = scene.case
    request = case.request
    if root == "context":
        return case.schema.context, request.context
    if root == "signal":
        return case.schema.signals, request.signals
    if root == "args":
        key = (request.operation, request.resource.type)
        return case.schema.parameters.get(key, {}), request.args
    event = _event(scene)
    return case.schema.parameters[event.operation, event.resource.type], event.args


def _event(scene: Scene) -> Event:
    assert scene.event is not None
    return scene.event


def _person(base: ir.Expr, scene: Scene) -> Link:
    if type(base) is ir.Root and base.name == "principal":
        return scene.link
    return trace.linked(_event(scene).principal, scene)


def _attr(expr: ir.Attr, scene: Scene) -> Any:
    value = look_up(expr.base, expr.name, scene)
    return unknown(missing.absent(path(expr))) if value is None else value


def _has(expr: ir.Has, scene: Scene) -> Any:
    value = look_up(expr.base, expr.name, scene)
    return value if type(value) is Unknown else value is not None


def _root(expr: ir.Root, scene: Scene) -> Any:
    if expr.name == "event_resource":
        resource = _event(scene).resource
        return (resource.type, resource.id)
    key = scene.case.key
    return unknown(missing.absent("resource")) if key is None else key


def _identity(expr: ir.Identity, scene: Scene) -> Any:
    base = expr.base
    if type(base) is ir.Root and base.name in ("principal", "event_principal"):
        return _person(base, scene).id
    key = evaluate(base, scene)
    return key if type(key) is Unknown else key[1]


def _find_parent(expr: ir.Parent | ir.HasParent, scene: Scene) -> tuple[str, Any]:
    where = f"{path(expr.base)}.{parent_name(expr.resource_type)}"
    key = evaluate(expr.base, scene)
    if type(key) is not Unknown:
        key = scene.case.parent(key, expr.resource_type, where, scene.trust)
    return where, key


def _parent(expr: ir.Parent, scene: Scene) -> Any:
    where, found = _find_parent(expr, scene)
    return unknown(missing.absent(where)) if found is None else found


def _has_parent(expr: ir.HasParent, scene: Scene) -> Any:
    _, found = _find_parent(expr, scene)
    return found if type(found) is Unknown else found is not None


def _event_field(expr: ir.EventField, scene: Scene) -> Any:
    event = _event(scene)
    return trace.moment(event) if expr.name == "time" else getattr(event, expr.name)


def _in_role(expr: ir.InRole, scene: Scene) -> bool:
    return expr.role in _person(expr.base, scene).roles_by(scene.trust)


def _is_kind(expr: ir.IsKind, scene: Scene) -> bool:
    return _person(expr.base, scene).kind_by(scene.trust) == expr.kind


# ── operators ────────────────────────────────────────────────────────────────────────────

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
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


def _strict(names: tuple[str, ...], apply: Callable[..., Any]) -> Callable[[Any, Scene], Any]:
    """An operator that needs all its operands; `apply` gets the node, the scene, the values."""

    def evaluated(expr: Any, scene: Scene) -> Any:
        values = [evaluate(getattr(expr, name), scene) for name in names]
        return joined(values) or apply(expr, scene, *values)

    return evaluated


def _is_under(expr: ir.Under, scene: Scene, left: Any, right: Any) -> Any:
    if expr.sort == "resource":
        return right in scene.case.ancestors(left, scene.trust)
    if expr.sort == "ip":
        return addresses.ip_under(left, right)
    return (_path_under if expr.sort == "path" else _host_under)(expr, left, right)


def _path_under(expr: ir.Under, left: str, right: str) -> Any:
    for text, operand in ((left, expr.left), (right, expr.right)):
        if addresses.path_parts(text) is None:
            return unknown(missing.undecidable(path(operand)))
    return addresses.path_under(left, right)


def _host_under(expr: ir.Under, left: str, right: str) -> Any:
    of_url = getattr(expr.left, "type", None) == URL
    host = addresses.url_host(left) if of_url else addresses.normal_host(left)
    if host is None:
        return unknown(missing.undecidable(path(expr.left)))
    domain = addresses.normal_host(right)
    if domain is None:
        return unknown(missing.undecidable(path(expr.right)))
    return addresses.host_under(host, domain)


def _quantified(expr: ir.Quantified, scene: Scene) -> Any:
    items = evaluate(expr.set, scene)
    if type(items) is Unknown:
        return items
    values = (evaluate(expr.body, scene.binding(expr.var, item)) for item in items)
    return settled(values, expr.quantifier == "any")


_BY_SORT: dict[type, Callable[[Any, Scene], Any]] = {
    ir.Const: lambda e, s: constant(e),
    ir.ConstSet: lambda e, s: frozenset(constant(item) for item in e.items),
    ir.ResourceConst: lambda e, s: (e.resource_type, e.id),
    ir.Root: _root,
    ir.Var: lambda e, s: s.variables[e.name],
    ir.Attr: _attr,
    ir.Identity: _identity,
    ir.EventField: _event_field,
    ir.Parent: _parent,
    ir.HasParent: _has_parent,
    ir.Has: _has,
    ir.Not: lambda e, s: opposite(evaluate(e.operand, s)),
    ir.And: lambda e, s: settled((evaluate(o, s) for o in e.operands), False),
    ir.Or: lambda e, s: settled((evaluate(o, s) for o in e.operands), True),
    ir.Compare: _strict(("left", "right"), lambda e, s, a, b: _OPERATORS[e.op](a, b)),
    ir.Arith: _strict(("left", "right"), lambda e, s, a, b: _OPERATORS[e.op](a, b)),
    ir.In: _strict(("item", "set"), lambda e, s, item, items: item in items),
    ir.ContainsText: _strict(("text", "part"), lambda e, s, text, part: part in text),
    ir.InRole: _in_role,
    ir.IsKind: _is_kind,
    ir.Like: _strict(("text", "pattern"), lambda e, s, a, b: addresses.like(a, b)),
    ir.Under: _strict(("left", "right"), _is_under),
    ir.Quantified: _quantified,
    ir.Size: _strict(("operand",), lambda e, s, value: len(value)),
    ir.Blast: _strict(("operand",), lambda e, s, key: s.case.blast(key)),
    ir.SessionSaw: lambda e, s: e.label in s.case.request.labels,
    ir.Formerly: lambda e, s: trace.formerly(e, s),
    ir.Previous: lambda e, s: trace.previous(e, s),
    ir.Since: lambda e, s: trace.since(e, s),
    ir.Aggregate: lambda e, s: trace.aggregate(e, s),
}
