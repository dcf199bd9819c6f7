"""Each lint by cases: policies with `# warning CODE: words` on the lines that a lint concerns.

A `.pol` file here holds several policies, each below a line `=== title`. Every lint that shows up
must be expected, and the reverse; lints of other files are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.diagnostics.span import Source
from policylang.semantics import analyse
from policylang.semantics.checks import CHECKS
from policylang.testing.trials import standard_units, unit

HERE = Path(__file__).parent
EXPECTED = re.compile(r"# (?:warning|note) (P04\d\d)(?:: (.*))?$")


def cases() -> Iterator[object]:
    for path in sorted(HERE.glob("*.pol")):
        for part in re.split(r"^=== ", path.read_text(), flags=re.MULTILINE)[1:]:
            title, _, text = part.partition("\n")
            yield pytest.param(path.stem, text, id=f"{path.stem}: {title}")


def lints(text: str) -> list[Diagnostic]:
    own = unit(Source("case.pol", text), root=True)
    found = analyse([own, *standard_units()]).diagnostics
    errors = [d for d in found if d.severity == "error"]
    assert not errors, errors
    return [d for d in found if d.code.startswith("P04")]


@pytest.mark.parametrize(("check", "text"), list(cases()))
def test_lint(check: str, text: str) -> None:
    code = next(c.__globals__["CODE"] for c in CHECKS if c.__module__.endswith(f".{check}"))  # type: ignore[attr-defined]
    found = {
        (d.source.position(d.span.start)[0], d.code): d.message + " " + d.help
        for d in lints(text)
        if d.code == code and d.source is not None and d.span is not None
    }
    expected = {
        (number, match[1]): match[2] or ""
        for number, line in enumerate(text.splitlines(), 1)
        if (match := EXPECTED.search(line))
    }
    assert found.keys() == expected.keys()
    for place, words in expected.items():
        assert words in found[place]


def test_every_check_has_cases() -> None:
    names = {check.__module__.rpartition(".")[2] for check in CHECKS}
    assert names == {path.stem for path in HERE.glob("*.pol")}
