"""Lowers what is declared (risks, roles, types, operations, …) into the schema."""

from __future__ import annotations

from collections.abc import Iterable

from policylang.diagnostics.diagnostic import Label
from policylang.ir.program import Operation, ResourceType, Risk, Role, Ruling
from policylang.language import nodes
from policylang.model.types import Field
from policylang.semantics.approvals import ruling
from policylang.semantics.cycles import find_cycles
from policylang.semantics.literals import constant, wire
from policylang.semantics.modules import reachable
from policylang.semantics.names import Declared, Here, Names
from policylang.semantics.places import Places
from policylang.semantics.schema import Schema, snake_case
from policylang.semantics.type_names import resolve_type


def declare(names: Names, places: Places) -> Schema:
    """The schema of all modules. What is wrong in it is reported, and left out."""
    schema = Schema(names)
    _risks(schema, places)
    _roles(schema, places)
    _types(schema, places)
    _attributes(schema, places)
    for found in names.all("label"):
        schema.labels.add(found.name)
        places.put("label", found.name, found.here.source, found.span)
    _operations(schema, places)
    return schema


def _risks(schema: Schema, places: Places) -> None:
    for found in schema.names.all("risk"):
        node: nodes.RiskDecl = found.node
        places.put("risk", found.name, found.here.source, found.span)
        default = ruling(found.here, node.default) if node.default else Ruling("deny")
        floor, for_agents = _floors(found.here, node)
        schema.risks[found.name] = Risk(
            found.name, node.mode, default, floor or Ruling("allow"), for_agents, node.doc
        )


def _floors(here: Here, node: nodes.RiskDecl) -> tuple[Ruling | None, Ruling | None]:
    said: dict[bool, Ruling] = {}
    for verdict, for_agents in node.floors:
        lowered = ruling(here, verdict)
        if for_agents in said:
            here.error(
                "P0302",
                f"the floor of `{node.name.text}`{' for agents' * for_agents} is said twice",
                verdict.span,
                label="again",
                help="keep one of them",
            )
        said.setdefault(for_agents, lowered)
    return said.get(False), said.get(True)


def _roles(schema: Schema, places: Places) -> None:
    parents: dict[str, list[str]] = {}
    for found in schema.names.all("role"):
        places.put("role", found.name, found.here.source, found.span)
        node: nodes.RoleDecl = found.node
        parents[found.name] = [p.text for p in node.parents if found.here.find("role", p)]
    _report_role_cycles(schema.names, parents)
    edges = {name: set(above) for name, above in parents.items()}
    for found in schema.names.all("role"):
        schema.roles[found.name] = Role(
            found.name,
            tuple(sorted(set(parents[found.name]))),
            tuple(sorted(reachable(edges, [found.name]))),
            found.node.doc,
        )


def _report_role_cycles(names: Names, parents: dict[str, list[str]]) -> None:
    for cycle in find_cycles(parents):
        found = names.get("role", cycle[0])
        if found is None:
            continue
        found.here.error(
            "P0111",
            f"the role `{cycle[0]}` is nested in itself",
            found.span,
            label="part of a cycle",
            help=" in ".join(f"`{name}`" for name in (*cycle, cycle[0])),
            labels=_labels_of(names, "role", cycle[1:]),
        )


def _labels_of(names: Names, sort: str, members: Iterable[str]) -> tuple[Label, ...]:
    found = [names.get(sort, member) for member in members]  # type: ignore[arg-type]
    return tuple(Label(f.here.source, f.span, "through this") for f in found if f)


def _types(schema: Schema, places: Places) -> None:
    for found in schema.names.all("type"):
        places.put("type", found.name, found.here.source, found.span)
        schema.types[found.name] = _type(schema, found, places)


def _type(schema: Schema, found: Declared, places: Places) -> ResourceType:
    node: nodes.ResourceDecl = found.node
    known = [p for p in node.parents if found.here.find("type", p)]
    seen: dict[str, nodes.Name] = {}
    for parent in known:
        first = seen.setdefault(snake_case(parent.text), parent)
        if first is not parent:
            found.here.error(
                "P0110",
                f"`{found.name}` has two parents that are read as `{snake_case(parent.text)}`",
                parent.span,
                label="again",
                labels=(Label(found.here.source, first.span, "first here"),),
            )
    for parent in node.parents:
        if parent not in known:
            schema.partial.add(f"{found.name}.{snake_case(parent.text)}")
    attributes = fields(schema, found.here, node.fields, found.name)
    for field in node.fields:
        place = f"{found.name}.{field.name.text}"
        places.put("attribute", place, found.here.source, field.name.span)
    parents = tuple(sorted({p.text for p in known}))
    return ResourceType(found.name, parents, attributes, found.here.builtin, node.doc)


