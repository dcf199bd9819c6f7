"""Signals may tighten anything; they never open what is deterministic (section 4)."""

from __future__ import annotations

from policylang.ir.program import Operation
from policylang.language import nodes
from policylang.semantics.names import Here
from policylang.semantics.schema import Schema
from policylang.semantics.scopes import Scope


def check_signal(
    schema: Schema, here: Here, node: nodes.RuleDecl, clause: nodes.GuardClause, scope: Scope
) -> None:
    """For an `allow` whose guard reads a signal."""
    found = next((o for o in scope.reach.every if o.mode == "deterministic"), None)
    if found is None or scope.lost:
        return
    risk = _reason(schema, found)
    here.error(
        "P0306",
        f"an `allow` that reads a signal reaches `{found.name}` on `{found.resource_type}`, "
        "which is deterministic",
        clause.expr.span,
        label="depends on a signal",
        help=f"`{found.name}` is `{risk}`, and `{risk}` is deterministic: use `deny` or "
        "`require approval`, or let the rule reach adaptive operations only",
    )


def _reason(schema: Schema, operation: Operation) -> str:
    return next(
        (r for r in operation.risks if schema.risks[r].mode == "deterministic"), "deterministic"
    )
