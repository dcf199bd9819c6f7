"""Gathers what `has` tells within one conjunction.

In negation normal form, `not` stands before atoms only: under a `not`, an `or` is a conjunction. A
conjunction's `has`, wherever in it they stand, make sure of every read in it. A `not … has` makes
sure of nothing, and an operand of a disjunction tells nothing to its siblings.
"""

from __future__ import annotations

from policylang.ir.expressions import Expr, Has, HasParent
from policylang.language import nodes
from policylang.semantics import expressions
from policylang.semantics.calls import define_body
from policylang.semantics.frame import Frame


def gather(frame: Frame, node: nodes.ExprNode, positive: bool, into: set[Expr]) -> None:
    """Adds the `Has` and `HasParent` that hold where the node is true (or, negated, false)."""
    match node:
        case nodes.ParenExpr(inner=inner):
            gather(frame, inner, positive, into)
        case nodes.NotExpr(operand=operand):
            gather(frame, operand, not positive, into)
        case nodes.LogicExpr(op=op, operands=operands) if (op == "and") == positive:
            for operand in operands:
                gather(frame, operand, positive, into)
        case nodes.HasExpr() if positive:
            told = expressions.value(frame.but(quiet=True), node).expr
            if isinstance(told, (Has, HasParent)):
                into.add(told)
        case nodes.CallExpr(name=name) if name.text not in ("size", "blast"):
            inlined = define_body(frame.but(quiet=True), node)
            if inlined is not None:
                gather(inlined[0], inlined[1], positive, into)
