"""How many decisions a second `decide_many` makes on one core: 100,000 requests of W1."""

from __future__ import annotations

import sys
import time
from statistics import median

from figures import policy_of, requests_of, table, workload

REQUESTS = 100_000
BAR = 400_000


def main() -> int:
    w = workload("W1", 10)
    policy, requests = policy_of(w), requests_of(w)
    many = (requests * (REQUESTS // len(requests) + 1))[:REQUESTS]
    allowed = [decision.allowed for decision in policy.decide_many(requests)]
    assert allowed == [w.oracle(q) for q in w.requests]
    rates = []
    for _ in range(7):
        start = time.perf_counter()
        policy.decide_many(many)
        rates.append(REQUESTS / (time.perf_counter() - start))
    rows = [
        ("decide_many, W1, median of 7", median(rates), "/s", BAR, False),
        ("decide_many, W1, best of 7", max(rates), "/s", BAR, False),
    ]
    return 0 if table(f"{REQUESTS:,} requests", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
