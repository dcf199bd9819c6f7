"""What the scripts of this folder share: the bench's workloads, timing, and tables with a bar."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
BENCH = Path(os.environ.get("POLICYLANG_BENCH", PROJECT.parent / "shared" / "bench"))
"""The folder with `workloads.py`."""

sys.path[:0] = [str(HERE), str(BENCH)]


def workload(kind: str, size: int) -> Any:
    import workloads

    return workloads.get(kind, size)


def policy_of(w: Any) -> Any:
    """The workload's policy, loaded as a user would load it."""
    import json

    from translations import texts

    import policylang

    text, inventory = texts(w)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.pol"
        path.write_text(text)
        facts = None
        if inventory is not None:
            facts = Path(folder) / "inventory.json"
            facts.write_text(json.dumps(inventory))
        return policylang.load(path, inventory=facts, cache=False)


def requests_of(w: Any) -> list[Any]:
    from translations import request

    return [request(w.kind, q) for q in w.requests]


def median_ns(decide: Callable[[Any], object], requests: Sequence[Any], rounds: int = 15) -> float:
    """The median over requests of the best of several rounds: what others run counts least."""
    for each in requests:
        decide(each)
    gc.collect()
    gc.freeze()
    best = [float("inf")] * len(requests)
    clock = time.perf_counter_ns
    for _ in range(rounds):
        for position, each in enumerate(requests):
            start = clock()
            decide(each)
            best[position] = min(best[position], clock() - start)
    gc.unfreeze()
    return median(best)


def table(title: str, rows: Sequence[tuple[str, float, str, float, bool]]) -> bool:
    """Print figures, each beside its bar; whether all of them hold.

    A row: what, figure, unit, bar, and whether the bar is the most (else the least) allowed.
    """
    print(f"\n{title}\n")
    width = max(len(what) for what, *_ in rows)
    good = True
    for what, figure, unit, bar, at_most in rows:
        holds = figure <= bar if at_most else figure >= bar
        good = good and holds
        sign = "≤" if at_most else "≥"
        verdict = "" if holds else "  MISSED"
        print(f"{what:<{width}}  {figure:>12,.2f} {unit:<6} {sign} {bar:>12,.2f}{verdict}")
    return good
