"""Lowers `test` declarations: what is given, what is asked, and what is expected."""

from __future__ import annotations

from collections.abc import Sequence

from policylang.diagnostics.span import Span
from policylang.ir.expressions import ResourceConst
from policylang.ir.program import Actor, EntityDecl, Expected, Fact, GivenEvent, TestCase
from policylang.language import nodes
from policylang.semantics.approvals import said, window
from policylang.semantics.facts import Owner, lower_entity, lower_facts, report_cycles
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


def lower_test(
    schema: Schema, here: Here, node: nodes.TestDecl, declared: Sequence[EntityDecl]
) -> TestCase:
    """`declared`: the entities of the policy, which a test's own add to."""
    given = _Given()
    for each in node.givens:
        _give(schema, here, each, given)
    report_cycles([*declared, *given.entities], given.heres)
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
        into, owner = given.signals, Owner("signal", "signals", "attribute", schema.signals)
    else:
        into, owner = given.context, Owner("context", "`context`", "key", schema.context)
    pair = nodes.Pair(node.span, node.name, node.value)
    for fact in lower_facts(schema, here, [pair], owner):
        if fact.name in into:
            here.error(
                "P0110", f"`{fact.name}` is given twice", node.name.span, label="again", help=""
            )
        into[fact.name] = fact


def _event(schema: Schema, here: Here, node: nodes.GivenEvent) -> GivenEvent | None:
    resource = lower_resource(here, node.resource)
    by = here.find("principal", node.by)
    ago = window(here, node.ago, least=0)
    if resource is None:
        return None
    if not check_operation(schema, here, node.operation, [resource.resource_type]):
        return None
    owner = Owner.of_operation(schema, resource.resource_type, node.operation.text)
    args = lower_facts(schema, here, node.args, owner)
    if by is None:
        return None
    return GivenEvent(node.outcome.text, node.operation.text, resource, args, by.name, ago)


def _of_request(
    schema: Schema, here: Here, node: nodes.TestRequest, resource: ResourceConst | None
) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    if resource is None:
        return (), ()
    type_name, operation = resource.resource_type, node.operation.text
    attributes = lower_facts(schema, here, node.attributes, Owner.of_type(schema, type_name))
    if not check_operation(schema, here, node.operation, [type_name]):
        return (), attributes
    owner = Owner.of_operation(schema, type_name, operation)
    return lower_facts(schema, here, node.args, owner), attributes


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
