"""Compares both engines on a million generated (policy, request) pairs.

    python tests/properties/million.py --pairs 1000000 --seed 7 [--processes 2] [--out DIR]

Prints the seed, the number of pairs and of disagreements; each disagreement is made as small as it
gets and written to DIR as a case. Ends with exit code 1 where there is one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from policylang.model.request import Request
from policylang.testing.choices import RandomChoices
from policylang.testing.programs import Draft, seeded_draft
from policylang.testing.reduce import case_text, smallest
from policylang.testing.requests import Asker
from policylang.testing.trials import Rejected, Trial, checked, compiled_draft, trial

REQUESTS = 50
"""Requests for each policy."""


def main() -> int:
    options = _options()
    began = time.monotonic()
    seeds = [f"{options.seed}/{number}" for number in range(-(-options.pairs // REQUESTS))]
    found, verdicts = 0, Counter[str]()
    for counted, cases in _outcomes(seeds, options.processes):
        verdicts.update(counted)
        for case in cases:
            found += 1
            options.out.mkdir(parents=True, exist_ok=True)
            path = options.out / f"disagreement-{options.seed}-{found}.case"
            path.write_text(case, "utf-8")
            print(f"disagreement: {path}", flush=True)
    pairs = sum(verdicts.values())
    print(f"seed {options.seed}: {pairs} pairs, {found} disagreements, {dict(verdicts)}")
    print(f"{pairs / (time.monotonic() - began):.0f} pairs/s on {options.processes} processes")
    return 1 if found else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--seed", default=str(time.time_ns()))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("disagreements"))
    return parser.parse_args()


Outcome = tuple[Counter[str], list[str]]


def _outcomes(seeds: list[str], processes: int) -> Iterator[Outcome]:
    if processes < 2:
        yield from map(compare, seeds)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(compare, seeds, chunksize=8)


def compare(seed: str) -> Outcome:
    """The verdicts of one policy's requests, and the disagreements as cases."""
    verdicts, cases = Counter[str](), []
    choices = RandomChoices(f"{seed}/requests")
    try:
        draft = checked(seeded_draft(seed)).draft
        tried = trial(draft, choices)
    except Rejected as rejected:
        return Counter(rejected=REQUESTS), [f"# rejected, seed {seed}\n{rejected}"]
    asker = Asker(tried.program, tried.facts)
    for _ in range(REQUESTS):
        request = asker.ask(choices)
        answers = both(tried, request)
        verdicts[answers["reference"].get("verdict", "raised")] += 1
        if not cases and answers["reference"] != answers["compiled"]:
            cases.append(_case(seed, draft, tried, request))
    return verdicts, cases


def both(tried: Trial, request: Request) -> dict[str, Any]:
    """Each engine's full decision, or what it raised."""
    return {
        name: _answer(decide, request)
        for name, decide in (("reference", tried.reference), ("compiled", tried.compiled))
    }


def _answer(decide: Any, request: Request) -> dict[str, Any]:
    try:
        document: dict[str, Any] = decide(request).to_json()
    except Exception as error:
        return {"raised": f"{type(error).__name__}: {error}"}
    return document


def _case(seed: str, draft: Draft, tried: Trial, request: Request) -> str:
    def fails(smaller: Draft, less: Request) -> bool:
        try:
            answers = both(Trial(compiled_draft(smaller), tried.inventory), less)
        except Exception:
            return False
        return bool(answers["reference"] != answers["compiled"])

    small, less = smallest(draft, request, fails)
    answers = both(Trial(compiled_draft(small), tried.inventory), less)
    answers["inventory"] = tried.inventory_text
    return case_text(f"the engines disagree, seed {seed}", small, less, answers)


if __name__ == "__main__":
    sys.exit(main())
