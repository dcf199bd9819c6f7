"""A rule hidden by a stricter one: whatever it says, the other has the last word.

An `allow` or a `require approval` is hidden by a `deny` that covers all of its scope, whenever it
is true; an `allow` by such a `require approval`.
"""

from __future__ import annotations

from collections.abc import Iterator

from policylang.diagnostics.diagnostic import Diagnostic, Label
from policylang.ir import expressions as ir
from policylang.ir.program import Program, Rule
from policylang.semantics.checks.scopes import Scopes, implied
from policylang.semantics.places import Places

CODE = "P0402"
_STRICTNESS = {"allow": 0, "require_approval": 1, "deny": 2}


def check(program: Program, places: Places) -> Iterator[Diagnostic]:
    scopes = Scopes(program)
    stricter: dict[ir.Who, list[Rule]] = {}
    for rule in program.rules:
        if rule.effect != "allow":
            for who in rule.who:
                stricter.setdefault(who, []).append(rule)
    for rule in program.rules:
        wider = sorted(scopes.wider(rule.who[0]) & stricter.keys(), key=repr)
        candidates = (other for who in wider for other in stricter[who])
        other = next((r for r in candidates if _hides(scopes, r, rule)), None)
        if other is not None:
            yield _diagnostic(places, rule, other)


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
