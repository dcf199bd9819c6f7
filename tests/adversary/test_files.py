"""Files that are not what they seem: nothing hangs, nothing outside is touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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
