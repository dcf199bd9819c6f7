"""The raw-action options: what an agent is about to do, as it would do it."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from typing import Any, Final

from policylang.model import wire
from policylang.surfaces.cli.failure import Failure
from policylang.surfaces.cli.inputs import json_of, shown

OPTIONS: Final = ("shell", "sql", "http", "aws", "kubectl", "terraform_plan", "mcp", "action")


def add_actions(parser: ArgumentParser) -> None:
    """The options of `OPTIONS`, and what goes with some of them."""
    group = parser.add_argument_group("a raw action, instead of OPERATION TYPE ID")
    group.add_argument("--shell", metavar="COMMAND", help="a shell command")
    group.add_argument("--sql", metavar="STATEMENT", help="an SQL statement")
    group.add_argument("--dialect", metavar="NAME", help="the SQL dialect or the shell")
    group.add_argument("--http", metavar='"METHOD URL"', help="an HTTP request")
    group.add_argument("--aws", metavar='"SERVICE OPERATION"', help="a call of the AWS API")
    group.add_argument("--parameters", metavar="JSON", help="the parameters of the AWS call")
    group.add_argument("--kubectl", metavar="ARGS", help='what follows "kubectl"')
    group.add_argument(
        "--terraform-plan", metavar="FILE", help="the output of `terraform show -json`"
    )
    group.add_argument("--mcp", metavar="FILE", help="an MCP tool call as JSON")
    group.add_argument("--action", metavar="FILE", help="any raw action as JSON; - is stdin")


def raw_action(options: Namespace) -> dict[str, Any] | None:
    """The raw action that the options say, None where they say none. Raises `Failure`."""
    given = [name for name in OPTIONS if getattr(options, name) is not None]
    if len(given) > 1:
        listed = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise Failure(f"one action at a time: {listed} are given together")
    _companions(options, given)
    if not given:
        return None
    return _BUILD[given[0]](getattr(options, given[0]), options)


def _companions(options: Namespace, given: list[str]) -> None:
    if options.dialect is not None and given not in (["sql"], ["shell"]):
        raise Failure("--dialect goes with --sql or --shell")
    if options.parameters is not None and given != ["aws"]:
        raise Failure("--parameters goes with --aws")


def _shell(command: str, options: Namespace) -> dict[str, Any]:
    action = {"kind": "shell", "command": command, "cwd": os.getcwd()}
    return action if options.dialect is None else {**action, "dialect": options.dialect}


def _sql(statement: str, options: Namespace) -> dict[str, Any]:
    action = {"kind": "sql", "statement": statement}
    return action if options.dialect is None else {**action, "dialect": options.dialect}


def _http(text: str, options: Namespace) -> dict[str, Any]:
    method, _, url = text.strip().partition(" ")
    if not url.strip():
        raise Failure('--http takes a method and a URL, such as "DELETE https://api.example/v1/7"')
    return {"kind": "http", "method": method.upper(), "url": url.strip()}


def _aws(text: str, options: Namespace) -> dict[str, Any]:
    words = text.split()
    if len(words) != 2:
        raise Failure('--aws takes a service and an operation, such as "s3 DeleteBucket"')
    action: dict[str, Any] = {"kind": "aws", "service": words[0], "operation": words[1]}
    if options.parameters is not None:
        action["parameters"] = _object(options.parameters, "--parameters")
    return action


def _kubectl(text: str, options: Namespace) -> dict[str, Any]:
    """A command line as it would be typed: nothing in it is lost on the way."""
    words = text.strip().removeprefix("kubectl ").strip()
    return {"kind": "shell", "command": f"kubectl {words}", "cwd": os.getcwd()}


def _terraform(path: str, options: Namespace) -> dict[str, Any]:
    return {"kind": "terraform", "plan": _mapping(json_of(path), path)}


def _mcp(path: str, options: Namespace) -> dict[str, Any]:
    """A raw action, or the JSON-RPC message `tools/call` (MCP 2025-11-25, server/tools)."""
    said = _mapping(json_of(path), path)
    if said.get("method") == "tools/call" and isinstance(said.get("params"), dict):
        params = said["params"]
        said = {"tool": params.get("name"), "arguments": params.get("arguments", {})}
    return _checked({"kind": "mcp", **said}, path)


def _action(path: str, options: Namespace) -> dict[str, Any]:
    return _checked(json_of(path), path)


def _checked(document: Any, path: str) -> dict[str, Any]:
    try:
        return wire.raw_action(document)
    except wire.WireError as error:
        raise Failure(f"`{shown(path)}`: {error}") from None


def _mapping(document: Any, path: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise Failure(f"`{shown(path)}` must hold a JSON object")
    return document


def _object(text: str, option: str) -> dict[str, Any]:
    try:
        document = wire.loads(text)
    except wire.WireError as error:
        raise Failure(f"{option} is {error}") from None
    if not isinstance(document, dict):
        raise Failure(f"{option} must be a JSON object")
    return document


_BUILD: Final = {
    "shell": _shell,
    "sql": _sql,
    "http": _http,
    "aws": _aws,
    "kubectl": _kubectl,
    "terraform_plan": _terraform,
    "mcp": _mcp,
    "action": _action,
}
