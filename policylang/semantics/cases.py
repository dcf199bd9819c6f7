"""Lowers `test` declarations: what is given, what is asked, and what is expected."""

from __future__ import annotations

from policylang.diagnostics.span import Span
from policylang.ir.expressions import ResourceConst
from policylang.ir.program import Actor, EntityDecl, Expected, Fact, GivenEvent, TestCase
from policylang.language import nodes
from policylang.model.types import Field
from policylang.semantics.approvals import said, window
from policylang.semantics.facts import lower_entity, lower_facts, report_cycles
from policylang.semantics.names import Here
from policylang.semantics.schema import Schema
from policylang.semantics.scopes import check_operation, lower_resource

_NOWHERE = ResourceConst("", "")


class _Given:
    """What a test's `given`s come to."""

    def __init__(self) -> None:
        self.entities: list[EntityDecl] = []
        self.heres: dict[str, tuple[Here, Span]] = {}
        self.labels: set[str] = set()
        self.signals: dict[str, Fact] = {}
        self.context: dict[str, Fact] = {}
        self.events: list[GivenEvent] = []


def lower_test(schema: Schema, here: Here, node: nodes.TestDecl) -> TestCase:
    given = _Given()
    for each in node.givens:
        _give(schema, here, each, given)
    report_cycles(given.entities, given.heres)
    request = node.request
    resource = lower_resource(here, request.resource)
    args, attributes = _of_request(schema, here, request, resource)
    return TestCase(
        node.name.value,
        here.module,
        tuple(given.entities),
        tuple(sorted(given.labels)),
        tuple(given.signals[name] for name in sorted(given.signals)),
        tuple(given.context[name] for name in sorted(given.context)),
        tuple(given.events),
        tuple(_actor(here, actor) for actor in request.actors),
        request.operation.text,
        args,
        resource or _NOWHERE,
        lower_resource(here, request.under) if request.under else None,
        attributes,
        _expected(here, node.expected),
        here.source.at(node.span),
    )


def _give(schema: Schema, here: Here, node: nodes.GivenNode, given: _Given) -> None:
    match node:
        case nodes.GivenEntity(entity=entity):
            lowered = lower_entity(schema, here, entity)
            if lowered is not None:
                given.entities.append(lowered)
                key = f'{lowered.resource_type} "{lowered.id}"'
                given.heres[key] = (here, entity.resource.span)
        case nodes.GivenSaw(label=label):
            if here.find("label", label):
                given.labels.add(label.text)
        case nodes.GivenValue():
            _value(schema, here, node, given)
        case nodes.GivenEvent():
            event = _event(schema, here, node)
            if event is not None:
                given.events.append(event)


def _value(schema: Schema, here: Here, node: nodes.GivenValue, given: _Given) -> None:
    if node.sort == "signal":
        if here.find("signal", node.name) is None:
            return
        table, into, owner = schema.signals, given.signals, "signal"
    else:
        table, into, owner = schema.context, given.context, "`context`"
    pair = nodes.Pair(node.span, node.name, node.value)
    partial = ("signal" if node.sort == "signal" else "context") in schema.partial
    for fact in lower_facts(here, [pair], table, owner, "context key", partial=partial):
        if fact.name in into:
            here.error(
                "P0110", f"`{fact.name}` is given twice", node.name.span, label="again", help=""
            )
        into[fact.name] = fact


def _event(schema: Schema, here: Here, node: nodes.GivenEvent) -> GivenEvent | None:
    resource = lower_resource(here, node.resource)
    by = here.find("principal", node.by)
    ago = window(here, node.ago)
    if resource is None:
        return None
    if not check_operation(schema, here, node.operation, [resource.resource_type]):
        return None
    args = lower_facts(
        here,
        node.args,
        _parameters(schema, resource.resource_type, node.operation.text),
        f"`{node.operation.text}`",
        "parameter",
        partial=f"{resource.resource_type}.{node.operation.text}" in schema.partial,
    )
    if by is None:
        return None
    return GivenEvent(node.outcome.text, node.operation.text, resource, args, by.name, ago)


def _parameters(schema: Schema, type_name: str, operation: str) -> dict[str, Field]:
    return {p.name: p for p in schema.operations[type_name, operation].parameters}


def _of_request(
    schema: Schema, here: Here, node: nodes.TestRequest, resource: ResourceConst | None
) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    if resource is None:
        return (), ()
    type_name, operation = resource.resource_type, node.operation.text
    attributes = lower_facts(
        here,
        node.attributes,
        schema.fields[type_name],
        f"`{type_name}`",
        "attribute",
        partial=type_name in schema.partial,
    )
    if not check_operation(schema, here, node.operation, [type_name]):
        return (), attributes
    args = lower_facts(
        here,
        node.args,
        _parameters(schema, type_name, operation),
        f"`{operation}`",
        "parameter",
        partial=f"{type_name}.{operation}" in schema.partial,
    )
    return args, attributes


def _actor(here: Here, node: nodes.ActorNode) -> Actor:
    if isinstance(node.id, nodes.Name):
        here.find("principal", node.id)
        return Actor(node.id.text, node.kind)
    roles = sorted({role.text for role in node.roles if here.find("role", role)})
    return Actor(node.id.value, node.kind, tuple(roles))


def _expected(here: Here, node: nodes.VerdictNode) -> Expected:
    if node.verdict != "require_approval":
        return Expected(node.verdict)
    told = said(here, node.approval)
    return Expected(node.verdict, told.roles, told.quorum, told.within)
