"""What a command reads beside policies: files, standard input, and JSON in them."""

from __future__ import annotations

import sys
from typing import Any, BinaryIO

from policylang.model import wire
from policylang.surfaces.cli.failure import Failure


def read(path: str) -> bytes:
    """A file's bytes; `-` is standard input."""
    try:
        with opened(path) as file:
            return file.read()
    except OSError as error:
        raise unreadable(path, error) from None


def opened(path: str) -> BinaryIO:
    """A file, open to read; `-` is standard input."""
    if path == "-":
        if sys.stdin is None:  # closed by whoever started us
            raise Failure("standard input is closed")
        return sys.stdin.buffer
    try:
        return open(path, "rb")
    except IsADirectoryError:
        raise Failure(f"`{shown(path)}` is a folder, not a file") from None
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None


def unreadable(path: str, error: OSError | ValueError) -> Failure:
    reason = getattr(error, "strerror", None) or str(error)
    return Failure(f"cannot read `{path}`: {reason.lower()}")


def json_of(path: str) -> Any:
    """The JSON of a file or standard input."""
    try:
        return wire.loads(read(path))
    except wire.WireError as error:
        raise Failure(f"`{shown(path)}`: {error}") from None


def shown(path: str) -> str:
    return "standard input" if path == "-" else path
