"""The registry of codes, its pages, and the codes that the package uses agree."""

from __future__ import annotations

import re
from pathlib import Path

import policylang
from policylang.diagnostics.codes import CODES
from policylang.diagnostics.manual import page

PACKAGE = Path(policylang.__file__).resolve().parent
PAGES = PACKAGE.parent / "docs" / "reference" / "diagnostics"
CODE = re.compile(r"\bP0\d{3}\b")


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    pages = {path.stem for path in PAGES.glob("P*.md")}
    assert pages == set(CODES)


def test_every_page_names_its_code_and_the_fix_and_shows_an_example() -> None:
    """What is wrong with a whole file or path (P000x) may need none."""
    for code in CODES:
        text = page(code)
        assert text is not None, code
        assert text.startswith(f"# {code}"), code
        assert "**The fix.**" in text, code
        assert "```" in text or code < "P0010", code


def test_every_code_that_is_used_is_registered() -> None:
    used = {
        (code, path.name)
        for path in PACKAGE.rglob("*.py")
        for code in CODE.findall(path.read_text(encoding="utf-8"))
    }
    assert {(code, name) for code, name in used if code not in CODES} == set()


def test_codes_stand_in_order() -> None:
    assert list(CODES) == sorted(CODES)
    assert all(CODE.fullmatch(code) for code in CODES)


def test_titles_are_short_and_without_a_full_stop() -> None:
    for code, entry in CODES.items():
        assert 3 <= len(entry.title) <= 70, code
        assert not entry.title.endswith("."), code
