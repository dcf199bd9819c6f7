"""`policylang fmt`: the one canonical text of policies."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from policylang.diagnostics.cells import plain
from policylang.diagnostics.span import Source
from policylang.surfaces.cli import streams
from policylang.surfaces.cli.failure import Failure
from policylang.surfaces.cli.formats import add_format, pretty
from policylang.surfaces.cli.inputs import read, unreadable
from policylang.surfaces.cli.policies import existing

EXAMPLES = """
policylang fmt policies/
policylang fmt --check policies/           # exit code 1 where something would change
policylang fmt --diff prod.pol             # show what would change, and change nothing
policylang fmt - < prod.pol                # from standard input to standard output
"""
_OUTCOMES = ("changed", "same", "broken")


def configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="a policy file or a folder; - is stdin"
    )
    parser.add_argument("--check", action="store_true", help="change nothing, list what would")
    parser.add_argument("--diff", action="store_true", help="change nothing, show the difference")
    add_format(parser)


def run(options: Namespace) -> int:
    if "-" in options.paths and options.paths != ["-"]:
        raise Failure("standard input cannot be formatted together with files")
    if options.format == "json" and (options.diff or options.paths == ["-"]):
        raise Failure("--format json lists files: it goes with neither --diff nor standard input")
    paths = ["-"] if options.paths == ["-"] else list(_files(options.paths))
    outcomes = {path: _format(path, options) for path in paths}
    if options.format == "json":
        streams.result(pretty({word: _having(word, outcomes) for word in _OUTCOMES}))
    if "broken" in outcomes.values():
        return 1
    return 1 if options.check and "changed" in outcomes.values() else 0


def _having(outcome: str, outcomes: dict[str, str]) -> list[str]:
    return [path for path, found in outcomes.items() if found == outcome]


def _files(paths: list[str]) -> Iterator[str]:
    existing(paths)
    for path in dict.fromkeys(paths):
        yield from _below(path) if os.path.isdir(path) else (path,)


def _below(folder: str) -> Iterator[str]:
    """The same files that a policy's folder is loaded from."""
    from policylang.loader.files import policies_below

    listing = policies_below(folder, folder)
    for problem in listing.problems:
        streams.say(plain(f"policylang fmt: {problem.message}"))
    yield from (path for path, _ in listing.files)


def _format(path: str, options: Namespace) -> str:
    """`same`, `changed` or `broken`."""
    from policylang.language import format_source

    before = _text(path)
    after = None if before is None else format_source(Source(_name(path), before))
    if before is None or after is None:
        _tell_why(path, before)
        return "broken"
    if path == "-" and not (options.check or options.diff):
        streams.result(after)
        return "same"
    if after == before:
        return "same"
    _apply(path, before, after, options)
    return "changed"


def _apply(path: str, before: str, after: str, options: Namespace) -> None:
    if options.diff:
        streams.result(_difference(_name(path), before, after))
    elif options.check:
        if options.format == "text":
            streams.result(_name(path))
    else:
        _write(path, after)
        streams.say(f"formatted {path}")


def _text(path: str) -> str | None:
    try:
        return (read(path) if path == "-" else _regular(path)).decode("utf-8")
    except UnicodeDecodeError:
        return None


def _regular(path: str) -> bytes:
    """The bytes of a regular file: nothing else can be given back formatted."""
    from policylang.diagnostics.diagnostic import Diagnostic
    from policylang.inventory.reading import read_bytes

    found = read_bytes(path, path)
    if isinstance(found, Diagnostic):
        raise Failure(found.message, help=found.help)
    return found


def _name(path: str) -> str:
    return "<stdin>" if path == "-" else path


def _tell_why(path: str, text: str | None) -> None:
    streams.say(f"policylang fmt: `{_name(path)}` is left as it is: it does not parse")
    if text is None:
        streams.say("  = help: save the file as UTF-8")
        return
    from policylang.diagnostics import render_text
    from policylang.language import parse

    found = parse(Source(_name(path), text)).diagnostics
    streams.say(render_text(found, color=streams.colored(sys.stderr)))


def _difference(name: str, before: str, after: str) -> str:
    from difflib import unified_diff

    lines = unified_diff(before.splitlines(True), after.splitlines(True), name, f"{name} formatted")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _write(path: str, text: str) -> None:
    """All or nothing: a new file takes the old one's place, with its mode; links stay links."""
    target = os.path.realpath(path)
    try:
        descriptor, draft = tempfile.mkstemp(dir=os.path.dirname(target), suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            os.chmod(draft, os.stat(target).st_mode & 0o7777)
            os.replace(draft, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(draft)
            raise
    except OSError as error:
        reason = str(unreadable(path, error)).replace("cannot read", "cannot write")
        raise Failure(reason) from None
