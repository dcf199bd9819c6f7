"""The order in which problems are shown: by file and place, each once."""

from __future__ import annotations

from collections.abc import Iterable

from policylang.diagnostics.diagnostic import Diagnostic, Label
from policylang.diagnostics.span import Source, Span

SEVERITIES = ("error", "warning", "note")


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted, and without the second and further ones that say the same of the same place."""
    seen: dict[tuple[object, ...], Diagnostic] = {}
    for diagnostic in diagnostics:
        seen.setdefault(_key(diagnostic), diagnostic)
    return [seen[key] for key in sorted(seen)]


def _key(diagnostic: Diagnostic) -> tuple[str, int, int, int, str, str]:
    span = diagnostic.span or Span(-1, -1)
    return (
        diagnostic.source.name if diagnostic.source else "",
        span.start,
        span.end,
        SEVERITIES.index(diagnostic.severity),
        diagnostic.code,
        diagnostic.message,
    )


def count(diagnostics: Iterable[Diagnostic]) -> dict[str, int]:
    """How many of each severity, the severities in their order."""
    counts = dict.fromkeys(SEVERITIES, 0)
    for diagnostic in diagnostics:
        counts[diagnostic.severity] += 1
    return counts


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """`3 errors, 1 warning`, or `no problems`."""
    counts = count(diagnostics)
    said = [f"{n} {name}{'' if n == 1 else 's'}" for name, n in counts.items() if n]
    return ", ".join(said) or "no problems"


def place(source: Source, span: Span) -> tuple[int, int, int, int]:
    """Line and column of the start and of the end (excluded); a span past the text is cut off."""
    start = min(span.start, len(source.text))
    end = min(max(span.end, start), len(source.text))
    return (*source.position(start), *source.position(end))


def marks(diagnostic: Diagnostic) -> list[tuple[Label, bool]]:
    """Every place of a problem; true marks the one that it is about, which comes first."""
    found = [(label, False) for label in diagnostic.labels]
    if diagnostic.source is not None and diagnostic.span is not None:
        main = Label(diagnostic.source, diagnostic.span, diagnostic.label)
        found.insert(0, (main, True))
    return found
