"""Requests as JSON: strict, so that a typo never loosens a decision.

A key that is unknown or given twice is an error, as is `NaN`. Numbers with a decimal point become
`Decimal`, never binary floats.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, NoReturn, TypeVar

from policylang.diagnostics.suggest import did_you_mean
from policylang.model.request import Event, Principal, Request, Resource

T = TypeVar("T")
DEEPEST: Final = 64
"""Levels of parents that contain one another."""


class WireError(ValueError):
    """The JSON is none, or not of the form that it should have. One sentence for the user."""


def loads(text: str | bytes) -> Any:
    """Strict JSON. Raises `WireError`."""
    try:
        return json.loads(
            text.decode() if isinstance(text, bytes) else text,
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise WireError(f"not valid UTF-8 at byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise WireError(f"not valid JSON at {place}: {_lower(error.msg)}") from None
    except RecursionError:
        raise WireError("nested too deeply") from None
    except WireError:
        raise
    except ValueError:
        raise WireError("a number has too many digits") from None
    except ArithmeticError:
        raise WireError("a number has too large an exponent") from None


def request(document: object) -> Request:
    """The request that a JSON document says. Raises `WireError`."""
    said = _keys(document, "the request", _REQUEST, ("principal",))
    acts = said.keys() & {"operation", "resource", "args"}
    if "action" in said and acts:
        raise WireError(f"a request has `action` or `{min(acts)}`, not both")
    if "action" not in said:
        _needed(said, "the request", ("operation", "resource"))
    session = _session(said.get("session"))
    return _made(
        Request,
        _principal(said["principal"], "principal"),
        _text(said.get("operation", ""), "operation"),
        _resource(said["resource"], "resource") if "resource" in said else None,
        args=_mapping(said.get("args", {}), "args"),
        context=_mapping(said.get("context", {}), "context"),
        signals=_mapping(said.get("signals", {}), "signals"),
        on_behalf_of=_each(said.get("on_behalf_of", []), "on_behalf_of", _principal),
        session=session.get("id"),
        labels=session.get("labels", ()),
        history=_each(said.get("history", []), "history", _event),
        action=raw_action(said["action"]) if "action" in said else None,
    )


def raw_action(document: object) -> dict[str, Any]:
    """A raw action, its keys checked against its kind. Raises `WireError`."""
    said = _mapping(document, "action")
    kind = said.get("kind")
    if not isinstance(kind, str) or kind not in _ACTIONS:
        near = did_you_mean(kind, _ACTIONS) if isinstance(kind, str) else ""
        known = near or f"one of {', '.join(_ACTIONS)}"
        raise WireError(f"`action.kind` says what sort of action it is: {known}")
    needed, others = _ACTIONS[kind]
    return dict(_keys(said, "action", ("kind", *needed, *others), needed))


def resource(document: object) -> Resource:
    """A resource with its attributes and parents. Raises `WireError`."""
    return _resource(document, "resource")


_REQUEST: Final = (
    "principal",
    "on_behalf_of",
    "operation",
    "args",
    "resource",
    "context",
    "signals",
    "session",
    "history",
    "action",
)
_CALL: Final = ("arguments", "description", "input_schema")
_ACTIONS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "shell": (("command",), ("cwd", "env", "dialect")),
    "sql": (("statement",), ("dialect", "database")),
    "http": (("method", "url"), ("headers", "body")),
    "aws": (("service", "operation"), ("parameters", "region", "account")),
    "kubernetes": (("verb", "resource"), ("group", "subresource", "namespace", "name")),
    "terraform": (("plan",), ()),
    "mcp": (("tool",), ("server", *_CALL, "annotations")),
    "tool": (("name",), _CALL),
    "file": (("operation", "path"), ()),
    "code": (("language", "source"), ()),
}
"""By kind of raw action, the keys that it must have and those that it may have."""


def _principal(document: object, where: str) -> Principal:
    said = _keys(document, where, ("id", "kind", "roles", "attributes"), ("id",))
    return _made(
        Principal,
        _text(said["id"], f"{where}.id"),
        _text(said["kind"], f"{where}.kind") if "kind" in said else None,
        _each(said.get("roles", []), f"{where}.roles", _text),
        _mapping(said.get("attributes", {}), f"{where}.attributes"),
    )


def _resource(document: object, where: str, depth: int = 0) -> Resource:
    if depth > DEEPEST:
        raise WireError(f"`resource.parents` nest deeper than {DEEPEST} levels")
    said = _keys(document, where, ("type", "id", "attributes", "parents"), ("type", "id"))
    parents = _each(
        said.get("parents", []), f"{where}.parents", lambda p, w: _resource(p, w, depth + 1)
    )
    return _made(
        Resource,
        _text(said["type"], f"{where}.type"),
        _text(said["id"], f"{where}.id"),
        parents=parents,
        attributes=_mapping(said.get("attributes", {}), f"{where}.attributes"),
    )


def _event(document: object, where: str) -> Event:
    needed = ("principal", "operation", "resource", "time")
    said = _keys(document, where, (*needed, "args", "outcome", "on_behalf_of"), needed)
    return _made(
        Event,
        _principal(said["principal"], f"{where}.principal"),
        _text(said["operation"], f"{where}.operation"),
        _resource(said["resource"], f"{where}.resource"),
        time=_text(said["time"], f"{where}.time"),
        args=_mapping(said.get("args", {}), f"{where}.args"),
        outcome=_text(said.get("outcome", "done"), f"{where}.outcome"),
        on_behalf_of=_each(said.get("on_behalf_of", []), f"{where}.on_behalf_of", _principal),
    )


def _session(document: object) -> Mapping[str, Any]:
    if document is None:
        return {}
    if isinstance(document, str):
        return {"id": document}
    said = dict(_keys(document, "session", ("id", "labels"), ()))
    if "id" in said:
        _text(said["id"], "session.id")
    said["labels"] = _each(said.get("labels", []), "session.labels", _text)
    return said


def _made(make: Callable[..., T], *values: Any, **more: Any) -> T:
    try:
        return make(*values, **more)
    except (TypeError, ValueError) as error:
        raise WireError(str(error)) from None
    except RecursionError:
        raise WireError("nested too deeply") from None


def _keys(
    document: object, where: str, known: tuple[str, ...], needed: tuple[str, ...]
) -> Mapping[str, Any]:
    said = _mapping(document, where)
    for key in said:
        if key not in known:
            help = did_you_mean(key, known) or f"the keys are {', '.join(known)}"
            raise WireError(f"`{key}` is not a key of {_named(where)}: {help}")
    _needed(said, where, needed)
    return said


def _needed(said: Mapping[str, Any], where: str, needed: tuple[str, ...]) -> None:
    for key in needed:
        if key not in said:
            raise WireError(f"{_named(where)} needs the key `{key}`")


def _named(where: str) -> str:
    return where if where.startswith("the ") else f"`{where}`"


def _mapping(document: object, where: str) -> Mapping[str, Any]:
    if not isinstance(document, Mapping):
        raise WireError(f"{_named(where)} must be an object, such as {{…}}")
    return document


def _each(document: object, where: str, read: Callable[[object, str], T]) -> list[T]:
    if not isinstance(document, (list, tuple)):
        raise WireError(f"{_named(where)} must be a list, such as […]")
    return [read(item, f"{where}[{number}]") for number, item in enumerate(document)]


def _text(document: object, where: str) -> str:
    if not isinstance(document, str):
        raise WireError(f'{_named(where)} must be text, such as "…"')
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise WireError(f"the key `{twice}` is given twice")
    return said


def _no_constant(name: str) -> NoReturn:
    raise WireError(f"`{name}` is not valid JSON")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
