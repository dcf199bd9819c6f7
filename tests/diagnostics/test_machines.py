"""Problems for machines: JSON, SARIF, GitHub annotations."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policylang.diagnostics import render_github, render_json, render_sarif
from policylang.diagnostics.codes import CODES
from policylang.diagnostics.diagnostic import Diagnostic, Label
from policylang.diagnostics.span import Source, Span

SOURCE = Source("dir/a b.pol", "policy a\nrole A\nrole A\n")
CODE = next(iter(CODES))
TWICE = Diagnostic(
    CODE,
    "error",
    "`A` is declared twice",
    SOURCE,
    Span(21, 22),
    "again here",
    "rename one",
    (Label(SOURCE, Span(14, 15), "first here"),),
)
WHOLE = Diagnostic("P0002", "warning", "empty", Source("/abs/x.pol", ""))
NOWHERE = Diagnostic("P0003", "note", "just so")


def test_json_has_places_from_one_and_counts() -> None:
    body = json.loads(render_json([TWICE, WHOLE, NOWHERE]))
    assert (body["errors"], body["warnings"], body["notes"]) == (1, 1, 1)
    nowhere, whole, twice = body["diagnostics"]
    assert nowhere["file"] is None
    assert (whole["file"], whole["line"]) == ("/abs/x.pol", None)
    assert twice == {
        "code": CODE,
        "severity": "error",
        "message": "`A` is declared twice",
        "file": "dir/a b.pol",
        "line": 3,
        "column": 6,
        "end_line": 3,
        "end_column": 7,
        "label": "again here",
        "help": "rename one",
        "labels": [
            {
                "file": "dir/a b.pol",
                "line": 2,
                "column": 6,
                "end_line": 2,
                "end_column": 7,
                "text": "first here",
            }
        ],
    }


def test_json_of_nothing() -> None:
    assert json.loads(render_json([])) == {
        "diagnostics": [],
        "errors": 0,
        "warnings": 0,
        "notes": 0,
    }


def test_sarif_has_what_the_standard_requires() -> None:
    log = json.loads(render_sarif([TWICE, WHOLE, NOWHERE]))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "policylang"
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]


def test_sarif_places() -> None:
    nowhere, whole, twice = json.loads(render_sarif([TWICE, WHOLE, NOWHERE]))["runs"][0]["results"]
    assert "locations" not in nowhere
    assert _uri(whole["locations"][0]) == "file:///abs/x.pol"
    assert "region" not in whole["locations"][0]["physicalLocation"]
    assert _uri(twice["locations"][0]) == "dir/a%20b.pol"
    assert twice["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 3,
        "startColumn": 6,
        "endLine": 3,
        "endColumn": 7,
    }
    assert twice["relatedLocations"][0]["message"]["text"] == "first here"
    assert twice["relatedLocations"][0]["id"] == 0


def test_sarif_rules_come_from_the_registry() -> None:
    log = json.loads(render_sarif([TWICE]))
    (rule,) = log["runs"][0]["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == CODES[CODE].title
    assert rule["defaultConfiguration"]["level"] == CODES[CODE].severity
    assert rule["helpUri"] == f"docs/reference/diagnostics/{CODE}.md"


def _uri(location: dict[str, Any]) -> str:
    uri: str = location["physicalLocation"]["artifactLocation"]["uri"]
    return uri


def test_github_annotations() -> None:
    assert render_github([TWICE, WHOLE, NOWHERE]).splitlines() == [
        "::notice title=P0003::just so",
        "::warning file=/abs/x.pol,title=P0002::empty",
        f"::error file=dir/a b.pol,line=3,col=6,endColumn=7,title={CODE}"
        "::`A` is declared twice%0Ahelp: rename one",
    ]


def test_github_annotations_over_several_lines_have_no_columns() -> None:
    found = Diagnostic("P0001", "error", "m", SOURCE, Span(0, 12))
    assert render_github([found]) == "::error file=dir/a b.pol,line=1,endLine=2,title=P0001::m\n"


def test_github_escapes_what_would_end_a_command() -> None:
    source = Source("a,b:c%.pol", "x")
    found = Diagnostic("P0001", "error", "50%\r\n::error::x", source, Span(0, 1))
    assert render_github([found]) == (
        "::error file=a%2Cb%3Ac%25.pol,line=1,col=1,endColumn=2,title=P0001"
        "::50%25%0D%0A::error::x\n"
    )


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=3))
def test_each_annotation_is_one_line_and_json_stays_json(pairs: list[tuple[str, str]]) -> None:
    found = [
        Diagnostic("P0001", "error", message, Source(name, "text"), Span(0, 2), help=message)
        for name, message in pairs
    ]
    distinct = len(json.loads(render_json(found))["diagnostics"])
    assert render_github(found).count("\n") == distinct
    assert len(json.loads(render_sarif(found))["runs"][0]["results"]) == distinct
