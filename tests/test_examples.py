"""Every example prints what its `expected.txt` says."""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
STORIES = sorted(path.parent for path in EXAMPLES.glob("*/run.sh"))


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.name)
def test_example(story: Path, tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["sh", "run.sh"],
        cwd=story,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path, "POLICYLANG_CACHE_DIR": str(tmp_path), "NO_COLOR": "1"},
    )
    expected = (story / "expected.txt").read_text(encoding="utf-8")
    changes = difflib.unified_diff(expected.splitlines(), ran.stdout.splitlines(), lineterm="")
    assert ran.stdout == expected, "\n".join(changes) + ran.stderr


def test_every_example_has_its_story() -> None:
    assert {path.name for path in STORIES} == {
        path.name for path in EXAMPLES.iterdir() if (path / "README.md").exists()
    }


def test_demo_runs() -> None:
    ran = subprocess.run(
        [sys.executable, str(EXAMPLES / "demo.py")],
        cwd=EXAMPLES.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "REQUIRE APPROVAL" in ran.stdout
