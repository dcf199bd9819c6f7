"""Prints decisions, a JSON object a line, in a few words each."""

import json
import sys

for number, line in enumerate(sys.stdin, 1):
    decision = json.loads(line)
    print(f"{number}. {decision['verdict']}")
    for need in decision["approvals"]:
        who = " or ".join(need["from"]) or "anyone human"
        print(f"   {need['quorum']} of {who}, within {need['within_seconds']} s ({need['rule']})")
    for rule in decision["rules"]:
        print(f"   {rule['effect']} {rule['id']} {rule['because']}".rstrip())
    for error in decision["errors"]:
        print(f"   error in {error['rule']}: {error['message']}")
