"""Where declarations stand in the source, for messages about a checked program."""

from __future__ import annotations

from typing import Literal

from policylang.diagnostics.span import Source, Span

Sort = Literal[
    "rule",
    "limit",
    "prove",
    "operation",
    "attribute",
    "type",
    "role",
    "risk",
    "principal",
    "label",
    "signal",
    "entity",
    "context",
    "tool",
    "clause",
]


class Places:
    """Looks up by sort and name.

    Rules, limits and proves go by their id, operations and attributes by `Type.name`, entities by
    `Type "id"`, clauses (`when`, `unless`) by `id#index`.
    """

    __slots__ = ("_places",)

    def __init__(self) -> None:
        self._places: dict[tuple[Sort, str], tuple[Source, Span]] = {}

    def of(self, sort: Sort, name: str) -> tuple[Source, Span] | None:
        """The source and the span of its name (of the whole declaration for what has none)."""
        return self._places.get((sort, name))

    def put(self, sort: Sort, name: str, source: Source, span: Span) -> None:
        """Remembers a place; the first one stays."""
        self._places.setdefault((sort, name), (source, span))
