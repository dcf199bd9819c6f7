"""Short policies that stand for endless ones: refused in words, and soon."""

from __future__ import annotations

from itertools import pairwise

import pytest

from policylang import Policy, PolicyError, Resource, check_text, load_text
from policylang.diagnostics import render_text

HEAD = """
policy t
use std.risk
resource Env {
    b: Bool
    peer: Env
}
operation read on Env is Read
"""


def codes(text: str) -> list[str]:
    return [d.code for d in check_text(text).diagnostics if d.severity == "error"]


def chain(length: int, body: str, first: str = "define d0(e: Env) = e.b") -> str:
    more = (f"define d{i}(e: Env) = " + body.replace("D", f"d{i - 1}") for i in range(1, length))
    return "\n".join(
        [HEAD, first, *more, f"allow anyone to read on Env when d{length - 1}(resource)"]
    )


@pytest.mark.parametrize("text", [
    chain(45, "D(e) or D(e)"),
    chain(45, "D(e.peer) and (D(e) or not D(e.peer))"),
    chain(3000, "D(e)"),
    chain(60, "not (not D(e))"),
    HEAD + "define f(b: Bool) = b or b\nallow anyone to read on Env when "
    + "f(" * 40 + "resource.b" + ")" * 40,
    HEAD + "define f(e: Env) = e.peer.peer.peer.peer.b\nallow anyone to read on Env when f(resource"
    + ".peer" * 40 + ")",
    HEAD + "allow anyone to read on Env when resource" + ".peer" * 5000 + ".b",
])  # fmt: skip
def test_what_is_too_long_is_refused_once(text: str) -> None:
    assert codes(text) == ["P0016"]


def test_together_they_may_be_too_long() -> None:
    body = " or ".join(["e.b"] * 5000)
    calls = "".join(f'allow anyone to read on Env "{n}" when big(resource)\n' for n in range(200))
    assert set(codes(f"{HEAD}define big(e: Env) = {body}\n{calls}")) == {"P0016"}


def test_every_define_calls_every_other() -> None:
    """The ways round are more than anybody could go."""
    names = [f"d{i}" for i in range(14)]
    text = HEAD + "".join(
        f"define {name}(e: Env) = {' or '.join(f'{other}(e)' for other in names)}\n"
        for name in names
    )
    assert set(codes(text + "allow anyone to read on Env when d0(resource)")) == {"P0114"}


@pytest.mark.parametrize("engine", ["reference", "compiled"])
@pytest.mark.parametrize("text", [
    chain(95, "D(e)"),
    HEAD + "allow anyone to read on Env when " + "not " * 96 + "resource" + ".peer" * 31 + ".b",
    HEAD + "define f(b: Bool) = b or b\nallow anyone to read on Env when "
    + "f(" * 8 + "resource.b" + ")" * 8,
])  # fmt: skip
def test_what_just_fits_is_decided(text: str, engine: str) -> None:
    policy: Policy = load_text(text, engine=engine)  # type: ignore[arg-type]
    loop = Resource("Env", "a", b=True, peer=Resource("Env", "a"))
    decision = policy.decide(principal="x", operation="read", resource=loop)
    assert decision.allowed
    assert decision.to_json()
    assert decision.explain()


def test_a_wrong_argument_is_told_beside_a_recursive_define() -> None:
    text = HEAD + "define d(e: Env) = d(e)\nallow anyone to read on Env when d(resource.nope)"
    assert sorted(codes(text)) == ["P0114", "P0203"]


def test_a_policy_with_such_a_define_decides_nothing() -> None:
    with pytest.raises(PolicyError):
        load_text(chain(45, "D(e) or D(e)"))


def test_a_mark_far_into_a_long_line_stands_under_what_it_means() -> None:
    text = HEAD + "allow anyone to read on Env when " + "resource.b or " * 20_000 + "resource.nope"
    shown = render_text(check_text(text).diagnostics).splitlines()
    line, marks = next((a, b) for a, b in pairwise(shown) if "^" in b)
    assert len(line) < 200
    start = marks.index("^")
    assert line[start : start + marks.count("^")] == "nope"
