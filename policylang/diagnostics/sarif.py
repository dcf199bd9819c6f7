"""Problems as SARIF 2.1.0 (OASIS), which code-scanning services read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from policylang.diagnostics.codes import CODES, Code
from policylang.diagnostics.diagnostic import Diagnostic
from policylang.diagnostics.order import in_order, place
from policylang.diagnostics.span import Source, Span

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render_sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """One run, with a rule for each code that occurs. Columns count code points."""
    listed = in_order(diagnostics)
    codes = sorted({diagnostic.code for diagnostic in listed})
    run = {
        "tool": {"driver": {"name": "policylang", "rules": [_rule(code) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes) for diagnostic in listed],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(code: str) -> dict[str, Any]:
    entry = CODES.get(code, Code("a problem"))
    page = f"docs/reference/diagnostics/{code}.md"
    return {
        "id": code,
        "shortDescription": {"text": entry.title},
        "help": {"text": f"Run `policylang explain {code}`, or see {page}."},
        "helpUri": page,
        "defaultConfiguration": {"level": entry.severity},
    }


def _result(diagnostic: Diagnostic, codes: Sequence[str]) -> dict[str, Any]:
    text = diagnostic.message
    if diagnostic.help:
        text += f"\nhelp: {diagnostic.help}"
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": diagnostic.severity,
        "message": {"text": text},
    }
    if diagnostic.source is not None:
        result["locations"] = [_location(diagnostic.source, diagnostic.span, diagnostic.label)]
    if diagnostic.labels:
        result["relatedLocations"] = [
            {"id": number, **_location(label.source, label.span, label.text)}
            for number, label in enumerate(diagnostic.labels)
        ]
    return result


def _location(source: Source, span: Span | None, text: str) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(source.name)}}
    if span is not None:
        physical["region"] = _region(source, span)
    location: dict[str, Any] = {"physicalLocation": physical}
    return {**location, "message": {"text": text}} if text else location


def _region(source: Source, span: Span) -> dict[str, Any]:
    start_line, start_column, end_line, end_column = place(source, span)
    return {
        "startLine": start_line,
        "startColumn": start_column,
        "endLine": end_line,
        "endColumn": end_column,
    }


def _uri(name: str) -> str:
    """A relative path stays relative, so that it means the same on another machine."""
    path = quote(name.replace("\\", "/"), safe="/~-._")
    return f"file://{path}" if path.startswith("/") else path
