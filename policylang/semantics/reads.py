"""What a lowered expression reads: the roots, the session, the past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from policylang.ir.expressions import (
    Aggregate,
    Expr,
    Formerly,
    Previous,
    Root,
    SessionSaw,
    Since,
)


def reads(expressions: Iterable[Expr]) -> set[str]:
    """`principal`, `resource`, `args`, `context`, `signal`, `session`, `history`."""
    found: set[str] = set()
    for expression in expressions:
        for node in walk(expression):
            if isinstance(node, Root):
                found.add(node.name.removeprefix("event_"))
            elif isinstance(node, SessionSaw):
                found.add("session")
            elif isinstance(node, (Formerly, Previous, Since, Aggregate)):
                found.add("history")
    return found


def walk(expression: Expr) -> Iterator[Struct]:
    """Every Struct in it, itself first."""
    pending: list[object] = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, Struct):
            yield node
            pending.extend(getattr(node, name) for name in node.__struct_fields__)
        elif isinstance(node, tuple):
            pending.extend(node)
