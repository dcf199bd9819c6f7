"""What the documentation shows, works: every snippet is run, every link leads somewhere.

`policy` fences must check without an error; on a diagnostic's page they must show that diagnostic.
`python` fences run as they are, `sh` fences line by line (less `make`, which would run the tests
again), all in a folder that holds the examples. A fence of any other language is text.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from policylang.loader import check

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md"))
    if ".venv" not in path.parts
)
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
CODE = re.compile(r"P\d{4}")


def fences(language: str) -> list[object]:
    return list(_fences(language))


def _fences(language: str) -> Iterator[object]:
    for page in PAGES:
        for number, match in enumerate(FENCE.finditer(page.read_text(encoding="utf-8")), 1):
            if match[1] == language:
                name = f"{page.relative_to(ROOT)}:{number}"
                yield pytest.param(page, match[2], id=name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


@pytest.mark.parametrize(("page", "text"), fences("policy"))
def test_policies(page: Path, text: str, tmp_path: Path) -> None:
    file = tmp_path / "snippet.pol"
    file.write_text(text, encoding="utf-8")
    found = check([file]).diagnostics
    code = CODE.fullmatch(page.stem)
    if code is not None:
        assert code[0] in {d.code for d in found}, found
    else:
        assert not [d for d in found if d.severity == "error"], found


@pytest.mark.parametrize(("page", "text"), fences("python"))
def test_python(page: Path, text: str, folder: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", text], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(("page", "text"), fences("sh"))
def test_commands(page: Path, text: str, folder: Path) -> None:
    script = re.sub(r"^make .*$", "", text, flags=re.MULTILINE)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path, "POLICYLANG_CACHE_DIR": str(folder / "cache")},
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    assert "usage:" not in ran.stderr, ran.stderr
    assert "internal error" not in ran.stderr, ran.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = (match[1] for match in LINK.finditer(text) if "://" not in match[1])
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing
