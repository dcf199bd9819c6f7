"""**One meaning, many engines**: the reference interpreter and the compiled evaluator agree on
every generated policy and request.

They agree on the full decision: verdict, rules, approvals, obligations, errors.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from policylang.testing.strategies import Case, cases, examples

PROGRAMS, REQUESTS = 170, 60


@pytest.mark.slow
@settings(max_examples=examples(PROGRAMS))
@given(cases(count=REQUESTS))
def test_compiled_equals_reference(case: Case) -> None:
    assert PROGRAMS * REQUESTS >= 10_000
    for request in case.requests:
        expected = case.trial.reference(request).to_json()
        assert case.trial.compiled(request).to_json() == expected, case.showing(request)


@settings(max_examples=examples(15))
@given(cases(count=20))
def test_many_are_decided_as_one_by_one(case: Case) -> None:
    together = case.trial.compiled_many(case.requests)
    for request, decision in zip(case.requests, together, strict=True):
        assert decision == case.trial.compiled(request), case.showing(request)


@settings(max_examples=examples(15))
@given(cases(count=10))
def test_the_verdict_read_first_is_that_of_the_full_decision(case: Case) -> None:
    """A decision may put together the rest only when it is asked for."""
    for request in case.requests:
        decision = case.trial.compiled(request)
        verdict = decision.verdict
        assert decision.record.verdict is verdict is decision.verdict, case.showing(request)
