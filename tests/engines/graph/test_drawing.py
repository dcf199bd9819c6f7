"""The SVG: legible at every size, the same bytes each time, and nothing but text from a policy."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import combinations
from xml.etree import ElementTree

import pytest

from policylang.engines.graph import PermissionGraph, QuestionError
from policylang.engines.graph.lettering import fitted, width
from policylang.ir.expressions import WhatOperation, Where, WhoId
from policylang.ir.program import ResourceType
from policylang.model.facts import Facts, ResourceFacts
from tests.engines.graph.large import large
from tests.engines.graph.story import (
    FACTS,
    OPERATIONS,
    ROLES,
    STORY,
    TYPES,
    operation,
    program,
    rule,
    when,
)

SVG = "{http://www.w3.org/2000/svg}"
Rectangle = tuple[float, float, float, float]


def drawn(graph: PermissionGraph, focus: str | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(graph.to_svg(focus))


def rectangles(root: ElementTree.Element, kind: str) -> list[Rectangle]:
    found = []
    for group in root.iter(f"{SVG}g"):
        if group.get("class", "").split()[0] == kind:
            rect = group.find(f"{SVG}rect")
            assert rect is not None
            x, y, w, h = (float(rect.get(name, "nan")) for name in ("x", "y", "width", "height"))
            found.append((x, y, x + w, y + h))
    return found


def labels(root: ElementTree.Element) -> list[Rectangle]:
    """About where each text stands: left, top, right, bottom."""
    found = []
    for text in root.iter(f"{SVG}text"):
        sizes = {"name": 22.0, "note": 13.0, "line": 11.0}
        sort = text.get("class", "")
        size = sizes.get(sort, 12.0)
        x, y = float(text.get("x", "nan")), float(text.get("y", "nan"))
        wide = width(text.text or "", size, bold=size == 12.0)
        left = x - wide if text.get("text-anchor") == "end" else x
        found.append((left, y - size * 0.75, left + wide, y + size * 0.2))
    return found


def overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def inside(inner: Rectangle, outer: Rectangle) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )


GRAPHS = {
    "small": PermissionGraph(STORY, FACTS),
    "2,000": PermissionGraph(*large(300, 1300)),
    "10,000": PermissionGraph(*large(2000, 8000)),
    "empty": PermissionGraph(program(()), Facts()),
}


@pytest.mark.parametrize("size", GRAPHS)
def test_no_two_boxes_frames_or_labels_overlap(size: str) -> None:
    root = drawn(GRAPHS[size])
    boxes, frames, texts = rectangles(root, "box"), rectangles(root, "frame"), labels(root)
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    assert not [pair for pair in combinations(frames, 2) if overlap(*pair)]
    assert not [pair for pair in combinations(texts, 2) if overlap(*pair)]
    assert all(inside(b, f) for b in boxes for f in frames if overlap(b, f))


@pytest.mark.parametrize("size", GRAPHS)
def test_everything_lies_within_the_view(size: str) -> None:
    root = drawn(GRAPHS[size])
    view = tuple(map(float, root.get("viewBox", "").split()))
    page: Rectangle = (view[0], view[1], view[2], view[3])
    everything = [*rectangles(root, "box"), *rectangles(root, "frame"), *labels(root)]
    assert all(inside(one, page) for one in everything)


@pytest.mark.parametrize("size", GRAPHS)
def test_every_label_lies_in_its_box(size: str) -> None:
    for group in drawn(GRAPHS[size]).iter(f"{SVG}g"):
        holder = ElementTree.Element("svg")
        holder.append(group)
        box = [*rectangles(holder, "box"), *rectangles(holder, "frame")][0]
        assert all(inside(text, box) for text in labels(group))


def test_a_small_graph_shows_every_name() -> None:
    texts = {text.text for text in drawn(GRAPHS["small"]).iter(f"{SVG}text")}
    expected = {"kiro", "Developer", "any agent", "allow deploy", "delete", "Environment", "eu"}
    assert expected | {"Destructive", "unless resource.stage == prod"} <= texts


@pytest.mark.parametrize("size", ["2,000", "10,000"])
def test_a_large_graph_is_shown_in_counted_groups(size: str) -> None:
    root = drawn(GRAPHS[size])
    assert 40 <= len(rectangles(root, "box")) <= 150
    texts = [text.text or "" for text in root.iter(f"{SVG}text")]
    assert any("known resources" in text for text in texts)
    assert any(re.search(r"items shown as \d+", text) for text in texts)


def test_what_guards_the_guard_is_always_in_groups() -> None:
    types = tuple(ResourceType(name, (), (), builtin=True) for name in ("AuditLog", "Policy"))
    operations = tuple(operation(verb, t.name, risk) for t in types for verb, risk in OWN)
    root = drawn(PermissionGraph(program((), types=types, operations=operations), Facts()))
    texts = {text.text for text in root.iter(f"{SVG}text")}
    assert {"std.self", "Read (2)", "Permissions (2)"} <= texts


OWN = (("read", "Read"), ("change", "Permissions"))


def test_groups_count_everybody_once() -> None:
    from policylang.engines.graph.groups import collapsed
    from policylang.engines.graph.picture import picture

    whole = picture(GRAPHS["2,000"])
    shown = collapsed(whole)
    for column in range(6):
        items = [item for item in whole.items if item.column == column]
        assert sum(item.count for item in shown.items if item.column == column) == len(items)
    ids = [id_ for item in shown.items for id_ in ([m[0] for m in item.members] or [item.id])]
    assert sorted(ids) == sorted(item.id for item in whole.items)


def test_a_link_is_never_lost_in_a_group() -> None:
    from policylang.engines.graph.groups import families, grouped
    from policylang.engines.graph.picture import RULES, picture

    whole = picture(GRAPHS["2,000"])
    less = grouped(whole, families(whole, RULES))
    assert sum(link.weight for link in less.links) == len(whole.links)


def test_effects_differ_by_more_than_colour() -> None:
    root = drawn(GRAPHS["small"])
    used = {
        path.get("class", "").split()[1]
        for path in root.iter(f"{SVG}path")
        if path.get("class", "").startswith("link ")
    }
    assert {"allow", "require_approval", "deny"} <= used
    style = root.findtext(f"{SVG}style") or ""
    dashes = {
        tone: match[1]
        for tone in ("require_approval", "deny", "limit")
        if (match := re.search(rf"\.link\.{tone}[^{{]*{{stroke-dasharray:([\d. ]+)", style))
    }
    assert len(set(dashes.values())) == 3
    assert "prefers-color-scheme:dark" in style


def test_it_has_a_title_and_a_description() -> None:
    root = drawn(GRAPHS["small"])
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "acme: permission graph"
    assert "rules: 9" in (root.findtext(f"{SVG}desc") or "")


def test_the_focus_keeps_what_leads_to_it_and_what_it_leads_to() -> None:
    texts = {text.text for text in drawn(GRAPHS["small"], "send on Mailbox").iter(f"{SVG}text")}
    assert {"mail-bot", "allow bot_sends", "send", "External"} <= texts
    assert not {"kiro", "delete", "Destructive"} & texts


@pytest.mark.parametrize("focus", ["kiro", "Developer", "delete", "Environment", "Read", "deploy"])
def test_every_sort_of_thing_can_be_the_focus(focus: str) -> None:
    assert rectangles(drawn(GRAPHS["small"], focus), "box")


def test_a_focus_that_is_not_there_suggests_one() -> None:
    with pytest.raises(QuestionError, match="did you mean `Developer`"):
        GRAPHS["small"].to_svg("Develpoer")


EVIL = [
    "</text><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>&lt;&#x27;'\"",
    "javascript:alert(1)",
    "\x00\x1b[31m\u202egnp\u2066",
    "{{}}{0}%s",
    "line\nbreak\u2028x",
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
]


def evil_graph(text: str) -> PermissionGraph:
    send = WhatOperation("send")
    made = program(
        (
            rule("x", "allow", WhoId(text), send, Where(None, text), when(text), because=text),
            rule("y", "deny", WhoId("kiro"), send),
        ),
        roles=ROLES,
        types=TYPES,
        operations=OPERATIONS,
    )
    return PermissionGraph(made, Facts([ResourceFacts("Mailbox", text)]))


@pytest.mark.parametrize("text", EVIL)
def test_policy_text_is_never_markup(text: str) -> None:
    root = drawn(evil_graph(text))
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "rect", "path", "text", "g"}
    names = {name for element in root.iter() for name in element.attrib}
    assert not [name for name in names if name.startswith("on") or "href" in name]


def test_the_same_graph_gives_the_same_bytes_in_every_process() -> None:
    code = (
        "import sys, hashlib; sys.path.insert(0, '.');"
        "from tests.engines.graph.large import large;"
        "from policylang.engines.graph import PermissionGraph as G; import json;"
        "g = G(*large(200, 400));"
        "out = g.to_svg() + g.to_html() + g.to_mermaid() + g.to_dot() + json.dumps(g.to_json());"
        "out += g.who_can('anything').to_text() + g.blast('user-3').to_text();"
        "print(hashlib.sha256(out.encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


@pytest.mark.parametrize("room", [0.0, 5.0, 40.0, 400.0])
@pytest.mark.parametrize("text", ["", "i" * 500, "W" * 500, "漢字" * 50, "éa\u0301" * 60])
def test_fitted_text_fits(text: str, room: float) -> None:
    assert width(fitted(text, room)) <= max(room, width("…"))
