"""What a lowered expression reads: the roots, the session, the past."""

from __future__ import annotations

from collections.abc import Iterable

from policylang.ir.expressions import (
    Aggregate,
    Expr,
    Formerly,
    Previous,
    Root,
    SessionSaw,
    Since,
)
from policylang.ir.walk import subexpressions


def reads(expressions: Iterable[Expr]) -> set[str]:
    """`principal`, `resource`, `args`, `context`, `signal`, `session`, `history`."""
    found: set[str] = set()
    for expression in expressions:
        for node in subexpressions(expression):
            if isinstance(node, Root):
                found.add(node.name.removeprefix("event_"))
            elif isinstance(node, SessionSaw):
                found.add("session")
            elif isinstance(node, (Formerly, Previous, Since, Aggregate)):
                found.add("history")
    return found
