"""A document that an inventory comes from: its data, and where in the text each part stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from policylang.diagnostics.diagnostic import Diagnostic, Label, Severity
from policylang.diagnostics.span import Source, Span

Path = tuple[str | int, ...]
"""The way to a part of a document: keys and indexes."""


class Node(Struct):
    """Where a part of a document stands; of a mapping also its keys."""

    span: Span
    children: dict[str | int, Node] = {}
    keys: dict[str, Span] = {}


class Trouble(Struct, frozen=True):
    """A problem of a part of a document, not yet placed. `of_key`: the key is wrong, not the value.

    `other`: a second part that belongs to it, and what is there.
    """

    code: str
    message: str
    path: Path
    label: str = ""
    help: str = ""
    of_key: bool = False
    other: tuple[Document, Path, str] | None = None
    severity: Severity = "error"


class Document:
    """`name` is how diagnostics show it. `locate` reads the text once more, for places only."""

    def __init__(
        self,
        name: str,
        data: Any,
        source: Source | None = None,
        locate: Callable[[Source], Node] | None = None,
    ) -> None:
        self.name = name
        self.data = data
        self.source = source
        self._locate = locate
        self._root: Node | None = None

    def span(self, path: Path, *, of_key: bool = False) -> Span | None:
        """Where a part stands, or what is nearest to it; None without a text."""
        if self.source is None or self._locate is None:
            return None
        if self._root is None:
            self._root = self._locate(self.source)
        node = self._root
        for index, step in enumerate(path):
            if of_key and index == len(path) - 1 and isinstance(step, str) and step in node.keys:
                return node.keys[step]
            if step not in node.children:
                break
            node = node.children[step]
        return node.span

    def place(self, path: Path) -> str:
        """`file:line:column`; without a text the way to the part."""
        span = self.span(path)
        if self.source is None or span is None:
            return f"{self.name}, {shown(path)}" if path else self.name
        return self.source.at(span)

    def diagnostic(self, trouble: Trouble) -> Diagnostic:
        span = self.span(trouble.path, of_key=trouble.of_key)
        where = "" if span is not None else f" ({self.place(trouble.path)})"
        return Diagnostic(
            trouble.code,
            trouble.severity,
            trouble.message + where,
            self.source,
            span,
            label=trouble.label,
            help=trouble.help,
            labels=_labels(trouble),
        )


def _labels(trouble: Trouble) -> tuple[Label, ...]:
    if trouble.other is None:
        return ()
    document, path, text = trouble.other
    span = document.span(path)
    if document.source is None or span is None:
        return ()
    return (Label(document.source, span, text),)


def shown(path: Path) -> str:
    """`resources[3].attributes.stage`."""
    out = ""
    for step in path:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else step
    return out
