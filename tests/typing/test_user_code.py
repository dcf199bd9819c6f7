"""A user's strictly typed program passes mypy, and a wrong one does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
WRONG = """\
import policylang

policy = policylang.load(42)
policy.decide(principle="kiro")
policy.nothing
policylang.Guard
"""


def mypy(path: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file="]
    command += [f"--cache-dir={cache}", "--follow-imports=silent", str(path)]
    root = HERE.parents[1]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)


@pytest.mark.slow
def test_user_code(tmp_path: Path) -> None:
    ran = mypy(HERE / "user_code.py", tmp_path)
    assert ran.stdout == ""
    assert ran.returncode == 0
    wrong = tmp_path / "wrong.py"
    wrong.write_text(WRONG)
    lines = {line.split(":")[1] for line in mypy(wrong, tmp_path).stdout.splitlines()}
    assert {"3", "4", "5", "6"} <= lines
