"""How much slower a decision gets as rules and entities get more: the verdict's median.

Every size is measured in processes of its own, in turn, and the best of them counts: what else the
machine does falls on all alike.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from figures import median_ns, policy_of, requests_of, table, workload

BAR = 1.5
PASSES = 5
CASES = (("W3", 10), ("W3", 1000), ("W3", 10_000), ("W2", 1000), ("W2", 10_000))


def verdict_ns(kind: str, size: int) -> float:
    w = workload(kind, size)
    policy, requests = policy_of(w), requests_of(w)
    decide: Any = policy.decide
    assert all(decide(r).allowed == w.oracle(q) for r, q in zip(requests, w.requests, strict=True))
    return median_ns(lambda request: decide(request).verdict, requests)


def in_a_process(kind: str, size: int) -> float:
    command = [sys.executable, __file__, kind, str(size)]
    return float(subprocess.run(command, check=True, capture_output=True).stdout)


def main() -> int:
    if len(sys.argv) > 1:
        print(verdict_ns(sys.argv[1], int(sys.argv[2])))
        return 0
    passes = [{case: in_a_process(*case) for case in CASES} for _ in range(PASSES)]
    best = {case: min(figures[case] for figures in passes) for case in CASES}
    for kind, size in CASES:
        print(f"{kind}-{size}: {best[kind, size]:,.0f} ns")
    rules = best["W3", 10_000] / best["W3", 10]
    entities = best["W2", 10_000] / best["W2", 1000]
    rows = [
        ("W3, 10 to 10,000 rules", rules, "x", BAR, True),
        ("W2, 1,000 to 10,000 entities", entities, "x", BAR, True),
    ]
    return 0 if table("Growth of one verdict", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
