"""**Sound checking**: a policy that passes `check` raises no evaluation error on a request
that fits its declared types.

What has no value even so (an aggregate over no event, a fact about a resource that the request does
not carry, a text that is no host name) is left out of these policies.
"""

from __future__ import annotations

from hypothesis import given, settings

from policylang.testing.requests import FITTING
from policylang.testing.strategies import Case, cases, examples
from policylang.testing.world import Features


@settings(max_examples=examples(100))
@given(cases(Features(total=True), quality=FITTING, count=15))
def test_a_fitting_request_raises_no_error(case: Case) -> None:
    for request in case.requests:
        decision = case.trial.reference(request)
        assert decision.errors == (), case.showing(request, decision.errors)
