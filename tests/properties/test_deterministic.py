"""**Deterministic**: no decision depends on anything outside the request and the policy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings

from policylang.model.request import Principal, Request, Resource
from policylang.testing.choices import Choices
from policylang.testing.strategies import Case, cases, examples


@settings(max_examples=examples(20))
@given(cases(count=12))
def test_the_same_request_has_the_same_decision(case: Case) -> None:
    first = [case.trial.reference(request).to_json() for request in case.requests]
    again = type(case.trial)(case.trial.program, case.trial.inventory)
    for request, expected in zip(reversed(case.requests), reversed(first), strict=True):
        assert again.reference(request).to_json() == expected, case.showing(request)
        assert again.compiled(request).to_json() == expected, case.showing(request)
        assert again.compiled(request).to_json() == expected, case.showing(request)


@settings(max_examples=examples(20))
@given(cases(count=12))
def test_the_order_of_keys_and_roles_changes_no_decision(case: Case) -> None:
    for request in case.requests:
        turned = _turned(case.choices, request)
        for decide in (case.trial.reference, case.trial.compiled):
            assert decide(turned).record == decide(request).record, case.showing(request)


def _turned(choices: Choices, request: Request) -> Request:
    return Request(
        _turned_principal(choices, request.principal),
        request.operation,
        _turned_resource(choices, request.resource),
        args=_shuffled(choices, request.args),
        context=_shuffled(choices, request.context),
        signals=_shuffled(choices, request.signals),
        on_behalf_of=[_turned_principal(choices, p) for p in request.on_behalf_of],
        session=request.session,
        labels=choices.shuffled(sorted(request.labels)),
        history=request.history,
    )


def _turned_principal(choices: Choices, principal: Principal) -> Principal:
    roles = choices.shuffled(principal.roles)
    attributes = _shuffled(choices, principal.attributes)
    return Principal(principal.id, principal.kind, roles, attributes)


def _turned_resource(choices: Choices, resource: Resource) -> Resource:
    parents = choices.shuffled([_turned_resource(choices, p) for p in resource.parents])
    attributes = _shuffled(choices, resource.attributes)
    return Resource(resource.type, resource.id, attributes=attributes, parents=parents)


def _shuffled(choices: Choices, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: facts[key] for key in choices.shuffled(list(facts))}


_IN_A_PROCESS = """
import hashlib, json
from policylang.testing.choices import RandomChoices
from policylang.testing.programs import seeded_draft
from policylang.testing.requests import Asker
from policylang.testing.trials import checked, trial

total = hashlib.sha256()
for seed in range(25):
    choices = RandomChoices(seed)
    tried = trial(checked(seeded_draft(seed)).draft, choices)
    asker = Asker(tried.program, tried.facts)
    for request in [asker.ask(choices) for _ in range(10)]:
        for decide in (tried.reference, tried.compiled):
            total.update(json.dumps(decide(request).to_json()).encode())
print(total.hexdigest())
"""


@pytest.mark.slow
def test_another_process_with_other_hashes_decides_the_same() -> None:
    digests = {_in_a_process(hash_seed) for hash_seed in ("1", "4242")}
    assert len(digests) == 1
    assert len(digests.pop()) == 64


def _in_a_process(hash_seed: str) -> str:
    """The digest of several hundred decisions, as a process of its own computes it."""
    run = subprocess.run(
        [sys.executable, "-c", _IN_A_PROCESS],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()
