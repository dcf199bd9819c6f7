"""Reads policy files, and finds those of a folder; whatever cannot be read is a diagnostic.

Only regular files are opened, so that a pipe or a device cannot make a check hang. Folders are
walked in the order of names; hidden folders are left out, and links are not followed out of the
folder.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator

from msgspec import Struct

from policylang.diagnostics.diagnostic import Diagnostic, Severity
from policylang.diagnostics.span import Source, Span

SUFFIX = ".pol"
MAX_BYTES = 32 * 2**20
"""The longest policy or inventory file that is read, in bytes."""


class PolicyFile(Struct, frozen=True):
    """A file's bytes. `name` is how it is shown; `root`: asked for, not merely used."""

    path: str
    name: str
    data: bytes
    root: bool = True


def problem(
    code: str, message: str, name: str, help: str, severity: Severity = "error"
) -> Diagnostic:
    """A problem of a whole file."""
    return Diagnostic(code, severity, message, Source(name, ""), help=help)


def read_bytes(path: str, name: str, limit: int = MAX_BYTES) -> bytes | Diagnostic:
    """The bytes of a regular file of at most `limit` bytes."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return _not_regular(name, status.st_mode)
        # Invariant: between the two looks a pipe may have come; opening must not block then.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
        with os.fdopen(descriptor, "rb") as file:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                return _not_regular(name, mode)
            data = file.read(limit + 1)
    except FileNotFoundError:
        return problem("P0001", f"there is no file `{name}`", name, "check the path's spelling")
    except (OSError, ValueError) as error:
        return unreadable(name, error)
    return _too_large(name, limit) if len(data) > limit else data


def unreadable(name: str, error: OSError | ValueError, severity: Severity = "error") -> Diagnostic:
    """A path that the system refuses to open."""
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    return problem(
        "P0003",
        f"`{name}` cannot be read: {reason}",
        name,
        "see that it exists and that this user may read it",
        severity,
    )


def _not_regular(name: str, mode: int) -> Diagnostic:
    sort = next((word for test, word in _SORTS if test(mode)), "special file")
    return problem(
        "P0003", f"`{name}` is a {sort}, not a file", name, "give the path of a regular file"
    )


_SORTS = (
    (stat.S_ISDIR, "folder"),
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)


def _too_large(name: str, limit: int) -> Diagnostic:
    return problem(
        "P0005",
        f"`{name}` is longer than {limit // 2**20} MiB",
        name,
        "split it into several files",
    )


def text_of(data: bytes, name: str) -> Source | Diagnostic:
    """The text of UTF-8 bytes; a byte order mark is left out, NUL bytes are refused."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _not_utf8(data, name, error)
    nul = text.find("\0")
    source = Source(name, text)
    if nul < 0:
        return source
    return Diagnostic(
        "P0006",
        "error",
        "there is a NUL byte in the file",
        source,
        Span(nul, nul + 1),
        label="here",
        help="save it as plain text in UTF-8",
    )


def _not_utf8(data: bytes, name: str, error: UnicodeDecodeError) -> Diagnostic:
    bom = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    # The decoder counts from behind the byte order mark.
    offset = error.start + bom
    before = data[bom:offset].decode("utf-8", "replace")
    source = Source(name, before + data[offset:].decode("utf-8", "replace"))
    return Diagnostic(
        "P0004",
        "error",
        f"the file is not UTF-8: byte {data[offset]:#04x} at offset {offset}",
        source,
        Span(len(before), len(before) + 1),
        label="not UTF-8",
        help="save the file in UTF-8",
    )


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
    relative = os.path.relpath(path, folder).replace(os.sep, "/")
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


def shown_path(path: str | os.PathLike[str]) -> str:
    """A path as diagnostics show it: as it was given, with `/`."""
    return os.path.normpath(os.fspath(path)).replace(os.sep, "/")


def only_errors(problems: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The problems that forbid to go on."""
    return tuple(found for found in problems if found.severity == "error")
