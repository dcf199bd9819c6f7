"""Places items in columns so that few links cross and no two boxes touch.

Every column is a stack of blocks: a frame with its rows, or a single box. First the order: each
column in turn is sorted by where the neighbours of its blocks stand, forth and back a few times
(the barycentre heuristic of Sugiyama, 1981). Then the heights: every block wants to be level with
its neighbours; the nearest places that keep order and distance come from pooling blocks that push
one another (isotonic regression by pool-adjacent-violators).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from msgspec import Struct

from policylang.engines.graph.lettering import fitted
from policylang.engines.graph.picture import COLUMNS, Item, Picture

WIDTHS = (190, 176, 304, 220, 132, 206)
GAP = 80
TOP = 118
LEFT = 28
_SWEEPS = 8
_PAD, _LABEL, _LINE = 7, 16, 14
_HEADER, _ROW_GAP, _BLOCK_GAP, _FRAME_PAD = 26, 4, 12, 6
LINES = (1, 1, 3, 1, 1, 1)
"""How many lines below the label each column shows at most."""


class Box(Struct, frozen=True):
    """An item's place, in pixels, and the texts that fit into it."""

    item: Item
    x: float
    y: float
    width: float
    height: float
    texts: tuple[str, ...]

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


class Frame(Struct, frozen=True):
    """A heading and the rectangle around what stands under it."""

    name: str
    x: float
    y: float
    width: float
    height: float


class Layout(Struct, frozen=True):
    """Boxes by item id, frames, and the size of the whole."""

    boxes: dict[str, Box]
    frames: tuple[Frame, ...]
    width: float
    height: float

    def free(self, column: int, y: float) -> float:
        """The height nearest to `y` at which a line crosses the column between its blocks."""
        gaps = self._gaps(column)
        at = bisect_left(gaps, y)
        near = gaps[max(0, at - 1) : at + 1]
        return min(near, key=lambda gap: (abs(gap - y), gap), default=y)

    def _gaps(self, column: int) -> list[float]:
        left = column_left(column)
        spans = [(b.y, b.y + b.height) for b in self.boxes.values() if b.x == left]
        spans += [(f.y, f.y + f.height) for f in self.frames if column_left(column) == f.x]
        spans.sort()
        gaps = [spans[0][0] - _BLOCK_GAP / 2] if spans else []
        low = spans[0][1] if spans else 0.0
        for top, bottom in spans:
            if top - low >= _BLOCK_GAP / 2:
                gaps.append((low + top) / 2)
            low = max(low, bottom)
        return [*gaps, low + _BLOCK_GAP / 2] if spans else []


class _Block:
    """A frame's rows, or a single box; `y` is the top."""

    def __init__(self, frame: str, rows: list[Item]) -> None:
        self.frame = frame
        self.rows = rows
        self.y = 0.0

    @property
    def height(self) -> float:
        rows = sum(box_height(row) for row in self.rows) + _ROW_GAP * (len(self.rows) - 1)
        return rows + _HEADER + _FRAME_PAD if self.frame else rows


def column_left(column: int) -> float:
    return float(LEFT + sum(WIDTHS[:column]) + GAP * column)


def shown_lines(item: Item) -> tuple[str, ...]:
    return item.lines[: LINES[item.column]]


def box_height(item: Item) -> float:
    return 2 * _PAD + _LABEL + _LINE * len(shown_lines(item))


def lay_out(picture: Picture) -> Layout:
    """Places every item of the picture."""
    columns = [_blocks(picture, column) for column in range(len(COLUMNS))]
    neighbours = _neighbours(picture)
    _order(columns, neighbours)
    _level(columns, neighbours)
    return _measured(columns)


def _blocks(picture: Picture, column: int) -> list[_Block]:
    frames: dict[str, _Block] = {}
    blocks = []
    for item in picture.items:
        if item.column != column:
            continue
        if not item.frame:
            blocks.append(_Block("", [item]))
        elif item.frame in frames:
            frames[item.frame].rows.append(item)
        else:
            frames[item.frame] = _Block(item.frame, [item])
    return [*blocks, *frames.values()]


def _neighbours(picture: Picture) -> dict[str, list[str]]:
    columns = {item.id: item.column for item in picture.items}
    found: dict[str, list[str]] = {item.id: [] for item in picture.items}
    for link in picture.links:
        if columns[link.source] != columns[link.target] and link.tone != "confers":
            found[link.source].append(link.target)
            found[link.target].append(link.source)
    return found


