"""`policylang who-can`: everybody who may do something."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from policylang.surfaces.cli.questions import (
    add_policy,
    add_question_options,
    asked,
    graph_of,
    show,
)

EXAMPLES = """
policylang who-can prod.pol "delete on Environment"
policylang who-can prod.pol any Destructive under Account:7 --inventory inventory.yaml
"""


def configure(parser: ArgumentParser) -> None:
    add_policy(parser)
    parser.add_argument(
        "what",
        nargs="+",
        metavar="WHAT",
        help="OPERATION, `any RISK` or `anything`; then `on TYPE [ID]`, `under TYPE:ID`",
    )
    add_question_options(parser)


def run(options: Namespace) -> int:
    graph = graph_of(options)
    return show(asked(lambda: graph.who_can(" ".join(options.what))), options)
