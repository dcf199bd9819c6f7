"""Requests that are made to confuse: each is refused in words, or decided alike by every engine."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from policylang import Event, Policy, Principal, Request, Resource, load_text, request_from_json
from policylang.loader import RequestError

TEXT = """
policy t
use std.risk
resource Env {
    stage: dev | prod
    region: String
    cost: Decimal
}
operation read, look on Env is Read
agent kiro
allow anyone to look on Env
allow anyone to read on Env when resource.region == "1.5"
"""
ENGINES = ("reference", "compiled")
NOON = "2025-01-01T12:00:00Z"


@pytest.fixture(scope="module", params=ENGINES)
def policy(request: pytest.FixtureRequest) -> Policy:
    return load_text(TEXT, engine=request.param)


class Chameleon(str):
    """A text that is equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


@pytest.mark.parametrize(
    "number", [float("nan"), float("inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")]
)
@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: [x], lambda x: {"a": x}])
def test_what_is_no_number_is_no_value(number: Any, wrap: Any) -> None:
    with pytest.raises(ValueError, match=r"resource\.attributes\.cost.* is no number"):
        Resource("Env", "x", cost=wrap(number))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_is_no_longer_than_a_digest_can_tell(sign: int) -> None:
    with pytest.raises(ValueError, match="digits"):
        Resource("Env", "x", cost=sign * 10**5000)


def test_the_longest_number_is_decided_and_told(policy: Policy) -> None:
    resource = Resource("Env", "x", cost=10**3999, stage="dev")
    assert policy.decide(principal="kiro", operation="look", resource=resource).id


def test_values_nest_so_deep_and_no_deeper(policy: Policy) -> None:
    fits: Any = 1
    for _ in range(100):
        fits = [fits]
    resource = Resource("Env", "x", region=fits)
    assert policy.decide(principal="kiro", operation="look", resource=resource).id
    for _ in range(5000):
        fits = [fits]
    with pytest.raises(ValueError, match="nested too deeply"):
        Resource("Env", "x", region=fits)


def test_a_value_that_contains_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(ValueError, match="nested too deeply"):
        Request("kiro", "look", Resource("Env", "x"), args={"a": loop})


def test_parents_nest_so_deep_and_no_deeper(policy: Policy) -> None:
    resource = Resource("Env", "0")
    for level in range(64):
        resource = Resource("Env", str(level), parents=[resource])
    assert policy.decide(principal="kiro", operation="look", resource=resource).to_json()
    for level in range(2000):
        resource = Resource("Env", str(level), parents=[resource])
    with pytest.raises(ValueError, match="parents"):
        Request("kiro", "look", resource)
    with pytest.raises(ValueError, match="parents"):
        Event("kiro", "look", resource, time=NOON)


def test_shared_parents_do_not_multiply_without_end() -> None:
    """Forty levels of two, each twice the same: a million million ways up."""
    resource = Resource("Env", "0")
    for level in range(40):
        resource = Resource("Env", str(level), parents=[resource, resource])
    with pytest.raises(ValueError, match="parents"):
        Request("kiro", "look", resource)


@pytest.mark.parametrize("make", [
    lambda: Principal("kiro", Chameleon("human")),
    lambda: Event("kiro", "look", Resource("Env", "x"), time=NOON, outcome=Chameleon("done")),
    lambda: Event("kiro", "look", None, time=NOON),  # type: ignore[arg-type]
    lambda: Event("kiro", "look", "Env", time=NOON),  # type: ignore[arg-type]
])  # fmt: skip
def test_what_only_looks_like_a_value_is_refused(make: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        make()


def test_a_number_and_its_text_are_two_requests(policy: Policy) -> None:
    """One is allowed and the other is not: what binds to a digest must not take them for one."""
    text, number = (
        policy.decide(principal="kiro", operation="read", resource=Resource("Env", "x", region=r))
        for r in ("1.5", Decimal("1.5"))
    )
    assert text.allowed
    assert not number.allowed
    assert text.id != number.id


def test_json_with_too_long_a_number_is_refused() -> None:
    document = '{"principal": {"id": "k"}, "operation": "look", "args": {"n": %s},' % ("9" * 4200)
    with pytest.raises(RequestError, match="digits"):
        request_from_json(document + ' "resource": {"type": "Env", "id": "x"}}')
