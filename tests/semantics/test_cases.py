"""Runs every `.pol` file of `cases/`: pieces of policy, each error named on the line that it is on.

    # preamble                 text that is put before every case of the file
    # case: what it shows      a case, up to the next one
    # used: lib.pol            the text below is a further file, of a module that is merely used
    # root: other.pol          the same, asked for by the user
    … # error P0203: stgae     an error with this code, whose message or help says `stgae`

A case without an expected error must pass, and one with some must have exactly these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from policylang.diagnostics.span import Source
from policylang.ir import codec
from policylang.semantics import Analysis, analyse
from policylang.testing.trials import standard_units, unit

CASES = Path(__file__).parent / "cases"
EXPECTED = re.compile(r"# error (P\d{4})(?:: (.*?))?(?= # error|$)")


@dataclass
class Case:
    title: str
    files: list[tuple[str, bool, str]] = field(default_factory=list)


def cases() -> list[Case]:
    return [case for path in sorted(CASES.glob("*.pol")) for case in read(path)]


def read(path: Path) -> list[Case]:
    preamble, found = "", []
    for part in re.split(r"^# case: ", path.read_text(encoding="utf-8"), flags=re.M):
        if not found and not preamble:
            preamble = part.partition("# preamble\n")[2] or "\n"
            continue
        title, _, text = part.partition("\n")
        pieces = re.split(r"^# (used|root): (\S+)\n", text, flags=re.M)
        case = Case(f"{path.stem}: {title}", [("main.pol", True, preamble + pieces[0])])
        for sort, name, piece in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            case.files.append((name, sort == "root", piece))
        found.append(case)
    return found


def check(files: list[tuple[str, bool, str]]) -> Analysis:
    own = [unit(Source(name, text), root=root) for name, root, text in files]
    return analyse([*standard_units(), *own])


def expected(case: Case) -> list[tuple[str, int, str, str]]:
    return [
        (name, number, match[1], (match[2] or "").strip())
        for name, _, text in case.files
        for number, line in enumerate(text.splitlines(), start=1)
        for match in EXPECTED.finditer(line)
    ]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.title)
def test_case(case: Case) -> None:
    analysis = check(case.files)
    errors = [d for d in analysis.diagnostics if d.severity == "error"]
    shown = [f"{d.source.at(d.span)} {d.code} {d.message} [{d.help}]" for d in errors]
    wanted = expected(case)
    got = [(d.source.name, d.source.position(d.span.start)[0], d.code) for d in errors]
    assert sorted(got) == sorted((n, line, code) for n, line, code, _ in wanted), shown
    for name, line, code, text in wanted:
        assert any(
            s.startswith(f"{name}:{line}:") and f" {code} " in s and text in s for s in shown
        ), shown
    assert (analysis.program is None) == bool(wanted or "not there" in case.title)
    if analysis.program is not None:
        assert codec.decode(codec.encode(analysis.program)) == analysis.program
