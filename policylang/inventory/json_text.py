"""Inventories in JSON: strict, exact, and with places where something is wrong.

A key given twice, `NaN` and trailing text are errors; a number with a point is a `Decimal`.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, NoReturn

from policylang.diagnostics.diagnostic import Diagnostic, Label
from policylang.diagnostics.span import Source, Span
from policylang.inventory.document import Document, Node

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^\s,\]}]+")


def read_json(source: Source) -> Document | Diagnostic:
    """The document of a JSON text, or why it is none."""
    try:
        data = json.loads(
            source.text,
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        return _broken(source, f"this is not JSON: {_lower(error.msg)}", error.pos)
    except _TwiceError:
        return _given_twice(source)
    except _ConstantError as error:
        offset = source.text.find(str(error))
        return _broken(source, f"`{error}` is no number", offset)
    except RecursionError:
        return _broken(source, "the document is nested too deeply", None)
    except (ValueError, ArithmeticError):
        return _broken(source, "a number has too many digits", None)
    return Document(source.name, data, source, locate_json)


def locate_json(source: Source) -> Node:
    """Where each part of a JSON text stands. The text has been read before."""
    node, _ = _Locator(source.text).value(0)
    return node


class _TwiceError(Exception):
    pass


class _ConstantError(Exception):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) != len(pairs):
        raise _TwiceError
    return said


def _no_constant(name: str) -> NoReturn:
    raise _ConstantError(name)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _broken(source: Source, message: str, offset: int | None) -> Diagnostic:
    span = None
    if offset is not None:
        start = min(offset, max(len(source.text) - 1, 0))
        span = Span(start, min(start + 1, len(source.text)))
    return Diagnostic("P0502", "error", message, source, span, label="here" if span else "")


def _given_twice(source: Source) -> Diagnostic:
    locator = _Locator(source.text)
    locator.value(0)
    key, first, second = locator.twice[0]
    return given_twice(source, key, first, second)


def given_twice(source: Source, key: str, first: Span, second: Span) -> Diagnostic:
    return Diagnostic(
        "P0503",
        "error",
        f"the key `{key}` is given twice",
        source,
        second,
        label="again",
        help="keep one of them",
        labels=(Label(source, first, "first here"),),
    )


class _Locator:
    """Goes through JSON that is known to be well-formed. `twice`: keys, and both places."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.twice: list[tuple[str, Span, Span]] = []

    def value(self, position: int) -> tuple[Node, int]:
        start = self.after_space(position)
        match self.text[start : start + 1]:
            case "{":
                return self.mapping(start)
            case "[":
                return self.sequence(start)
            case '"':
                end: int = scanstring(self.text, start + 1)[1]
                return Node(Span(start, end)), end
        scalar = _SCALAR.match(self.text, start)
        end = scalar.end() if scalar else start
        return Node(Span(start, end)), end

    def mapping(self, start: int) -> tuple[Node, int]:
        children: dict[str | int, Node] = {}
        keys: dict[str, Span] = {}
        position = self.after_space(start + 1)
        while self.text[position] != "}":
            key, end = scanstring(self.text, position + 1)
            span = Span(position, end)
            if key in keys:
                self.twice.append((key, keys[key], span))
            keys[key] = span
            children[key], position = self.value(self.after_space(end) + 1)
            position = self.after_comma(position)
        return Node(Span(start, position + 1), children, keys), position + 1

    def sequence(self, start: int) -> tuple[Node, int]:
        children: dict[str | int, Node] = {}
        position = self.after_space(start + 1)
        while self.text[position] != "]":
            children[len(children)], position = self.value(position)
            position = self.after_comma(position)
        return Node(Span(start, position + 1), children), position + 1

    def after_space(self, position: int) -> int:
        match = _SPACE.match(self.text, position)
        return match.end() if match else position

    def after_comma(self, position: int) -> int:
        position = self.after_space(position)
        return self.after_space(position + 1) if self.text[position] == "," else position
