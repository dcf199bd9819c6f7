"""Draws the graph as one SVG that needs no other program, font or file."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from policylang.engines.graph.groups import LEGIBLE, collapsed
from policylang.engines.graph.layout import GAP, WIDTHS, Box, Frame, Layout, column_left, lay_out
from policylang.engines.graph.lettering import fitted, markup, safe, width
from policylang.engines.graph.picture import COLUMNS, Item, Link, Picture, picture
from policylang.engines.graph.style import LEGEND, STYLE
from policylang.engines.graph.wording import counted

if TYPE_CHECKING:
    from policylang.engines.graph.permissions import PermissionGraph

_CROWDED, _DENSE = 160, 500
"""With more links than this, each is drawn fainter."""


def draw(graph: PermissionGraph, focus: str | None = None) -> str:
    """The SVG's text. The same graph gives the same bytes."""
    whole = picture(graph, focus)
    shown = collapsed(whole)
    return _Drawing(whole, shown, lay_out(shown)).svg()


class _Drawing:
    """One drawing: links below, frames and boxes above them."""

    def __init__(self, whole: Picture, shown: Picture, layout: Layout) -> None:
        self.whole = whole
        self.shown = shown
        self.layout = layout
        self.notes = dict(shown.frames)

    def svg(self) -> str:
        layout = self.layout
        wide, high = round(layout.width), round(layout.height) + 44
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" '
            f'height="{high}" role="img" aria-labelledby="title desc">'
        )
        parts = [
            head,
            f'<title id="title">{markup(self.whole.title)}: permission graph</title>',
            f'<desc id="desc">{markup(self._summary())}</desc>',
            f"<style>{STYLE}</style>",
            f'<rect class="page" width="{wide}" height="{high}"/>',
            *self._headings(),
            *(self._frame(frame) for frame in layout.frames),
            *self._links(),
            *(self._box(box) for box in layout.boxes.values()),
            *_legend(high - 30),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _summary(self) -> str:
        by_column = [0] * len(COLUMNS)
        for item in self.whole.items:
            by_column[item.column] += item.count
        told = ", ".join(
            f"{name.lower()}: {number:,}" for name, number in zip(COLUMNS, by_column, strict=True)
        )
        return f"From left to right, {told}; {counted(len(self.whole.links), 'link')}."

    def _headings(self) -> Iterable[str]:
        title = fitted(self.whole.title, self.layout.width * 0.6, bold=True)
        yield f'<text class="name" x="28" y="40">{markup(title)}</text>'
        note = "who may do what, by which rule, at which risk, through which gate"
        if len(self.whole.items) > LEGIBLE:
            note += f"; {len(self.whole.items):,} items shown as {len(self.shown.items):,}"
        yield f'<text class="note" x="28" y="62">{markup(note)}</text>'
        for column, name in enumerate(COLUMNS):
            x = column_left(column)
            yield f'<text class="column" x="{x:g}" y="96">{name}</text>'
            yield f'<path class="rule" d="M{x:g} 103h{WIDTHS[column]}"/>'

    def _links(self) -> Iterable[str]:
        ports = self._ports()
        faint = _faintness(len(self.shown.links))
        for link in self.shown.links:
            curve = self._curve(link, *ports[link])
            title = markup(f"{self._name(link.source)} → {self._name(link.target)}")
            thick = "" if link.weight == 1 else f' style="stroke-width:{_thickness(link.weight)}"'
            kind = f"link {link.tone}{faint}"
            yield f'<path class="{kind}" d="{curve}"{thick}><title>{title}</title></path>'

    def _name(self, id_: str) -> str:
        return safe(self.layout.boxes[id_].item.label)

    def _ports(self) -> dict[Link, tuple[float, float]]:
        """Where each link leaves and arrives: spread along the side, sorted by the other end."""
        leaving: dict[str, list[Link]] = {}
        arriving: dict[str, list[Link]] = {}
        for link in self.shown.links:
            leaving.setdefault(link.source, []).append(link)
            arriving.setdefault(link.target, []).append(link)
        boxes = self.layout.boxes
        starts: dict[Link, float] = {}
        ends: dict[Link, float] = {}
        for id_, links in leaving.items():
            links.sort(key=lambda link: (boxes[link.target].middle, link))
            starts.update(zip(links, _along(boxes[id_], len(links)), strict=True))
        for id_, links in arriving.items():
            links.sort(key=lambda link: (boxes[link.source].middle, link))
            ends.update(zip(links, _along(boxes[id_], len(links)), strict=True))
        return {link: (starts[link], ends[link]) for link in self.shown.links}

    def _curve(self, link: Link, start: float, end: float) -> str:
        source, target = self.layout.boxes[link.source], self.layout.boxes[link.target]
        first, last = source.item.column, target.item.column
        if first == last:
            return _loop(source, start, end)
        forward = first < last
        points = [(source.x + source.width if forward else source.x, start)]
        for column in range(first + 1, last) if forward else range(first - 1, last, -1):
            part = (column - first) / (last - first)
            y = self.layout.free(column, start + (end - start) * part)
            left = column_left(column)
            sides = [(left, y), (left + WIDTHS[column], y)]
            points += sides if forward else reversed(sides)
        return _bend([*points, (target.x if forward else target.x + target.width, end)])

    def _frame(self, frame: Frame) -> str:
        note = self.notes.get(frame.name, "")
        name = fitted(frame.name, frame.width - 20, bold=True)
        room = frame.width - 34 - width(name, 12, bold=True)
        beside = fitted(note, room) if room > 40 else ""
        x, y = frame.x, frame.y
        return (
            f'<g class="frame"><rect x="{x:g}" y="{y:g}" width="{frame.width:g}" '
            f'height="{frame.height:g}" rx="8"/>'
            f'<text class="heading" x="{x + 10:g}" y="{y + 18:g}">{markup(name)}</text>'
            f'<text class="line" x="{x + frame.width - 10:g}" y="{y + 18:g}" '
            f'text-anchor="end">{markup(beside)}</text></g>'
        )

    def _box(self, box: Box) -> str:
        item, x, y = box.item, box.x, box.y
        rows = [f'<text class="label" x="{x + 10:g}" y="{y + 19:g}">{markup(box.texts[0])}</text>']
        for number, text in enumerate(box.texts[1:], 1):
            line = y + 19 + 14 * number
            rows.append(f'<text class="line" x="{x + 10:g}" y="{line:g}">{markup(text)}</text>')
        several = " group" if item.members else ""
        return (
            f'<g class="box {item.tone}{several}"><title>{markup(_told(item))}</title>'
            f'<rect x="{x:g}" y="{y:g}" width="{box.width:g}" height="{box.height:g}" rx="6"/>'
            f'<path class="edge" d="M{x + 2:g} {y + 5:g}v{box.height - 10:g}"/>'
            f"{''.join(rows)}</g>"
        )


def _faintness(links: int) -> str:
    return " dense" if links > _DENSE else " faint" if links > _CROWDED else ""


def _thickness(weight: int) -> float:
    return round(min(4.5, 1.3 + math.log2(weight) * 0.35), 2)


def _told(item: Item) -> str:
    details = "; ".join(f"{name}: {text}" for name, text in item.details)
    return f"{item.label} ({details})" if details else item.label


def _along(box: Box, number: int) -> list[float]:
    room = box.height - 12
    step = min(7.0, room / max(1, number - 1)) if number > 1 else 0.0
    top = box.middle - step * (number - 1) / 2
    return [round(top + step * n, 1) for n in range(number)]


def _bend(points: list[tuple[float, float]]) -> str:
    """A smooth line through pairs of points; level across every column that it crosses."""
    text = f"M{points[0][0]:g} {points[0][1]:g}"
    for number in range(0, len(points), 2):
        (x1, y1), (x2, y2) = points[number], points[number + 1]
        half = (x2 - x1) * 0.5
        text += f"C{x1 + half:g} {y1:g} {x2 - half:g} {y2:g} {x2:g} {y2:g}"
        if number + 2 < len(points):
            text += f"L{points[number + 2][0]:g} {points[number + 2][1]:g}"
    return text


def _loop(box: Box, start: float, end: float) -> str:
    """Between two boxes of one column, around their left side."""
    x = box.x
    out = min(GAP * 0.4, 14 + abs(end - start) * 0.08)
    return f"M{x:g} {start:g}C{x - out:g} {start:g} {x - out:g} {end:g} {x:g} {end:g}"


def _legend(y: float) -> Iterable[str]:
    x = 28.0
    for tone, words in LEGEND:
        yield f'<path class="link {tone} key" d="M{x:g} {y - 4:g}h34"/>'
        yield f'<text class="line" x="{x + 42:g}" y="{y:g}">{words}</text>'
        x += 42 + width(words) + 26
