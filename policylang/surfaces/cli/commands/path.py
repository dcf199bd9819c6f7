"""`policylang path`: by which reasons somebody comes to do something."""

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
policylang path prod.pol kiro "delete on Environment"
policylang path prod.pol kiro any Permissions --inventory inventory.yaml
"""


def configure(parser: ArgumentParser) -> None:
    add_policy(parser)
    parser.add_argument("who", metavar="WHO", help="a principal or a role")
    parser.add_argument(
        "what",
        nargs="+",
        metavar="WHAT",
        help="OPERATION, `any RISK` or `anything`; then `on TYPE [ID]`, `under TYPE:ID`",
    )
    add_question_options(parser)


def run(options: Namespace) -> int:
    graph = graph_of(options)
    return show(asked(lambda: graph.path(options.who, " ".join(options.what))), options)
