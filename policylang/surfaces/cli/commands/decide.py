"""`policylang decide`: one decision, or one for each line of a stream."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from policylang.model import wire
from policylang.surfaces.cli import decisions, streams
from policylang.surfaces.cli.failure import Failure
from policylang.surfaces.cli.inputs import opened, unreadable
from policylang.surfaces.cli.policies import loaded
from policylang.surfaces.cli.requests import add_request, read_request

if TYPE_CHECKING:
    from policylang.loader import Policy
    from policylang.model.decision import Decision

EXAMPLES = """
policylang decide prod.pol --as kiro delete Environment eu --attr stage=prod
policylang decide policies/ --inventory inventory.yaml --as kiro --as ana deploy Environment eu
policylang decide prod.pol --as kiro --shell "terraform destroy -auto-approve"
policylang decide prod.pol --request request.json --format json
policylang decide prod.pol --jsonl - < requests.jsonl > decisions.jsonl

exit code: 0 allow, 3 require approval, 4 deny; 1 the policy has errors; 2 wrong usage
"""


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("policy", metavar="POLICY", help="a policy file, or a folder of them")
    add_request(parser)
    parser.add_argument("--inventory", metavar="FILE", help="known resources and principals")
    parser.add_argument(
        "--jsonl", metavar="FILE", help="a request a line in, a decision a line out; - is stdin"
    )
    parser.add_argument("--explain", action="store_true", help="say why, and what would change it")
    parser.add_argument(
        "--format",
        choices=("text", "json", "jsonl"),
        default="text",
        metavar="FORMAT",
        help="how to print the decision: text, json, or jsonl for one line (text)",
    )


def run(options: Namespace) -> int:
    _one_reader(options)
    policy = loaded(options.policy, options.inventory)
    if options.jsonl is not None:
        return _stream(policy, options)
    decision = policy.decide(read_request(options, policy.program))
    streams.result(_shown(policy, decision, options))
    return decisions.EXIT_CODES[decision.verdict]


def _one_reader(options: Namespace) -> None:
    """Standard input can be read once."""
    sources = (options.policy, options.request, options.jsonl, options.action, options.mcp)
    if sources.count("-") > 1:
        raise Failure("standard input can be one thing only")


def _shown(policy: Policy, decision: Decision, options: Namespace) -> str:
    if options.format == "text":
        body = decisions.text(decision, policy, color=streams.colored(sys.stdout))
        return f"{body}\n{decision.explain()}" if options.explain else body
    encoded = msgspec.json.encode(_body(decision, options))
    if options.format == "json":
        encoded = msgspec.json.format(encoded, indent=2)
    return encoded.decode()


def _body(decision: Decision, options: Namespace) -> dict[str, Any]:
    body = decision.to_json()
    return {**body, "explanation": decision.explain()} if options.explain else body


def _stream(policy: Policy, options: Namespace) -> int:
    """Line by line, each answered before the next is read."""
    if options.request is not None or options.who or options.words:
        raise Failure("--jsonl gives the requests: no other request can be added")
    bad = 0
    with opened(options.jsonl) as lines:
        try:
            for line in _lines(lines):
                answer = _answer(policy, line, options)
                bad += "error" in answer
                streams.result(msgspec.json.encode(answer).decode())
                if options.jsonl == "-":
                    streams.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unreadable(options.jsonl, error) from None
    return 1 if bad else 0


def _lines(file: BinaryIO) -> Any:
    return (line.rstrip(b"\r\n") for line in file)


def _answer(policy: Policy, line: bytes, options: Namespace) -> dict[str, Any]:
    """The decision's JSON; a line that cannot be read, or decided, is an error and a deny."""
    try:
        return _body(policy.decide(wire.request(wire.loads(line))), options)
    except wire.WireError as error:
        return {"error": str(error), "verdict": "deny"}
    except Exception as error:
        return {"error": f"internal error: {type(error).__name__}", "verdict": "deny"}
