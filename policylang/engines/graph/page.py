"""Writes the graph as one self-contained page that pans, zooms, filters and explains.

The page loads nothing: its content security policy allows its own script and style, named by their
hashes, and nothing else. Policy text reaches it as JSON that cannot end its element, and the script
only ever sets text, never markup.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from policylang.engines.graph.groups import LEGIBLE, collapsed
from policylang.engines.graph.layout import LINES, WIDTHS
from policylang.engines.graph.lettering import markup, safe
from policylang.engines.graph.picture import COLUMNS, SELF, Item, Picture, picture
from policylang.engines.graph.style import LEGEND, STYLE

if TYPE_CHECKING:
    from policylang.engines.graph.permissions import PermissionGraph

_ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def page(graph: PermissionGraph) -> str:
    """The page's text. The same graph gives the same bytes."""
    whole = picture(graph)
    script = _part("arrange.js") + _part("view.js")
    style = STYLE + _part("view.css")
    return _FRAME.format(
        policy=f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'",
        title=markup(whole.title),
        style=style,
        data=_embedded(_data(whole)),
        script=script,
    )


@lru_cache(maxsize=4)
def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """A source expression of CSP level 2: `sha256-` and the digest in base64."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _embedded(data: dict[str, Any]) -> str:
    """JSON that holds no `<`, so that nothing in it can end the element that it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPES)


def _data(whole: Picture) -> dict[str, Any]:
    numbers = {item.id: number for number, item in enumerate(whole.items)}
    groups = [item for item in collapsed(whole).items if item.members]
    group_of = {id_: n for n, group in enumerate(groups) for id_, _ in group.members}
    return {
        "title": safe(whole.title),
        "columns": COLUMNS,
        "widths": WIDTHS,
        "lines": LINES,
        "legible": LEGIBLE,
        "legend": LEGEND,
        "frames": {safe(name): safe(note) for name, note in whole.frames},
        "items": [_item(item, group_of.get(item.id, -1)) for item in whole.items],
        "groups": [[safe(g.pattern), safe(g.frame), g.frame == SELF] for g in groups],
        "links": [[numbers[x.source], numbers[x.target], x.tone] for x in whole.links],
    }


def _item(item: Item, group: int) -> list[Any]:
    return [
        item.column,
        safe(item.label),
        item.tone,
        [safe(line) for line in item.lines],
        safe(item.frame),
        safe(item.family),
        [[name, safe(text)] for name, text in item.details],
        safe(item.short),
        group,
        item.id.startswith("kind:"),
    ]


_FRAME = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}: permission graph</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<label class="search">Filter <input id="filter" type="search" spellcheck="false" \
autocomplete="off" placeholder="principal, role, operation, risk, rule …"></label>
<fieldset id="effects"><legend>Effects</legend></fieldset>
<div class="tools"><button id="fit" type="button">Fit</button>\
<button id="closer" type="button" aria-label="zoom in">+</button>\
<button id="farther" type="button" aria-label="zoom out">−</button>\
<button id="open" type="button">Expand all</button>\
<button id="close" type="button">Collapse all</button></div>
<p id="count" role="status"></p>
</header>
<main>
<svg id="canvas" role="group" aria-label="permission graph"></svg>
<aside id="about" hidden></aside>
</main>
<noscript><p>This page draws with JavaScript; the SVG drawing needs none.</p></noscript>
<script type="application/json" id="graph">{data}</script>
<script>{script}</script>
</body>
</html>
"""
