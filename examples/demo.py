"""Replays the December 2025 outage against the policy in `kiro/`, and shows why it is stopped."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import policylang
from policylang import CheckResult, Decision, Principal, Request, Resource, Verdict
from policylang.diagnostics import render_text

HERE = Path(os.path.relpath(Path(__file__).parent))
KIRO = HERE / "kiro/production.pol"
WITHOUT_REVIEW = HERE / "kiro_without_review/production.pol"
INVENTORY = HERE / "kiro/inventory.yaml"
OUT = Path("build/demo")

COST_EXPLORER = Resource("Environment", "cost-explorer-cn")
STAGING = Resource("Environment", "cost-explorer-staging")

SESSION = [
    ("looks at what is broken", "read_logs", COST_EXPLORER, {}),
    ("tries a fix on staging", "deploy", STAGING, {}),
    ("decides to delete production and start afresh", "delete", COST_EXPLORER, {}),
    ("tries to recreate it in one go", "recreate", COST_EXPLORER, {}),
    ("tries to give itself the missing right", "grant", COST_EXPLORER, {"role": "admin"}),
    ("tries to approve its own request", "approve", Resource("Approvals", "request-1"), {}),
    ("tries to edit the policy", "change", Resource("Policy", "production.pol"), {}),
]

COLOURS = {Verdict.ALLOW: "32", Verdict.REQUIRE_APPROVAL: "33", Verdict.DENY: "31"}


def main() -> None:
    policy = policylang.load(KIRO, inventory=INVENTORY)
    print(bold("December 2025: an agent with an operator's rights is asked for a small fix."))
    print("It did not malfunction. Nothing stood between it and production. Now this does:")
    print(dim(f"{KIRO}, {len(KIRO.read_text().splitlines())} lines\n"))
    decisions = [replay(policy, minute, *step) for minute, step in enumerate(SESSION, 12)]
    title("Why was the deletion stopped?")
    print(indent(decisions[2].explain()))
    mistakes()
    draw(policy)
    speed(policy)
    title("Your own policy")
    print("  .venv/bin/policylang init mypolicy && .venv/bin/policylang test mypolicy")
    print("  docs/tutorial/first-policy.md starts from nothing and takes twenty minutes.")


def replay(
    policy: policylang.Policy,
    minute: int,
    story: str,
    operation: str,
    resource: Resource,
    args: dict[str, str],
) -> Decision:
    request = asked(operation, resource, args, minute)
    decision = policy.decide(request)
    print(f"  03:{minute}  kiro {story}")
    what = f'{operation} {resource.type} "{resource.id}"'
    print(f"         {what:<50} {coloured(decision.verdict)}")
    reasons = [rule for rule in decision.rules if rule.effect != "allow" and rule.because]
    for rule in reasons[-1:]:
        print(f"         {rule.because}  {dim(rule.at)}")
    return decision


def asked(operation: str, resource: Resource, args: dict[str, str], minute: int) -> Request:
    """What kiro asks on behalf of carla, the engineer."""
    return Request(
        Principal("kiro"),
        operation,
        resource,
        args=args,
        on_behalf_of=[Principal("carla")],
        context={"time": f"2025-12-15T03:{minute % 60:02d}:00Z"},
    )


def mistakes() -> None:
    title("And if somebody takes the peer review out of the policy?")
    print("  `policylang check` warns before anything runs:\n")
    checked = policylang.check(WITHOUT_REVIEW)
    print(indent(shown(checked, "P0410")))
    weakened = policylang.load(WITHOUT_REVIEW, inventory=INVENTORY)
    decision = weakened.decide(asked("delete", COST_EXPLORER, {}, 14))
    print(
        f"\n  `policylang test` fails, and the same deletion is now {coloured(decision.verdict)},"
    )
    print("  of one person and not of two: the floor of `Destructive` still asks.")
    title("And if somebody mistypes?")
    text = KIRO.read_text().replace("when resource.stage == prod", "when resource.stgae == prod")
    print(indent(shown(policylang.check_text(text, "production.pol"), "P0203")))


def shown(checked: CheckResult, code: str) -> str:
    """The first problem with that code, as the command line prints it."""
    found = next(each for each in checked.diagnostics if each.code == code)
    text = render_text([found], color=colours())
    return text.rsplit("\n\n", 1)[0] + "\n"


def draw(policy: policylang.Policy) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "graph.html").write_text(policy.graph.to_html(), encoding="utf-8")
    (OUT / "graph.svg").write_text(policy.graph.to_svg(), encoding="utf-8")
    title("Who may do what")
    print(f"  {(OUT / 'graph.html').resolve().as_uri()}")


def speed(policy: policylang.Policy) -> None:
    session = [(operation, resource, args) for _, operation, resource, args in SESSION]
    requests = [asked(*session[n % len(session)], n) for n in range(100_000)]
    policy.decide_many(requests[:1000])
    start = time.perf_counter()
    stopped = sum(not decision.allowed for decision in policy.decide_many(requests))
    seconds = time.perf_counter() - start
    title("How fast")
    print(
        f"  {len(requests):,} requests decided in {seconds:.2f} s on one core, {stopped:,} stopped"
    )


def title(text: str) -> None:
    print(bold(f"\n{text}\n"))


def coloured(verdict: Verdict) -> str:
    return paint(COLOURS[verdict], verdict.value.replace("_", " ").upper())


def bold(text: str) -> str:
    return paint("1", text)


def dim(text: str) -> str:
    return paint("2", text)


def paint(code: str, text: str) -> str:
    return f"\033[{code}m{text}\033[0m" if colours() else text


def colours() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def indent(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.splitlines())


if __name__ == "__main__":
    main()
