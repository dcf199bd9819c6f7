"""Snapshot files: pairs of an input and what came of it, one file a topic.

`=== title` begins a case, `---` parts the input from the output. With `UPDATE_SNAPSHOTS=1` in the
environment the outputs are written anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

Case = tuple[str, str, str]


def read(path: Path) -> list[Case]:
    """Title, input and output of every case of a file."""
    cases = []
    for block in path.read_text(encoding="utf-8").split("=== ")[1:]:
        title, _, body = block.partition("\n")
        given, _, wanted = body.partition("\n---\n")
        cases.append((title, given, wanted.strip("\n")))
    return cases


def check(path: Path, produce: Callable[[str], str]) -> None:
    """Fail on the first case whose output is another."""
    cases = read(path)
    assert cases
    found = [(title, given, produce(given).strip("\n")) for title, given, _ in cases]
    if os.environ.get("UPDATE_SNAPSHOTS"):
        text = "\n".join(f"=== {title}\n{given}\n---\n{out}\n" for title, given, out in found)
        path.write_text(text, encoding="utf-8")
    for (title, given, out), (_, _, wanted) in zip(found, cases, strict=True):
        assert out == wanted, f"{path.name}: {title}\n{given}"
