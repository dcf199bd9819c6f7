"""Completion for the fish shell, which shtab does not know."""

from __future__ import annotations

import argparse
from collections.abc import Iterator


def script(parser: argparse.ArgumentParser) -> str:
    """A `complete` line for each command, and for each of its options."""
    return "\n".join(_lines(parser)) + "\n"


def _lines(parser: argparse.ArgumentParser) -> Iterator[str]:
    group = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    summaries = {choice.dest: choice.help or "" for choice in group._choices_actions}
    for name, command in group.choices.items():
        first = "__fish_use_subcommand"
        yield f"complete -c policylang -n {first} -a {name} -d {_quoted(summaries[name])}"
        for action in command._actions:
            yield from _option(name, action)


def _option(command: str, action: argparse.Action) -> Iterator[str]:
    """Positional choices (`bash`, `zsh`) are completed too; files are fish's own default."""
    words = [f"complete -c policylang -n '__fish_seen_subcommand_from {command}'"]
    for option in action.option_strings:
        words.append(f"-l {option[2:]}" if option.startswith("--") else f"-s {option[1:]}")
    if not action.option_strings and not action.choices:
        return
    if action.choices:
        words.append(f"-f -a {_quoted(' '.join(map(str, action.choices)))}")
    if action.option_strings and action.nargs != 0:
        words.append("-r")
    if action.help:
        words.append(f"-d {_quoted(action.help)}")
    yield " ".join(words)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
