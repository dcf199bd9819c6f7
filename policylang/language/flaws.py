"""What is wrong with a text, before it becomes a diagnostic of a source."""

from __future__ import annotations

from msgspec import Struct

from policylang.diagnostics.span import Span


class Flaw(Struct, frozen=True):
    """As a `Diagnostic`, which adds the source and the severity."""

    code: str
    span: Span
    message: str
    label: str = ""
    help: str = ""
