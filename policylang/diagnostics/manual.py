"""The page of each diagnostic code: in a checkout below `docs`, in the wheel beside this module."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).resolve().parent
FOLDERS: Final = (_HERE / "pages", _HERE.parents[1] / "docs" / "reference" / "diagnostics")


def page(code: str) -> str | None:
    """The Markdown of a code's page, None where there is none."""
    for folder in FOLDERS:
        path = folder / f"{code}.md"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return None
