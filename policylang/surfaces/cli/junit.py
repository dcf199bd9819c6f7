"""Test results as JUnit XML, which build servers read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from policylang.testing.runner import Outcome, place

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (section 2.2) does not let stand in a document, escaped or not."""


def render(outcomes: Sequence[Outcome], failures: dict[int, str]) -> str:
    """A suite with a case for each test; `failures` has the words for those that failed."""
    seconds = sum(outcome.seconds for outcome in outcomes)
    counts = f'tests="{len(outcomes)}" failures="{len(failures)}" errors="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites {counts} time="{seconds:.6f}">',
    ]
    lines.append(f'  <testsuite name="policylang" {counts} time="{seconds:.6f}">')
    for number, outcome in enumerate(outcomes):
        lines += _case(outcome, failures.get(number))
    lines += ["  </testsuite>", "</testsuites>"]
    return "\n".join(lines) + "\n"


def _case(outcome: Outcome, failure: str | None) -> list[str]:
    file, line, _ = place(outcome.case.at)
    head = (
        f"    <testcase classname={_attribute(outcome.case.module)}"
        f" name={_attribute(outcome.case.name)} file={_attribute(file)}"
        f' line="{line}" time="{outcome.seconds:.6f}"'
    )
    if failure is None:
        return [f"{head}/>"]
    said = _attribute(failure.splitlines()[0])
    text = escape(_FORBIDDEN.sub("\ufffd", failure))
    return [f"{head}>", f"      <failure message={said}>{text}</failure>", "    </testcase>"]


def _attribute(text: str) -> str:
    return quoteattr(_FORBIDDEN.sub("\ufffd", text))
