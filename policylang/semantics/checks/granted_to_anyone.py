"""`Write` or stricter granted to `anyone`: also to an agent that nobody has heard of."""

from __future__ import annotations

from collections.abc import Iterator

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.ir import expressions as ir
from policylang.ir.program import Operation, Program, Rule
from policylang.semantics.checks.contradictions import conjuncts
from policylang.semantics.checks.scopes import Scopes
from policylang.semantics.places import Places

CODE = "P0407"


def check(program: Program, places: Places) -> Iterator[Diagnostic]:
    scopes = Scopes(program)
    for rule in program.rules:
        if rule.effect == "allow" and ir.WhoAnyone() in rule.who and not _names_somebody(rule):
            wide = [o for o in scopes.reached(rule) if o.risks != ("Read",)]
            if wide:
                yield _diagnostic(places, rule, wide[0])


def _names_somebody(rule: Rule) -> bool:
    """Whether the guard asks for a role or for a human."""
    wanted = (
        expr
        for clause in rule.clauses
        for expr, true in conjuncts(clause.expr, clause.kind == "when")
        if true
    )
    return any(
        isinstance(expr, ir.InRole) or (isinstance(expr, ir.IsKind) and expr.kind == "human")
        for expr in wanted
    )


def _diagnostic(places: Places, rule: Rule, operation: Operation) -> Diagnostic:
    source, span = places.of("rule", rule.id) or (None, None)
    risk = next(name for name in operation.risks if name != "Read")
    on = f"`{operation.name}` on `{operation.resource_type}`"
    return Diagnostic(
        CODE,
        "warning",
        f"`anyone` may {on}, which is `{risk}`",
        source,
        span,
        "granted to every principal, known or not",
        "name a role, a principal or `any human`",
    )
