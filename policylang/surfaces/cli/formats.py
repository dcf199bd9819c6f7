"""The option `--format`, and JSON results."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any


def add_format(parser: ArgumentParser, *more: str) -> None:
    """`--format text|json` and whatever else a command can print."""
    choices = ("text", "json", *more)
    parser.add_argument(
        "--format",
        choices=choices,
        default="text",
        help=f"how to print the result: {', '.join(choices)} (text)",
        metavar="FORMAT",
    )


def pretty(body: Any) -> str:
    """JSON for a file or a pager."""
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"
