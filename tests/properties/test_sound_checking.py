"""**Sound checking**: a policy that passes `check` raises no evaluation error on a request
that fits its declared types.

What is a missing fact even so is left out of these policies: an aggregate over no event, a fact
about a resource that the request does not carry, a text that is no host name, and what a waiver
does not believe.
"""

from __future__ import annotations

from hypothesis import given, settings

from policylang.testing.requests import FITTING
from policylang.testing.strategies import Case, cases, examples
from policylang.testing.world import Features


@settings(max_examples=examples(100))
@given(cases(Features(total=True, waivers=False), quality=FITTING, count=15))
def test_a_fitting_request_raises_no_error(case: Case) -> None:
    for request in case.requests:
        decision = case.trial.reference(request)
        assert decision.errors == (), case.showing(request, decision.errors)
