"""Raw actions: bound tools become operations, everything else is unknown, and errors tighten."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylang.loader import Policy, load_text
from policylang.loader.actions import decimal_text
from policylang.model import values
from policylang.model.decision import Decision, Verdict
from policylang.model.request import Request
from policylang.model.types import DECIMAL

POLICY = """\
policy bank
use std.risk
resource Account { limit: Int, note: String? }
operation transfer(amount: Decimal, memo: String?, wait: Duration?) on Account is Financial
operation look on Account is Read
human ana
rule small: allow any human to transfer on Account when args.amount <= 100 waiving Financial
rule large: require approval by 2 for any human to transfer on Account when args.amount > 100
rule waits: deny anyone to transfer on Account when args has wait and args.wait > 1h
rule looks: allow any human to look on Account
tool "mcp:bank/send_money" is transfer(amount: input.amount, memo: input.memo)
    on Account(input.to.id) { limit: input.limit }
tool "tool:double" is transfer(amount: input.amount * 2.0, wait: input.wait + input.wait)
    on Account(input.id)
tool "tool:fixed" is look on Account("main")
"""
UNKNOWN_ALLOWED = POLICY + "allow any human to any Unknown on any\n"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_text(POLICY)


def call(policy: Policy, name: str, arguments: Mapping[str, Any], server: str = "") -> Decision:
    kind = {"kind": "mcp", "server": server, "tool": name} if server else {"kind": "tool"}
    action = {**kind, "arguments": arguments}
    if not server:
        action["name"] = name
    return policy.decide(principal="ana", action=action)


def test_a_bound_call_is_its_operation(policy: Policy) -> None:
    arguments = {"amount": "99.5", "to": {"id": "a"}, "limit": 7, "more": "ignored"}
    decision = call(policy, "send_money", arguments, "bank")
    assert decision.verdict is Verdict.ALLOW
    assert [rule.id for rule in decision.rules] == ["bank/small"]
    (effect,) = decision.effects
    assert effect.request.operation == "transfer"
    assert effect.request.resource.id == "a"
    assert effect.request.resource.attributes == {"limit": 7}
    assert effect.request.args == {"amount": "99.5"}
    assert decision.request.action is not None
    assert decision.to_json()["effects"][0]["verdict"] == "allow"


@pytest.mark.parametrize(
    ("arguments", "verdict"),
    [
        ({"id": "a", "amount": 50}, Verdict.ALLOW),
        ({"id": "a", "amount": 51}, Verdict.REQUIRE_APPROVAL),
        ({"id": "a", "amount": "50.005"}, Verdict.REQUIRE_APPROVAL),
        ({"id": "a", "amount": 1, "wait": "30m"}, Verdict.ALLOW),
        ({"id": "a", "amount": 1, "wait": "31m"}, Verdict.DENY),
    ],
)
def test_what_is_worked_out_from_inputs(
    policy: Policy, arguments: dict[str, Any], verdict: Verdict
) -> None:
    assert call(policy, "double", arguments).verdict is verdict


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"id": "a"}, "`input.amount` is missing in the call of `tool:double`"),
        ({"id": "a", "amount": 1, "wait": 60}, "args.wait"),
        ({"id": "a", "amount": 1, "wait": None}, "args.wait"),
        ({"id": "a", "amount": "much"}, "args.amount"),
        ({"id": "a", "amount": {"a": 1}}, "args.amount"),
    ],
)
def test_missing_and_malformed_inputs_tighten(
    policy: Policy, arguments: dict[str, Any], named: str
) -> None:
    decision = call(policy, "double", arguments)
    assert decision.verdict is Verdict.DENY
    assert any(named in error.message for error in decision.errors)


@pytest.mark.parametrize(
    "arguments",
    [{}, {"amount": 1}, {"amount": 1, "id": 7}, {"amount": 1, "id": None}, [], "x", None, 7],
)
def test_without_an_id_nobody_knows_what_it_does(arguments: Any) -> None:
    policy = load_text(UNKNOWN_ALLOWED)
    decision = call(policy, "double", arguments)
    assert decision.risks == ("Unknown",)
    assert decision.mode == "deterministic"
    assert decision.verdict is Verdict.REQUIRE_APPROVAL
    assert any("`input.id`" in error.message for error in decision.errors)


def test_a_binding_without_inputs(policy: Policy) -> None:
    assert call(policy, "fixed", {}).allowed


ACTIONS: list[dict[str, Any]] = [
    {"kind": "shell", "command": "ls"},
    {"kind": "sql", "statement": "SELECT 1"},
    {"kind": "http", "method": "GET", "url": "https://example.org"},
    {"kind": "aws", "service": "s3", "operation": "ListBuckets"},
    {"kind": "kubernetes", "verb": "get", "resource": "pods"},
    {"kind": "terraform", "plan": {}},
    {"kind": "mcp", "server": "bank", "tool": "send_more", "arguments": {"to": {"id": "a"}}},
    {"kind": "mcp", "server": "bank/send_money", "tool": "", "arguments": {"to": {"id": "a"}}},
    {"kind": "mcp", "tool": "bank/send_money", "arguments": {"to": {"id": "a"}}},
    {"kind": "tool", "name": "Double", "arguments": {"id": "a", "amount": 1}},
    {"kind": "tool", "name": "tool:double", "arguments": {"id": "a", "amount": 1}},
    {"kind": "file", "operation": "read", "path": "/etc/passwd"},
    {"kind": "code", "language": "python", "source": "1"},
]


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: str(action["kind"]))
def test_every_other_action_is_unknown(policy: Policy, action: dict[str, Any]) -> None:
    decision = policy.decide(principal="ana", action=action)
    assert decision.verdict is Verdict.DENY
    assert decision.risks == ("Unknown",)
    assert len(decision.effects) == 1
    opened = load_text(UNKNOWN_ALLOWED).decide(principal="ana", action=action)
    assert opened.verdict is Verdict.REQUIRE_APPROVAL
    assert [approval.rule for approval in opened.approvals] == ["floor:Unknown"]


@pytest.mark.parametrize(
    "action",
    [{}, {"kind": "magic"}, {"kind": None}, {"kind": "shell"}, {"kind": "shell", "commnd": "ls"}],
)
def test_an_action_that_is_none_is_denied(action: dict[str, Any]) -> None:
    policy = load_text(UNKNOWN_ALLOWED.replace("any Unknown", "anything"))
    decision = policy.decide(principal="ana", action=action)
    assert decision.verdict is Verdict.DENY
    assert decision.risks == ()
    assert decision.errors


@pytest.mark.parametrize(
    "unknown",
    [
        "risk Unknown adaptive default allow floor allow",
        "risk Unknown adaptive default allow floor require approval",
        "risk Unknown deterministic default allow",
    ],
)
def test_a_policy_cannot_make_the_unknown_harmless(unknown: str) -> None:
    policy = load_text(f"policy a\n{unknown}\nallow anyone to anything on any\n")
    decision = policy.decide(principal="ana", action=ACTIONS[0])
    assert decision.verdict is Verdict.DENY
    assert (decision.mode, decision.risks) == ("deterministic", ("Unknown",))
    assert "use std.risk" in decision.errors[0].message
    assert decision.explain()


def test_durations_are_worked_out_exactly() -> None:
    policy = load_text(
        "policy a\nuse std.risk\nresource Job\nhuman ana\n"
        "operation run(wait: Duration) on Job is Read\n"
        "allow any human to run on Job when args.wait == 6m\n"
        'tool "tool:run" is run(wait: input.wait + 1m) on Job(input.id)\n'
    )
    for wait, allowed in {"5m": True, "300s": True, "-1h": False, "soon": False, 5: False}.items():
        decision = call(policy, "run", {"id": "j", "wait": wait})
        assert decision.allowed is allowed, wait


def test_many_with_an_action_among_them(policy: Policy) -> None:
    plain = call(policy, "fixed", {}).effects[0].request
    raw = Request("ana", action={"kind": "shell", "command": "ls"})
    assert [d.verdict for d in policy.decide_many([plain, raw])] == [Verdict.ALLOW, Verdict.DENY]


def test_chain_context_and_history_reach_the_effect() -> None:
    text = POLICY + (
        "rule broke: deny anyone to look on Account"
        " when count(transfer by principal within 1h) >= 1\n"
        "context { desk: String? }\n"
        'rule desk: deny anyone to look on Account when context has desk and context.desk == "x"\n'
    )
    policy = load_text(text)
    action = {"kind": "tool", "name": "fixed", "arguments": {}}
    chained = policy.decide(principal="ana", action=action, on_behalf_of=["bob"])
    assert chained.verdict is Verdict.DENY
    context = policy.decide(principal="ana", action=action, context={"desk": "x"})
    assert "bank/desk" in [rule.id for rule in context.rules]


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_engines_agree_on_actions(engine: Any) -> None:
    policy, other = load_text(POLICY, engine=engine), load_text(POLICY)
    for action in ACTIONS:
        assert policy.decide(principal="ana", action=action) == other.decide(
            principal="ana", action=action
        )


@given(st.integers(), st.integers(0, 40))
def test_decimals_are_exact_text(number: int, places: int) -> None:
    value = Fraction(number, 10**places)
    if value.denominator != 1:
        assert values.coerce(DECIMAL, decimal_text(value)) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "to", "amount", "wait", "limit"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@given(JSON, st.sampled_from([("send_money", "bank"), ("double", ""), ("fixed", "")]))
def test_no_arguments_raise_or_allow_by_accident(arguments: Any, tool: tuple[str, str]) -> None:
    decision = call(_POLICY, tool[0], arguments, tool[1])
    if tool[0] != "fixed" and decision.allowed:
        assert isinstance(arguments, dict)
        amount = values.coerce(DECIMAL, arguments["amount"])
        assert amount <= (100 if tool[1] else 50)


_POLICY = load_text(POLICY)
