"""Order decides nothing: the suite's policies, shuffled and spread over files, decide the same."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

from policylang.diagnostics.span import Source
from policylang.engines.reference import decide as reference
from policylang.language import parse
from policylang.loader import PolicyError
from policylang.model import wire
from policylang.model.decision import Decision
from tests.cases.asking import decided, loaded
from tests.cases.reading import Check, Text, every_check

SHUFFLES = 2
_INVENTORY = re.compile(r" \([^()]*inventory\.yaml:\d+:\d+\)")
PLACES_AND_DIGESTS = ("id", "request_digest", "policy_digest")


def _asked() -> dict[Text, list[Check]]:
    asked: dict[Text, list[Check]] = {}
    for check in every_check():
        if check.kind == "request" and check.expected["verdict"] != "unallowed":
            asked.setdefault(check.text, []).append(check)
    return asked


ASKED = _asked()


def _title(text: Text) -> str:
    return "/".join(ASKED[text][0].id.split("/", 2)[:2])


def test_there_are_policies_to_shuffle() -> None:
    assert len(ASKED) > 150
    assert sum(len(_declarations(text.main)) > 5 for text in ASKED) > 150


@pytest.mark.parametrize("text", ASKED, ids=_title)
def test_shuffled_declarations_decide_the_same(text: Text) -> None:
    choices = random.Random(text.main)
    for _ in range(SHUFFLES):
        _decides_as(text, text.with_main(_shuffled(text.main, choices)))


@pytest.mark.parametrize("text", [text for text in ASKED if len(text.files) == 1], ids=_title)
def test_declarations_spread_over_files_decide_the_same(text: Text) -> None:
    choices = random.Random(text.main)
    header, *pieces = _pieces(text.main)
    choices.shuffle(pieces)
    middle = choices.randint(0, len(pieces))
    first, second = ("\n".join([header, *part]) for part in (pieces[:middle], pieces[middle:]))
    for files in (
        (("main.pol", first), ("b.pol", second)),
        (("main.pol", second), ("b.pol", first)),
    ):
        _decides_as(text, Text(files, folder=True, inventory=text.inventory))


@pytest.mark.parametrize("text", ASKED, ids=_title)
def test_the_order_within_a_request_decides_nothing(text: Text) -> None:
    loaded(text)
    for check in ASKED[text]:
        assert _essence(decided(text, _turned(check.request))) == _essence(
            decided(text, check.request)
        )


def _decides_as(text: Text, other: Text) -> None:
    try:
        loaded(other)
    except PolicyError as error:
        pytest.fail(f"not accepted in another order:\n{error}\n{other.files}", pytrace=False)
    for check in ASKED[text]:
        before, after = decided(text, check.request), decided(other, check.request)
        assert _essence(after) == _essence(before), f"{check.id}\n{other.files}"


def _shuffled(main: str, choices: random.Random) -> str:
    header, *pieces = _pieces(main)
    choices.shuffle(pieces)
    return "\n".join([header, *pieces])


def _pieces(main: str) -> Iterator[str]:
    """The `policy` line, then every declaration; comments are left where nobody reads them."""
    yield main.split("\n", 1)[0]
    yield from (main[start:end] for start, end in _declarations(main))


def _declarations(main: str) -> list[tuple[int, int]]:
    module = parse(Source("main.pol", main)).module
    return [(d.span.start, d.span.end) for d in module.declarations]


def _essence(decision: Decision) -> dict[str, Any]:
    said = {k: v for k, v in decision.to_json().items() if k not in PLACES_AND_DIGESTS}
    said["rules"] = [{k: v for k, v in rule.items() if k != "at"} for rule in said["rules"]]
    said["errors"] = [_INVENTORY.sub("", f"{e['rule']}: {e['message']}") for e in said["errors"]]
    return said


def _turned(value: Any, key: str = "") -> Any:
    """Keys, roles, labels, sets and parents the other way round; the history and a chain stay."""
    if isinstance(value, dict):
        return {k: _turned(value[k], k) for k in reversed(value)}
    if isinstance(value, list):
        turned = [_turned(item, key) for item in value]
        return turned if key in ("history", "on_behalf_of") else turned[::-1]
    return value


@pytest.mark.parametrize("text", ASKED, ids=_title)
def test_what_was_decided_before_decides_nothing(text: Text) -> None:
    """One engine, many requests, in both orders: every decision is as if it were the only one."""
    policy = loaded(text)
    requests = [wire.request(check.request) for check in ASKED[text]]
    alone = [reference(policy.program, policy.facts, r, policy).to_json() for r in requests]
    assert [d.to_json() for d in policy.decide_many(requests)] == alone
    assert [d.to_json() for d in policy.decide_many(requests[::-1])] == alone[::-1]
