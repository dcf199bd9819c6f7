"""Problems as text for people: the source line, what is underlined in it, and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from policylang.diagnostics.cells import plain
from policylang.diagnostics.diagnostic import Diagnostic, Label
from policylang.diagnostics.order import in_order, marks, place, summary
from policylang.diagnostics.snippet import Paint, snippet
from policylang.diagnostics.span import Source

_STYLES = {"error": "1;31", "warning": "1;33", "note": "1;36"}
_BOLD, _BLUE, _GREEN = "1", "34", "32"


def render_text(diagnostics: Iterable[Diagnostic], *, color: bool = False, width: int = 100) -> str:
    """Every problem once, by file and place, and a closing line that counts them.

    `width` is the terminal's, in columns: longer source lines are shown in part. Empty for no
    problems.
    """
    listed = in_order(diagnostics)
    if not listed:
        return ""
    shown = "\n".join(render_one(diagnostic, color=color, width=width) for diagnostic in listed)
    worst = min((d.severity for d in listed), key=tuple(_STYLES).index)
    return f"{shown}\n{_paint(color)(summary(listed), _STYLES[worst])}\n"


def render_one(diagnostic: Diagnostic, *, color: bool = False, width: int = 100) -> str:
    """One problem, without the closing line."""
    paint = _paint(color)
    gutter = _gutter(diagnostic)
    style = _STYLES[diagnostic.severity]
    head = paint(f"{diagnostic.severity}[{diagnostic.code}]", style)
    lines = [head + paint(f": {plain(diagnostic.message)}", _BOLD)]
    lines += _places(diagnostic, gutter, width, paint)
    if diagnostic.help:
        first, *rest = plain(diagnostic.help).split("\n")
        lines.append(f"{' ' * gutter}{paint('= help:', _GREEN)} {first}")
        lines += [f"{' ' * gutter}        {line}".rstrip() for line in rest]
    return "\n".join(lines) + "\n"


def _places(diagnostic: Diagnostic, gutter: int, width: int, paint: Paint) -> list[str]:
    lines: list[str] = []
    found = marks(diagnostic)
    if diagnostic.source is not None and diagnostic.span is None:
        lines.append(f"{' ' * gutter}{paint('┌─', _BLUE)} {plain(diagnostic.source.name)}")
    for source, labels in _by_source(found):
        main = next((label for label, is_main in labels if is_main), labels[0][0])
        line, column, _, _ = place(source, main.span)
        where = f"{plain(source.name)}:{line}:{column}"
        lines.append(f"{' ' * gutter}{paint('┌─', _BLUE)} {where}")
        lines += snippet(source, labels, gutter, width, _STYLES[diagnostic.severity], paint)
    return lines


def _by_source(found: list[tuple[Label, bool]]) -> list[tuple[Source, list[tuple[Label, bool]]]]:
    """The file that the problem is about first, the others in the order they are named."""
    order = {label.source.name: -number for number, (label, _) in enumerate(reversed(found))}
    by_name = sorted(found, key=lambda mark: order[mark[0].source.name])
    grouped = groupby(by_name, key=lambda mark: mark[0].source.name)
    return [(labels[0][0].source, labels) for labels in (list(group) for _, group in grouped)]


def _gutter(diagnostic: Diagnostic) -> int:
    """Columns of the largest line number that is shown, two at least."""
    last = [place(label.source, label.span)[2] for label, _ in marks(diagnostic)]
    return max(2, len(str(max(last, default=1))))


def _paint(color: bool) -> Paint:
    if not color:
        return lambda text, style: text
    return lambda text, style: f"\x1b[{style}m{text}\x1b[0m" if text else text
