"""`policylang graph`: the permission graph, drawn or told."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Final

from policylang.surfaces.cli import streams
from policylang.surfaces.cli.failure import Failure
from policylang.surfaces.cli.formats import pretty
from policylang.surfaces.cli.questions import add_policy, asked, graph_of, show

if TYPE_CHECKING:
    from policylang.engines.graph import PermissionGraph

EXAMPLES = """
policylang graph prod.pol                          # who may do what, as text
policylang graph prod.pol --output permissions.html
policylang graph policies/ --inventory inventory.yaml --format mermaid
policylang graph prod.pol --focus kiro --output kiro.svg
policylang graph prod.pol --blast Account:7 --inventory inventory.yaml
"""
FORMATS: Final = ("text", "json", "mermaid", "svg", "html", "dot")
_SUFFIXES: Final = {".htm": "html", ".mmd": "mermaid", ".gv": "dot", ".txt": "text"}


def configure(parser: ArgumentParser) -> None:
    add_policy(parser)
    parser.add_argument("--inventory", metavar="FILE", help="known resources and principals")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        metavar="FORMAT",
        help=f"how to print it: {', '.join(FORMATS)} (by the name of --output, else text)",
    )
    parser.add_argument("--output", "-o", metavar="FILE", help="write it to a file")
    parser.add_argument("--focus", metavar="NAME", help="with svg: only what is around that name")
    parser.add_argument("--blast", metavar="OF", help="how far a resource or a principal reaches")


def run(options: Namespace) -> int:
    options.format = options.format or _format_of(options.output)
    graph = graph_of(options)
    if options.blast is not None:
        if options.format not in ("text", "json"):
            raise Failure("--blast prints text or json")
        return show(asked(lambda: graph.blast(options.blast)), options)
    drawing = asked(lambda: _drawn(graph, options))
    if options.output is None:
        streams.result(drawing)
    else:
        _write(options.output, drawing)
    return 0


def _format_of(output: str | None) -> str:
    suffix = os.path.splitext(output or "")[1].lower()
    return _SUFFIXES.get(suffix, suffix[1:] if suffix[1:] in FORMATS else "text")


def _drawn(graph: PermissionGraph, options: Namespace) -> str:
    if options.focus is not None and options.format != "svg":
        raise Failure("--focus goes with --format svg")
    match options.format:
        case "json":
            return pretty(graph.to_json())
        case "mermaid":
            return graph.to_mermaid()
        case "dot":
            return graph.to_dot()
        case "html":
            return graph.to_html()
        case "svg":
            return graph.to_svg(options.focus)
    return graph.who_can("anything").to_text()


def _write(path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Failure(f"cannot write `{path}`: {(error.strerror or str(error)).lower()}") from None
    streams.say(f"written to {path}")
