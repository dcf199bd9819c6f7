"""**Order-free**: permuting declarations, rules or files changes no decision."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from policylang.model.decision import Decision
from policylang.testing.strategies import Case, cases, examples
from policylang.testing.trials import Trial, compiled_draft


@settings(max_examples=examples(30))
@given(cases(count=12))
def test_the_order_of_declarations_and_files_changes_no_decision(case: Case) -> None:
    permuted = case.drafted.draft.permuted(case.choices)
    other = Trial(compiled_draft(permuted), case.trial.inventory)
    for request in case.requests:
        expected = _without_places(case.trial.reference(request))
        assert _without_places(other.reference(request)) == expected, case.showing(
            request, permuted
        )


def _without_places(decision: Decision) -> dict[str, Any]:
    """The decision, but for the places in the source, which move."""
    document = decision.to_json()
    for rule in document["rules"]:
        del rule["at"]
    return document
