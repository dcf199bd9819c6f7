"""Writes the graph for other programs: JSON, Mermaid and Graphviz DOT.

JSON is the whole network. Mermaid and DOT show the same boxes as the SVG drawing, in groups where
there are too many to read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from policylang.engines.graph.groups import collapsed
from policylang.engines.graph.layout import shown_lines
from policylang.engines.graph.lettering import safe
from policylang.engines.graph.picture import Item, Picture, picture

if TYPE_CHECKING:
    from policylang.engines.graph.permissions import PermissionGraph

_COLOURS = {
    "allow": "#00796b",
    "require_approval": "#b26a00",
    "floor": "#b26a00",
    "deny": "#c62828",
    "limit": "#6a4fb3",
    "confers": "#a0317f",
}
_DASHES = {"require_approval": "7 4", "floor": "7 4", "deny": "2 4", "limit": "9 3 2 3"}
_DOT_STYLES = {"require_approval": "dashed", "floor": "dashed", "deny": "dotted", "limit": "dashed"}
_ARROWS = {"deny": "-.-x", "require_approval": "-.->", "floor": "-.->", "confers": "-.->"}


def plain(graph: PermissionGraph) -> dict[str, Any]:
    """`{"policy", "nodes": [{"id", "sort", "label", …}], "edges": [{"source", "target", …}]}`."""
    network = graph.network
    nodes = [{"id": _id(node), **told} for node, told in network.nodes(data=True)]
    edges = [
        {"source": _id(source), "target": _id(target), **told}
        for source, target, told in network.edges(data=True)
    ]
    nodes.sort(key=lambda node: node["id"])
    edges.sort(key=lambda edge: (edge["source"], edge["target"], repr(sorted(edge.items()))))
    return {"policy": graph.program.name, "nodes": nodes, "edges": edges}


def _id(node: tuple[str, ...]) -> str:
    return ":".join(node)


def mermaid(graph: PermissionGraph) -> str:
    """A flowchart from left to right; frames are subgraphs."""
    shown = collapsed(picture(graph))
    numbers = _numbers(shown)
    lines = ["flowchart LR"]
    for frame, items in _framed(shown):
        indent = "    " if frame else "  "
        if frame:
            lines.append(f'  subgraph {numbers[items[0].id]}f["{_entities(frame)}"]')
        lines += [f'{indent}{numbers[item.id]}["{_mermaid_label(item)}"]' for item in items]
        lines += ["  end"] if frame else []
    for number, link in enumerate(shown.links):
        arrow = _ARROWS.get(link.tone, "-->")
        lines.append(f"  {numbers[link.source]} {arrow} {numbers[link.target]}")
        if link.tone in _COLOURS:
            dash = f",stroke-dasharray:{_DASHES[link.tone]}" if link.tone in _DASHES else ""
            lines.append(f"  linkStyle {number} stroke:{_COLOURS[link.tone]}{dash}")
    return "\n".join(lines) + "\n"


def _mermaid_label(item: Item) -> str:
    return "<br>".join(_entities(text) for text in (item.label, *shown_lines(item)))


def _entities(text: str) -> str:
    """Everything but letters, digits and plain signs as Mermaid's numeric entities."""
    kept = " .,:_-/="
    return "".join(c if c.isalnum() or c in kept else f"#{ord(c)};" for c in safe(text[:200]))


def dot(graph: PermissionGraph) -> str:
    """A digraph from left to right; frames are clusters."""
    shown = collapsed(picture(graph))
    numbers = _numbers(shown)
    name = _dot_string(shown.title)
    lines = [f"digraph {name} {{", "  rankdir=LR;", '  node [shape=box, style="rounded"];']
    for frame, items in _framed(shown):
        indent = "    " if frame else "  "
        if frame:
            lines.append(f"  subgraph cluster_{numbers[items[0].id]} {{")
            lines.append(f"    label={_dot_string(frame)};")
        for item in items:
            label = "\\n".join(_dot_text(text) for text in (item.label, *shown_lines(item)))
            lines.append(f'{indent}{numbers[item.id]} [label="{label}"];')
        lines += ["  }"] if frame else []
    for link in shown.links:
        colour = _COLOURS.get(link.tone, "#8895a1")
        style = _DOT_STYLES.get(link.tone, "solid")
        ends = f"{numbers[link.source]} -> {numbers[link.target]}"
        lines.append(f'  {ends} [color="{colour}", style={style}];')
    return "\n".join([*lines, "}"]) + "\n"


def _dot_string(text: str) -> str:
    return f'"{_dot_text(text)}"'


def _dot_text(text: str) -> str:
    return safe(text[:200]).replace("\\", "\\\\").replace('"', '\\"')


def _numbers(shown: Picture) -> dict[str, str]:
    return {item.id: f"n{number}" for number, item in enumerate(shown.items)}


def _framed(shown: Picture) -> Iterator[tuple[str, list[Item]]]:
    frames: dict[str, list[Item]] = {}
    for item in shown.items:
        frames.setdefault(item.frame, []).append(item)
    yield from frames.items()
