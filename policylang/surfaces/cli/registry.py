"""The commands, in the order in which help lists them. Each is imported only when it is run."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Final, Protocol, cast


class Command(Protocol):
    """What each module of `commands` provides. `EXAMPLES`: lines of a shell, `# …` for words."""

    EXAMPLES: str

    def configure(self, parser: ArgumentParser) -> None: ...

    def run(self, options: Namespace) -> int: ...


COMMANDS: Final = (
    ("init", "write a starter policy with its inventory and tests"),
    ("check", "find every problem of a policy, without running it"),
    ("fmt", "rewrite policies in the one canonical form"),
    ("decide", "decide one request, or a stream of them"),
    ("explain", "explain a diagnostic code, or a decision"),
    ("test", "run the tests that are written in policies"),
    ("graph", "draw who may do what to what"),
    ("who-can", "list who may do something, and under which conditions"),
    ("what-can", "list what somebody may do"),
    ("path", "show why somebody can, or cannot, do something"),
    ("completion", "print a completion script for a shell"),
)


def names() -> tuple[str, ...]:
    return tuple(name for name, _ in COMMANDS)


def summary(name: str) -> str:
    return dict(COMMANDS)[name]


def load(name: str) -> Command:
    from importlib import import_module

    module = f"policylang.surfaces.cli.commands.{name.replace('-', '_')}"
    return cast(Command, import_module(module))
