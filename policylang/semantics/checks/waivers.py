"""Every waiver, so that a reader of `check` sees what has no floor."""

from __future__ import annotations

from collections.abc import Iterator

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.ir.program import Program
from policylang.semantics.checks.scopes import name_of
from policylang.semantics.places import Places

CODE = "P0406"


def check(program: Program, places: Places) -> Iterator[Diagnostic]:
    for rule in program.rules:
        for risk in rule.waives:
            source, span = places.of("rule", rule.id) or (None, None)
            who = ", ".join(f"`{name_of(who)}`" for who in rule.who)
            yield Diagnostic(
                CODE,
                "note",
                f"a waiver: {who} may act here without the floor of `{risk}`",
                source,
                span,
                f"waives `{risk}`",
            )
