"""`policylang explain`: a diagnostic code, or a decision."""

from __future__ import annotations

import os
import re
from argparse import ArgumentParser, Namespace
from typing import Final

from policylang.surfaces.cli import streams
from policylang.surfaces.cli.failure import Failure
from policylang.surfaces.cli.formats import add_format, pretty
from policylang.surfaces.cli.policies import loaded
from policylang.surfaces.cli.requests import add_request, read_request

EXAMPLES = """
policylang explain P0203
policylang explain prod.pol --as kiro delete Environment eu --attr stage=prod
policylang explain prod.pol --request request.json
"""
_CODE: Final = re.compile(r"[A-Za-z][0-9]{1,5}")


def configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "what", metavar="CODE|POLICY", help="a diagnostic code, or the policy that decides"
    )
    add_request(parser)
    parser.add_argument("--inventory", metavar="FILE", help="known resources and principals")
    add_format(parser)


def run(options: Namespace) -> int:
    if _CODE.fullmatch(options.what) and not os.path.exists(options.what):
        return _explain_code(options.what.upper(), options)
    policy = loaded(options.what, options.inventory)
    decision = policy.decide(read_request(options, policy.program))
    text = decision.explain()
    if options.format == "json":
        text = pretty({"verdict": decision.verdict.value, "explanation": text})
    streams.result(text)
    return 0


def _explain_code(code: str, options: Namespace) -> int:
    from policylang.diagnostics.codes import CODES
    from policylang.diagnostics.manual import page
    from policylang.diagnostics.suggest import did_you_mean

    if code not in CODES:
        raise Failure(f"`{code}` is not a diagnostic code", help=did_you_mean(code, CODES))
    entry = CODES[code]
    text = page(code) or f"# {code}: {entry.title}\n"
    if options.format == "json":
        body = {"code": code, "title": entry.title, "severity": entry.severity, "page": text}
        text = pretty(body)
    streams.result(text)
    return 0
