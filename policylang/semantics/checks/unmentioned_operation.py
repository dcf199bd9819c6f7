"""An operation that no rule mentions: only the default of its risk classes decides it."""

from __future__ import annotations

from collections.abc import Iterator

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.ir.program import Operation, Program
from policylang.semantics.checks.scopes import Scopes
from policylang.semantics.places import Places

CODE = "P0403"


def check(program: Program, places: Places) -> Iterator[Diagnostic]:
    built_in = {t.name for t in program.resource_types if t.builtin}
    mentioned: set[tuple[str, str]] = set()
    scopes = Scopes(program)
    for rule in {(r.what, r.where): r for r in program.rules}.values():
        mentioned.update((o.name, o.resource_type) for o in scopes.reached(rule))
    for operation in program.operations:
        key = (operation.name, operation.resource_type)
        if key not in mentioned and operation.resource_type not in built_in:
            yield _diagnostic(places, operation)


def _diagnostic(places: Places, operation: Operation) -> Diagnostic:
    name = f"{operation.resource_type}.{operation.name}"
    source, span = places.of("operation", name) or (None, None)
    on = f"`{operation.name}` on `{operation.resource_type}`"
    return Diagnostic(
        CODE,
        "warning",
        f"no rule mentions {on}",
        source,
        span,
        "only its default decides",
        "write an `allow`, a `require approval` or a `deny` for it",
    )
