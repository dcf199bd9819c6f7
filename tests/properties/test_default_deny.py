"""**Default deny**: the empty policy denies everything.

And so does every policy without rules, but for operations whose risk classes say otherwise.
"""

from __future__ import annotations

from hypothesis import given, settings

from policylang.ir.program import Program
from policylang.model.decision import Verdict
from policylang.model.request import Request
from policylang.testing.programs import Draft, DraftModule
from policylang.testing.strategies import Case, cases, examples
from policylang.testing.trials import Trial, compiled_draft


def _without_rules(text: str) -> bool:
    words = [line.split(" ")[0] for line in text.split("\n")]
    return not {"rule", "allow", "deny", "require", "limit"} & set(words)


def _has_denying_default(program: Program, request: Request) -> bool:
    defaults = {risk.name: risk.default.verdict for risk in program.risks}
    for operation in program.operations:
        if (operation.name, operation.resource_type) == (request.operation, request.resource.type):
            return any(defaults[risk] == "deny" for risk in operation.risks)
    return True


@settings(max_examples=examples(20))
@given(cases(count=12))
def test_the_empty_policy_denies_everything(case: Case) -> None:
    empty = Trial(compiled_draft(Draft((DraftModule("nothing", (), ()),))))
    for request in case.requests:
        assert empty.reference(request).verdict is Verdict.DENY, case.showing(request)
        assert empty.compiled(request).verdict is Verdict.DENY, case.showing(request)


@settings(max_examples=examples(30))
@given(cases(count=12))
def test_a_policy_without_rules_denies_what_its_risks_do_not_open(case: Case) -> None:
    bare = case.drafted.draft.keeping(_without_rules)
    trial = Trial(compiled_draft(bare), case.trial.inventory)
    for request in case.requests:
        if _has_denying_default(trial.program, request):
            assert trial.reference(request).verdict is Verdict.DENY, case.showing(request)
            assert trial.compiled(request).verdict is Verdict.DENY, case.showing(request)