def _order(columns: list[list[_Block]], neighbours: dict[str, list[str]]) -> None:
    middles: dict[str, float] = {}
    for blocks in columns:
        _stack(blocks, middles)
    forth = list(range(len(columns)))
    for sweep in range(_SWEEPS):
        for column in forth if sweep % 2 == 0 else reversed(forth):
            _sort(columns[column], neighbours, middles)
            _stack(columns[column], middles)


def _sort(
    blocks: list[_Block], neighbours: dict[str, list[str]], middles: dict[str, float]
) -> None:
    for block in blocks:
        wanted = {row.id: _pull(row, neighbours, middles) for row in block.rows}
        block.rows.sort(key=lambda row: (row.tone == "resource", wanted[row.id], row.id))
        linked = [wanted[row.id] for row in block.rows if neighbours[row.id]]
        block.y = sum(linked) / len(linked) if linked else 1e9
    blocks.sort(key=lambda block: (block.y, block.frame, block.rows[0].id))


def _pull(item: Item, neighbours: dict[str, list[str]], middles: dict[str, float]) -> float:
    near = neighbours[item.id]
    return sum(middles[other] for other in near) / len(near) if near else middles[item.id]


def _stack(blocks: list[_Block], middles: dict[str, float]) -> None:
    """Blocks from the top down, centred around zero."""
    total = sum(block.height + _BLOCK_GAP for block in blocks) - _BLOCK_GAP
    y = -total / 2
    for block in blocks:
        block.y = y
        _note(block, middles)
        y += block.height + _BLOCK_GAP


def _note(block: _Block, middles: dict[str, float]) -> None:
    y = block.y + (_HEADER if block.frame else 0)
    for row in block.rows:
        height = box_height(row)
        middles[row.id] = y + height / 2
        y += height + _ROW_GAP


def _level(columns: list[list[_Block]], neighbours: dict[str, list[str]]) -> None:
    middles: dict[str, float] = {}
    for blocks in columns:
        for block in blocks:
            _note(block, middles)
    forth = list(range(len(columns)))
    for sweep in range(_SWEEPS):
        for column in forth if sweep % 2 else reversed(forth):
            blocks = columns[column]
            wanted = [_wanted_top(block, neighbours, middles) for block in blocks]
            for block, top in zip(blocks, spread(wanted, blocks_heights(blocks)), strict=True):
                block.y = top
                _note(block, middles)


def blocks_heights(blocks: Sequence[_Block]) -> list[float]:
    return [block.height + _BLOCK_GAP for block in blocks]


def _wanted_top(
    block: _Block, neighbours: dict[str, list[str]], middles: dict[str, float]
) -> float:
    pulls = [_pull(row, neighbours, middles) - middles[row.id] for row in block.rows]
    return block.y + sum(pulls) / len(pulls)


def spread(wanted: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """The tops nearest to the wanted ones (least squares) at which no item overlaps the next."""
    offsets = [0.0]
    for size in sizes:
        offsets.append(offsets[-1] + size)
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=False):
        total, number = want - offset, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / number:
            before, several = pools.pop()
            total, number = total + before, number + several
        pools.append((total, number))
    levels = [total / number for total, number in pools for _ in range(number)]
    return [level + offset for level, offset in zip(levels, offsets, strict=False)]


def _measured(columns: list[list[_Block]]) -> Layout:
    tops = [block.y for blocks in columns for block in blocks]
    shift = TOP - min(tops, default=0)
    boxes: dict[str, Box] = {}
    frames = []
    for column, blocks in enumerate(columns):
        for block in blocks:
            frames += _placed(column, block, round(block.y + shift), boxes)
    bottoms = [box.y + box.height for box in boxes.values()]
    width = column_left(len(COLUMNS) - 1) + WIDTHS[-1] + LEFT
    return Layout(boxes, tuple(frames), width, max(bottoms, default=TOP) + 30)


def _placed(column: int, block: _Block, top: float, boxes: dict[str, Box]) -> list[Frame]:
    left, width = column_left(column), float(WIDTHS[column])
    inset = _FRAME_PAD if block.frame else 0
    y = top + (_HEADER if block.frame else 0)
    for row in block.rows:
        height = box_height(row)
        room = width - 2 * inset
        texts = (fitted(row.label, room - 18, bold=True), *_notes(row, room - 18))
        boxes[row.id] = Box(row, left + inset, y, room, height, texts)
        y += height + _ROW_GAP
    return [Frame(block.frame, left, top, width, block.height)] if block.frame else []


def _notes(row: Item, room: float) -> list[str]:
    return [fitted(line, room) for line in shown_lines(row)]
