"""**Adaptive non-interference**: for every request, the decision with signals is at least as
strict as the decision of the same policy with every rule that reads a signal removed, on every
deterministic operation.
"""

from __future__ import annotations

from hypothesis import given, settings
from msgspec.structs import replace

from policylang.ir.expressions import Root
from policylang.ir.program import Limit, Program
from policylang.ir.walk import subexpressions
from policylang.testing.strategies import Case, cases, examples
from policylang.testing.trials import Trial


def _reads_signal(limit: Limit) -> bool:
    parts = (limit.amount, *(clause.expr for clause in limit.clauses))
    return any(node == Root("signal") for part in parts for node in subexpressions(part))


def _without_signals(program: Program) -> Program:
    return replace(
        program,
        rules=tuple(rule for rule in program.rules if not rule.reads_signal),
        limits=tuple(limit for limit in program.limits if not _reads_signal(limit)),
    )


@settings(max_examples=examples(80))
@given(cases(count=20))
def test_signals_never_loosen_what_is_deterministic(case: Case) -> None:
    program = case.trial.program
    deterministic = {
        (o.name, o.resource_type) for o in program.operations if o.mode == "deterministic"
    }
    without = Trial(_without_signals(program), case.trial.inventory)
    for request in case.requests:
        if (request.operation, request.resource.type) in deterministic:
            with_signals = case.trial.reference(request).verdict
            assert with_signals >= without.reference(request).verdict, case.showing(request)
