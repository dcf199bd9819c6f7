"""Collects the problems that are found, each once, in the order of the source."""

from __future__ import annotations

from policylang.diagnostics.diagnostic import Diagnostic, Label
from policylang.diagnostics.span import Source, Span


class Report:
    """Every problem of one run. Nothing stops at the first.

    `incomplete`: something is missing that others report: a text that could not be read, a module.
    """

    __slots__ = ("_found", "incomplete")

    def __init__(self) -> None:
        self.incomplete = False
        self._found: dict[tuple[str, Span, str, str], Diagnostic] = {}

    def error(
        self,
        code: str,
        message: str,
        source: Source,
        span: Span,
        *,
        label: str = "",
        help: str = "",
        labels: tuple[Label, ...] = (),
    ) -> None:
        """`label` stands under the span; `help` is the remedy; `labels` are further places."""
        key = (source.name, span, code, message)
        if key not in self._found:
            self._found[key] = Diagnostic(code, "error", message, source, span, label, help, labels)

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Sorted by file and place, so that their order says nothing of how they were found."""
        keys = sorted(self._found)
        return tuple(self._found[key] for key in keys)

    def __bool__(self) -> bool:
        return self.incomplete or bool(self._found)
