"""What a compiled rule weighs: 10,000 rules, loaded, and each of them asked at least once.

`live` is what Python has allocated and not freed; `resident` what a fresh process that loads the
policy from the cache has grown by, as the system sees it.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from figures import table, workload
from translations import texts

RULES = 10_000
BAR_KB = 4.0


def grown_kb(path: str, in_use: Callable[[], float]) -> tuple[float, float]:
    """KB more than before: once loaded, and once every rule has been asked."""
    import policylang
    from policylang import Request, Resource

    policies = workload("W3", RULES).data["policies"]
    policylang.load_text("policy nothing").decide(Request("a", "read", Resource("File", "x")))
    before = in_use()
    policy = policylang.load(path)
    loaded = in_use()
    for _, agent, tool, prefix in policies:
        file = Resource("File", "x", path=prefix)
        assert policy.decide(Request(agent, tool.replace("-", "_"), file)).rules
    return loaded - before, in_use() - before


def live_kb() -> float:
    gc.collect()
    return tracemalloc.get_traced_memory()[0] / 1024


def resident_kb() -> float:
    gc.collect()
    status = Path("/proc/self/status").read_text()
    return float(status.partition("VmRSS:")[2].split()[0])


def fresh_process(path: str, folder: str) -> tuple[float, float]:
    environment = {**os.environ, "POLICYLANG_CACHE_DIR": folder, "XDG_STATE_HOME": folder}
    command = [sys.executable, __file__, path]
    run = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    loaded, asked = run.stdout.split()
    return float(loaded), float(asked)


def main() -> int:
    if len(sys.argv) > 1:
        print(*grown_kb(sys.argv[1], resident_kb))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.pol"
        path.write_text(texts(workload("W3", RULES))[0])
        fresh_process(str(path), folder)
        resident = fresh_process(str(path), folder)
        tracemalloc.start()
        live = grown_kb(str(path), live_kb)
    rows = [
        ("live, loaded", live[0] / RULES, "KB", BAR_KB, True),
        ("live, every rule asked", live[1] / RULES, "KB", BAR_KB, True),
        ("resident, loaded from the cache", resident[0] / RULES, "KB", BAR_KB, True),
        ("resident, every rule asked", resident[1] / RULES, "KB", BAR_KB, True),
    ]
    return 0 if table(f"Memory per rule, {RULES:,} rules", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
