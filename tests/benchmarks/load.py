"""How long loading takes: from text and from the cache, 1,000 and 10,000 rules; an inventory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from figures import table, workload
from translations import texts

BARS = {(1000, False): 2000, (10_000, False): 15_000, (1000, True): 50, (10_000, True): 150}
INVENTORY_BAR = 150
TIMED = """
import time, sys
import policylang
policylang.load_text
start = time.perf_counter()
policy = policylang.load(sys.argv[1], inventory=sys.argv[2] or None)
print((time.perf_counter() - start) * 1000)
"""


def load_ms(path: Path, cache: Path, inventory: Path | None = None) -> float:
    """Milliseconds of `policylang.load` in a fresh process."""
    environment = {
        **os.environ,
        "XDG_CACHE_HOME": str(cache),
        "POLICYLANG_CACHE_DIR": str(cache),
        "XDG_STATE_HOME": str(cache),
    }
    command = [sys.executable, "-c", TIMED, str(path), str(inventory or "")]
    return float(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)


def policy_file(folder: Path, kind: str, size: int) -> tuple[Path, Path | None]:
    text, inventory = texts(workload(kind, size))
    path = folder / f"{kind}{size}.pol"
    path.write_text(text)
    if inventory is None:
        return path, None
    facts = folder / f"{kind}{size}.json"
    facts.write_text(json.dumps(inventory))
    return path, facts


def main() -> int:
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in (1000, 10_000):
            path, _ = policy_file(folder, "W3", size)
            cold = median(load_ms(path, folder / f"cold{size}-{n}") for n in range(3))
            load_ms(path, folder / "warm")
            warm = median(load_ms(path, folder / "warm") for _ in range(7))
            rows.append((f"{size:,} rules, cold", cold, "ms", BARS[size, False], True))
            rows.append((f"{size:,} rules, from cache", warm, "ms", BARS[size, True], True))
        path, facts = policy_file(folder, "W2", 10_000)
        load_ms(path, folder / "warm", facts)
        both = median(load_ms(path, folder / "warm", facts) for _ in range(5))
        alone = median(load_ms(path, folder / "warm") for _ in range(5))
        rows.append(("inventory, 10,000 entities", both - alone, "ms", INVENTORY_BAR, True))
    return 0 if table("Loading", rows) else 1


if __name__ == "__main__":
    start = time.perf_counter()
    status = main()
    print(f"\n({time.perf_counter() - start:.0f} s)")
    sys.exit(status)
