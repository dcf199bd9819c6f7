"""What the documentation shows, works: every snippet is run, every link leads somewhere.

A page is followed from top to bottom, as a reader would, in one folder that holds the examples:

- a fence after `<!-- file: NAME -->` is written to that file,
- a `policy` fence that is no file must check without an error; on a diagnostic's page it must show
  that diagnostic,
- `sh` fences run as they are (less `make`, which would run the tests again), so do `python` ones,
- a `text` fence directly after one of these is exactly what it prints on standard output.

A fence of any other language is text.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from policylang.loader import check

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md"))
    if ".venv" not in path.parts
)
FENCE = re.compile(
    r"^(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)^```$"
    r"(?:\n\n?```text\n(?P<shown>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
CODE = re.compile(r"P\d{4}")


@dataclass
class Fence:
    place: str
    language: str
    text: str
    file: str | None
    shown: str | None


def fences(page: Path) -> Iterator[Fence]:
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        place = f"{page.relative_to(ROOT)}:{line}"
        yield Fence(place, found["language"], found["text"], found["file"], found["shown"])


def runnable(fence: Fence) -> bool:
    return fence.file is not None or fence.language in ("policy", "sh", "python")


FOLLOWED = [page for page in PAGES if any(map(runnable, fences(page)))]


@pytest.mark.parametrize("page", FOLLOWED, ids=lambda page: str(page.relative_to(ROOT)))
def test_page(page: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    code = CODE.fullmatch(page.stem)
    for number, fence in enumerate(fences(page)):
        if fence.file is not None:
            (tmp_path / fence.file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / fence.file).write_text(fence.text, encoding="utf-8")
        elif fence.language == "policy":
            checked(fence, tmp_path / f"snippet{number}", code[0] if code else None)
        elif fence.language == "sh":
            script = re.sub(r"^make .*$", "", fence.text, flags=re.MULTILINE)
            ran = run(["bash", "-c", script], tmp_path)
            assert "usage:" not in ran.stderr, (fence.place, ran.stderr)
            prints(fence, ran)
        elif fence.language == "python":
            ran = run([sys.executable, "-c", fence.text], tmp_path)
            assert ran.returncode == 0, (fence.place, ran.stderr)
            prints(fence, ran)


def checked(fence: Fence, folder: Path, code: str | None) -> None:
    folder.mkdir()
    (folder / "snippet.pol").write_text(fence.text, encoding="utf-8")
    found = check([folder]).diagnostics
    if code is not None:
        assert code in {d.code for d in found}, (fence.place, found)
    else:
        assert not [d for d in found if d.severity == "error"], (fence.place, found)


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    there = {"PATH": path, "POLICYLANG_CACHE_DIR": str(folder / "cache"), "NO_COLOR": "1"}
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **there},
    )


def prints(fence: Fence, ran: subprocess.CompletedProcess[str]) -> None:
    assert "Traceback" not in ran.stderr, (fence.place, ran.stderr)
    assert "internal error" not in ran.stderr, (fence.place, ran.stderr)
    if fence.shown is not None:
        assert trimmed(ran.stdout) == trimmed(fence.shown), (fence.place, ran.stderr)


def trimmed(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = (match[1] for match in LINK.finditer(text) if "://" not in match[1])
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing
