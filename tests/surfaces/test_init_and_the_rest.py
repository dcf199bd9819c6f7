"""`init`, `explain`, `completion`."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any

import pytest

from policylang.diagnostics.codes import CODES
from policylang.surfaces.cli import registry
from policylang.surfaces.cli.commands.init import TEMPLATES


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_is_checked_formatted_and_passes_its_tests(cli: Any, template: str) -> None:
    result = cli("init", "new", "--template", template)
    assert result.code == 0
    assert sorted(os.listdir(cli.folder / "new")) == ["inventory.yaml", "policy.pol", "tests.pol"]
    checked = cli("check", "new", "--inventory", "new/inventory.yaml", "--strict")
    assert (checked.code, checked.out) == (0, "")
    assert cli("fmt", "--check", "new").code == 0
    tested = cli("test", "new", "--inventory", "new/inventory.yaml", "--coverage")
    assert tested.code == 0
    assert "no test:" not in tested.out


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_next_steps_can_be_taken(cli: Any, template: str) -> None:
    import shlex

    steps = cli("init", "a folder", "--template", template).err.splitlines()
    commands = [shlex.split(step)[1:] for step in steps if step.startswith("  policylang ")]
    assert [command[0] for command in commands] == ["test", "decide", "graph"]
    for command in commands:
        assert cli(*command).code in (0, 3, 4)
    assert cli(*commands[1]).out.startswith(("allow", "require approval", "deny"))


def test_nothing_is_overwritten(cli: Any) -> None:
    cli.write("new/tests.pol", "mine")
    result = cli("init", "new")
    assert (result.code, result.out) == (2, "")
    assert "`new/tests.pol` exists already" in result.err
    assert os.listdir(cli.folder / "new") == ["tests.pol"]
    os.symlink("nowhere", cli.folder / "policy.pol")
    assert cli("init").code == 2


def test_into_this_folder_and_as_json(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["inventory.yaml", "policy.pol", "tests.pol"]
    result = cli("init", "new", "--format", "json")
    assert result.json == {"template": "basic", "created": [f"new/{name}" for name in names]}
    assert cli("init").code == 2  # an inventory stands there
    (cli.folder / "empty").mkdir()
    monkeypatch.chdir(cli.folder / "empty")
    assert cli("init", "--format", "json").json["created"] == names


def test_an_unknown_template(cli: Any) -> None:
    result = cli("init", "--template", "nope")
    assert result.code == 2
    assert "kiro" in result.err


# ── explain ──────────────────────────────────────────────────────────────────────────────


def test_a_code_is_explained_by_its_page(cli: Any) -> None:
    code = next(iter(CODES))
    result = cli("explain", code.lower())
    assert result.code == 0
    assert result.out.startswith(f"# {code}")
    body = cli("explain", code, "--format", "json").json
    assert (body["code"], body["title"]) == (code, CODES[code].title)
    assert body["page"] == result.out


def test_an_unknown_code(cli: Any) -> None:
    result = cli("explain", "P0999")
    assert (result.code, result.out) == (2, "")
    assert "`P0999` is not a diagnostic code" in result.err


def test_a_decision_is_explained_and_the_exit_code_says_nothing_of_it(cli: Any) -> None:
    asked = ("acme.pol", "--as", "kiro", "delete", "Environment", "eu", "--attr", "stage=dev")
    result = cli("explain", *asked)
    assert result.code == 0
    assert result.out.startswith('kiro may not delete Environment "eu".\n')
    assert cli("explain", *asked, "--format", "json").json["verdict"] == "deny"
    assert cli("explain", "acme.pol").code == 2


# ── completion ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh", "fish"])
def test_every_command_and_option_is_completed(cli: Any, shell: str) -> None:
    result = cli("completion", shell)
    assert (result.code, result.err) == (0, "")
    assert all(name in result.out for name in registry.names())
    assert "inventory" in result.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_accepts_its_script(cli: Any, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = cli("completion", shell).out
    subprocess.run([shell, "-n"], input=script, text=True, check=True, capture_output=True)


def test_bash_offers_the_commands(cli: Any) -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    script = cli("completion", "bash").out
    ask = "COMP_WORDS=(policylang de); COMP_CWORD=1; _shtab_policylang; echo ${COMPREPLY[@]}"
    done = subprocess.run(
        ["bash", "-c", f"{script}\n{ask}"], text=True, check=True, capture_output=True
    )
    assert done.stdout.split() == ["decide"]


def test_an_unknown_shell(cli: Any) -> None:
    assert cli("completion", "cmd").code == 2
