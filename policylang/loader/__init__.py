"""Files to a checked Program and a Policy that decides: the compiler's only file I/O, its cache.

In: paths, an inventory. Out: a `Policy`, or every problem as diagnostics. Deliberately absent: the
network, and code from a cache (records are data alone).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policylang.loader.errors import PolicyError, PolicylangError, RequestError
from policylang.loader.loading import check, check_text, load, load_text
from policylang.loader.policy import Policy

if TYPE_CHECKING:
    from policylang.loader.checking import CheckResult

__all__ = [
    "CheckResult",
    "Policy",
    "PolicyError",
    "PolicylangError",
    "RequestError",
    "check",
    "check_text",
    "load",
    "load_text",
]


def __getattr__(name: str) -> Any:
    """What needs the parser is imported when it is first asked for."""
    if name != "CheckResult":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from policylang.loader.checking import CheckResult

    return CheckResult
