"""A request: who wants to do what to which resource, and what is known around it.

Every value is frozen when it is made, so that what is decided is what was asked, and what is
digested is what was decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from math import isfinite
from pathlib import PurePath
from typing import Any, NoReturn

import msgspec

from policylang.model.values import MAX_DIGITS

Kind = str
OUTCOMES = ("proposed", "denied", "approved", "done", "failed")
KINDS = ("agent", "human", "service")
DEEPEST = 128
"""Levels of values that hold one another."""
DEEPEST_PARENTS = 64
MOST_PARENTS = 100_000
"""Ways up from one resource, each of them told in its JSON form."""
_LONGEST = 10**MAX_DIGITS


class FrozenDict(dict[str, Any]):
    """A dict that cannot be changed."""

    __slots__ = ()

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError("a request's facts cannot be changed")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return (FrozenDict, (dict(self),))


EMPTY = FrozenDict()
NO_LABELS: frozenset[str] = frozenset()
"""What is empty is one object for all requests: reading it touches no memory of its own."""


class _Frozen:
    """A slotted value: compared by its fields, and never changed."""

    __slots__: tuple[str, ...] = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, n) == getattr(other, n) for n in self.__slots__)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in self.__slots__))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), tuple(getattr(self, n) for n in self.__slots__)))


_set = object.__setattr__


def _rebuild(cls: type[_Frozen], values: tuple[Any, ...]) -> _Frozen:
    value = cls.__new__(cls)
    for name, item in zip(cls.__slots__, values, strict=True):
        _set(value, name, item)
    if isinstance(value, _Digested):
        _set(value, "_digest", None)
    return value


class Principal(_Frozen):
    """Somebody who acts. `kind` None: the policy or the inventory says it, else it is an agent."""

    __slots__ = ("attributes", "id", "kind", "roles")
    id: str
    kind: Kind | None
    roles: tuple[str, ...]
    attributes: FrozenDict

    def __init__(
        self,
        id: str,
        kind: Kind | None = None,
        roles: Iterable[str] = (),
        attributes: Mapping[str, Any] = EMPTY,
    ) -> None:
        _set(self, "id", _text(id, "principal.id"))
        if kind is not None and _text(kind, "principal.kind") not in KINDS:
            raise ValueError(f"principal.kind must be one of {', '.join(KINDS)}")
        _set(self, "kind", kind)
        _set(
            self,
            "roles",
            tuple(_text(role, "principal.roles") for role in _listed(roles)),
        )
        _set(self, "attributes", freeze(attributes, "principal.attributes"))

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {"id": self.id}
        if self.kind is not None:
            out["kind"] = self.kind
        if self.roles:
            out["roles"] = self.roles
        if self.attributes:
            out["attributes"] = self.attributes
        return out


class Resource(_Frozen):
    """A thing that is acted on: `Resource("Environment", "eu", stage="prod")`.

    `parents` are its direct containers, each perhaps with its own. Attributes whose names are no
    keywords of this call (or clash with `parents`) go into `attributes`.
    """

    __slots__ = ("attributes", "id", "parents", "type")
    type: str
    id: str
    attributes: FrozenDict
    parents: tuple[Resource, ...]

    def __init__(
        self,
        type: str,
        id: str,
        /,
        *,
        parents: Iterable[Resource] = (),
        attributes: Mapping[str, Any] = EMPTY,
        **more: Any,
    ) -> None:
        _set(self, "type", _text(type, "resource.type"))
        _set(self, "id", _text(id, "resource.id"))
        given = {**attributes, **more} if more else attributes
        _set(self, "attributes", freeze(given, "resource.attributes"))
        _set(self, "parents", tuple(_listed(parents)))
        if not all(isinstance(parent, Resource) for parent in self.parents):
            raise TypeError("resource.parents must be resources")

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {"type": self.type, "id": self.id}
        if self.attributes:
            out["attributes"] = self.attributes
        if self.parents:
            out["parents"] = [parent.to_json() for parent in self.parents]
        return out


class Event(_Frozen):
    """What a guard recorded of an earlier action. `time` is RFC 3339 text."""

    __slots__ = (
        "args",
        "on_behalf_of",
        "operation",
        "outcome",
        "principal",
        "resource",
        "time",
    )
    principal: Principal
    operation: str
    resource: Resource
    args: FrozenDict
    time: str
    outcome: str
    on_behalf_of: tuple[Principal, ...]

    def __init__(
        self,
        principal: Principal | str,
        operation: str,
        resource: Resource,
        *,
        time: datetime | str,
        args: Mapping[str, Any] = EMPTY,
        outcome: str = "done",
        on_behalf_of: Iterable[Principal | str] = (),
    ) -> None:
        if _text(outcome, "event.outcome") not in OUTCOMES:
            raise ValueError(f"an event's outcome must be one of {', '.join(OUTCOMES)}")
        _set(self, "principal", _principal(principal))
        _set(self, "operation", _text(operation, "event.operation"))
        _set(self, "resource", _resource(resource, "event.resource"))
        _set(self, "args", freeze(args, "event.args"))
        _set(self, "time", _frozen(time, "event.time"))
        _set(self, "outcome", outcome)
        _set(self, "on_behalf_of", tuple(_principal(p) for p in _listed(on_behalf_of)))

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "principal": self.principal.to_json(),
            "operation": self.operation,
            "resource": self.resource.to_json(),
            "time": self.time,
            "outcome": self.outcome,
        }
        if self.args:
            out["args"] = self.args
        if self.on_behalf_of:
            out["on_behalf_of"] = [principal.to_json() for principal in self.on_behalf_of]
        return out


class _Digested(_Frozen):
    """Keeps its digest, once asked for. A slot of its own class: no part of its value."""

    __slots__ = ("_digest",)
    _digest: str | None


class Request(_Digested):
    """One question to a policy. `on_behalf_of` names whom the principal acts for, nearest first.

    Either `operation` and `resource`, or `action`: a raw action in its JSON form. `labels` and
    `history` are the session's state where the caller holds it. Raises `TypeError`/`ValueError`
    for values that no request can have; what a policy does not declare is denied by the decision.
    """

    __slots__ = (
        "action",
        "args",
        "context",
        "history",
        "labels",
        "on_behalf_of",
        "operation",
        "principal",
        "resource",
        "session",
        "signals",
    )
    principal: Principal
    operation: str
    resource: Resource
    args: FrozenDict
    context: FrozenDict
    signals: FrozenDict
    on_behalf_of: tuple[Principal, ...]
    session: str | None
    labels: frozenset[str]
    history: tuple[Event, ...]
    action: FrozenDict | None

    def __init__(
        self,
        principal: Principal | str,
        operation: str = "",
        resource: Resource | None = None,
        *,
        args: Mapping[str, Any] = EMPTY,
        context: Mapping[str, Any] = EMPTY,
        signals: Mapping[str, Any] = EMPTY,
        on_behalf_of: Iterable[Principal | str] = (),
        session: str | None = None,
        labels: Iterable[str] = (),
        history: Iterable[Event] = (),
        action: Mapping[str, Any] | None = None,
    ) -> None:
        if (action is None) != (bool(operation) and resource is not None):
            raise ValueError("a request has either an operation and a resource, or an action")
        if action is not None and (operation or resource or args):
            raise ValueError("a request with an action has no operation, resource or args")
        _set(self, "principal", _principal(principal))
        _set(self, "operation", _text(operation, "operation"))
        _set(self, "resource", NOTHING if resource is None else _resource(resource, "resource"))
        _set(self, "args", freeze(args, "args"))
        _set(self, "context", freeze(context, "context"))
        _set(self, "signals", freeze(signals, "signals"))
        _set(self, "on_behalf_of", tuple(_principal(p) for p in _listed(on_behalf_of)))
        _set(self, "session", None if session is None else _text(session, "session"))
        _set(
            self,
            "labels",
            frozenset(_text(x, "session.labels") for x in _listed(labels)) or NO_LABELS,
        )
        _set(self, "history", tuple(_listed(history)))
        if not all(isinstance(event, Event) for event in self.history):
            raise TypeError("history must hold events")
        _set(self, "action", None if action is None else freeze(action, "action"))
        _set(self, "_digest", None)

    def to_json(self) -> dict[str, Any]:
        """The request's JSON form: what is empty is left out."""
        out: dict[str, Any] = {"principal": self.principal.to_json()}
        if self.on_behalf_of:
            out["on_behalf_of"] = [principal.to_json() for principal in self.on_behalf_of]
        if self.action is None:
            out["operation"] = self.operation
            out["resource"] = self.resource.to_json()
            if self.args:
                out["args"] = self.args
        else:
            out["action"] = self.action
        if self.context:
            out["context"] = self.context
        if self.signals:
            out["signals"] = self.signals
        if self.labels:
            labelled: dict[str, Any] = {"labels": sorted(self.labels)}
            out["session"] = labelled if self.session is None else {"id": self.session, **labelled}
        elif self.session is not None:
            out["session"] = self.session
        if self.history:
            out["history"] = [event.to_json() for event in self.history]
        return out

    def digest(self) -> str:
        """`sha256:` of the JSON form with its keys sorted, without spaces, in UTF-8."""
        digest = self._digest
        if digest is None:
            told = self.to_json() if self.history or self.labels else _document(self)
            digest = "sha256:" + sha256(_encode(told)).hexdigest()
            _keep_digest(self, digest)
        return digest


