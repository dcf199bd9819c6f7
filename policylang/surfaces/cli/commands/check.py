"""`policylang check`: every problem of a policy at once."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from policylang.surfaces.cli import streams
from policylang.surfaces.cli.failure import Failure
from policylang.surfaces.cli.formats import add_format
from policylang.surfaces.cli.policies import PROBLEMS, STDIN, existing, exit_code, standard_input

if TYPE_CHECKING:
    from policylang.diagnostics.diagnostic import Diagnostic
    from policylang.loader import CheckResult

EXAMPLES = """
policylang check prod.pol
policylang check policies/ --inventory inventory.yaml
policylang check policies/ --format github      # annotations on a pull request
policylang check policies/ --format sarif > policylang.sarif

exit code: 0 no errors, 1 errors (with --strict: or warnings), 2 wrong usage or a missing file
"""


def configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="a policy file, a folder, or - for stdin"
    )
    parser.add_argument("--inventory", metavar="FILE", help="check it against the declared types")
    parser.add_argument("--strict", action="store_true", help="warnings are problems too")
    add_format(parser, "sarif", "github")


def run(options: Namespace) -> int:
    existing([*options.paths, *([options.inventory] if options.inventory else [])])
    result = _checked(options)
    streams.result(_rendered(result.diagnostics, options.format))
    if options.format == "text" and not result.diagnostics:
        streams.say(f"no problems in {_counted(len(result.sources))}")
    if options.strict and any(d.severity == "warning" for d in result.diagnostics):
        return exit_code(result.diagnostics) or PROBLEMS
    return exit_code(result.diagnostics)


def _checked(options: Namespace) -> CheckResult:
    from policylang.loader import check, check_text

    if "-" not in options.paths:
        return check(options.paths, inventory=options.inventory)
    if options.paths != ["-"]:
        raise Failure("standard input cannot be checked together with files")
    return check_text(standard_input(), STDIN, inventory=options.inventory)


def _counted(files: int) -> str:
    return "1 file" if files == 1 else f"{files} files"


def _rendered(diagnostics: Sequence[Diagnostic], format: str) -> str:
    from policylang import diagnostics as rendering

    match format:
        case "json":
            return rendering.render_json(diagnostics)
        case "sarif":
            return rendering.render_sarif(diagnostics)
        case "github":
            return rendering.render_github(diagnostics)
    color = streams.colored(sys.stdout)
    return rendering.render_text(diagnostics, color=color, width=streams.columns(sys.stdout))
