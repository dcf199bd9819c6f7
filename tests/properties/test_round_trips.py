"""What is written is read back the same: programs through the codec, requests through JSON."""

from __future__ import annotations

import json

from hypothesis import given, settings

from policylang.ir import codec
from policylang.model import wire
from policylang.testing.programs import Drafted
from policylang.testing.reduce import as_json
from policylang.testing.requests import FITTING
from policylang.testing.strategies import Case, cases, drafts, examples
from policylang.testing.trials import Trial, compiled_draft


@settings(max_examples=examples(60))
@given(drafts())
def test_a_program_is_the_same_after_the_codec(drafted: Drafted) -> None:
    program = compiled_draft(drafted.draft)
    encoded = codec.encode(program)
    assert codec.decode(encoded) == program
    assert codec.encode(codec.decode(encoded)) == encoded


@settings(max_examples=examples(15))
@given(cases(count=10))
def test_a_program_decides_the_same_after_the_codec(case: Case) -> None:
    again = Trial(codec.decode(codec.encode(case.trial.program)), case.trial.inventory)
    for request in case.requests:
        assert again.compiled(request) == case.trial.compiled(request), case.showing(request)


@settings(max_examples=examples(40))
@given(cases(quality=FITTING, count=15))
def test_a_request_is_the_same_after_json(case: Case) -> None:
    for request in case.requests:
        text = as_json(request)
        again = wire.request(wire.loads(text))
        assert again == request, text
        assert again.digest() == request.digest(), text
        assert json.loads(as_json(again)) == json.loads(text)
