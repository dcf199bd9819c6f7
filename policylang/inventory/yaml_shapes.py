"""Reads long YAML inventories fast, where their entries look alike.

A parser of YAML in Python needs half a second for ten thousand entries. But entries mostly have the
same shape, line for line, and differ in simple scalars alone. So the first entry of a shape is read
by the parser; a regular expression is made of its text, with a group for each scalar; and whatever
matches it has the same structure with other scalars. The groups admit only scalars that can be read
without their surroundings. Whatever is not of this kind is left to the parser, as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from policylang.inventory.document import Node

MAX_SHAPES = 48
WORTH_IT = 20_000
"""A shorter text, in characters, is read by the parser alone."""

_SECTION = re.compile(r"^(resources|principals):[ ]*$", re.MULTILINE)
_INDENT = re.compile(r"\n( *)- ")
_OUTSIDE = re.compile(r"(?:[ ]*(?:#.*)?\n)*(?:---[ ]*\n)?(?:[ ]*(?:#.*)?\n)*")

_WORD = r"(?:[A-Za-z0-9_]|-(?=[0-9]))[A-Za-z0-9_./+\-]*(?: [A-Za-z0-9_./+\-]+)*"
_PLAIN = re.compile(_WORD)
_DOUBLE = re.compile(r'"([ !#-\[\]-~]*)"')
_SINGLE = re.compile(r"'([ -&(-~]*)'")

Read = Callable[[str], tuple[Any, Node]]
Build = Callable[[tuple[str, ...]], Any]


class NoShapeError(Exception):
    """The text is not of the simple kind."""


def read_shapes(text: str, parse: Read, plain: Callable[[str], Any]) -> dict[str, Any] | None:
    """The document, or None where the parser has to read it.

    `parse` gives data and places of a text that has no anchors, or raises `NoShapeError`; `plain`
    the value of a scalar without quotes.
    """
    if len(text) < WORTH_IT or "\r" in text:
        return None
    try:
        shapes = _Shapes(parse, plain)
        return {name: [shapes.entry(each) for each in entries] for name, entries in _parts(text)}
    except (NoShapeError, ValueError):
        return None


def _parts(text: str) -> Iterator[tuple[str, list[str]]]:
    """The sections and the texts of their entries, each with its indentation and dash."""
    heads = list(_SECTION.finditer(text))
    names = [head[1] for head in heads]
    start = heads[0].start() if heads else 0
    if not heads or len(set(names)) != len(names) or not _OUTSIDE.fullmatch(text[:start]):
        raise NoShapeError
    ends = [head.start() for head in heads[1:]] + [len(text)]
    for head, end in zip(heads, ends, strict=True):
        body = text[head.end() : end].rstrip("\n")
        indent = _INDENT.match(body)
        if indent is None:
            raise NoShapeError
        dash = indent[0]
        yield head[1], [dash[1:] + entry.rstrip("\n") for entry in body[len(dash) :].split(dash)]


class _Shapes:
    """The shapes seen so far, the latest first."""

    def __init__(self, parse: Read, plain: Callable[[str], Any]) -> None:
        self.parse = parse
        self.values = _Values(plain)
        self.shapes: list[tuple[re.Pattern[str], Build]] = []

    def entry(self, text: str) -> Any:
        for index, (pattern, build) in enumerate(self.shapes):
            match = pattern.fullmatch(text)
            if match is not None:
                if index:
                    self.shapes.insert(0, self.shapes.pop(index))
                return build(match.groups())
        return self.learn(text)

    def learn(self, text: str) -> Any:
        if len(self.shapes) >= MAX_SHAPES:
            raise NoShapeError
        data, node = self.parse(text)
        if not isinstance(data, list) or len(data) != 1:
            raise NoShapeError
        shape = _Shape(text, self.values)
        build = shape.of(data[0], node.children[0])
        self.shapes.insert(0, (re.compile(shape.pattern()), build))
        return data[0]


class _Values(dict[str, Any]):
    """The values of plain scalars, each worked out once."""

    def __init__(self, plain: Callable[[str], Any]) -> None:
        super().__init__()
        self.plain = plain

    def __missing__(self, text: str) -> Any:
        value = self[text] = self.plain(text)
        return value


class _Shape:
    """The regular expression of an entry, and what builds the value from its groups."""

    def __init__(self, text: str, values: _Values) -> None:
        self.text = text
        self.values = values
        self.done = 0
        self.parts: list[str] = []
        self.groups = 0

    def pattern(self) -> str:
        return "".join(self.parts) + re.escape(self.text[self.done :])

    def of(self, data: Any, node: Node) -> Build:
        if isinstance(data, dict):
            pairs = [(key, self.of(value, node.children[key])) for key, value in data.items()]
            return lambda groups: {key: build(groups) for key, build in pairs}
        if isinstance(data, list):
            builds = [self.of(value, node.children[i]) for i, value in enumerate(data)]
            return lambda groups: [build(groups) for build in builds]
        return self.scalar(data, node)

    def scalar(self, value: Any, node: Node) -> Build:
        text = self.text[node.span.start : node.span.end]
        if "\n" in text or text[:1] in ("|", ">"):
            # What such a scalar says depends on the empty lines after it.
            raise NoShapeError
        if _DOUBLE.fullmatch(text):
            index = self.group(node, _DOUBLE.pattern)
        elif _SINGLE.fullmatch(text):
            index = self.group(node, _SINGLE.pattern)
        elif _PLAIN.fullmatch(text):
            index, values = self.group(node, f"({_WORD})"), self.values
            return lambda groups: values[groups[index]]
        else:
            return lambda groups: value
        return lambda groups: groups[index]

    def group(self, node: Node, pattern: str) -> int:
        self.parts += (re.escape(self.text[self.done : node.span.start]), pattern)
        self.done = node.span.end
        self.groups += 1
        return self.groups - 1
