"""`graph`, `who-can`, `what-can`, `path`: what they print; the answers are the engine's tests."""

from __future__ import annotations

import json
import xml.dom.minidom
from typing import Any

import pytest


def test_who_can(cli: Any) -> None:
    result = cli("who-can", "acme.pol", "delete on Environment")
    assert result.code == 0
    assert "kiro" in result.out
    assert "acme/delete_prod" in result.out
    assert cli("who-can", "acme.pol", "delete", "on", "Environment").out == result.out


def test_what_can(cli: Any) -> None:
    result = cli("what-can", "acme.pol", "kiro")
    assert "describe on Environment" in result.out
    assert cli("what-can", "acme.pol", "any", "agent").code == 0


def test_path(cli: Any) -> None:
    result = cli("path", "acme.pol", "kiro", "describe on Environment")
    assert result.code == 0
    assert "acme/look" in result.out
    assert "no path" in cli("path", "acme.pol", "ana", "delete on Environment").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("who-can", "acme.pol", "delete"),
        ("what-can", "acme.pol", "kiro"),
        ("path", "acme.pol", "kiro", "delete on Environment"),
        ("graph", "acme.pol"),
        ("graph", "acme.pol", "--blast", "kiro"),
    ],
)
def test_json(cli: Any, arguments: tuple[str, ...]) -> None:
    result = cli(*arguments, "--format", "json")
    assert (result.code, result.err) == (0, "")
    assert isinstance(result.json, dict)


@pytest.mark.parametrize(
    "arguments",
    [
        ("who-can", "acme.pol", "dleete"),
        ("what-can", "acme.pol", "kiroo"),
        ("path", "acme.pol", "kiro", "dleete on Environment"),
        ("path", "acme.pol", "kiroo", "delete on Environment"),
        ("graph", "acme.pol", "--focus", "kiroo", "--format", "svg"),
        ("graph", "acme.pol", "--blast", "Nope:eu"),
    ],
)
def test_a_question_that_is_not_understood_is_wrong_usage(
    cli: Any, arguments: tuple[str, ...]
) -> None:
    result = cli(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "internal error" not in result.err


def test_each_drawing(cli: Any) -> None:
    assert cli("graph", "acme.pol", "--format", "mermaid").out.startswith(
        ("flowchart", "graph", "%%")
    )
    assert "digraph" in cli("graph", "acme.pol", "--format", "dot").out
    assert "<html" in cli("graph", "acme.pol", "--format", "html").out
    xml.dom.minidom.parseString(cli("graph", "acme.pol", "--format", "svg").out)
    assert "acme/look" in cli("graph", "acme.pol").out


def test_the_format_follows_the_name_of_the_file(cli: Any) -> None:
    result = cli("graph", "acme.pol", "--output", "g.svg")
    assert (result.code, result.out, result.err) == (0, "", "written to g.svg\n")
    xml.dom.minidom.parseString((cli.folder / "g.svg").read_bytes())
    cli("graph", "acme.pol", "-o", "g.json")
    assert json.loads((cli.folder / "g.json").read_text())
    cli("graph", "acme.pol", "-o", "g.out", "--format", "dot")
    assert "digraph" in (cli.folder / "g.out").read_text()


def test_wrong_usage(cli: Any) -> None:
    assert cli("graph", "acme.pol", "--focus", "kiro").code == 2
    assert cli("graph", "acme.pol", "--blast", "Environment:eu", "--format", "svg").code == 2
    result = cli("graph", "acme.pol", "--output", "no/such/folder.svg")
    assert result.code == 2
    assert "cannot write `no/such/folder.svg`" in result.err
