"""`policylang what-can`: everything that somebody may do."""

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
policylang what-can prod.pol kiro
policylang what-can policies/ "any agent" --inventory inventory.yaml --format json
"""


def configure(parser: ArgumentParser) -> None:
    add_policy(parser)
    parser.add_argument(
        "who", nargs="+", metavar="WHO", help="a principal, a role, `any agent` or `anyone`"
    )
    add_question_options(parser)


def run(options: Namespace) -> int:
    graph = graph_of(options)
    return show(asked(lambda: graph.what_can(" ".join(options.who))), options)
