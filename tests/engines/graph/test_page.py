"""The HTML page: self-contained, closed to injection, and holding the whole graph."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from policylang.engines.graph import PermissionGraph
from tests.engines.graph.test_drawing import EVIL, GRAPHS, evil_graph


class Elements(HTMLParser):
    """Collects elements with their attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.inside.append(tag)
        if tag in self.texts:
            self.texts[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside.pop() if tag in self.inside else None

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1] in self.texts:
            self.texts[self.inside[-1]][-1] += data


def data_of(graph: PermissionGraph) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Elements(graph.to_html()).texts["script"][0])
    return found


def test_it_loads_nothing() -> None:
    page = GRAPHS["small"].to_html()
    for tag, attributes in Elements(page).found:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form")
        assert not {"src", "href", "action", "srcset"} & set(attributes)
    urls = set(re.findall(r"[a-z]+://[^\s\"'`)]*", page))
    assert urls == {"http://www.w3.org/2000/svg"}
    for word in ("fetch(", "XMLHttpRequest", "import(", "@import", "url(", "WebSocket", "eval("):
        assert word not in page


def test_its_content_security_policy_names_its_own_script_and_style_alone() -> None:
    elements = Elements(GRAPHS["small"].to_html())
    policy = next(a["content"] for t, a in elements.found if a.get("http-equiv"))

    def digest(text: str) -> str:
        return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    script, style = elements.texts["script"][1], elements.texts["style"][0]
    expected = f"default-src 'none'; script-src '{digest(script)}'; style-src '{digest(style)}'"
    assert policy == expected


def test_its_script_never_turns_text_into_markup() -> None:
    script = Elements(GRAPHS["small"].to_html()).texts["script"][1]
    for word in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "DOMParser"):
        assert word not in script


@pytest.mark.parametrize("text", EVIL)
def test_policy_text_stays_within_its_data(text: str) -> None:
    evil, plain = evil_graph(text).to_html(), evil_graph("plain").to_html()
    tags = [tag for tag, _ in Elements(evil).found]
    assert tags == [tag for tag, _ in Elements(plain).found]
    assert len(Elements(evil).texts["script"]) == 2
    assert data_of(evil_graph(text))["items"]


def test_it_holds_the_whole_graph() -> None:
    data = data_of(GRAPHS["small"])
    labels = {item[1] for item in data["items"]}
    assert {"kiro", "Developer", "allow deploy", "delete", "eu", "Destructive"} <= labels
    rebuild = next(item for item in data["items"] if item[1].endswith("rebuild_prod"))
    told = dict(rebuild[6])
    assert told["rule"] == "acme/rebuild_prod"
    assert told["place"] == "prod.pol:12:1"
    assert told["condition"] == "when resource.stage == prod"
    assert told["because"] == "Rebuilding production is a decision for two people."


def test_a_large_graph_comes_with_its_groups() -> None:
    data = data_of(GRAPHS["2,000"])
    assert len(data["items"]) > 1900
    groups = {item[8] for item in data["items"]} - {-1}
    assert groups == set(range(len(data["groups"])))
    assert all(0 <= s < len(data["items"]) > t >= 0 for s, t, _ in data["links"])


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node, to parse the script")
def test_its_script_is_well_formed(tmp_path: Path) -> None:
    script = tmp_path / "view.js"
    script.write_text(Elements(GRAPHS["small"].to_html()).texts["script"][1], encoding="utf-8")
    subprocess.run(["node", "--check", str(script)], check=True)
