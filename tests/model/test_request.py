"""Requests are frozen when they are made; their digest is that of their JSON form."""

from __future__ import annotations

import copy
import hashlib
import ipaddress
import json
import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import pytest

from policylang.model.request import EMPTY, Event, FrozenDict, Principal, Request, Resource, freeze


def full() -> Request:
    past = Event(
        "kiro", "plan", Resource("Env", "eu"), time="2025-12-15T03:00:00Z",
        args={"n": 1}, on_behalf_of=["ana"],
    )  # fmt: skip
    return Request(
        Principal("kiro", "agent", ["Developer"], {"team": "billing"}),
        "delete",
        Resource("Env", "eu", parents=[Resource("Account", "7", owner="ana")], stage="prod"),
        args={"force": True},
        context={"time": datetime(2025, 12, 15, 3, 12, tzinfo=UTC)},
        signals={"anomaly": Decimal("0.9")},
        on_behalf_of=[Principal("ana", "human")],
        session="s-1",
        labels=["private"],
        history=[past],
    )


def test_the_json_form() -> None:
    assert json.loads(json.dumps(full().to_json(), default=str)) == {
        "principal": {
            "id": "kiro",
            "kind": "agent",
            "roles": ["Developer"],
            "attributes": {"team": "billing"},
        },
        "on_behalf_of": [{"id": "ana", "kind": "human"}],
        "operation": "delete",
        "resource": {
            "type": "Env",
            "id": "eu",
            "attributes": {"stage": "prod"},
            "parents": [{"type": "Account", "id": "7", "attributes": {"owner": "ana"}}],
        },
        "args": {"force": True},
        "context": {"time": "2025-12-15T03:12:00+00:00"},
        "signals": {"anomaly": "0.9"},
        "session": {"id": "s-1", "labels": ["private"]},
        "history": [
            {
                "principal": {"id": "kiro"},
                "on_behalf_of": [{"id": "ana"}],
                "operation": "plan",
                "resource": {"type": "Env", "id": "eu"},
                "args": {"n": 1},
                "time": "2025-12-15T03:00:00Z",
                "outcome": "done",
            }
        ],
    }


def test_the_digest_is_of_the_sorted_json_form() -> None:
    request = Request("kiro", "delete", Resource("Env", "é", b=1, a=[1, 2]))
    text = json.dumps(request.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert request.digest() == "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    turned = Request("kiro", "delete", Resource("Env", "é", a=[1, 2], b=1))
    assert turned.digest() == request.digest()
    assert turned == request
    assert hash(turned) == hash(request)


def test_every_part_counts_in_the_digest() -> None:
    assert full().digest() != Request("kiro", "delete", Resource("Env", "eu")).digest()


def test_nothing_can_be_changed() -> None:
    request = full()
    with pytest.raises(AttributeError):
        request.operation = "describe"
    with pytest.raises(AttributeError):
        del request.operation
    with pytest.raises(TypeError):
        request.args["force"] = False
    with pytest.raises(TypeError):
        request.args.update(force=False)


def test_what_was_handed_over_is_copied() -> None:
    tags = ["public"]
    facts: dict[str, Any] = {"tags": tags}
    resource = Resource("File", "x", attributes=facts)
    facts["tags"] = []
    tags.append("pii")
    assert resource.attributes == {"tags": ("public",)}


def test_copies_are_equal() -> None:
    request = full()
    assert copy.deepcopy(request) == request
    assert pickle.loads(pickle.dumps(request)).to_json() == request.to_json()
    assert "delete" in repr(request)
    assert request != "kiro"


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        (timedelta(minutes=10), "600s"),
        (PurePosixPath("/srv"), "/srv"),
        (ipaddress.ip_address("10.0.0.1"), "10.0.0.1"),
        (Resource("Env", "x", stage="prod"), {"type": "Env", "id": "x"}),
        ({"b", "a"}, ("a", "b")),
        ({"k": [1]}, {"k": (1,)}),
        (None, None),
    ],
)
def test_python_values_take_the_wires_form(value: Any, wire: Any) -> None:
    assert freeze({"x": value}, "args") == {"x": wire}


@pytest.mark.parametrize(
    "bad",
    [
        lambda: Request("kiro"),
        lambda: Request("kiro", "delete"),
        lambda: Request("kiro", "delete", Resource("E", "x"), action={"kind": "shell"}),
        lambda: Request("kiro", args={"a": 1}, action={"kind": "shell"}),
        lambda: Request(5, "delete", Resource("E", "x")),  # type: ignore[arg-type]
        lambda: Request("kiro", "delete", "E"),  # type: ignore[arg-type]
        lambda: Request("kiro", "delete", Resource("E", "x"), on_behalf_of="ana"),
        lambda: Request("kiro", "delete", Resource("E", "x"), history=[{}]),  # type: ignore[list-item]
        lambda: Principal("kiro", "robot"),
        lambda: Principal("kiro", roles="SRE"),
        lambda: Resource("E", "\ud800"),
        lambda: Resource("E", "x", parents=["y"]),  # type: ignore[list-item]
        lambda: Resource("E", "x", a=object()),
        lambda: Resource("E", "x", a=datetime(2025, 1, 1)),
        lambda: Resource("E", "x", a=timedelta(microseconds=1)),
        lambda: Resource("E", "x", attributes=[]),  # type: ignore[arg-type]
        lambda: Event("kiro", "plan", Resource("E", "x"), time="now", outcome="maybe"),
    ],
)
def test_what_no_request_can_have(bad: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        bad()


def test_a_frozen_dict_freezes_once() -> None:
    assert freeze(EMPTY, "args") is EMPTY
    assert hash(FrozenDict(a=1)) == hash(FrozenDict(a=1))
    assert pickle.loads(pickle.dumps(FrozenDict(a=1))) == {"a": 1}
