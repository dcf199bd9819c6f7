"""A rule hidden by a stricter one: whatever it says, the other has the last word.

An `allow` or a `require approval` is hidden by a `deny` that covers all of its scope, whenever it
is true; an `allow` by such a `require approval`.
"""

from __future__ import annotations

from collections.abc import Iterator

from policylang.diagnostics.diagnostic import Diagnostic, Label
from policylang.ir import expressions as ir
from policylang.ir.program import Program, Rule
from policylang.semantics.checks.scopes import Scopes, implied, wider_where
from policylang.semantics.places import Places

CODE = "P0402"
_Condition = tuple[str, ir.Expr]
_Place = tuple[ir.Who, ir.Where, _Condition | None]
_STRICTNESS = {"allow": 0, "require_approval": 1, "deny": 2}


def check(program: Program, places: Places) -> Iterator[Diagnostic]:
    scopes = Scopes(program)
    stricter = _Stricter(program)
    for rule in program.rules:
        if rule.effect != "deny":
            candidates = stricter.candidates(scopes, rule)
            other = next((r for r in candidates if _hides(scopes, r, rule)), None)
            if other is not None:
                yield _diagnostic(places, rule, other)


class _Stricter:
    """Rules that could hide others, by who they are for, where, and their first clause."""

    def __init__(self, program: Program) -> None:
        self._filed: dict[_Place, list[int]] = {}
        self._rules = program.rules
        for number, rule in enumerate(program.rules):
            if rule.effect != "allow":
                first = next(((c.kind, c.expr) for c in rule.clauses), None)
                for who in rule.who:
                    for where in rule.where:
                        self._filed.setdefault((who, where, first), []).append(number)

    def candidates(self, scopes: Scopes, rule: Rule) -> Iterator[Rule]:
        """Those that cover some of its scope under no condition that it has not, in order."""
        clauses = {None, *((c.kind, c.expr) for c in rule.clauses)}
        found: set[int] = set()
        for who in scopes.wider(rule.who[0]):
            for where in wider_where(rule.where[0]):
                for clause in clauses:
                    found.update(self._filed.get((who, where, clause), ()))
        return (self._rules[number] for number in sorted(found))


def _hides(scopes: Scopes, stricter: Rule, rule: Rule) -> bool:
    return (
        _STRICTNESS[stricter.effect] > _STRICTNESS[rule.effect]
        and not (stricter.reads_signal and stricter.effect != "deny")
        and not rule.waives
        and implied(stricter.clauses, rule.clauses)
        and scopes.covers(stricter, rule)
    )


def _diagnostic(places: Places, rule: Rule, other: Rule) -> Diagnostic:
    source, span = places.of("rule", rule.id) or (None, None)
    there = places.of("rule", other.id)
    labels = (Label(*there, "this one always wins"),) if there else ()
    effect, stronger = rule.effect.replace("_", " "), other.effect.replace("_", " ")
    return Diagnostic(
        CODE,
        "warning",
        f"this `{effect}` is hidden: a `{stronger}` covers everything that it covers",
        source,
        span,
        "has no effect",
        f"take it out, or narrow `{other.id}`",
        labels,
    )
