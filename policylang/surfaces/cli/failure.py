"""What ends a command early.

Failure       wrong usage, a missing file, an unreachable store: exit code 2
"""

from __future__ import annotations


class Failure(Exception):
    """One sentence for the user; `help` is the remedy."""

    def __init__(self, message: str, *, help: str = "", exit_code: int = 2) -> None:
        super().__init__(message)
        self.help = help
        self.exit_code = exit_code
