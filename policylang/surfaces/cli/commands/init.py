"""`policylang init`: a starter policy with its inventory and tests."""

from __future__ import annotations

import contextlib
import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from policylang.surfaces.cli import streams
from policylang.surfaces.cli.failure import Failure
from policylang.surfaces.cli.formats import add_format, pretty

EXAMPLES = """
policylang init                                # into this folder
policylang init policies --template kiro       # an agent that operates environments
policylang init policies --template mcp        # an assistant with MCP tools
"""
TEMPLATES: Final = {
    "basic": "helper describe Environment web-prod",
    "kiro": "kiro delete Environment web-prod",
    "mcp": "assistant send Mailbox me --arg to=ana@example.com",
    "coding-agent": "coder push Branch main",
}
"""Each template with a request to try first: who, operation, type, id."""
_HERE: Final = Path(__file__).resolve().parents[1] / "templates"


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", default=".", metavar="DIR", help="where (here)")
    parser.add_argument(
        "--template",
        choices=tuple(TEMPLATES),
        default="basic",
        metavar="NAME",
        help=f"what to start from: {', '.join(TEMPLATES)} (basic)",
    )
    add_format(parser)


def run(options: Namespace) -> int:
    folder = Path(options.folder)
    files = {path.name: path.read_bytes() for path in sorted((_HERE / options.template).iterdir())}
    taken = [folder / name for name in files if os.path.lexists(folder / name)]
    if taken:
        listed = ", ".join(f"`{path}`" for path in taken)
        exist = "exists" if len(taken) == 1 else "exist"
        raise Failure(f"{listed} {exist} already", help="choose another folder; nothing is changed")
    written: list[str] = []
    try:
        for name, content in files.items():
            written.append(_write(folder / name, content))
    except Failure:
        # Half a start would be in the way of the next.
        for path in written:
            _take_back(path)
        raise
    if options.format == "json":
        streams.result(pretty({"template": options.template, "created": written}))
    else:
        streams.result("".join(f"created {path}\n" for path in written))
        streams.say(_next_steps(options.folder, options.template))
    return 0


def _write(path: Path, content: bytes) -> str:
    """A file that has come in the meantime is left as it is."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = open(path, "xb")  # noqa: SIM115
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with file:
            file.write(content)
    except OSError as error:
        _take_back(str(path))
        raise _unwritable(path, error) from None
    return str(path)


def _take_back(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


def _unwritable(path: Path, error: OSError) -> Failure:
    return Failure(f"cannot write `{path}`: {(error.strerror or str(error)).lower()}")


def _next_steps(folder: str, template: str) -> str:
    import shlex

    where = shlex.quote(folder)
    who, _, what = TEMPLATES[template].partition(" ")
    inventory = shlex.quote(os.path.join(folder, "inventory.yaml"))
    return (
        "\nnext:\n"
        f"  policylang test {where}\n"
        f"  policylang decide {where} --inventory {inventory} --as {who} {what}\n"
        f"  policylang graph {where} --output permissions.html\n"
    )