# A Decimal is told as a number: the text of the same digits is another request.
_encode = msgspec.json.Encoder(order="deterministic", decimal_format="number").encode
_NONE = msgspec.UNSET
_keep_digest = _Digested.__dict__["_digest"].__set__


class _PrincipalDocument(msgspec.Struct, gc=False):
    """`Principal.to_json`, encoded without making a dict. Fields are in the order of their names,

    and what is unset is left out; so it is with the other documents.
    """

    attributes: Any
    id: str
    kind: Any
    roles: Any


class _ResourceDocument(msgspec.Struct, gc=False):
    attributes: Any
    id: str
    parents: Any
    type: str


class _RequestDocument(msgspec.Struct, gc=False):
    action: Any
    args: Any
    context: Any
    on_behalf_of: Any
    operation: Any
    principal: Any
    resource: Any
    session: Any
    signals: Any


def _document(request: Request) -> _RequestDocument:
    """The JSON form of a request without history and labels."""
    acts, principal = request.action is None, request.principal
    return _RequestDocument(
        _NONE if acts else request.action,
        request.args or _NONE,
        request.context or _NONE,
        [_of_principal(p) for p in request.on_behalf_of] if request.on_behalf_of else _NONE,
        request.operation if acts else _NONE,
        _PrincipalDocument(
            principal.attributes or _NONE,
            principal.id,
            principal.kind or _NONE,
            principal.roles or _NONE,
        ),
        _of_resource(request.resource) if acts else _NONE,
        _NONE if request.session is None else request.session,
        request.signals or _NONE,
    )


