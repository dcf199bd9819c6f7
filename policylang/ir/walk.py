"""Going through an expression."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from policylang.ir.expressions import Expr


def subexpressions(expr: Expr | None) -> Iterator[Any]:
    """The expression and every node inside it, event patterns included, outermost first."""
    pending: list[Any] = [expr]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending.extend(reversed(node))
        elif isinstance(node, Struct):
            yield node
            pending.extend(getattr(node, name) for name in reversed(node.__struct_fields__))
