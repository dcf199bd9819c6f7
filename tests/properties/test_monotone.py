"""**Monotone strictness**: adding a `deny` or a `limit` never loosens any decision; adding a
`require approval` never yields an `allow`, never lessens what must be met, and never loosens a
request that another rule matches.
"""

from __future__ import annotations

from hypothesis import assume, given, settings

from policylang.ir.program import Program
from policylang.model.decision import Approval, Decision, Verdict
from policylang.testing import rules
from policylang.testing.strategies import Case, cases, examples
from policylang.testing.trials import Rejected, Trial, compiled_draft


def _extended(case: Case, text: str) -> Trial:
    try:
        program = compiled_draft(case.drafted.draft.with_declaration(text))
    except Rejected as rejected:
        assume(not rejected.is_vacuous)
        raise
    return Trial(program, case.trial.inventory)


def _as_demanding(program: Program, new: Approval, old: Approval) -> bool:
    """Whether whoever can meet the new requirement has met the old one."""
    above = {role.name: set(role.ancestors) for role in program.roles}
    nested = not old.roles or (
        bool(new.roles) and all(above[role] & set(old.roles) for role in new.roles)
    )
    return new.quorum >= old.quorum and new.within_seconds <= old.within_seconds and nested


def _lessened(program: Program, before: Decision, after: Decision) -> list[Approval]:
    """Requirements that counted and that nothing demands any more."""
    if after.verdict is Verdict.DENY:
        return []
    return [
        old
        for old in before.approvals
        if not any(_as_demanding(program, new, old) for new in after.approvals)
    ]


@settings(max_examples=examples(40))
@given(cases(count=12))
def test_adding_a_deny_never_loosens(case: Case) -> None:
    text = rules.rule(case.choices, case.drafted.world, name="added", effect="deny")
    stricter = _extended(case, text)
    for request in case.requests:
        before, after = case.trial.reference(request), stricter.reference(request)
        assert after.verdict >= before.verdict, case.showing(request, text)
        assert not _lessened(stricter.program, before, after), case.showing(request, text)


@settings(max_examples=examples(40))
@given(cases(count=12))
def test_adding_a_limit_never_loosens(case: Case) -> None:
    text = rules.limit(case.choices, case.drafted.world, name="added")
    stricter = _extended(case, text)
    for request in case.requests:
        before, after = case.trial.reference(request), stricter.reference(request)
        assert after.verdict >= before.verdict, case.showing(request, text)
        assert not _lessened(stricter.program, before, after), case.showing(request, text)


@settings(max_examples=examples(60))
@given(cases(count=12))
def test_adding_a_require_approval(case: Case) -> None:
    text = rules.rule(case.choices, case.drafted.world, name="added", effect="require approval")
    other = _extended(case, text)
    for request in case.requests:
        before, after = case.trial.reference(request), other.reference(request)
        shown = case.showing(request, text, before.to_json(), after.to_json())
        assert after.verdict is not Verdict.ALLOW or before.verdict is Verdict.ALLOW, shown
        assert not _lessened(other.program, before, after), shown
        if not request.on_behalf_of and _is_opened(case.trial.program, before):
            assert after.verdict >= before.verdict, shown


def _is_opened(program: Program, decision: Decision) -> bool:
    """Whether a rule opens: an `allow`, or a `require approval` that does not only gate."""
    erred = {error.rule for error in decision.errors}
    signalled = {rule.id for rule in program.rules if rule.reads_signal}
    return any(
        rule.effect == "allow"
        or (rule.effect == "require_approval" and rule.id not in erred | signalled)
        for rule in decision.rules
    )
