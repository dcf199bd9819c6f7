"""Requests in JSON, through the front door."""

from __future__ import annotations

import contextlib
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylang.loader import RequestError
from policylang.loader.wire import request_from_json
from policylang.model.request import Request

GOOD: dict[str, Any] = {
    "principal": {"id": "kiro", "kind": "agent", "roles": ["Developer"], "attributes": {"t": "x"}},
    "on_behalf_of": [{"id": "ana", "kind": "human"}],
    "operation": "delete",
    "args": {"n": 1},
    "resource": {
        "type": "Environment",
        "id": "e",
        "attributes": {"stage": "prod"},
        "parents": [{"type": "Account", "id": "7", "parents": [{"type": "Org", "id": "o"}]}],
    },
    "context": {"time": "2025-12-15T03:12:00Z"},
    "signals": {"anomaly": "0.5"},
    "session": {"id": "s-1", "labels": ["private"]},
    "history": [
        {
            "principal": {"id": "kiro"},
            "operation": "plan",
            "resource": {"type": "Environment", "id": "e"},
            "time": "2025-12-15T03:00:00Z",
            "outcome": "done",
            "args": {"a": 1},
        }
    ],
}


def test_round_trip() -> None:
    for document in (GOOD, json.dumps(GOOD), json.dumps(GOOD).encode()):
        request = request_from_json(document)
        assert request_from_json(request.to_json()) == request
        assert request.labels == {"private"}
        assert request.history[0].outcome == "done"


def test_decimals_never_pass_through_floats() -> None:
    text = '{"principal":{"id":"a"},"operation":"o","resource":{"type":"T","id":"t"},"args":{"x":0.10000000000000000000000001}}'  # noqa: E501
    assert request_from_json(text).args["x"] == Decimal("0.10000000000000000000000001")


def at(path: str, value: Any) -> dict[str, Any]:
    """`GOOD` with the value at a dotted path; `…` takes the key away."""
    document: dict[str, Any] = json.loads(json.dumps(GOOD))
    *steps, last = path.split(".")
    inner: Any = document
    for step in steps:
        inner = inner[int(step) if isinstance(inner, list) else step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return document


@pytest.mark.parametrize(
    ("document", "named"),
    [
        (at("principle", 1), "did you mean `principal`?"),
        (at("principal.nmae", 1), "`nmae` is not a key of `principal`"),
        (at("resource.atributes", {}), "did you mean `attributes`?"),
        (at("resource.parents.0.kind", "x"), "`resource.parents[0]`"),
        (at("history.0.actor", "x"), "`history[0]`"),
        (at("session.label", []), "did you mean `labels`?"),
        (at("principal", "kiro"), "`principal` must be an object"),
        (at("principal.id", 7), "`principal.id` must be text"),
        (at("principal.kind", "robot"), "kind"),
        (at("principal.roles", "Developer"), "must be a list"),
        (at("resource.id", ...), "`resource` needs the key `id`"),
        (at("principal", ...), "needs the key `principal`"),
        (at("operation", ...), "needs the key `operation`"),
        (at("args", []), "`args` must be an object"),
        (at("history.0.outcome", "undone"), "outcome"),
        (at("history.0.time", 5), "`history[0].time` must be text"),
        (at("action", {"kind": "shell", "command": "ls"}), "not both"),
        (at("principal.id", "\ud800"), "Unicode"),
    ],
)
def test_errors_name_the_place(document: dict[str, Any], named: str) -> None:
    for form in (document, json.dumps(document)):
        with pytest.raises(RequestError) as refused:
            request_from_json(form)
        assert named in str(refused.value)
        assert isinstance(refused.value, ValueError)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "not valid JSON at line 1"),
        ("{", "not valid JSON"),
        ("[]", "must be an object"),
        ("null", "must be an object"),
        ('{"principal":{"id":"a"},"principal":{"id":"b"}}', "`principal` is given twice"),
        ('{"principal":NaN}', "`NaN`"),
        ('{"principal":-Infinity}', "`-Infinity`"),
        ('{"args":{"n":' + "9" * 5000 + "}}", "digits"),
        ('{"args":{"n":1e99999999999999999999}}', "exponent"),
        ("[" * 100_000, "nested too deeply"),
        (b"\xff", "UTF-8"),
    ],
)
def test_what_is_no_request(text: Any, named: str) -> None:
    with pytest.raises(RequestError) as refused:
        request_from_json(text)
    assert named in str(refused.value)


def test_a_string_of_a_megabyte_is_fine() -> None:
    document = at("args", {"text": "x" * 1_000_000})
    assert len(request_from_json(json.dumps(document)).args["text"]) == 1_000_000


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_no_text_raises_anything_else(text: str | bytes) -> None:
    with contextlib.suppress(RequestError):
        assert isinstance(request_from_json(text), Request)
