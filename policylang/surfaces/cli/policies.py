"""Loads a policy for a command, and tells why one cannot be used."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from policylang.surfaces.cli import streams
from policylang.surfaces.cli.failure import Failure

if TYPE_CHECKING:
    from policylang.diagnostics.diagnostic import Diagnostic
    from policylang.loader import Policy

PROBLEMS, MISSING = 1, 2
STDIN: Final = "<stdin>"
"""How a policy on standard input is called in messages."""
_UNREADABLE: Final = frozenset({"P0001", "P0002", "P0003", "P0501"})
"""Codes that say that a file is missing or cannot be read."""
_TOLD: Final = frozenset({"P0390"})
"""Codes beside those of inventories that are told whenever a policy is used."""


def loaded(path: str, inventory: str | None = None) -> Policy:
    """The policy of a file, a folder or standard input (`-`), ready to decide.

    Raises `PolicyError`, `Failure`.
    """
    existing([path] if inventory is None else [path, inventory])
    from policylang.loader import load, load_text

    if path == "-":
        policy = load_text(standard_input(), STDIN, inventory=inventory)
    else:
        policy = load(path, inventory=inventory)
    for diagnostic in policy.diagnostics:
        if diagnostic.code in _TOLD or diagnostic.code.startswith("P05"):
            _tell(diagnostic)
    return policy


def _tell(diagnostic: Diagnostic) -> None:
    """What bears on every decision, in a line; the rest is for `check`."""
    from policylang.diagnostics.cells import plain

    where = ""
    if diagnostic.source is not None and diagnostic.span is not None:
        where = f" ({diagnostic.source.at(diagnostic.span)})"
    streams.say(plain(f"{diagnostic.severity}: {diagnostic.message}{where}"))


def existing(paths: Iterable[str]) -> None:
    """Refuse paths that name nothing, before anything else is read."""
    for path in paths:
        if path != "-" and not os.path.exists(path):
            raise Failure(f"there is no file or folder `{path}`")


def standard_input() -> str:
    """The policy text on standard input, without a byte order mark. Raises `Failure`."""
    from policylang.surfaces.cli.inputs import read

    try:
        return read("-").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Failure(f"standard input is not UTF-8 at byte {error.start + 1}") from None


def refused(diagnostics: Iterable[Diagnostic]) -> int:
    """Tell on standard error why a policy is not used; the exit code."""
    from policylang.diagnostics import render_text

    listed = tuple(diagnostics)
    color = streams.colored(sys.stderr)
    streams.say(render_text(listed, color=color, width=streams.columns(sys.stderr)))
    return exit_code(listed) or PROBLEMS


def exit_code(diagnostics: Iterable[Diagnostic]) -> int:
    """0 without errors; 2 where all that is wrong is that files are missing or unreadable."""
    errors = {diagnostic.code for diagnostic in diagnostics if diagnostic.severity == "error"}
    if not errors:
        return 0
    return MISSING if errors <= _UNREADABLE else PROBLEMS
