"""How much slower a decision gets as rules and entities get more: the verdict's median."""

from __future__ import annotations

import sys
from typing import Any

from figures import empty_call_ns, median_ns, policy_of, requests_of, table, workload

BAR = 1.5


def verdict_ns(kind: str, size: int) -> float:
    w = workload(kind, size)
    policy, requests = policy_of(w), requests_of(w)
    decide: Any = policy.decide
    assert all(decide(r).allowed == w.oracle(q) for r, q in zip(requests, w.requests, strict=True))
    return median_ns(lambda request: decide(request).verdict, requests)


def main() -> int:
    floor = empty_call_ns()
    figures = {
        (kind, size): verdict_ns(kind, size)
        for kind, size in (("W3", 10), ("W3", 1000), ("W3", 10_000), ("W2", 1000), ("W2", 10_000))
    }
    print(f"an empty call: {floor:.0f} ns")
    for (kind, size), figure in figures.items():
        print(f"{kind}-{size}: {figure:,.0f} ns")
    rows = [
        ("W3, 10 to 10,000 rules", figures["W3", 10_000] / figures["W3", 10], "x", BAR, True),
        (
            "W2, 1,000 to 10,000 entities",
            figures["W2", 10_000] / figures["W2", 1000],
            "x",
            BAR,
            True,
        ),
    ]
    return 0 if table("Growth of one verdict", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
