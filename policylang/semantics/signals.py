"""Signals may tighten anything; they never open what is deterministic (section 4)."""

from __future__ import annotations

from policylang.ir.expressions import Where
from policylang.ir.program import Operation
from policylang.language import nodes
from policylang.semantics.names import Here
from policylang.semantics.reach import Reaches
from policylang.semantics.schema import Schema
from policylang.semantics.scopes import Scope


def check_signal(reaches: Reaches, here: Here, clause: nodes.GuardClause, scope: Scope) -> None:
    """For an `allow` whose guard reads a signal.

    What `under` leaves out is reached all the same: a request may tell of any parent.
    """
    reach = reaches.of(scope.what, [Where(place.type) for place in scope.where])
    found = next((o for o in reach.every if o.mode == "deterministic"), None)
    if found is None or scope.lost:
        return
    schema = reaches.schema
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
