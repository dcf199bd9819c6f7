"""What is wrong, where, and how to mend it.

In: problems as data, with their places. Out: text for people, JSON, SARIF, GitHub annotations.
Deliberately absent: finding problems, files, and the terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policylang.diagnostics.annotations import render_github
    from policylang.diagnostics.listing import render_json
    from policylang.diagnostics.sarif import render_sarif
    from policylang.diagnostics.text import render_text

__all__ = ["render_github", "render_json", "render_sarif", "render_text"]

_HOMES = {
    "render_github": "annotations",
    "render_json": "listing",
    "render_sarif": "sarif",
    "render_text": "text",
}


def __getattr__(name: str) -> Any:
    """Rendering is imported when it is first asked for: most processes decide and never need it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
