"""Waivers: bounded by the resource, and out of reach of whom they could be used by."""

from __future__ import annotations

from collections.abc import Sequence

from policylang.ir.expressions import Expr, Who, WhoId, WhoKind
from policylang.language import nodes
from policylang.semantics.names import Here
from policylang.semantics.reads import reads
from policylang.semantics.schema import Schema
from policylang.semantics.scopes import Scope

_SUPPLIED = {
    "principal": "`principal`",
    "args": "`args`",
    "context": "`context`",
    "session": "the session",
    "signal": "a signal",
    "history": "history",
}


def check_waiver(
    schema: Schema,
    here: Here,
    waiving: nodes.WaivingClause,
    scope: Scope,
    guards: Sequence[tuple[nodes.GuardClause, Expr | None]],
) -> None:
    """The definition's section 3.4."""
    if _waives_std_self(schema, here, waiving, scope) or not any(
        _can_be_an_agent(schema, who) for who in scope.who
    ):
        return
    for clause, expr in guards:
        supplied = sorted(reads([expr]) - {"resource"}) if expr is not None else []
        if supplied:
            here.error(
                "P0305",
                f"a waiver's guard cannot read {_SUPPLIED[supplied[0]]}, "
                "which an agent could influence",
                clause.expr.span,
                label="supplied by the actor",
                help="let it read `resource` alone, or give the waiver to humans only",
            )
    bounded = all(w.id is not None or w.under is not None for w in scope.where)
    read = reads(expr for _, expr in guards if expr is not None)
    lost = any(expr is None for _, expr in guards)
    if not bounded and "resource" not in read and not lost:
        here.error(
            "P0304",
            f"this waiver of `{waiving.risk.text}` is not bounded by the resource, "
            "and an agent or a service could use it",
            waiving.span,
            label="waives the floor everywhere",
            help="name the resource, say `under`, or add a `when` that reads `resource`",
        )


def _can_be_an_agent(schema: Schema, who: Who) -> bool:
    match who:
        case WhoKind(kind):
            return kind != "human"
        case WhoId(id_):
            declared = schema.names.get("principal", id_)
            return declared is None or declared.node.kind != "human"
        case _:
            return True


def _waives_std_self(
    schema: Schema, here: Here, waiving: nodes.WaivingClause, scope: Scope
) -> bool:
    """Whether the waiver names `std.self`'s types. One `on any` is not heeded there."""
    named = {w.type for w in scope.where} | {w.under.resource_type for w in scope.where if w.under}
    guarded = sorted(name for name in named if name and schema.types[name].builtin)
    if not guarded or here.builtin:
        return False
    here.error(
        "P0315",
        f"this waiver reaches `{guarded[0]}` of `std.self`, which cannot be waived",
        waiving.span,
        label="cannot be waived",
        help="name the resource types that the waiver is for: `on Environment`",
    )
    return True
