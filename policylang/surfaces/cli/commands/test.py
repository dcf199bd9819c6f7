"""`policylang test`: the tests that are written in policies."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from policylang.diagnostics.cells import plain
from policylang.engines import phrases
from policylang.ir.program import Expected, TestCase
from policylang.model.decision import Verdict
from policylang.surfaces.cli import streams
from policylang.surfaces.cli.failure import Failure
from policylang.surfaces.cli.formats import add_format, pretty
from policylang.surfaces.cli.policies import STDIN, existing, loaded
from policylang.testing.runner import Covered, Outcome, coverage, place
from policylang.testing.runner import run as run_tests

if TYPE_CHECKING:
    from policylang.loader import Policy

EXAMPLES = """
policylang test prod.pol
policylang test policies/ --inventory inventory.yaml --coverage
policylang test policies/ --junit report.xml

exit code: 0 all passed, 1 a test failed or the policy has errors, 2 wrong usage
"""
FEW: Final = 40
"""Up to so many tests, those that pass are listed too."""


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a policy file, or a folder")
    parser.add_argument("--inventory", metavar="FILE", help="known resources and principals")
    parser.add_argument("--coverage", action="store_true", help="show which rules no test touches")
    parser.add_argument("--junit", metavar="FILE", help="write the results as JUnit XML")
    parser.add_argument("--verbose", "-v", action="store_true", help="list every test")
    add_format(parser)


def run(options: Namespace) -> int:
    existing(options.paths)
    outcomes: list[Outcome] = []
    covered: list[Covered] = []
    for path in dict.fromkeys(options.paths):
        policy = loaded(path, options.inventory)
        found = _run(policy, path)
        outcomes += found
        covered += coverage(policy.program, found)
    if options.junit is not None:
        _write_junit(options.junit, outcomes)
    streams.result(_shown(outcomes, covered, options))
    if not outcomes:
        streams.say('there are no tests here; write one: test "…" kiro delete T "id" => deny')
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def _run(policy: Policy, path: str) -> list[Outcome]:
    """The tests that stand in the path itself, and not those of the modules that it uses."""
    written = (case for case in policy.program.tests if _stands_in(case, path))
    cases = [replace(case, at=_shown_at(case.at, path)) for case in written]
    cases.sort(key=lambda case: place(case.at))
    return run_tests(policy.program, policy, facts=policy.facts, cases=cases)


def _stands_in(case: TestCase, path: str) -> bool:
    file = place(case.at)[0]
    if os.path.isdir(path):
        return not (case.module.startswith("std.") and file.startswith("std/"))
    return file == (STDIN if path == "-" else os.path.basename(path))


def _shown_at(at: str, path: str) -> str:
    """A place as it is seen from here: a program knows its files from its own folder."""
    if path == "-":
        return at
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    return os.path.normpath(os.path.join(folder, at))


def _shown(outcomes: Sequence[Outcome], covered: Sequence[Covered], options: Namespace) -> str:
    if options.format == "json":
        body: dict[str, Any] = {"tests": [_json(outcome) for outcome in outcomes]}
        body["passed"] = sum(outcome.passed for outcome in outcomes)
        body["failed"] = len(outcomes) - body["passed"]
        if options.coverage:
            body["coverage"] = [row.to_json() for row in covered]
        return pretty(body)
    lines = _lines(outcomes, list_all=options.verbose or len(outcomes) <= FEW)
    if options.coverage:
        lines += ["", *_coverage(covered)]
    return "\n".join(lines) + "\n"


def _lines(outcomes: Sequence[Outcome], *, list_all: bool) -> list[str]:
    color = streams.colored(sys.stdout)
    lines: list[str] = []
    for outcome in outcomes:
        name = plain(outcome.case.name)
        if not outcome.passed:
            lines.append(f"{streams.paint('FAIL', streams.RED, color=color)}  {name}")
            lines += [f"      {line}".rstrip() for line in failure(outcome).splitlines()]
        elif list_all:
            lines.append(f"{streams.paint('ok', streams.GREEN, color=color)}    {name}")
    failed = sum(not outcome.passed for outcome in outcomes)
    summary = f"{len(outcomes) - failed} passed" + (f", {failed} failed" if failed else "")
    style = streams.RED if failed else streams.GREEN
    return [*lines, streams.paint(summary, style, color=color)]


def failure(outcome: Outcome) -> str:
    """What was expected, what came, and why; the first line says it all."""
    expects = expected_text(outcome.case.expected)
    if outcome.decision is None:
        return f"expected {expects}, but it cannot be run: {outcome.error}\nat {outcome.case.at}"
    got = phrases.VERDICTS[outcome.decision.verdict]
    needed = [phrases.approval(approval) for approval in outcome.decision.approvals]
    if needed:
        got += f" ({'; '.join(needed)})"
    lines = [f"expected {expects}, got {got}", f"at {outcome.case.at}", ""]
    return "\n".join([*lines, *outcome.decision.explain().splitlines()])


def expected_text(expected: Expected) -> str:
    """As it stands in the policy."""
    text = phrases.VERDICTS[Verdict(expected.verdict)]
    if expected.roles:
        text += f" from {', '.join(expected.roles)}"
    if expected.quorum is not None:
        text += f" by {expected.quorum}"
    if expected.within is not None:
        text += f" within {phrases.duration(expected.within)}"
    return text


def _json(outcome: Outcome) -> dict[str, Any]:
    return {
        "name": outcome.case.name,
        "at": outcome.case.at,
        "passed": outcome.passed,
        "expected": expected_text(outcome.case.expected),
        "decision": outcome.decision.to_json() if outcome.decision else None,
        "error": outcome.error,
        "seconds": round(outcome.seconds, 6),
    }


def _coverage(covered: Sequence[Covered]) -> list[str]:
    touched = [row for row in covered if row.tests]
    head = f"{len(touched)} of {len(covered)} rules and limits matter to a test"
    missed = [f"  no test: {row.id}  {row.at}" for row in covered if not row.tests]
    return [head, *missed]


def _write_junit(path: str, outcomes: Sequence[Outcome]) -> None:
    from policylang.surfaces.cli.junit import render

    failures = {n: failure(outcome) for n, outcome in enumerate(outcomes) if not outcome.passed}
    try:
        with open(path, "w", encoding="utf-8", errors="replace") as file:
            file.write(render(outcomes, failures))
    except OSError as error:
        raise Failure(f"cannot write `{path}`: {(error.strerror or str(error)).lower()}") from None
