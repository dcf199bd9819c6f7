"""A tree as an indented outline: one node a line, fields that say something after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from policylang.language import nodes

_PLAIN = (str, bool, nodes.Name, nodes.Lit, nodes.MemberLit)


def outline(node: Any, indent: int = 0) -> str:
    """The outline of a node and all below it."""
    return "\n".join(_lines(node, indent))


def _lines(node: Struct, indent: int) -> Iterator[str]:
    scalars = []
    below: list[tuple[str, Any]] = []
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if name in ("span", "op_span") or value is None or value == () or value is False:
            continue
        if value == "":
            continue
        if isinstance(value, _PLAIN):
            scalars.append(f"{name}={_plain(value)}")
        elif isinstance(value, tuple) and all(isinstance(item, _PLAIN) for item in value):
            scalars.append(f"{name}={','.join(map(_plain, value))}")
        else:
            below.append((name, value))
    yield "  " * indent + " ".join([type(node).__name__, *scalars])
    for name, value in below:
        yield from _below(name, value, indent + 1)


def _below(name: str, value: Any, indent: int) -> Iterator[str]:
    items = value if isinstance(value, tuple) else (value,)
    for item in items:
        if isinstance(item, tuple):
            node, flag = item
            yield "  " * indent + f"{name} {'for agents' if flag else 'for everyone'}:"
            yield from _lines(node, indent + 1)
        elif isinstance(item, _PLAIN):
            yield "  " * indent + f"{name}: {_plain(item)}"
        else:
            first, *rest = _lines(item, indent)
            yield "  " * indent + f"{name}: {first.strip()}"
            yield from rest


def _plain(value: Any) -> str:
    match value:
        case nodes.Name():
            return value.text
        case nodes.MemberLit():
            return value.name
        case nodes.Lit(kind="string"):
            return repr(value.value)
        case nodes.Lit():
            return f"{value.kind}:{value.value}"
        case _:
            return str(value)
