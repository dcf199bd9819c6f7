"""Lowers what is said of known principals and resources, and the values given in tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from policylang.diagnostics.diagnostic import Label
from policylang.diagnostics.span import Span
from policylang.diagnostics.suggest import did_you_mean
from policylang.ir.program import EntityDecl, Fact, PrincipalDecl
from policylang.language import nodes
from policylang.model.types import Field
from policylang.semantics.collect import text_of
from policylang.semantics.cycles import find_cycles
from policylang.semantics.literals import constant
from policylang.semantics.names import Here
from policylang.semantics.places import Places
from policylang.semantics.schema import Schema
from policylang.semantics.scopes import lower_resource

_CODES = {"attribute": "P0203", "parameter": "P0204", "key": "P0205"}


def principals(schema: Schema, places: Places) -> tuple[PrincipalDecl, ...]:
    return tuple(
        _principal(schema, found.here, found.node, places)
        for found in schema.names.all("principal")
    )


def entities(schema: Schema, places: Places) -> tuple[EntityDecl, ...]:
    lowered = []
    heres: dict[str, tuple[Here, Span]] = {}
    for found in schema.names.all("entity"):
        places.put("entity", found.name, found.here.source, found.span)
        entity = lower_entity(schema, found.here, found.node)
        if entity is not None:
            lowered.append(entity)
            heres[found.name] = (found.here, found.span)
    report_cycles(lowered, heres)
    return tuple(lowered)


def report_cycles(found: Sequence[EntityDecl], heres: Mapping[str, tuple[Here, Span]]) -> None:
    """A resource cannot contain itself, not even through others.

    `heres`: where those stand that are looked at; a cycle of the others alone is known already.
    """
    if not heres:
        return
    edges: dict[str, list[str]] = {}
    for entity in found:
        parents = edges.setdefault(_key(entity.resource_type, entity.id), [])
        parents.extend(_key(p.resource_type, p.id) for p in entity.parents)
    for found_cycle in find_cycles(edges):
        at = next((i for i, name in enumerate(found_cycle) if name in heres), None)
        if at is None:
            continue
        cycle = (*found_cycle[at:], *found_cycle[:at])
        here, span = heres[cycle[0]]
        here.error(
            "P0112",
            f"`{cycle[0]}` is contained in itself",
            span,
            label="part of a cycle",
            help=" in ".join(f"`{name}`" for name in (*cycle, cycle[0])),
            labels=tuple(
                Label(heres[name][0].source, heres[name][1], "through this")
                for name in cycle[1:]
                if name in heres
            ),
        )


def lower_entity(schema: Schema, here: Here, node: nodes.EntityDecl) -> EntityDecl | None:
    resource = lower_resource(here, node.resource)
    parents = [(parent, lower_resource(here, parent)) for parent in node.parents]
    if resource is None:
        return None
    for parent, lowered in parents:
        if lowered is not None:
            _check_parent(schema, here, resource.resource_type, parent)
    owner = Owner.of_type(schema, resource.resource_type)
    attributes = lower_facts(schema, here, node.attributes, owner)
    direct = {lowered for _, lowered in parents if lowered is not None}
    ordered = sorted(direct, key=lambda p: (p.resource_type, p.id))
    return EntityDecl(resource.resource_type, resource.id, tuple(ordered), attributes, node.doc)


def _check_parent(schema: Schema, here: Here, type_name: str, parent: nodes.ResourceName) -> None:
    allowed = schema.types[type_name].parents
    if parent.type.text in allowed:
        return
    here.error(
        "P0311",
        f"a `{type_name}` is not contained in a `{parent.type.text}`",
        parent.span,
        label="not a parent that is declared",
        help=f"declare it: `resource {type_name} in {', '.join((*allowed, parent.type.text))}`",
    )


class Owner(Struct, frozen=True, eq=False):
    """What has attributes or parameters: its key in `Schema.partial`, its name in a message."""

    key: str
    shown: str
    sort: str
    fields: Mapping[str, Field]

    @classmethod
    def of_type(cls, schema: Schema, name: str) -> Owner:
        return cls(name, f"`{name}`", "attribute", schema.fields[name])

    @classmethod
    def of_operation(cls, schema: Schema, type_name: str, name: str) -> Owner:
        parameters = {p.name: p for p in schema.operations[type_name, name].parameters}
        return cls(f"{type_name}.{name}", f"`{name}`", "parameter", parameters)


def lower_facts(
    schema: Schema, here: Here, pairs: Iterable[nodes.Pair], owner: Owner
) -> tuple[Fact, ...]:
    """Values given to attributes or parameters, sorted by name."""
    facts: dict[str, Fact] = {}
    first: dict[str, nodes.Pair] = {}
    for pair in pairs:
        name = pair.name.text
        again = first.setdefault(name, pair)
        if again is not pair:
            here.error(
                "P0110",
                f"`{name}` is given twice",
                pair.name.span,
                label="again",
                labels=(Label(here.source, again.name.span, "first here"),),
            )
            continue
        field = owner.fields.get(name)
        if field is None:
            _report_unknown(schema, here, pair.name, owner)
            continue
        value = constant(here, pair.value, field.type)
        if value is not None:
            facts[name] = Fact(name, value)
    return tuple(facts[name] for name in sorted(facts))


def _report_unknown(schema: Schema, here: Here, name: nodes.Name, owner: Owner) -> None:
    if schema.misses([owner.key], name.text) or here.may_be_lost(name.text):
        return
    here.error(
        _CODES[owner.sort],
        f"`{name.text}` is not {_article(owner.sort)} of {owner.shown}",
        name.span,
        label="not found",
        help=did_you_mean(name.text, owner.fields),
    )


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _principal(
    schema: Schema, here: Here, node: nodes.PrincipalDecl, places: Places
) -> PrincipalDecl:
    id_ = text_of(node.id)
    places.put("principal", id_, here.source, node.id.span)
    roles = sorted({role.text for role in node.roles if here.find("role", role)})
    owner = Owner("principal", "principals", "attribute", schema.principal)
    attributes = lower_facts(schema, here, node.attributes, owner)
    return PrincipalDecl(id_, node.kind, tuple(roles), attributes, node.doc)


def _key(type_name: str, id_: str) -> str:
    return f'{type_name} "{id_}"'
