"""Trees without their places, to be compared."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from policylang.language.nodes import Module

PLACES = ("span", "op_span", "doc")


def bare(node: Any) -> Any:
    """The node as nested tuples, without places and documentation."""
    if isinstance(node, Struct):
        fields = (name for name in node.__struct_fields__ if name not in PLACES)
        return (type(node).__name__, *(bare(getattr(node, name)) for name in fields))
    if isinstance(node, tuple):
        return tuple(bare(item) for item in node)
    return node


def bare_module(module: Module) -> Any:
    """Name and declarations of a module, without comments."""
    return bare(module.name), bare(module.declarations)
