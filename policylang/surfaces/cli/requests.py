"""The options that say a request: as JSON, or principal, operation and resource one by one."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from policylang.ir.program import Program
from policylang.model import wire
from policylang.model.request import KINDS, Principal, Request, Resource
from policylang.model.types import BOOL, INT, SIZE, Field, ResourceOf, SetOf, Type
from policylang.surfaces.cli.actions import OPTIONS as ACTIONS
from policylang.surfaces.cli.actions import add_actions, raw_action
from policylang.surfaces.cli.failure import Failure
from policylang.surfaces.cli.inputs import json_of, shown

_REQUEST: Final = ("who", "role", "kind", "words", "attr", "arg", "under", "context", "signal")
_WHOLE: Final = re.compile(r"-?[0-9]{1,4000}")
_SESSION: Final = ("label", "session", "dialect", "parameters")


def add_request(parser: ArgumentParser) -> None:
    """Every way to say one request."""
    parser.add_argument(
        "words", nargs="*", metavar="OPERATION TYPE ID", help="what is to be done, to what"
    )
    parser.add_argument("--request", metavar="FILE", help="the request as JSON; - is stdin")
    parser.add_argument(
        "--as",
        dest="who",
        action="append",
        default=[],
        metavar="PRINCIPAL",
        help="who acts; repeat it for whom they act on behalf of, nearest first",
    )
    _repeated(parser, "--role", "ROLE", "a role of the actor, if the policy does not declare it")
    parser.add_argument(
        "--kind", choices=KINDS, help="what the actor is, if not declared (an agent)"
    )
    _repeated(parser, "--attr", "NAME=VALUE", "an attribute of the resource")
    _repeated(parser, "--arg", "NAME=VALUE", "an argument of the operation")
    _repeated(parser, "--under", "TYPE:ID", "what contains the resource, directly")
    _repeated(parser, "--context", "NAME=VALUE", "what is known of the circumstances")
    _repeated(parser, "--signal", "NAME=VALUE", "what a model or a heuristic says")
    _repeated(parser, "--label", "LABEL", "what the session has seen, such as private")
    parser.add_argument("--session", metavar="ID", help="the session's id")
    add_actions(parser)


def _repeated(parser: ArgumentParser, name: str, metavar: str, help: str) -> None:
    parser.add_argument(name, action="append", default=[], metavar=metavar, help=help)


def read_request(options: Namespace, program: Program) -> Request:
    """The request that the options say, values typed by what `program` declares. Raises `Failure`.

    With `--as`, `context.time` is the clock's unless it is given.
    """
    if options.request is not None:
        return _from_file(options)
    if not all(options.who):
        raise Failure("--as takes the name of a principal, not an empty text")
    if not options.who:
        raise Failure("who acts?", help="give --as PRINCIPAL, or the whole request with --request")
    try:
        return _from_options(options, program)
    except (TypeError, ValueError) as error:
        raise Failure(str(error)) from None


def _from_file(options: Namespace) -> Request:
    for name in (*_REQUEST, *ACTIONS, *_SESSION):
        if getattr(options, name) not in (None, []):
            said = {"who": "--as", "words": "OPERATION TYPE ID"}.get(name, f"--{name}")
            raise Failure(f"--request says everything: {said.replace('_', '-')} cannot be added")
    try:
        return wire.request(json_of(options.request))
    except wire.WireError as error:
        raise Failure(f"`{shown(options.request)}`: {error}") from None


def _from_options(options: Namespace, program: Program) -> Request:
    context = _typed(options.context, "--context", program.context)
    shared: dict[str, Any] = {
        "context": {"time": _now(), **context},
        "signals": _typed(options.signal, "--signal", program.signals),
        "on_behalf_of": options.who[1:],
        "session": options.session,
        "labels": options.label,
    }
    actor = Principal(options.who[0], options.kind, options.role)
    action = raw_action(options)
    if action is not None:
        _nothing_else(options)
        return Request(actor, action=action, **shared)
    if len(options.words) != 3:
        raise Failure(
            "what is to be done?", help="give OPERATION TYPE ID, such as delete Environment eu"
        )
    operation, type_name, id = options.words
    parameters = _declared(program.operations, (operation, type_name))
    args = _typed(options.arg, "--arg", parameters)
    return Request(
        actor, operation, _resource(options, program, type_name, id), args=args, **shared
    )


def _nothing_else(options: Namespace) -> None:
    for name in ("words", "attr", "arg", "under"):
        if getattr(options, name):
            said = "OPERATION TYPE ID" if name == "words" else f"--{name}"
            raise Failure(f"a raw action says what is done: {said} cannot be added")


def _resource(options: Namespace, program: Program, type_name: str, id: str) -> Resource:
    fields = next((t.attributes for t in program.resource_types if t.name == type_name), ())
    attributes = _typed(options.attr, "--attr", fields)
    parents = [_parent(text) for text in options.under]
    return Resource(type_name, id, parents=parents, attributes=attributes)


def _declared(operations: Iterable[Any], key: tuple[str, str]) -> tuple[Field, ...]:
    found = (o.parameters for o in operations if (o.name, o.resource_type) == key)
    return next(found, ())


def _parent(text: str) -> Resource:
    type_name, colon, id = text.partition(":")
    if not colon:
        raise Failure("--under takes TYPE:ID, such as Environment:eu")
    return Resource(type_name, id)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _typed(pairs: Iterable[str], option: str, fields: Iterable[Field]) -> Mapping[str, Any]:
    """`name=value` pairs; a name that is not declared stays text, and the decision says so."""
    types = {field.name: field.type for field in fields}
    values: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name:
            raise Failure(f"{option} takes NAME=VALUE, not `{pair}`")
        if name in values:
            raise Failure(f"{option} {name} is given twice")
        values[name] = _value(text, types.get(name), f"{option} {name}")
    return values


def _value(text: str, type_: Type | None, where: str) -> Any:
    """What does not fit its type stays text: the decision then names it as a missing fact."""
    match type_:
        case SetOf():
            return _json(text, where)
        case ResourceOf(name):
            return _json(text, where) if text.startswith("{") else {"type": name, "id": text}
    if type_ == BOOL:
        return {"true": True, "false": False}.get(text, text)
    if type_ in (INT, SIZE) and _WHOLE.fullmatch(text):
        return int(text)
    return text


def _json(text: str, where: str) -> Any:
    try:
        return wire.loads(text)
    except wire.WireError as error:
        raise Failure(
            f"{where} is {error}", help='a set is a JSON list, such as ["a", "b"]'
        ) from None
