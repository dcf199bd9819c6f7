"""What a compiled rule weighs: 10,000 rules, loaded, and each of them asked at least once."""

from __future__ import annotations

import gc
import sys

from figures import policy_of, table, workload

RULES = 10_000
BAR_KB = 4.0


def resident_kb() -> float:
    gc.collect()
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return float(line.split()[1])


def main() -> int:
    import policylang
    from policylang import Request, Resource

    small = policy_of(workload("W3", 10))
    small.decide(Request("a", "tool_0", Resource("File", "x", path="/")))
    w = workload("W3", RULES)
    policies = w.data["policies"]
    w.requests.clear()
    before = resident_kb()
    policy = policy_of(w)
    loaded = resident_kb()
    for _, agent, tool, prefix in policies:
        request = Request(agent, tool.replace("-", "_"), Resource("File", "x", path=prefix))
        assert policy.decide(request).verdict in policylang.Verdict
    asked = resident_kb()
    rows = [
        ("loaded", (loaded - before) / RULES, "KB", BAR_KB, True),
        ("loaded, and every rule asked", (asked - before) / RULES, "KB", BAR_KB, True),
    ]
    return 0 if table(f"Memory per rule, {RULES:,} rules", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
