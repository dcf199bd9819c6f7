"""Runs the command line, in this process or as one of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from policylang.surfaces.cli.main import main

POLICY = """\
policy acme

use std.risk

resource Environment {
    stage: dev | staging | prod
    size: Int = 1
    open: Bool = false
    tags: Set<String> = []
    twin: Environment?
}
resource Account

operation describe on Environment is Read
operation deploy(version: String, force: Bool = false) on Environment is Write
operation delete on Environment is Destructive

role Developer
role SRE

agent kiro in Developer
human carla in Developer
human ana in SRE

signal anomaly: Decimal
context { ticket: String? }

rule look: allow Developer to describe on Environment
rule deploy_early: allow Developer to deploy on Environment
    when resource.stage != prod and resource.size < 5 and not resource.open
    when not args.force and size(resource.tags) < 3
    unless context has ticket
rule odd: deny any agent to deploy on Environment when signal.anomaly > 0.5
    because "Something is odd."
rule delete_prod: require approval from SRE by 2 within 30m for Developer to delete on Environment
    when resource.stage == prod
    with snapshot
    because "Two people decide."
rule twin: deny any human to describe on Environment
    when resource has twin and resource.twin == Environment "eu"
rule night: deny any service to describe on Environment when context.time < @2020-01-01T00:00:00Z

test "looking is free"
    kiro describe Environment "eu" => allow
test "production needs two"
    kiro delete Environment "eu" { stage: prod } => require approval from SRE by 2
"""
INVENTORY = """\
resources:
  - {type: Environment, id: live, attributes: {stage: prod}}
"""


class Result(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Cli:
    """A folder with a policy, and the command run in it."""

    def __init__(self, folder: Path, monkeypatch: Any, capsys: Any) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def __call__(self, *arguments: str, stdin: str | bytes = "") -> Result:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        self._capsys.readouterr()
        code = main(arguments)
        out, err = self._capsys.readouterr()
        assert "Traceback" not in err
        return Result(code, out, err)

    def process(self, *arguments: str, stdin: str = "", **environment: str) -> Result:
        """As a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "policylang", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={**os.environ, **environment},
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    command = Cli(tmp_path, monkeypatch, capsys)
    command.write("acme.pol", POLICY)
    command.write("inventory.yaml", INVENTORY)
    return command


Run = Callable[..., Result]
