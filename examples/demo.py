"""Replays the December 2025 outage against the policy in `kiro/`, and draws who may do what."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import policylang
from policylang import Decision, Principal, Request, Resource, Verdict

HERE = Path(__file__).parent
OUT = Path("build/demo")
NIGHT = "2025-12-15T03:{minute:02d}:00Z"
COST_EXPLORER = Resource("Environment", "cost-explorer-cn")

SESSION = [
    ("looks at what is broken", "read_logs", COST_EXPLORER, {}),
    ("tries a fix on staging", "deploy", Resource("Environment", "cost-explorer-staging"), {}),
    ("decides to delete production and start afresh", "delete", COST_EXPLORER, {}),
    ("tries to recreate it in one go", "recreate", COST_EXPLORER, {}),
    ("tries to give itself the missing right", "grant", COST_EXPLORER, {"role": "admin"}),
    ("tries to approve its own request", "approve", Resource("Approvals", "request-1"), {}),
    ("tries to edit the policy", "change", Resource("Policy", "production.pol"), {}),
]

COLOURS = {Verdict.ALLOW: "32", Verdict.REQUIRE_APPROVAL: "33", Verdict.DENY: "31"}


def main() -> None:
    policy = policylang.load(HERE / "kiro/production.pol", inventory=HERE / "kiro/inventory.yaml")
    print(bold("December 2025: an agent with an operator's rights is asked for a small fix."))
    print("It did not malfunction. Nothing stood between it and production. Now something does:\n")
    decisions = [replay(policy, minute, *step) for minute, step in enumerate(SESSION, 12)]
    print(bold("\nWhy was the deletion stopped?\n"))
    print(indent(decisions[2].explain()))
    without_review()
    draw(policy)
    speed(policy)


def replay(
    policy: policylang.Policy,
    minute: int,
    story: str,
    operation: str,
    resource: Resource,
    args: dict[str, str],
) -> Decision:
    request = Request(
        Principal("kiro"),
        operation,
        resource,
        args=args,
        on_behalf_of=[Principal("carla")],
        context={"time": NIGHT.format(minute=minute)},
    )
    decision = policy.decide(request)
    print(f"  03:{minute}  kiro {story}")
    asked = f'{operation} {resource.type} "{resource.id}"'
    print(f"         {asked:<50} {coloured(decision.verdict)}")
    for rule in decision.rules:
        if rule.effect != "allow" and rule.because:
            print(f"         {rule.because}  {dim(rule.at)}")
    return decision


def without_review() -> None:
    print(bold("\nAnd if somebody takes the peer review out of the policy?\n"))
    weakened = policylang.load(
        HERE / "kiro_without_review/production.pol", inventory=HERE / "kiro/inventory.yaml"
    )
    decision = weakened.decide(
        principal="kiro", operation="delete", resource=COST_EXPLORER, on_behalf_of=["carla"]
    )
    print("  `policylang test` fails before anything runs, and the same deletion is now:")
    print(f"  {coloured(decision.verdict)}, by the floor of `Destructive`: one person, not two.")


def draw(policy: policylang.Policy) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "graph.html").write_text(policy.graph.to_html(), encoding="utf-8")
    (OUT / "graph.svg").write_text(policy.graph.to_svg(), encoding="utf-8")
    print(bold("\nWho may do what: ") + f"{OUT}/graph.html (open it in a browser)")


def speed(policy: policylang.Policy) -> None:
    requests = [Request("kiro", "delete", COST_EXPLORER)] * 100_000
    policy.decide_many(requests[:100])
    start = time.perf_counter()
    policy.decide_many(requests)
    rate = len(requests) / (time.perf_counter() - start)
    print(bold("How fast: ") + f"{rate:,.0f} decisions a second on one core of this machine")


def coloured(verdict: Verdict) -> str:
    return paint(COLOURS[verdict], verdict.value.replace("_", " ").upper())


def bold(text: str) -> str:
    return paint("1", text)


def dim(text: str) -> str:
    return paint("2", text)


def paint(code: str, text: str) -> str:
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return f"\033[{code}m{text}\033[0m" if wanted else text


def indent(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


if __name__ == "__main__":
    main()
