"""`policylang check` and `policylang fmt`."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

GOOD = """\
policy good

use std.risk

resource Doc

operation read on Doc is Read

agent kiro

allow kiro to read on Doc
"""
UGLY = GOOD.replace("agent kiro\n", "agent   kiro   # ours\n")
BAD = GOOD.replace("read on Doc\n", "raed on Doc\n") + "deny kiro to read on Dco\n"
BROKEN = "policy broken\nresource {\nallow\n"


# ── check ────────────────────────────────────────────────────────────────────────────────


def test_nothing_wrong(cli: Any) -> None:
    cli.write("good.pol", GOOD)
    result = cli("check", "good.pol")
    assert (result.code, result.out) == (0, "")
    assert result.err == "no problems in 1 file\n"


def test_all_problems_at_once_on_standard_output(cli: Any) -> None:
    cli.write("bad.pol", BAD)
    result = cli("check", "bad.pol")
    assert (result.code, result.err) == (1, "")
    assert "bad.pol:11:15" in result.out
    assert "bad.pol:12:22" in result.out
    assert "2 errors" in result.out


def test_json_sarif_and_github(cli: Any) -> None:
    cli.write("bad.pol", BAD)
    body = cli("check", "bad.pol", "--format", "json").json
    assert body["errors"] == 2
    assert body["diagnostics"][0]["file"] == "bad.pol"
    results = cli("check", "bad.pol", "--format", "sarif").json["runs"][0]["results"]
    assert [result["level"] for result in results] == ["error", "error"]
    lines = cli("check", "bad.pol", "--format", "github").out.splitlines()
    assert all(line.startswith("::error file=bad.pol,line=") for line in lines)


@pytest.mark.parametrize("format", ["json", "sarif", "github"])
def test_nothing_wrong_in_every_format(cli: Any, format: str) -> None:
    cli.write("good.pol", GOOD)
    result = cli("check", "good.pol", "--format", format)
    assert (result.code, result.err) == (0, "")
    if format != "github":
        assert json.loads(result.out)


def test_warnings_are_problems_only_with_strict(cli: Any) -> None:
    cli.write("warn.pol", GOOD.replace("resource Doc", "resource Doc { colour: String }"))
    assert cli("check", "warn.pol").code == 0
    assert "1 warning" in cli("check", "warn.pol").out
    assert cli("check", "warn.pol", "--strict").code == 1


def test_a_folder_and_several_files(cli: Any) -> None:
    cli.write("p/a.pol", GOOD)
    cli.write("p/b.pol", "policy other\nuse good\nhuman ana\nallow ana to read on Doc\n")
    assert cli("check", "p").err == "no problems in 2 files\n"
    assert cli("check", "p/a.pol", "p/b.pol").code == 0
    assert cli("check", "p/b.pol").code == 0


@pytest.mark.parametrize(
    "text",
    [b"", b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n").encode(), b"\xff", b"a\0b"],
)
def test_odd_files_are_read_or_refused_in_words(cli: Any, text: bytes) -> None:
    cli.write("odd.pol", text)
    result = cli("check", "odd.pol")
    assert result.code == (0 if b"policy" in text else 1)
    assert ("error[P0" in result.out) == (result.code == 1)


def test_an_inventory_is_checked_too(cli: Any) -> None:
    cli.write("i.yaml", "resources:\n  - {type: Dco, id: x}\n")
    cli.write("good.pol", GOOD)
    result = cli("check", "good.pol", "--inventory", "i.yaml")
    assert result.code == 1
    assert "i.yaml:2" in result.out


def test_an_unreadable_folder_is_told(cli: Any) -> None:
    (cli.folder / "empty").mkdir()
    result = cli("check", "empty")
    assert result.code == 2
    assert "P0002" in result.out
    os.mkfifo(cli.folder / "pipe.pol")
    assert cli("check", "pipe.pol").code == 2
    assert cli("decide", "pipe.pol", "--as", "k", "a", "B", "c").code == 2


def test_a_policy_on_standard_input(cli: Any) -> None:
    result = cli("check", "-", stdin=BAD)
    assert result.code == 1
    assert "<stdin>:11:15" in result.out
    assert cli("check", "-", stdin=GOOD).code == 0
    assert cli("check", "-", stdin=b"\xff").code == 2
    assert cli("check", "-", "acme.pol", stdin=GOOD).code == 2
    asked = ("--as", "kiro", "read", "Doc", "a")
    assert cli("decide", "-", *asked, stdin=GOOD).code == 0
    assert cli("decide", "-", *asked, stdin=BAD).code == 1
    assert cli("decide", "-", "--request", "-", stdin=GOOD).code == 2
    tested = GOOD + 'test "t" kiro read Doc "a" => allow\n'
    assert cli("test", "-", stdin=tested).out == "ok    t\n1 passed\n"


# ── fmt ──────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_rewritten_with_its_mode(cli: Any) -> None:
    path = cli.write("ugly.pol", UGLY)
    os.chmod(path, 0o640)
    result = cli("fmt", "ugly.pol")
    assert (result.code, result.out) == (0, "")
    assert result.err == "formatted ugly.pol\n"
    assert "agent kiro # ours" in path.read_text() or "agent kiro  # ours" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o640
    assert [name for name in os.listdir(cli.folder) if name.endswith(".tmp")] == []
    assert cli("fmt", "ugly.pol").err == ""


def test_a_link_stays_a_link(cli: Any) -> None:
    cli.write("ugly.pol", UGLY)
    os.symlink("ugly.pol", cli.folder / "link.pol")
    cli("fmt", "link.pol")
    assert (cli.folder / "link.pol").is_symlink()
    assert "agent   kiro" not in (cli.folder / "ugly.pol").read_text()


def test_check_lists_and_changes_nothing(cli: Any) -> None:
    path = cli.write("ugly.pol", UGLY)
    cli.write("good.pol", GOOD)
    result = cli("fmt", "--check", "ugly.pol", "good.pol")
    assert (result.code, result.out) == (1, "ugly.pol\n")
    assert path.read_text() == UGLY
    assert cli("fmt", "--check", "good.pol").code == 0


def test_diff_shows_and_changes_nothing(cli: Any) -> None:
    path = cli.write("ugly.pol", UGLY)
    result = cli("fmt", "--diff", "ugly.pol")
    assert result.code == 0
    assert "-agent   kiro   # ours\n+agent kiro" in result.out
    assert path.read_text() == UGLY
    assert cli("fmt", "--diff", "--check", "ugly.pol").code == 1


def test_json_lists_the_files(cli: Any) -> None:
    cli.write("ugly.pol", UGLY)
    cli.write("good.pol", GOOD)
    cli.write("broken.pol", BROKEN)
    files = ("ugly.pol", "good.pol", "broken.pol")
    result = cli("fmt", "--check", "--format", "json", *files)
    assert result.code == 1
    assert result.json == {"changed": ["ugly.pol"], "same": ["good.pol"], "broken": ["broken.pol"]}
    assert cli("fmt", "--diff", "--format", "json", "ugly.pol").code == 2


def test_what_does_not_parse_is_left_as_it_is(cli: Any) -> None:
    path = cli.write("broken.pol", BROKEN)
    ugly = cli.write("ugly.pol", UGLY)
    result = cli("fmt", "broken.pol", "ugly.pol")
    assert result.code == 1
    assert "error[P0" in result.err
    assert path.read_text() == BROKEN
    assert ugly.read_text() != UGLY
    binary = cli.write("binary.pol", b"\xff\xfe")
    assert cli("fmt", "binary.pol").code == 1
    assert binary.read_bytes() == b"\xff\xfe"


def test_from_standard_input_to_standard_output(cli: Any) -> None:
    result = cli("fmt", "-", stdin=UGLY)
    assert (result.code, result.err) == (0, "")
    assert cli("fmt", "-", stdin=result.out).out == result.out
    assert cli("fmt", "-", "--check", stdin=UGLY).code == 1
    assert cli("fmt", "-", stdin=BROKEN).code == 1
    assert cli("fmt", "-", stdin=BROKEN).out == ""
    assert cli("fmt", "-", "x.pol").code == 2


def test_a_folder_is_walked_without_what_is_hidden(cli: Any) -> None:
    for name in ("p/a.pol", "p/q/b.pol", "p/.git/c.pol", "p/d.txt"):
        cli.write(name, UGLY)
    result = cli("fmt", "--check", "p")
    assert result.out.splitlines() == ["p/a.pol", "p/q/b.pol"]


def test_a_folder_that_cannot_be_written_to(cli: Any) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    cli.write("p/ugly.pol", UGLY)
    os.chmod(cli.folder / "p", 0o500)
    result = cli("fmt", "p")
    os.chmod(cli.folder / "p", 0o700)
    assert result.code == 2
    assert "cannot write" in result.err
