"""Generated policies pass `check` and use the whole language, and requests meet their rules."""

from __future__ import annotations

from collections import Counter

import pytest

from policylang.model.decision import Verdict
from policylang.testing.choices import RandomChoices
from policylang.testing.programs import Draft, DraftModule, seeded_draft
from policylang.testing.reduce import as_json, case_text, smallest
from policylang.testing.requests import FITTING, Asker
from policylang.testing.trials import Rejected, checked, compiled_draft, trial
from policylang.testing.world import Features

CONSTRUCTS = """
use|role|risk|floor|for agents|default|label|resource|Set<|operation|taints|confers|reversible by|
principal {|context {|signal|agent|human|service|entity|define|holds_0(|rule |allow|deny|
require approval|from|by|within|anyone|any agent|anything|on any|under|when|unless|with|waiving|
because|limit|each principal|each session|each resource|in total|of args.|then deny|
then require approval|prove|test|given session saw|given context|tool|input.|has|not|and|or|
contains|like|size(|blast(resource)|any it in|all it in|principal in|principal is|session saw|
formerly|previous is|since|count(|distinct(|sum(|min(|max(|avg(|on resource|by principal|
where event.|where args|resource ==|resource under|args.|signal.|context.time|event.time|
[@2|10m|GiB|use gen.world|# |## A|in [|sandbox(codegen)
"""
"""Pieces of policy text, each of which some of the generated policies must have."""


def test_every_construct_of_the_language_is_generated() -> None:
    texts = "\n".join(seeded_draft(seed).draft.text for seed in range(1000))
    pieces = CONSTRUCTS.replace("\n", "").split("|")
    assert [piece for piece in pieces if piece not in texts] == []


def test_a_seed_makes_the_same_policy_and_requests() -> None:
    assert seeded_draft(7) == seeded_draft(7)
    assert seeded_draft(7) != seeded_draft(8)
    tried = trial(seeded_draft(7).draft)
    asker = Asker(tried.program, tried.facts)
    first = [asker.ask(RandomChoices(seed)) for seed in range(20)]
    assert first == [asker.ask(RandomChoices(seed)) for seed in range(20)]


@pytest.mark.parametrize(
    "features",
    [
        Features(),
        Features(total=True),
        Features(standard=False),
        Features(history=False, signals=False, limits=False, waivers=False, extras=False),
    ],
    ids=["everything", "total", "own risks", "plain"],
)
def test_generated_policies_pass_check(features: Features) -> None:
    for seed in range(40):
        assert compiled_draft(checked(seeded_draft(f"check/{seed}", features)).draft).rules


def test_requests_get_every_verdict() -> None:
    seen: Counter[Verdict] = Counter()
    for seed in range(60):
        choices = RandomChoices(seed)
        tried = trial(checked(seeded_draft(seed)).draft, choices)
        asker = Asker(tried.program, tried.facts)
        seen.update(tried.reference(asker.ask(choices)).verdict for _ in range(10))
    assert min(seen[verdict] for verdict in Verdict) > 20, seen


def test_fitting_requests_name_only_what_is_declared() -> None:
    for seed in range(20):
        choices = RandomChoices(seed)
        tried = trial(checked(seeded_draft(seed)).draft, choices, fits=True)
        asker = Asker(tried.program, tried.facts)
        for _ in range(10):
            decision = tried.reference(asker.ask(choices, FITTING))
            assert "request" not in {error.rule for error in decision.errors}


def test_what_does_not_pass_check_is_rejected_with_its_reason() -> None:
    draft = Draft((DraftModule("m", (), ("role Dev in Nobody",)),))
    with pytest.raises(Rejected, match="Nobody"):
        compiled_draft(draft)


def test_a_failure_is_made_as_small_as_it_gets() -> None:
    choices = RandomChoices(3)
    drafted = seeded_draft(3)
    tried = trial(drafted.draft)
    request = Asker(tried.program, tried.facts).ask(choices)
    role = drafted.draft.modules[0].declarations[0]
    small, less = smallest(drafted.draft, request, lambda draft, _: role in draft.text)
    assert [text for module in small.modules for text in module.declarations] == [role]
    assert set(less.to_json()) == {"principal", "operation", "resource"}
    shown = case_text("it fails", small, less, {"reference": {"verdict": "deny"}})
    assert role in shown
    assert as_json(less) in shown