def fields(
    schema: Schema, here: Here, written: tuple[nodes.Field, ...], owner: str
) -> tuple[Field, ...]:
    """Attributes or parameters, sorted by name."""
    lowered: dict[str, Field] = {}
    first: dict[str, nodes.Field] = {}
    for node in written:
        again = first.setdefault(node.name.text, node)
        if again is not node:
            here.error(
                "P0110",
                f"`{node.name.text}` is declared twice in `{owner.rsplit('.')[-1]}`",
                node.name.span,
                label="declared again",
                labels=(Label(here.source, again.name.span, "first declared here"),),
            )
            continue
        field = lower_field(here, node)
        if field is None:
            schema.partial.add(f"{owner}.{node.name.text}")
        else:
            lowered[field.name] = field
    return tuple(lowered[name] for name in sorted(lowered))


def lower_field(here: Here, node: nodes.Field) -> Field | None:
    type_, optional = resolve_type(here, node.type)
    if type_ is None:
        return None
    default = None
    if node.default is not None:
        value = constant(here, node.default, type_)
        default = None if value is None else wire(value)
    return Field(node.name.text, type_, optional, default, node.doc)


def _attributes(schema: Schema, places: Places) -> None:
    for found in schema.names.all("attribute of principals"):
        field = lower_field(found.here, found.node)
        places.put("attribute", f"principal.{found.name}", found.here.source, found.span)
        if field is None:
            schema.partial.add(f"principal.{found.name}")
        else:
            schema.principal[found.name] = field
    for found in schema.names.all("context key"):
        field = lower_field(found.here, found.node)
        places.put("context", found.name, found.here.source, found.span)
        if field is None:
            schema.partial.add(f"context.{found.name}")
        else:
            schema.context[found.name] = field
    for found in schema.names.all("signal"):
        _signal(schema, found, places)


def _signal(schema: Schema, found: Declared, places: Places) -> None:
    node: nodes.SignalDecl = found.node
    places.put("signal", found.name, found.here.source, found.span)
    type_, optional = resolve_type(found.here, node.type)
    if type_ is None:
        schema.partial.add(f"signal.{found.name}")
    else:
        schema.signals[found.name] = Field(found.name, type_, optional, None, node.doc)


def _operations(schema: Schema, places: Places) -> None:
    for found in schema.names.all("operation"):
        declaration: nodes.OperationDecl
        signature: nodes.OperationSig
        declaration, signature, type_name = found.node
        if found.here.find("type", type_name) is None:
            schema.partial.add(f"*.{signature.name.text}")
            continue
        places.put("operation", found.name, found.here.source, found.span)
        key = (type_name.text, signature.name.text)
        schema.operations[key] = _operation(schema, found, declaration, signature, type_name.text)


def _operation(
    schema: Schema,
    found: Declared,
    declaration: nodes.OperationDecl,
    signature: nodes.OperationSig,
    type_name: str,
) -> Operation:
    here = found.here
    risks = sorted({r.text for r in declaration.risks if here.find("risk", r)})
    deterministic = any(schema.risks[risk].mode == "deterministic" for risk in risks)
    return Operation(
        signature.name.text,
        type_name,
        fields(schema, here, signature.parameters, found.name),
        tuple(risks),
        "deterministic" if deterministic or not risks else "adaptive",
        _effects(here, declaration, "taints", "label"),
        _effects(here, declaration, "confers", "role"),
        _reversible(schema, found, declaration, type_name),
        declaration.doc,
    )


def _effects(here: Here, node: nodes.OperationDecl, sort: str, names: str) -> tuple[str, ...]:
    named = (effect.name for effect in node.effects if effect.sort == sort)
    return tuple(sorted({name.text for name in named if here.find(names, name)}))  # type: ignore[arg-type]


def _reversible(
    schema: Schema, found: Declared, node: nodes.OperationDecl, type_name: str
) -> str | None:
    said = [effect for effect in node.effects if effect.sort == "reversible"]
    for again in said[1:]:
        found.here.error(
            "P0302", "`reversible by` is said twice", again.span, label="again", help="keep one"
        )
    for effect in said[:1]:
        name = effect.name
        if schema.names.get("operation", f"{type_name}.{name.text}"):
            return name.text
        if not found.here.may_be_lost(name.text):
            found.here.error(
                "P0105",
                f"`{name.text}` is not an operation on `{type_name}`",
                name.span,
                label="not found",
                help=f"what reverses an operation is one on the same type: declare "
                f"`operation {name.text} on {type_name}`",
            )
    return None
