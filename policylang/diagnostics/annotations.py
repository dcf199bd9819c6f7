"""Problems as GitHub workflow commands, which become annotations on a pull request.

The escapes are those of `actions/toolkit`, packages/core/src/command.ts.
"""

from __future__ import annotations

from collections.abc import Iterable

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.diagnostics.order import in_order, place

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render_github(diagnostics: Iterable[Diagnostic]) -> str:
    """`::error file=…,line=…,col=…,endColumn=…,title=P0203::message`, a problem a line."""
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in in_order(diagnostics))


def _command(diagnostic: Diagnostic) -> str:
    properties = {**_place(diagnostic), "title": diagnostic.code}
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    text = diagnostic.message
    if diagnostic.help:
        text += f"\nhelp: {diagnostic.help}"
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{_data(text)}"


def _place(diagnostic: Diagnostic) -> dict[str, str | int]:
    """Columns are valid for a single line only."""
    if diagnostic.source is None:
        return {}
    if diagnostic.span is None:
        return {"file": diagnostic.source.name}
    line, column, end_line, end_column = place(diagnostic.source, diagnostic.span)
    found: dict[str, str | int] = {"file": diagnostic.source.name, "line": line}
    if end_line != line:
        return {**found, "endLine": end_line}
    return {**found, "col": column, "endColumn": end_column}


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
