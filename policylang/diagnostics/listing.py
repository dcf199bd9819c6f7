"""Problems as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from policylang.diagnostics.diagnostic import Diagnostic, Label
from policylang.diagnostics.order import count, in_order, place
from policylang.diagnostics.span import Source, Span


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """`{"diagnostics": […], "errors": n, "warnings": n, "notes": n}`, lines and columns from 1.

    Columns count characters; the end is excluded. A place that is not known is null.
    """
    listed = in_order(diagnostics)
    counts = {f"{severity}s": n for severity, n in count(listed).items()}
    body = {"diagnostics": [to_json(diagnostic) for diagnostic in listed], **counts}
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def to_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """One problem."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        **_place(diagnostic.source, diagnostic.span),
        "label": diagnostic.label,
        "help": diagnostic.help,
        "labels": [_label(label) for label in diagnostic.labels],
    }


def _label(label: Label) -> dict[str, Any]:
    return {**_place(label.source, label.span), "text": label.text}


def _place(source: Source | None, span: Span | None) -> dict[str, Any]:
    numbers: tuple[int | None, ...] = (None, None, None, None)
    if source is not None and span is not None:
        numbers = place(source, span)
    keys = ("line", "column", "end_line", "end_column")
    return {"file": source.name if source else None, **dict(zip(keys, numbers, strict=True))}
