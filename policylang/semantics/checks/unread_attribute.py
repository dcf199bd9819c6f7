"""An attribute that nothing reads: no condition, limit, tool binding or obligation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.ir import expressions as ir
from policylang.ir.program import Program
from policylang.ir.walk import subexpressions
from policylang.semantics.places import Places

CODE = "P0404"


def check(program: Program, places: Places) -> Iterator[Diagnostic]:
    read = _names_read(program)
    for declared in program.resource_types:
        for field in declared.attributes:
            if field.name not in read:
                yield _diagnostic(places, declared.name, field.name)
    for field in program.principal_attributes:
        if field.name not in read:
            yield _diagnostic(places, "principal", field.name)


def _names_read(program: Program) -> set[str]:
    """Every attribute name that is read of anything: an equal name on another type counts too."""
    expressions: list[ir.Expr | None] = []
    words: set[str] = set()
    guards = [rule.clauses for rule in program.rules]
    guards += [limit.clauses for limit in program.limits]
    guards += [prove.clauses for prove in program.proves]
    expressions += [clause.expr for clauses in guards for clause in clauses]
    expressions += [limit.amount for limit in program.limits]
    for rule in program.rules:
        for obligation in rule.obligations:
            words.update(re.findall(r"[a-z]\w*", " ".join(obligation.args)))
    nodes = (node for expr in expressions for node in subexpressions(expr))
    return words | {node.name for node in nodes if isinstance(node, (ir.Attr, ir.Has))}


def _diagnostic(places: Places, owner: str, name: str) -> Diagnostic:
    source, span = places.of("attribute", f"{owner}.{name}") or (None, None)
    whose = "of principals" if owner == "principal" else f"of `{owner}`"
    return Diagnostic(
        CODE,
        "warning",
        f"the attribute `{name}` {whose} is never read",
        source,
        span,
        "never read",
        "use it in a condition, or take it out",
    )
