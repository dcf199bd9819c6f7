"""Requests as JSON: what is read, and that nothing else is."""

from __future__ import annotations

import contextlib
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylang.model import wire
from policylang.model.request import Event, Principal, Request, Resource

FULL: dict[str, Any] = {
    "principal": {"id": "kiro", "kind": "agent", "roles": ["Dev"], "attributes": {"team": "a"}},
    "on_behalf_of": [{"id": "ana", "kind": "human"}],
    "operation": "delete",
    "args": {"force": True},
    "resource": {
        "type": "Environment",
        "id": "eu",
        "attributes": {"stage": "prod"},
        "parents": [{"type": "Account", "id": "7", "parents": [{"type": "Org", "id": "1"}]}],
    },
    "context": {"time": "2025-12-15T03:12:00Z"},
    "signals": {"anomaly": 0.25},
    "session": {"id": "s-1", "labels": ["private"]},
    "history": [
        {
            "principal": {"id": "kiro"},
            "operation": "plan",
            "resource": {"type": "Environment", "id": "eu"},
            "time": "2025-12-15T03:00:00Z",
            "outcome": "failed",
        }
    ],
}


def read(document: object) -> Request:
    return wire.request(wire.loads(json.dumps(document)))


def test_everything_that_a_request_can_say() -> None:
    parent = Resource("Account", "7", parents=[Resource("Org", "1")])
    eu = Resource("Environment", "eu", parents=[parent], stage="prod")
    assert read(FULL) == Request(
        Principal("kiro", "agent", ["Dev"], {"team": "a"}),
        "delete",
        eu,
        args={"force": True},
        context={"time": "2025-12-15T03:12:00Z"},
        signals={"anomaly": Decimal("0.25")},
        on_behalf_of=[Principal("ana", "human")],
        session="s-1",
        labels=["private"],
        history=[
            Event(
                "kiro",
                "plan",
                Resource("Environment", "eu"),
                time="2025-12-15T03:00:00Z",
                outcome="failed",
            )
        ],
    )


def test_what_is_read_writes_itself_again() -> None:
    request = read({**FULL, "signals": {}})
    assert wire.request(wire.loads(json.dumps(request.to_json()))) == request


def test_a_raw_action_instead() -> None:
    said = {"principal": {"id": "kiro"}, "action": {"kind": "shell", "command": "ls"}}
    request = read(said)
    assert request.action == {"kind": "shell", "command": "ls"}
    assert request.operation == ""


def test_a_session_by_its_id_alone() -> None:
    assert read({**FULL, "session": "s-2"}).session == "s-2"
    assert read({**FULL, "session": "s-2"}).labels == frozenset()


def test_numbers_never_become_binary_floats() -> None:
    values = wire.loads('{"a": 0.1, "b": 1e2, "c": 123456789012345678901234567890}')
    assert values == {
        "a": Decimal("0.1"),
        "b": Decimal("1E+2"),
        "c": 123456789012345678901234567890,
    }
    assert not any(isinstance(value, float) for value in values.values())


def changed(path: str, value: object) -> dict[str, Any]:
    """`FULL` with one key set; a value of `...` removes it."""
    document: dict[str, Any] = json.loads(json.dumps(FULL))
    *folders, last = path.split(".")
    inner: Any = document
    for key in folders:
        inner = inner[int(key)] if key.isdigit() else inner[key]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return document


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "the request must be an object"),
        ({}, "the request needs the key `principal`"),
        (changed("resource", ...), "the request needs the key `resource`"),
        (changed("operation", ...), "the request needs the key `operation`"),
        (changed("resorce", {}), "`resorce` is not a key of the request: did you mean `resource`?"),
        (changed("action", {"kind": "shell"}), "a request has `action` or `args`, not both"),
        (changed("principal.id", ...), "`principal` needs the key `id`"),
        (changed("principal.id", 7), "`principal.id` must be text"),
        (changed("principal.kind", "robot"), "principal.kind must be one of"),
        (changed("principal.kind", None), "`principal.kind` must be text"),
        (changed("principal.role", ["A"]), "`role` is not a key of `principal`: did you mean"),
        (changed("principal.roles", "A"), "`principal.roles` must be a list"),
        (changed("on_behalf_of.0.id", ...), "`on_behalf_of[0]` needs the key `id`"),
        (changed("resource.parents.0.kind", "x"), "is not a key of `resource.parents[0]`"),
        (changed("args", []), "`args` must be an object"),
        (changed("session", 7), "`session` must be an object"),
        (changed("session.lables", []), "did you mean `labels`?"),
        (changed("session.labels", "private"), "`session.labels` must be a list"),
        (changed("history.0.outcome", "half"), "an event's outcome must be one of"),
        (changed("history.0.time", ...), "`history[0]` needs the key `time`"),
        (changed("context.time", "\ud800"), "is not valid Unicode"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(document: object, message: str) -> None:
    with pytest.raises(wire.WireError) as caught:
        read(document)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({}, "says what sort of action it is: one of shell"),
        ({"kind": 7}, "one of shell"),
        ({"kind": "shel"}, "did you mean `shell`?"),
        ({"kind": "shell"}, "`action` needs the key `command`"),
        ({"kind": "shell", "command": "ls", "dir": "/"}, "`dir` is not a key of `action`"),
        ("ls", "`action` must be an object"),
    ],
)
def test_raw_actions_are_checked_against_their_kind(action: object, message: str) -> None:
    with pytest.raises(wire.WireError) as caught:
        wire.raw_action(action)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "not valid JSON at line 1, column 1"),
        (b"{", "not valid JSON"),
        (b'{"a": NaN}', "`NaN` is not valid JSON"),
        (b'{"a": -Infinity}', "`-Infinity` is not valid JSON"),
        (b'{"a": 1, "a": 2}', "the key `a` is given twice"),
        (b"\xff", "not valid UTF-8 at byte 1"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number has too many digits"),
    ],
)
def test_text_that_is_no_strict_json(text: bytes, message: str) -> None:
    with pytest.raises(wire.WireError) as caught:
        wire.loads(text)
    assert message in str(caught.value)


def test_parents_that_nest_without_end_are_refused() -> None:
    resource: dict[str, Any] = {"type": "Folder", "id": "0"}
    for _ in range(wire.DEEPEST + 1):
        resource = {"type": "Folder", "id": "0", "parents": [resource]}
    with pytest.raises(wire.WireError, match="nest deeper"):
        wire.resource(resource)


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_arbitrary_bytes_are_read_or_refused(text: bytes) -> None:
    with contextlib.suppress(wire.WireError):
        assert isinstance(wire.request(wire.loads(text)), Request)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.sampled_from(sorted(FULL)), json_values)
def test_any_value_anywhere_is_read_or_refused(key: str, value: object) -> None:
    try:
        request = read({**FULL, key: value})
    except wire.WireError:
        return
    assert isinstance(request, Request)
