"""A rule that can never match: its scope reaches nothing, or its guard contradicts itself.

A `deny` or a `require approval` over a risk class that nothing has yet is fine: it guards what may
come.
"""

from __future__ import annotations

from collections.abc import Iterator

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.ir.program import Program, Rule
from policylang.semantics.checks.contradictions import contradiction
from policylang.semantics.checks.scopes import Scopes
from policylang.semantics.places import Places

CODE = "P0401"


def check(program: Program, places: Places) -> Iterator[Diagnostic]:
    scopes = Scopes(program)
    for rule in program.rules:
        message = _unreachable(scopes, rule) or _impossible(rule)
        if message:
            source, span = places.of("rule", rule.id) or (None, None)
            text, remedy = message
            yield Diagnostic(CODE, "warning", text, source, span, "never matches", remedy)


def _unreachable(scopes: Scopes, rule: Rule) -> tuple[str, str] | None:
    if rule.effect != "allow" or scopes.reached(rule):
        return None
    return (
        "this `allow` can never match: no operation is within its scope",
        "declare an operation of that risk class on that type, or take the rule out",
    )


def _impossible(rule: Rule) -> tuple[str, str] | None:
    why = contradiction(rule.clauses)
    if why is None:
        return None
    effect = rule.effect.replace("_", " ")
    return f"this `{effect}` can never match: {why}", "make the conditions agree"
