"""How long and how deep an expression becomes once the `define`s in it are written out.

A short policy can stand for one without end: forty `define`s that each call the one before twice
come to a million million conditions. So it is worked out before anything is written out, from the
syntax alone and once for each `define`.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from policylang.language import nodes
from policylang.semantics.names import Declared, Names

LARGEST = 20_000
"""The parts of one call with everything written out."""
DEEPEST = 100
"""Its levels: as many as an expression can have without any `define`."""
TOGETHER = 500_000
"""The parts of all calls of a program, short ones aside."""
_SHORT = 100
_CALLED = ("size", "blast")


class Extent(Struct, frozen=True):
    """Parts and levels. `uses`: for each parameter, how often and how deep down it is read."""

    size: int
    depth: int
    uses: dict[str, tuple[int, int]] = {}


class Extents:
    """The extents of a program's `define`s by name.

    `too_long`: those that do not fit though all that they call does. What calls one of those, or
    itself, is in neither.
    """

    def __init__(self, names: Names) -> None:
        self._known: dict[str, Extent] = {}
        self._parameters: dict[str, tuple[str, ...]] = {}
        self.too_long: list[Declared] = []
        self._spent = 0
        waiting = {found.name: found for found in names.all("define")}
        calls = {name: set(_calls(found.node.body)) for name, found in waiting.items()}
        callers: dict[str, list[str]] = {}
        for name, called in calls.items():
            called &= waiting.keys()
            for each in called:
                callers.setdefault(each, []).append(name)
        ready = [name for name, called in calls.items() if not called]
        for name in ready:
            if self._learn(waiting[name]):
                for caller in callers.get(name, ()):
                    calls[caller].discard(name)
                    if not calls[caller]:
                        ready.append(caller)

    def _learn(self, found: Declared) -> bool:
        node: nodes.DefineDecl = found.node
        parameters = tuple(parameter.name.text for parameter in node.parameters)
        extent = self._of(node.body, frozenset(parameters))
        if extent is None or not _fits(extent) or not self._afford(extent):
            self.too_long.append(found)
            return False
        self._known[found.name] = extent
        self._parameters[found.name] = parameters
        return True

    def _afford(self, extent: Extent) -> bool:
        self._spent += max(0, extent.size - _SHORT)
        return self._spent <= TOGETHER

    def __contains__(self, define: str) -> bool:
        return define in self._known

    def allows(self, call: nodes.CallExpr, *, spend: bool) -> bool:
        """Whether a call can be written out; `spend`: it takes its share of the program's."""
        extent = self._of(call, frozenset())
        return extent is not None and _fits(extent) and (not spend or self._afford(extent))

    def _of(self, node: object, parameters: frozenset[str]) -> Extent | None:
        """None where it calls what has no extent."""
        if isinstance(node, nodes.PathExpr):
            levels = 1 + len(node.parts)
            used = {node.root.text: (1, levels)} if node.root.text in parameters else {}
            return Extent(1, levels, used)
        if isinstance(node, nodes.LitExpr) and isinstance(node.literal, nodes.SetLit):
            return Extent(1 + len(node.literal.items) // 8, 1)
        parts = [self._of(part, parameters) for part in _parts(node)]
        whole = _joined(parts)
        if whole is None or not isinstance(node, nodes.CallExpr) or node.name.text in _CALLED:
            return whole
        return self._called(node, [part for part in parts if part is not None])

    def _called(self, node: nodes.CallExpr, arguments: list[Extent]) -> Extent | None:
        body = self._known.get(node.name.text)
        if body is None:
            return None
        size, depth, uses = body.size, body.depth, dict[str, tuple[int, int]]()
        # A wrong number of arguments is reported elsewhere.
        for parameter, argument in zip(self._parameters[node.name.text], arguments, strict=False):
            times, place = body.uses.get(parameter, (0, 0))
            size += times * argument.size
            depth = max(depth, place + argument.depth)
            for name, (again, below) in argument.uses.items():
                _use(uses, name, times * again, place + below)
        return Extent(1 + size, 1 + depth, uses)


def _fits(extent: Extent) -> bool:
    return extent.size <= LARGEST and extent.depth <= DEEPEST


def _joined(parts: list[Extent | None]) -> Extent | None:
    size, depth, uses = 1, 0, dict[str, tuple[int, int]]()
    for part in parts:
        if part is None:
            return None
        size, depth = size + part.size, max(depth, part.depth)
        for name, (times, place) in part.uses.items():
            _use(uses, name, times, 1 + place)
    return Extent(size, 1 + depth, uses)


def _use(uses: dict[str, tuple[int, int]], name: str, times: int, place: int) -> None:
    before, deepest = uses.get(name, (0, 0))
    uses[name] = (before + times, max(deepest, place))


def _parts(node: object) -> Iterator[object]:
    """The expressions right below a node."""
    if isinstance(node, nodes.CallExpr):
        yield from node.args
        return
    pending = [node]
    while pending:
        current = pending.pop()
        fields = [getattr(current, name) for name in getattr(current, "__struct_fields__", ())]
        for field in current if isinstance(current, tuple) else fields:
            if isinstance(field, _EXPRESSIONS):
                yield field
            elif isinstance(field, (tuple, Struct)):
                pending.append(field)


def _calls(body: object) -> Iterator[str]:
    pending: list[object] = [body]
    while pending:
        current = pending.pop()
        if isinstance(current, nodes.CallExpr):
            yield current.name.text
        pending.extend(_parts(current))


_EXPRESSIONS: tuple[type, ...] = nodes.ExprNode.__args__  # type: ignore[attr-defined]
