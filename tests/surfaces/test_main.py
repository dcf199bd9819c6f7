"""What holds for every command: help, usage, streams, and that nothing ends in a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from policylang.surfaces.cli import main as main_module
from policylang.surfaces.cli import registry

NAMES = registry.names()
DECIDE = ("decide", "acme.pol", "--as", "kiro", "describe", "Environment", "eu")


def test_the_commands_of_the_interface() -> None:
    expected = "init check fmt decide graph who-can what-can path test explain completion"
    assert set(NAMES) == set(expected.split())


@pytest.mark.parametrize("name", NAMES)
def test_each_help_shows_an_example_that_parses(cli: Any, name: str) -> None:
    result = cli(name, "--help")
    assert result.code == 0
    assert result.err == ""
    assert f"policylang {name} " in result.out.partition("examples:")[2]
    assert max(map(len, result.out.splitlines())) <= 110


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_option_is_wrong_usage(cli: Any, name: str) -> None:
    result = cli(name, "--nonsense")
    assert result.code == 2
    assert result.out == ""
    assert f"policylang {name}: " in result.err


def test_options_are_never_abbreviated(cli: Any) -> None:
    result = cli("decide", "acme.pol", "--a", "kiro", "describe", "Environment", "eu")
    assert result.code == 2


def test_help_and_version(cli: Any) -> None:
    assert all(f"\n  {name} " in cli("--help").out for name in NAMES)
    assert cli("-h").code == 0
    assert cli("--version").out.startswith("policylang 0")


def test_no_command_is_wrong_usage(cli: Any) -> None:
    result = cli()
    assert (result.code, result.out) == (2, "")
    assert "commands:" in result.err


def test_a_misspelt_command(cli: Any) -> None:
    result = cli("dceide")
    assert result.code == 2
    assert "`dceide` is not a command" in result.err
    assert "did you mean `decide`?" in result.err
    assert "the commands are init, check" in cli("zzzzzz").err


def test_help_needs_no_policy_and_no_compiler() -> None:
    """`--help` of everything loads neither the parser's library nor the graph's."""
    script = (
        "import sys; from policylang.surfaces.cli.main import main; main(['--help']);"
        "heavy = {'lark', 'networkx', 'pydantic', 'yaml', 'shtab', 'msgspec'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "none.pol"),
        ("fmt", "none.pol"),
        ("decide", "none.pol", "--as", "kiro", "describe", "Environment", "eu"),
        ("decide", "acme.pol", "--inventory", "none.yaml", "--as", "k", "a", "B", "c"),
        ("decide", "acme.pol", "--request", "none.json"),
        ("decide", "acme.pol", "--jsonl", "none.jsonl"),
        ("graph", "none.pol"),
        ("who-can", "none.pol", "describe"),
        ("what-can", "none.pol", "kiro"),
        ("path", "none.pol", "kiro", "describe"),
        ("test", "none.pol"),
        ("explain", "none.pol", "--as", "kiro", "describe", "Environment", "eu"),
    ],
)
def test_a_missing_file_is_named(cli: Any, arguments: tuple[str, ...]) -> None:
    result = cli(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "none." in result.err


@pytest.mark.parametrize("name", ["decide", "graph", "who-can", "what-can", "path", "explain"])
def test_a_policy_with_errors_is_not_used(cli: Any, name: str) -> None:
    cli.write("bad.pol", "policy bad\nresource A { x: Nope }\n")
    more = {
        "decide": ("--as", "kiro", "a", "B", "c"),
        "explain": ("--as", "kiro", "a", "B", "c"),
        "who-can": ("anything",),
        "what-can": ("anyone",),
        "path": ("kiro", "anything"),
    }
    result = cli(name, "bad.pol", *more.get(name, ()))
    assert (result.code, result.out) == (1, "")
    assert "error[P0" in result.err
    assert "bad.pol:2:17" in result.err


def test_a_bug_is_told_in_a_line_and_is_no_allow(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> Any:
        raise RuntimeError("some\nthing")

    monkeypatch.setattr(registry, "load", broken)
    result = cli("decide", "acme.pol")
    assert (result.code, result.out) == (2, "")
    assert result.err == "policylang: internal error: RuntimeError: some thing\n"


def test_an_interrupt_is_told_in_a_line(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(name: str) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(registry, "load", interrupted)
    result = cli("decide", "acme.pol")
    assert result.code == main_module.INTERRUPTED
    assert result.err == "policylang: interrupted\n"


def test_a_reader_that_goes_away_ends_it_quietly(cli: Any) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "policylang", *DECIDE],
            cwd=cli.folder,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writing)
    assert done.returncode != 0
    assert done.stderr == ""


def test_a_full_disk_is_no_allow(cli: Any) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("only Linux has /dev/full")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "policylang", *DECIDE],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=cli.folder,
            check=False,
        )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_terminal_without_unicode_gets_escapes(cli: Any) -> None:
    cli.write("bad.pol", "policy bad\nresource A { x: Nope }\n")
    result = cli.process("check", "bad.pol", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert result.code == 1
    assert "\\u250c" in result.out


def test_colour_is_for_terminals_only(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in cli(*DECIDE).out
    monkeypatch.setattr("policylang.surfaces.cli.streams._is_terminal", lambda stream: True)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[1;32mallow\x1b[0m" in cli(*DECIDE).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in cli(*DECIDE).out


def test_standard_input_that_is_no_text(cli: Any) -> None:
    result = cli("decide", "acme.pol", "--request", "-", stdin=b"\xff\xfe")
    assert result.code == 2
    assert "standard input" in result.err
