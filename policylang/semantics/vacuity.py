"""Rejects history conditions that can never hold, or always hold."""

from __future__ import annotations

from collections.abc import Sequence

from policylang.diagnostics.span import Span
from policylang.ir.expressions import (
    Compare,
    EventPattern,
    Expr,
)
from policylang.language import nodes
from policylang.semantics.frame import Frame
from policylang.semantics.reach import Reach


def check_comparison(frame: Frame, expr: Compare, span: Span) -> None:
    pass


def check_conjunction(frame: Frame, operands: Sequence[tuple[Expr, Span]]) -> None:
    pass


def check_disjunction(frame: Frame, operands: Sequence[tuple[Expr, Span]]) -> None:
    pass


def check_pattern(frame: Frame, pattern: EventPattern, reach: Reach, node: nodes.EventNode) -> None:
    pass
