"""Inventories in YAML, read so that nothing means more than it says.

Plain scalars are `null`, `true`, `false`, a number as JSON writes it, or text: `no`, `on`, `010`,
`1_000` and dates stay text (YAML 1.2 knows no other). Keys given twice, tags, several documents and
merge keys are errors; aliases are followed, but not into one another and not without end.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import yaml

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.diagnostics.span import Source, Span
from policylang.inventory.document import Document, Node
from policylang.inventory.json_text import given_twice
from policylang.inventory.yaml_shapes import NoShapeError, read_shapes

MAX_DEPTH = 64
"""Levels of nesting."""
MAX_NODES = 5_000_000
"""Nodes of a document with every alias written out."""
MAX_DIGITS = 4000

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NO_NUMBERS = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


class YamlError(Exception):
    """Carries the diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic)


def read_yaml(source: Source) -> Document | Diagnostic:
    """The document of a YAML text, or why it is none."""
    data = read_shapes(source.text, _example, plain)
    if data is not None:
        return Document(source.name, data, source, locate_yaml)
    try:
        value, root = _Reader(source).document()
    except YamlError as error:
        return error.diagnostic
    except yaml.YAMLError as error:
        return _broken(source, error)
    return Document(source.name, value, source, lambda _: root)


def _example(text: str) -> tuple[Any, Node]:
    reader = _Reader(Source("", text))
    try:
        value, node = reader.document()
    except (YamlError, yaml.YAMLError):
        raise NoShapeError from None
    if reader.anchors:
        raise NoShapeError
    return value, node


def locate_yaml(source: Source) -> Node:
    """Where each part of a YAML text stands. The text has been read before."""
    return _Reader(source).document()[1]


def plain(text: str) -> Any:
    """The value of a scalar without quotes; raises `ValueError` for one that is no value."""
    if text in _WORDS:
        return _WORDS[text]
    match = _NUMBER.fullmatch(text)
    if match is None:
        if _NO_NUMBERS.fullmatch(text):
            raise ValueError(f"`{text}` is no number")
        return text
    if len(text) > MAX_DIGITS:
        raise ValueError(f"a number has more than {MAX_DIGITS} digits")
    try:
        return int(text) if match[1] is None and match[2] is None else Decimal(text)
    except ArithmeticError:
        raise ValueError(f"`{text}` has too large an exponent") from None


def _broken(source: Source, error: yaml.YAMLError) -> Diagnostic:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be read"
    span = None
    if mark is not None:
        start = min(mark.index, max(len(source.text) - 1, 0))
        span = Span(start, min(start + 1, len(source.text)))
    return Diagnostic(
        "P0502", "error", f"this is not YAML: {problem}", source, span, label="here" if span else ""
    )


class _Reader:
    """Builds values and places from the parser's events."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.parser = _Loader(source.text)
        self.anchors: dict[str, tuple[Any, Node, int]] = {}
        self.nodes = 0

    def document(self) -> tuple[Any, Node]:
        self.next()
        if self.parser.check_event(yaml.StreamEndEvent):
            return None, Node(Span(0, 0))
        self.next()
        value, node, _ = self.value(0)
        self.next()
        if not self.parser.check_event(yaml.StreamEndEvent):
            event = self.parser.peek_event()
            raise self.refused(event, "an inventory is one document", "a second document")
        return value, node

    def next(self) -> Any:
        return self.parser.get_event()

    def value(self, depth: int) -> tuple[Any, Node, int]:
        """The value, its place, and how many nodes it has with its aliases written out."""
        event = self.next()
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        self.check(event, depth)
        if isinstance(event, yaml.ScalarEvent):
            read = self.scalar(event), Node(self.span(event)), 1
        elif isinstance(event, yaml.SequenceStartEvent):
            read = self.sequence(event, depth)
        else:
            read = self.mapping(event, depth)
        if read[2] > MAX_NODES:
            raise self.refused(event, "the aliases stand for too much", "too large")
        if event.anchor is not None:
            self.anchors[event.anchor] = read
        return read

    def check(self, event: Any, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise self.refused(event, f"the document is nested deeper than {MAX_DEPTH} levels", "")
        if event.tag is not None and event.tag != "!":
            raise self.refused(event, "an inventory has no tags", f"`{event.tag}`")

    def alias(self, event: Any) -> tuple[Any, Node, int]:
        if event.anchor not in self.anchors:
            raise self.refused(event, f"`*{event.anchor}` stands for nothing before it", "")
        value, node, size = self.anchors[event.anchor]
        return value, Node(self.span(event), node.children, node.keys), size

    def scalar(self, event: Any) -> Any:
        if event.style or not event.implicit[0]:
            return event.value
        try:
            return plain(event.value)
        except ValueError as error:
            span = self.span(event)
            raise YamlError(Diagnostic("P0502", "error", str(error), self.source, span)) from None

    def sequence(self, start: Any, depth: int) -> tuple[list[Any], Node, int]:
        values: list[Any] = []
        children: dict[str | int, Node] = {}
        total = 1
        while not self.parser.check_event(yaml.SequenceEndEvent):
            value, node, size = self.value(depth + 1)
            children[len(values)] = node
            values.append(value)
            total += size
        return values, Node(self.span(start, self.next()), children), total

    def mapping(self, start: Any, depth: int) -> tuple[dict[str, Any], Node, int]:
        values: dict[str, Any] = {}
        children: dict[str | int, Node] = {}
        keys: dict[str, Span] = {}
        total = 1
        while not self.parser.check_event(yaml.MappingEndEvent):
            key, span = self.key(depth)
            if key in keys:
                raise YamlError(given_twice(self.source, key, keys[key], span))
            keys[key] = span
            values[key], children[key], size = self.value(depth + 1)
            total += size
        return values, Node(self.span(start, self.next()), children, keys), total

    def key(self, depth: int) -> tuple[str, Span]:
        event = self.parser.peek_event()
        key, node, _ = self.value(depth + 1)
        if not isinstance(key, str):
            raise self.refused(event, "a key must be text", "not text", 'put it in quotes: "…"')
        if key == "<<":
            help = "write the keys out"
            raise self.refused(event, "an inventory has no merge keys", "`<<`", help)
        return key, node.span

    def span(self, event: Any, end: Any = None) -> Span:
        return Span(event.start_mark.index, (end or event).end_mark.index)

    def refused(self, event: Any, message: str, label: str, help: str = "") -> YamlError:
        return YamlError(
            Diagnostic(
                "P0517", "error", message, self.source, self.span(event), label=label, help=help
            )
        )
