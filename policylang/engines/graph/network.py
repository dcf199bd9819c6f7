"""Builds the networkx graph: everything that is named, and why one thing leads to another.

Nodes are tuples whose first part is the sort: `("principal", id)`, `("role", name)`, `("kind",
"agent")`, `("kind", "anyone")`, `("operation", "Type.name")`, `("type", name)`, `("resource", type,
id)`, `("risk", name)`, `("gate", text)`, and `("scope", text)` for a scope that covers many
operations. Every node has `sort`, `label`, `detail` and `doc`; every edge `sort`, and where a rule
makes it `rule`, `effect`, `condition`, `because` and `place`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import networkx as nx

from policylang.engines.graph.findings import Statement, Table
from policylang.engines.graph.scopes import what_covers
from policylang.engines.graph.wording import (
    requirement_text,
    ruling_text,
    what_text,
    where_text,
    who_text,
)
from policylang.ir.expressions import What, Where, Who, WhoAnyone, WhoId, WhoKind, WhoRole
from policylang.ir.program import Operation, Program, Risk, Ruling

if TYPE_CHECKING:
    from policylang.engines.graph.permissions import PermissionGraph

Node = tuple[str, ...]
Network: TypeAlias = "nx.MultiDiGraph[Any]"
_SPREAD = 24
"""A scope that covers more operations than this gets a node of its own, shared by its rules."""


def build(graph: PermissionGraph) -> Network:
    """Everything that the program and the facts name."""
    network: Network = nx.MultiDiGraph()
    _add_people(network, graph)
    _add_types(network, graph.program)
    _add_resources(network, graph)
    _add_risks(network, graph.program)
    _add_rules(network, graph.program, graph.table)
    return network


def _node(network: Network, node: Node, label: str, detail: str = "", doc: str = "") -> Node:
    network.add_node(node, sort=node[0], label=label, detail=detail, doc=doc)
    return node


def _add_people(network: Network, graph: PermissionGraph) -> None:
    for role in graph.program.roles:
        _node(network, ("role", role.name), role.name, doc=role.doc)
    for role in graph.program.roles:
        for parent in role.parents:
            network.add_edge(("role", role.name), ("role", parent), sort="member-of")
    docs = {principal.id: principal.doc for principal in graph.program.principals}
    direct = {p.id: p.roles for p in graph.program.principals}
    for id_ in graph.subjects.ids:
        known = graph.facts.principals.get(id_)
        kind = graph.subjects.principal(id_).kind or "kind unknown"
        node = _node(network, ("principal", id_), id_, kind, docs.get(id_, ""))
        said = known.roles if known is not None and known.roles is not None else ()
        for name in direct.get(id_, said):
            if ("role", name) in network:
                network.add_edge(node, ("role", name), sort="member-of")


def _add_types(network: Network, program: Program) -> None:
    for type_ in program.resource_types:
        detail = "built in" if type_.builtin else ""
        _node(network, ("type", type_.name), type_.name, detail, type_.doc)
    for type_ in program.resource_types:
        for parent in type_.parents:
            network.add_edge(("type", type_.name), ("type", parent), sort="contained-in")


def _add_resources(network: Network, graph: PermissionGraph) -> None:
    docs = {(e.resource_type, e.id): e.doc for e in graph.program.entities}
    for key in sorted(graph.facts.resources):
        node = _node(network, ("resource", *key), key[1], key[0], docs.get(key, ""))
        if ("type", key[0]) in network:
            network.add_edge(node, ("type", key[0]), sort="is-a")
    for key, resource in sorted(graph.facts.resources.items(), key=lambda item: item[0]):
        for parent in sorted(resource.parents):
            network.add_edge(("resource", *key), ("resource", *parent), sort="contained-in")


def _add_risks(network: Network, program: Program) -> None:
    for risk in program.risks:
        _node(network, ("risk", risk.name), risk.name, risk.mode, risk.doc)
        for ruling, whom in _floors(risk):
            gate = _gate(network, ruling, whom)
            edge = {"rule": f"floor:{risk.name}", "effect": ruling.verdict}
            network.add_edge(("risk", risk.name), gate, sort="gated-by", **edge)
    for operation in program.operations:
        _add_operation(network, operation)


def _floors(risk: Risk) -> Iterator[tuple[Ruling, str]]:
    if risk.floor.verdict != "allow":
        yield risk.floor, ""
    if risk.agent_floor is not None and risk.agent_floor.verdict != "allow":
        yield risk.agent_floor, " for agents"


def _gate(network: Network, ruling: Ruling, whom: str = "") -> Node:
    text = ruling_text(ruling) + whom
    return _node(network, ("gate", text), text, ruling.verdict)


def _add_operation(network: Network, operation: Operation) -> None:
    node = operation_node(operation)
    _node(network, node, operation.name, operation.mode, operation.doc)
    network.add_edge(node, ("type", operation.resource_type), sort="on")
    for risk in operation.risks:
        network.add_edge(node, ("risk", risk), sort="has-risk")
    for role in operation.confers:
        network.add_edge(node, ("role", role), sort="confers")


def memberships(network: Network) -> nx.DiGraph[Any]:
    """Principals and roles with their `member-of` edges alone."""
    edges: Iterable[tuple[Node, Node, str]] = network.edges(data="sort")
    return nx.DiGraph((a, b) for a, b, sort in edges if sort == "member-of")


def operation_node(operation: Operation) -> Node:
    return ("operation", f"{operation.resource_type}.{operation.name}")


def _add_rules(network: Network, program: Program, table: Table) -> None:
    scopes: dict[tuple[tuple[What, ...], tuple[Where, ...]], list[Node]] = {}
    for statement in table.statements:
        scope = (statement.what, tuple(Where(where.type) for where in statement.where))
        if scope not in scopes:
            scopes[scope] = _scope_nodes(network, program, *scope)
        _add_rule(network, statement, scopes[scope])


def _scope_nodes(
    network: Network, program: Program, what: tuple[What, ...], where: tuple[Where, ...]
) -> list[Node]:
    """The operations of a scope, or where they are many the one node that stands for them."""
    types = {one.type for one in where}
    covered = [
        operation_node(operation)
        for operation in program.operations
        if (None in types or operation.resource_type in types) and what_covers(what, operation)
    ]
    if len(covered) <= _SPREAD:
        return covered
    text = f"{', '.join(map(what_text, what))} on {', '.join(map(where_text, where))}"
    node = _node(network, ("scope", text), text, f"{len(covered)} operations")
    network.add_edges_from((node, operation, {"sort": "covers"}) for operation in covered)
    return [node]


def _add_rule(network: Network, statement: Statement, targets: list[Node]) -> None:
    about = {
        "sort": "may",
        "rule": statement.id,
        "effect": statement.effect,
        "condition": " ".join([*_narrowed(statement), *statement.clauses]),
        "because": statement.because,
        "place": statement.at,
        "text": statement.text,
    }
    for who in statement.who:
        source = who_node(who)
        if source not in network:
            _node(network, source, who_text(who))
        network.add_edges_from((source, target, about) for target in targets)
    if statement.requirement is not None:
        ruling = Ruling("require_approval", statement.requirement)
        gate = _gate(network, ruling)
        gated = {
            **about,
            "sort": "gated-by",
            "requirement": requirement_text(statement.requirement),
        }
        network.add_edges_from((target, gate, gated) for target in targets)


def _narrowed(statement: Statement) -> list[str]:
    """Where a rule names resources, they are a condition of its edges to operations."""
    narrow = [where for where in statement.where if where.id is not None or where.under is not None]
    if not narrow:
        return []
    return ["on " + ", ".join(map(where_text, statement.where))]


def who_node(who: Who) -> Node:
    match who:
        case WhoAnyone():
            return ("kind", "anyone")
        case WhoKind(kind):
            return ("kind", kind)
        case WhoRole(role):
            return ("role", role)
        case WhoId(name):
            return ("principal", name)
