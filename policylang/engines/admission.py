"""Whether a request speaks the policy's language at all.

A request that names what the policy does not declare, or that contradicts a known kind, is denied
before any rule is asked. Every engine asks this, the fast ones only where something looks odd.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from policylang.ir.program import Operation, Program
from policylang.model import missing
from policylang.model.facts import Facts
from policylang.model.request import Event, Principal, Request, Resource
from policylang.model.types import TIME, Field
from policylang.model.values import INVALID, coerce

REQUEST = "request"
"""What an error of the request itself has in place of a rule's id."""


class Schema:
    """A program's declarations by name. No waiver lifts a floor on a `built_in` type."""

    def __init__(self, program: Program) -> None:
        self.operations = {(o.name, o.resource_type): o for o in program.operations}
        self.built_in = frozenset(t.name for t in program.resource_types if t.builtin)
        self.types = {t.name: {f.name: f for f in t.attributes} for t in program.resource_types}
        self.parameters = {
            key: {f.name: f for f in operation.parameters}
            for key, operation in self.operations.items()
        }
        self.principal = {f.name: f for f in program.principal_attributes}
        self.context = {"time": Field("time", TIME), **{f.name: f for f in program.context}}
        self.signals = {f.name: f for f in program.signals}
        self.labels = frozenset(program.labels)
        self.roles = {role.name: frozenset(role.ancestors) for role in program.roles}
        self.risks = {risk.name: risk for risk in program.risks}
        self._program = program

    @cached_property
    def operation_names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.operations)


def admission_errors(schema: Schema, facts: Facts, request: Request) -> tuple[str, ...]:
    """Everything in the request that the policy does not know, sorted; empty where all is well."""
    found: set[str] = set()
    for principal in (request.principal, *request.on_behalf_of):
        found.update(_principal(schema, facts, principal))
    if request.action is None:
        found.update(_action(schema, request))
    found.update(_undeclared(request.context, schema.context, "a key of `context`"))
    found.update(_undeclared(request.signals, schema.signals, "a signal"))
    found.update(_undeclared(request.labels, schema.labels, "a label"))
    for event in request.history:
        found.update(_event(schema, event))
    return tuple(sorted(found))


def told_resources(resource: Resource) -> Iterator[Resource]:
    """The resource and everything that the request says contains it."""
    pending = [resource]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(current.parents)


def _action(schema: Schema, request: Request) -> Iterator[str]:
    yield from _operation(schema, request.operation, request.resource, request.args)
    told: dict[tuple[str, str, str], Any] = {}
    for resource in told_resources(request.resource):
        yield from _resource(schema, resource)
        for name, value in resource.attributes.items():
            first = told.setdefault((resource.type, resource.id, name), value)
            if type(first) is not type(value) or first != value:
                yield missing.told_twice(resource.type, resource.id, name)


def _operation(
    schema: Schema, name: str, resource: Resource, args: Mapping[str, Any]
) -> Iterator[str]:
    operation: Operation | None = schema.operations.get((name, resource.type))
    if operation is not None:
        declared = schema.parameters[name, resource.type]
        yield from _undeclared(args, declared, f"an argument of `{name}`")
    elif resource.type in schema.types:
        yield missing.undeclared(name, f"an operation on `{resource.type}`")
    elif name not in schema.operation_names:
        yield missing.undeclared(name, "an operation")


def _resource(schema: Schema, resource: Resource) -> Iterator[str]:
    attributes = schema.types.get(resource.type)
    if attributes is None:
        yield missing.undeclared(resource.type, "a type of resource")
    else:
        what = f"an attribute of `{resource.type}`"
        yield from _undeclared(resource.attributes, attributes, what)


def _principal(schema: Schema, facts: Facts, principal: Principal) -> Iterator[str]:
    yield from _undeclared(principal.attributes, schema.principal, "an attribute of principals")
    known = facts.principals.get(principal.id)
    if known is None or known.kind is None or principal.kind in (None, known.kind):
        return
    yield missing.contradicted(principal.id, known.kind, str(principal.kind))


def _event(schema: Schema, event: Event) -> Iterator[str]:
    yield from _operation(schema, event.operation, event.resource, event.args)
    for resource in told_resources(event.resource):
        yield from _resource(schema, resource)
    for principal in (event.principal, *event.on_behalf_of):
        what = "an attribute of principals"
        yield from _undeclared(principal.attributes, schema.principal, what)
    if coerce(TIME, event.time) is INVALID:
        yield "an event in `history` has no time in the form of RFC 3339"


def _undeclared(names: Iterable[str], declared: Any, what: str) -> Iterator[str]:
    return (missing.undeclared(name, what) for name in names if name not in declared)
