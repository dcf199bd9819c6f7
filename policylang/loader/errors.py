"""The exceptions of policylang.

PolicylangError
├── PolicyError     a policy or an inventory that cannot be used; carries its diagnostics
└── RequestError    a request that cannot be read; also a ValueError
"""

from __future__ import annotations

from collections.abc import Iterable

from policylang.diagnostics.diagnostic import Diagnostic


class PolicylangError(Exception):
    """What policylang raises of its own accord."""


class PolicyError(PolicylangError):
    """A policy or its inventory has errors, so that it decides nothing.

    `diagnostics` are all problems that were found, warnings too; the text shows them.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        from policylang.diagnostics import render_text

        return render_text(self.diagnostics)


class RequestError(PolicylangError, ValueError):
    """A request in JSON that cannot be read; says where and what to do about it."""
