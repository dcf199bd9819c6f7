"""Texts with their trees, texts with their errors, texts with their canonical form."""

from __future__ import annotations

from pathlib import Path

import pytest

from policylang.diagnostics import render_text
from policylang.diagnostics.codes import CODES
from policylang.diagnostics.span import Source
from policylang.language import format_source, parse
from tests.language.outline import outline
from tests.language.snapshots import check, read

HERE = Path(__file__).parent


def tree(text: str) -> str:
    parsed = parse(Source("case.pol", "policy t\n" + text))
    assert parsed.diagnostics == ()
    return "\n".join(map(outline, parsed.module.declarations))


def errors(text: str) -> str:
    source = Source("case.pol", _unescape(text))
    parsed = parse(source)
    assert parsed.diagnostics
    kept = " ".join(type(node).__name__ for node in parsed.module.declarations)
    shown = render_text(parsed.diagnostics)
    return f"{shown.rstrip()}\n\nkept: {kept or 'nothing'}"


def formatted(text: str) -> str:
    source = Source("case.pol", _unescape(text))
    result = format_source(source)
    return "error" if result is None else result


def _unescape(text: str) -> str:
    """`<U+0430>` stands for a character that an editor would hide or turn around."""
    head, *rest = text.split("<U+")
    parts = [(code.partition(">")) for code in rest]
    return head + "".join(chr(int(code, 16)) + tail for code, _, tail in parts)


@pytest.mark.parametrize("path", sorted(HERE.glob("outlines/*.txt")), ids=lambda path: path.stem)
def test_trees(path: Path) -> None:
    check(path, tree)


@pytest.mark.parametrize("path", sorted(HERE.glob("errors/*.txt")), ids=lambda path: path.stem)
def test_errors(path: Path) -> None:
    check(path, errors)


@pytest.mark.parametrize("path", sorted(HERE.glob("formatted/*.txt")), ids=lambda path: path.stem)
def test_canonical_text(path: Path) -> None:
    check(path, formatted)


@pytest.mark.parametrize("path", sorted(HERE.glob("formatted/*.txt")), ids=lambda path: path.stem)
def test_canonical_text_stays(path: Path) -> None:
    for title, _, wanted in read(path):
        if wanted != "error":
            assert formatted(wanted).strip("\n") == wanted, title


def test_every_code_of_syntax_is_shown() -> None:
    shown = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("errors/*.txt"))
    # P0025 needs a hundred errors: test_robust.py has them.
    codes = {code for code in CODES if "P0010" <= code <= "P0026"} - {"P0025"}
    assert {code for code in codes if f"[{code}]" not in shown} == set()
