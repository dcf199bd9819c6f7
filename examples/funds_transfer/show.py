"""Prints decisions (JSON lines on standard input) beside the requests that they answer."""

import json
import sys
from pathlib import Path


def asked(request: dict) -> str:
    action = request.get("action")
    if action:
        arguments = action["arguments"]
        return f"calls mcp:{action['server']}/{action['tool']} with {json.dumps(arguments)}"
    resource, args = request["resource"], json.dumps(request["args"])
    return f"{request['operation']} {args} on {resource['type']} {resource['id']}"


requests = map(json.loads, Path(sys.argv[1]).read_text().splitlines())
for number, (request, line) in enumerate(zip(requests, sys.stdin, strict=True), 1):
    decision = json.loads(line)
    labels = request["session"]["labels"] if "session" in request else []
    saw = f", in a session that saw {' and '.join(labels)}" if labels else ""
    print(f"{number}. {request['principal']['id']}: {asked(request)}{saw}")
    print(f"   {decision['verdict'].replace('_', ' ').upper()}")
    for need in decision["approvals"]:
        who = " or ".join(need["from"]) or "any human"
        minutes = need["within_seconds"] // 60
        print(f"   needs {need['quorum']} of {who} within {minutes} minutes ({need['rule']})")
    for rule in decision["rules"]:
        effect = rule["effect"].replace("_", " ")
        print(f"   {effect}: {rule['id']} {rule['because']}".rstrip())
    for error in decision["errors"]:
        print(f"   error in {error['rule']}: {error['message']}")
    print()