def _of_resource(resource: Resource) -> _ResourceDocument:
    return _ResourceDocument(
        resource.attributes or _NONE,
        resource.id,
        [parent.to_json() for parent in resource.parents] if resource.parents else _NONE,
        resource.type,
    )


def _of_principal(principal: Principal) -> _PrincipalDocument:
    return _PrincipalDocument(
        principal.attributes or _NONE,
        principal.id,
        principal.kind or _NONE,
        principal.roles or _NONE,
    )


def freeze(facts: Mapping[str, Any], where: str, depth: int = 0) -> FrozenDict:
    """A copy of `facts` that nobody can change; `where` names it in errors."""
    if type(facts) is FrozenDict:
        return facts
    if not isinstance(facts, Mapping):
        raise TypeError(f"{where} must be a mapping")
    if not facts:
        return EMPTY
    return FrozenDict(
        {_text(k, where): _frozen(v, f"{where}.{k}", depth) for k, v in facts.items()}
    )


def _frozen(value: Any, where: str, depth: int = 0) -> Any:
    """The wire's form of a Python value."""
    kind = type(value)
    if kind is str:
        return _text(value, where)
    if value is None or kind in (bool, FrozenDict):
        return value
    if kind in (int, float, Decimal):
        return _number(value, where)
    if kind is Resource:
        return FrozenDict({"type": value.type, "id": value.id})
    if depth > DEEPEST:
        raise ValueError(f"{where} is nested too deeply")
    if isinstance(value, (list, tuple)):
        return tuple(_frozen(item, where, depth + 1) for item in value)
    if isinstance(value, (set, frozenset)):
        return tuple(sorted((_frozen(item, where, depth + 1) for item in value), key=repr))
    if isinstance(value, Mapping):
        return freeze(value, where, depth + 1)
    return _from_library(value, where)


def _number(value: Any, where: str) -> int | float | Decimal:
    """What is unequal to itself, or longer than can be written, would be decided at random."""
    if type(value) is int:
        if not -_LONGEST < value < _LONGEST:
            raise ValueError(f"{where}: a number has at most {MAX_DIGITS} digits")
    elif not (value.is_finite() if type(value) is Decimal else isfinite(value)):
        raise ValueError(f"{where} is no number")
    return value  # type: ignore[no-any-return]


def _from_library(value: Any, where: str) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{where}: a time needs a time zone")
        return value.isoformat()
    if isinstance(value, timedelta):
        return value_of_timedelta(value, where)
    if isinstance(value, PurePath) or type(value).__module__ == "ipaddress":
        return _text(str(value), where)
    if isinstance(value, str):
        return _text(str(value), where)
    raise TypeError(f"{where}: a {type(value).__name__} is no value of the policy language")


def value_of_timedelta(value: timedelta, where: str) -> str:
    """A Duration's text; it has whole seconds."""
    if value.microseconds:
        raise ValueError(f"{where}: a duration has whole seconds")
    return f"{value.days * 86400 + value.seconds}s"


def _text(value: Any, where: str) -> str:
    if type(value) is not str:
        raise TypeError(f"{where} must be text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError(f"{where} is not valid Unicode") from None
    return value


def _listed(values: Any) -> Iterable[Any]:
    if isinstance(values, (str, bytes, Mapping)):
        raise TypeError("expected a list, not text")
    return values  # type: ignore[no-any-return]


def _principal(value: Principal | str) -> Principal:
    return value if isinstance(value, Principal) else Principal(value)


def _resource(value: Resource, where: str) -> Resource:
    if not isinstance(value, Resource):
        raise TypeError(f"{where} must be a Resource")
    if value.parents:
        _countable(value, where)
    return value


def _countable(resource: Resource, where: str) -> None:
    """Told parents are walked by many: neither too deep, nor, where they are shared, too many."""
    level, count = [resource], 1
    for _ in range(DEEPEST_PARENTS + 1):
        level = [parent for each in level for parent in each.parents]
        count += len(level)
        if not level:
            return
        if count > MOST_PARENTS:
            raise ValueError(f"{where}.parents are more than {MOST_PARENTS}")
    raise ValueError(f"{where}.parents nest deeper than {DEEPEST_PARENTS} levels")


NOTHING = Resource("", "")
"""The resource of a request that carries a raw action."""
