"""Command lines: one parser for each command, with its examples under `--help`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from policylang.surfaces.cli import registry
from policylang.surfaces.cli.registry import Command


class Parser(argparse.ArgumentParser):
    """Options may stand anywhere, are never abbreviated, and a mistake is one line and a hint."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\ntry `{self.prog} --help`\n")


class _Layout(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30)


def command_parser(name: str, command: Command) -> Parser:
    parser = Parser(
        prog=f"policylang {name}",
        description=_sentence(registry.summary(name)),
        epilog=_examples(command),
        formatter_class=_Layout,
        allow_abbrev=False,
    )
    command.configure(parser)
    return parser


def _examples(command: Command) -> str:
    lines = command.EXAMPLES.strip().splitlines()
    return "\n".join(["examples:", *(f"  {line}" if line else "" for line in lines)])


def whole_parser() -> Parser:
    """Every command at once: for shell completion."""
    parser = _top()
    commands = parser.add_subparsers(dest="command")
    for name in registry.names():
        command = registry.load(name)
        command.configure(commands.add_parser(name, help=registry.summary(name)))
    return parser


def parse_top(arguments: Sequence[str]) -> str:
    """What to print for a command line without a command; leaves for usage errors."""
    options = _top().parse_args(list(arguments))
    return version() if options.version else overview()


def _top() -> Parser:
    parser = Parser(prog="policylang", add_help=False, allow_abbrev=False)
    parser.add_argument("-h", "--help", action="store_true", help="show this help")
    parser.add_argument("--version", action="store_true", help="show the version")
    return parser


def version() -> str:
    from importlib.metadata import version as installed

    return f"policylang {installed('policylang')}"


def overview() -> str:
    """What `policylang --help` prints."""
    listed = "\n".join(f"  {name:<12}{summary}" for name, summary in registry.COMMANDS)
    return (
        "usage: policylang COMMAND …\n\n"
        "Decide what AI agents may do: allow, ask people first, or deny.\n\n"
        f"commands:\n{listed}\n\n"
        "policylang COMMAND --help shows a command's options and examples.\n"
        "policylang --version shows the version.\n\n"
        "start here:\n"
        "  policylang init my-policies && policylang test my-policies\n"
    )


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
