"""A problem found in a policy or an inventory, as data."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from policylang.diagnostics.span import Source, Span

Severity = Literal["error", "warning", "note"]


class Label(Struct, frozen=True):
    """A further place that belongs to the problem, and what is there."""

    source: Source
    span: Span
    text: str


class Diagnostic(Struct, frozen=True):
    """One problem. `message` is one lower-case sentence with user text in backticks.

    `label` stands under the underlined span; `help` is the remedy.
    `span` None: the whole file. `source` None: no file at all.
    """

    code: str
    severity: Severity
    message: str
    source: Source | None = None
    span: Span | None = None
    label: str = ""
    help: str = ""
    labels: tuple[Label, ...] = ()
