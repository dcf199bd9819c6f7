"""How long it takes to be there: `import policylang`, and `policylang decide` as a process."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from figures import table, workload
from translations import texts

HEAVY = ("z3", "sqlglot", "tree_sitter", "networkx", "lark", "pydantic", "yaml", "hypothesis")
IMPORTED = f"""
import sys, time
start = time.perf_counter()
import policylang
print((time.perf_counter() - start) * 1000)
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""


def import_ms() -> tuple[float, list[str]]:
    run = subprocess.run(
        [sys.executable, "-c", IMPORTED], check=True, capture_output=True, text=True
    )
    figure, loaded = run.stdout.split("\n")[:2]
    return float(figure), loaded.split()


def decide_ms(path: Path, cache: Path) -> tuple[float, float]:
    """Wall-clock milliseconds of one process, and the most memory it had, in MB."""
    command = [sys.executable, "-m", "policylang", "decide", str(path), "--as", "agent-0"]
    command += ["tool_0", "File", "x", "--attr", "path=/proj/1/a.txt"]
    environment = {
        **os.environ,
        "XDG_CACHE_HOME": str(cache),
        "POLICYLANG_CACHE_DIR": str(cache),
        "XDG_STATE_HOME": str(cache),
    }
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    took = (time.perf_counter() - start) * 1000
    assert os.waitstatus_to_exitcode(status) in (0, 3, 4)
    return took, usage.ru_maxrss / 1024


def main() -> int:
    imports = [import_ms() for _ in range(7)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tools.pol"
        text, _ = texts(workload("W3", 20))
        path.write_text(text)
        cache = Path(folder) / "cache"
        decide_ms(path, cache)
        runs = [decide_ms(path, cache) for _ in range(7)]
    rows = [
        ("import policylang", median(ms for ms, _ in imports), "ms", 80.0, True),
        ("heavy modules it loads", float(len(imports[0][1])), "", 0.0, True),
        ("policylang decide, cached, 20 rules", median(ms for ms, _ in runs), "ms", 150.0, True),
        ("its memory at most", max(mb for _, mb in runs), "MB", 60.0, True),
    ]
    return 0 if table("Starting", rows) else 1


if __name__ == "__main__":
    sys.exit(main())
