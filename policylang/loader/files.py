"""Policy files, and how those of a folder are found.

Folders are walked in the order of names; hidden folders are left out, and links are not followed
out of the folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from msgspec import Struct

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.inventory.reading import problem, shown_path, unreadable

SUFFIX = ".pol"


class PolicyFile(Struct, frozen=True):
    """A file's bytes. `name` is how it is shown; `root`: asked for, not merely used.

    `home` is its name within the folder that was asked for, or beside the file.
    """

    path: str
    name: str
    data: bytes
    root: bool = True
    home: str = ""


class Listing(Struct, frozen=True):
    """The policy files below a folder: (path, shown name) by name, and what was in the way."""

    files: tuple[tuple[str, str], ...]
    problems: tuple[Diagnostic, ...]


def policies_below(folder: str, name: str) -> Listing:
    """Every `*.pol` below `folder`; `name` is how the folder is shown."""
    problems: list[Diagnostic] = []

    def refused(error: OSError) -> None:
        problems.append(unreadable(_shown(folder, name, str(error.filename)), error))

    home = os.path.realpath(folder)
    found: list[tuple[str, str]] = []
    for path in _walk(folder, refused):
        shown = _shown(folder, name, path)
        if not os.path.islink(path) or _within(os.path.realpath(path), home):
            found.append((path, shown))
        else:
            problems.append(_leads_out(shown))
    return Listing(tuple(sorted(found, key=lambda file: file[1])), tuple(problems))


def _walk(folder: str, refused: object) -> Iterator[str]:
    for here, folders, names in os.walk(folder, onerror=refused):  # type: ignore[arg-type]
        folders[:] = sorted(sub for sub in folders if not sub.startswith("."))
        # Editors mark an open file with a dangling link `.#name`.
        for name in names:
            if name.endswith(SUFFIX) and not name.startswith(".#"):
                yield os.path.join(here, name)


def _within(path: str, home: str) -> bool:
    return path == home or path.startswith(home.rstrip(os.sep) + os.sep)


def _shown(folder: str, name: str, path: str) -> str:
    relative = shown_path(os.path.relpath(path, folder))
    if relative == ".":
        return name
    return relative if name == "." else f"{name.rstrip('/')}/{relative}"


def _leads_out(shown: str) -> Diagnostic:
    return problem(
        "P0007",
        f"`{shown}` is a link that leads out of its folder, and is not followed",
        shown,
        "copy the file into the folder, or name its path beside the folder's",
        "warning",
    )


def only_errors(problems: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The problems that forbid to go on."""
    return tuple(found for found in problems if found.severity == "error")
