"""policylang: the policy engine that stands between AI agents and the systems they can break.

import policylang
from policylang import Resource

policy = policylang.load("policies/", inventory="inventory.yaml")
decision = policy.decide(
    principal="kiro", operation="delete", resource=Resource("Environment", "eu", stage="prod")
)
decision.verdict, decision.explain()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policylang.diagnostics.diagnostic import Diagnostic
    from policylang.inventory import SqlInventory
    from policylang.loader import (
        CheckResult,
        Policy,
        PolicyError,
        PolicylangError,
        RequestError,
        check,
        check_text,
        load,
        load_text,
    )
    from policylang.loader.wire import request_from_json
    from policylang.model.decision import Decision, Verdict
    from policylang.model.request import Event, Principal, Request, Resource

__all__ = [
    "CheckResult",
    "Decision",
    "Diagnostic",
    "Event",
    "Policy",
    "PolicyError",
    "PolicylangError",
    "Principal",
    "Request",
    "RequestError",
    "Resource",
    "SqlInventory",
    "Verdict",
    "check",
    "check_text",
    "load",
    "load_text",
    "request_from_json",
]

__version__ = "0.1.0"

_HOMES = {
    "CheckResult": "loader.checking",
    "Decision": "model.decision",
    "Diagnostic": "diagnostics.diagnostic",
    "Event": "model.request",
    "Policy": "loader.policy",
    "PolicyError": "loader.errors",
    "PolicylangError": "loader.errors",
    "Principal": "model.request",
    "Request": "model.request",
    "RequestError": "loader.errors",
    "Resource": "model.request",
    "SqlInventory": "inventory",
    "Verdict": "model.decision",
    "check": "loader.loading",
    "check_text": "loader.loading",
    "load": "loader.loading",
    "load_text": "loader.loading",
    "request_from_json": "loader.wire",
}


if not TYPE_CHECKING:
    # A type checker takes a module with this function for one that has every name.
    def __getattr__(name: str) -> Any:
        """Names are imported when they are first asked for (PEP 562)."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
