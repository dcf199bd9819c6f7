"""Reads files into text; whatever cannot be read is a diagnostic.

Only regular files are opened, so that a pipe or a device cannot make a check hang.
"""

from __future__ import annotations

import os
import stat

from policylang.diagnostics.diagnostic import Diagnostic, Severity
from policylang.diagnostics.span import Source, Span

MAX_BYTES = 32 * 2**20
"""The longest policy or inventory file that is read, in bytes."""


def problem(
    code: str, message: str, name: str, help: str, severity: Severity = "error"
) -> Diagnostic:
    """A problem of a whole file."""
    return Diagnostic(code, severity, message, Source(name, ""), help=help)


def shown_path(path: str | os.PathLike[str]) -> str:
    """A path as diagnostics show it: as it was given, with `/`, and always valid text."""
    text = os.path.normpath(os.fspath(path)).replace(os.sep, "/")
    return text.encode("utf-8", "backslashreplace").decode()


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


def text_of(data: bytes, name: str, home: str = "") -> Source | Diagnostic:
    """The text of UTF-8 bytes; a byte order mark is left out, NUL bytes are refused."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _not_utf8(data, name, error)
    nul = text.find("\0")
    source = Source(name, text, home)
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
