"""Files that are not what they seem: nothing hangs, nothing outside is touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from policylang.surfaces.cli.commands import init
from policylang.surfaces.cli.failure import Failure
from policylang.surfaces.cli.main import main

UNTIDY = "policy t\nuse   std.risk\n"


@pytest.mark.parametrize("options", [(), ("--check",), ("--diff",)])
def test_fmt_waits_for_no_pipe(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    pipe = tmp_path / "pipe.pol"
    os.mkfifo(pipe)
    assert main(["fmt", str(pipe), *options]) == 2
    assert "is a pipe" in capsys.readouterr().err


def test_fmt_reads_no_device(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "/dev/zero"]) == 2
    assert "is a device" in capsys.readouterr().err


def test_fmt_of_a_folder_touches_nothing_outside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "outside.pol"
    outside.write_text(UNTIDY)
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "link.pol").symlink_to(outside)
    (folder / "own.pol").write_text(UNTIDY)
    assert main(["fmt", str(folder)]) == 0
    assert outside.read_text() == UNTIDY
    assert (folder / "own.pol").read_text() != UNTIDY
    assert "leads out of its folder" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '{"a":1,"a":2}', '{"a":%s}' % ("9" * 5000)])
def test_what_is_wrong_with_json_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    policy, request = tmp_path / "p.pol", tmp_path / "r.json"
    policy.write_text("policy t\nuse std.risk\nresource A\noperation r on A is Read\n")
    request.write_text(text)
    assert main(["decide", str(policy), "--request", str(request)]) == 2
    assert "r.json`: " in capsys.readouterr().err


POLICY = """policy t
use std.risk
resource A
operation r on A is Read
allow anyone to r on A
"""


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """By a shell, which can close a stream or lead it to a full disk."""
    (folder / "p.pol").write_text(POLICY)
    line = command.replace("policylang", f"{sys.executable} -m policylang")
    return subprocess.run(
        ["sh", "-c", line], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("command", ["decide p.pol --request -", "decide p.pol --jsonl -", "fmt -"])
def test_a_closed_standard_input_is_told(tmp_path: Path, command: str) -> None:
    done = run(tmp_path, f"policylang {command} <&-")
    assert done.returncode == 2
    assert done.stderr == "policylang: standard input is closed\n"


@pytest.mark.parametrize("command", [
    "policylang decide p.pol --as x r A a",
    "echo '{}' | policylang decide p.pol --jsonl -",
])  # fmt: skip
def test_an_answer_that_nobody_got_is_no_allow(tmp_path: Path, command: str) -> None:
    done = run(tmp_path, f"{command} >/dev/full")
    assert done.returncode == 2
    assert "cannot write the result: " in done.stderr


def test_where_nobody_hears_of_it_the_exit_code_says_it(tmp_path: Path) -> None:
    assert run(tmp_path, "policylang check nope 2>/dev/full").returncode == 2


def test_init_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried: list[Path] = []

    def second_fails(path: Path, content: bytes) -> str:
        tried.append(path)
        if len(tried) == 2:
            raise Failure("the disk is full")
        path.write_bytes(content)
        return str(path)

    monkeypatch.setattr(init, "_write", second_fails)
    assert main(["init", str(tmp_path)]) == 2
    assert "the disk is full" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
