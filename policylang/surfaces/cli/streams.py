"""Where words go: results to standard output, everything else to standard error."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TextIO

RED, GREEN, YELLOW, BOLD, DIM = "1;31", "1;32", "1;33", "1", "2"


class Undelivered(Exception):
    """Standard output takes nothing more."""

    def __init__(self, error: OSError | ValueError) -> None:
        super().__init__(f"cannot write the result: {getattr(error, 'strerror', None) or error}")


def prepare() -> None:
    """Characters that a terminal's encoding lacks are escaped rather than fatal."""
    if sys.stdout is None or sys.stderr is None:  # closed by whoever started us
        nowhere = open(os.devnull, "w")  # noqa: SIM115
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def result(text: str) -> None:
    """Print to standard output, with a line end where there is none. Raises `Undelivered`."""
    try:
        sys.stdout.write(text if text.endswith("\n") or not text else text + "\n")
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Undelivered(error) from None


def flush() -> None:
    """What was printed goes out now. Raises `Undelivered`."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Undelivered(error) from None


def say(text: str) -> None:
    """Print a line to standard error; where nobody can read it, the exit code still says enough."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text if text.endswith("\n") else text + "\n")


def colored(stream: TextIO) -> bool:
    """Whether to use colour: on a terminal, unless NO_COLOR (no-color.org) is set to something."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return _is_terminal(stream)


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        return False


def paint(text: str, style: str, *, color: bool) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if color else text


def columns(stream: TextIO) -> int:
    """The terminal's width, or 100 where there is none."""
    if not colored(stream):
        return 100
    import shutil

    return max(40, shutil.get_terminal_size((100, 24)).columns)


def deliver() -> bool:
    """Whether all that was printed has arrived; a verdict that nobody got is no allow."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        silence()
    except (OSError, ValueError) as error:
        silence()
        say(f"policylang: {Undelivered(error)}")
    else:
        return True
    return False


def silence() -> None:
    """After the reader has gone away: nothing more can be written, not even at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
