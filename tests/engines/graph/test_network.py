"""The networkx graph, and its JSON, Mermaid and DOT."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import networkx as nx
import pytest

from policylang.engines.graph import PermissionGraph
from policylang.ir.expressions import WhatAnything, WhoAnyone
from policylang.ir.program import ResourceType
from policylang.model.facts import Facts
from tests.engines.graph.large import large
from tests.engines.graph.story import FACTS, STORY, operation, program, rule
from tests.engines.graph.test_drawing import EVIL, evil_graph

GRAPH = PermissionGraph(STORY, FACTS)


def edges(sort: str) -> list[tuple[tuple[str, ...], tuple[str, ...], dict[str, str]]]:
    return [(a, b, told) for a, b, told in GRAPH.network.edges(data=True) if told["sort"] == sort]


def test_every_sort_of_node_is_there() -> None:
    sorts = {node[0] for node in GRAPH.network.nodes}
    wanted = {"principal", "role", "kind", "operation", "type", "resource", "risk", "gate"}
    assert sorts == wanted


def test_every_sort_of_edge_is_there() -> None:
    found = {(told["sort"], a[0], b[0]) for a, b, told in GRAPH.network.edges(data=True)}
    assert {
        ("member-of", "principal", "role"),
        ("member-of", "role", "role"),
        ("may", "role", "operation"),
        ("may", "kind", "operation"),
        ("may", "principal", "operation"),
        ("on", "operation", "type"),
        ("contained-in", "resource", "resource"),
        ("contained-in", "type", "type"),
        ("has-risk", "operation", "risk"),
        ("gated-by", "risk", "gate"),
        ("gated-by", "operation", "gate"),
        ("confers", "operation", "role"),
    } <= found


def test_an_edge_of_a_rule_carries_rule_effect_condition_and_place() -> None:
    deploy = ("operation", "Environment.deploy")
    told = next(t for a, b, t in edges("may") if (a, b) == (("role", "Developer"), deploy))
    assert told["rule"] == "acme/deploy"
    assert told["effect"] == "allow"
    assert told["condition"] == "unless resource.stage == prod"
    assert told["place"] == "prod.pol:6:1"


def test_a_rule_about_one_resource_says_so_on_its_edge() -> None:
    told = next(t for a, _, t in edges("may") if a == ("principal", "mail-bot"))
    assert told["condition"] == 'on Mailbox "ops"'


def test_a_scope_of_many_operations_is_one_node_for_all_its_rules() -> None:
    operations = tuple(operation(f"op{n}", "T", "Read") for n in range(60))
    rules = tuple(rule(f"r{n}", "allow", WhoAnyone(), WhatAnything()) for n in range(50))
    made = program(rules, types=(ResourceType("T", (), ()),), operations=operations)
    network = PermissionGraph(made, Facts()).network
    scope = ("scope", "anything on any")
    assert network.number_of_edges(("kind", "anyone"), scope) == 50
    assert nx.has_path(network, ("kind", "anyone"), ("operation", "T.op59"))


def test_json_holds_every_node_and_edge() -> None:
    data = json.loads(json.dumps(GRAPH.to_json()))
    ids = {node["id"] for node in data["nodes"]}
    assert len(ids) == GRAPH.network.number_of_nodes()
    assert len(data["edges"]) == GRAPH.network.number_of_edges()
    assert {edge["source"] for edge in data["edges"]} <= ids


def test_mermaid_names_every_box_it_links() -> None:
    text = GRAPH.to_mermaid()
    assert text.startswith("flowchart LR\n")
    named = set(re.findall(r"^ +(n\d+)\[", text, re.M))
    linked = set(re.findall(r"(n\d+) -", text)) | set(re.findall(r"-[->x]+ (n\d+)", text))
    assert linked <= named
    assert text.count("subgraph ") == text.count("\n  end\n")


@pytest.mark.parametrize("text", EVIL)
def test_text_of_a_policy_stays_within_quotes(text: str) -> None:
    graph = evil_graph(text)
    line = re.compile(
        r'flowchart LR|  (  )?n\d+\["[^"<>]*(<br>[^"<>]*)*"\]|  subgraph n\d+f\["[^"<>]*"\]|  end'
        r"|  n\d+ (-->|-\.->|-\.-x) n\d+"
        r"|  linkStyle \d+ stroke:#[0-9a-f]+(,stroke-dasharray:[\d ]+)?"
    )
    assert all(line.fullmatch(one) for one in graph.to_mermaid().splitlines())
    quoted = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', graph.to_dot())
    assert not re.search(r"[<>(){}'](?<![{}>])", quoted.replace("->", ""))


def test_dot_balances_its_braces() -> None:
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', GRAPH.to_dot())
    assert bare.count("{") == bare.count("}") == 1 + bare.count("subgraph")


def test_questions_that_need_no_drawing_load_no_networkx() -> None:
    code = (
        "import sys; sys.path.insert(0, '.');"
        "from tests.engines.graph.story import STORY, FACTS;"
        "from policylang.engines.graph import PermissionGraph;"
        "PermissionGraph(STORY, FACTS).who_can('anything').to_text();"
        "sys.exit('networkx' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_ten_thousand_rules_and_entities_stay_within_bounds() -> None:
    graph = PermissionGraph(*large(10_000, 10_000))
    assert graph.network.number_of_nodes() > 10_000
    assert graph.network.number_of_edges() < 100_000
