"""Writes the pages that say what the code says: command line, Python API, diagnostics, a picture.

`make docs` runs it. With `--check` it writes nothing, and names what is not up to date.
"""

from __future__ import annotations

import argparse
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any, Final

import msgspec

import policylang
from policylang.diagnostics.codes import CODES, Code
from policylang.surfaces.cli import registry
from policylang.surfaces.cli.parser import command_parser

ROOT: Final = Path(__file__).resolve().parents[1]
GENERATED: Final = "<!-- Written by docs/generate.py; `make docs` brings it up to date. -->"


def main() -> int:
    stale = [path for path, write in PAGES.items() if _current(path) != write()]
    if "--check" in sys.argv[1:]:
        print("".join(f"{path} is not up to date\n" for path in stale), end="")
        return 1 if stale else 0
    for path in stale:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(PAGES[path](), encoding="utf-8")
        print(f"written {path}")
    return 0


def _current(path: str) -> str | None:
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.exists() else None


# ── The command line ─────────────────────────────────────────────────────────────────────


def command_line() -> str:
    """One section a command: what it does, its usage, its options, its examples."""
    rows = [f"| [`{name}`](#{name}) | {does} |" for name, does in registry.COMMANDS]
    sections = [section for name in registry.names() for section in _command(name)]
    return _page("Command line", CLI_INTRO, ["| command | does |", "|---|---|", *rows], *sections)


CLI_INTRO: Final = """`policylang COMMAND …`. Results go to standard output, everything else to
standard error; `-` is standard input. There is colour on a terminal only, and none where `NO_COLOR`
is set. `policylang COMMAND --help` shows what stands here.

A policy that passes is remembered, so that it loads faster the next time: below
`$POLICYLANG_CACHE_DIR`, else `$XDG_CACHE_HOME/policylang`, else `~/.cache/policylang`. What is
remembered is found by the exact text of all its files and is authenticated; a record that was
altered is ignored. `POLICYLANG_NO_CACHE=1` turns it off.

| exit code | means |
|---|---|
| 0 | fine; of `decide`: allow |
| 1 | problems found: errors in a policy, a failed test, a line of a stream that cannot be read |
| 2 | wrong usage, or a file that is missing or cannot be read |
| 3 | of `decide`: require approval |
| 4 | of `decide`: deny |"""


def _command(name: str) -> list[list[str]]:
    command = registry.load(name)
    parser = command_parser(name, command)
    summary = registry.summary(name)
    head = [f"## {name}", "", f"{summary[0].upper()}{summary[1:]}."]
    usage = ["```console", f"policylang {name}{''.join(map(_usage, _positionals(parser)))}", "```"]
    tables = [table for group in parser._action_groups if (table := _options(group))]
    examples = ["```console", command.EXAMPLES.strip(), "```"]
    return [head, usage, *tables, examples]


def _positionals(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in parser._actions if not action.option_strings]


def _usage(action: argparse.Action) -> str:
    name = _metavar(action)
    repeated = f"{name}…" if action.nargs in ("+", "*") else name
    return f" [{repeated}]" if action.nargs in ("?", "*") else f" {repeated}"


def _metavar(action: argparse.Action) -> str:
    if action.metavar is None and action.choices:
        return "|".join(map(str, action.choices))
    return str(action.metavar or action.dest.upper())


def _options(group: argparse._ArgumentGroup) -> list[str]:
    actions = [action for action in group._group_actions if action.dest != "help"]
    if not actions:
        return []
    named = "" if group.title in ("positional arguments", "options") else f"{group.title}"
    rows = [f"| {_spelled(action)} | {_cell(action.help or '')} |" for action in actions]
    kind = "option" if actions[0].option_strings else "argument"
    return [*([f"{named[0].upper()}{named[1:]}:", ""] if named else []),
            f"| {kind} | |", "|---|---|", *rows]  # fmt: skip


def _spelled(action: argparse.Action) -> str:
    if not action.option_strings:
        return f"`{_cell(_metavar(action))}`"
    value = "" if action.nargs == 0 else f" {_metavar(action)}"
    return ", ".join(f"`{_cell(name + value)}`" for name in reversed(action.option_strings))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


# ── The Python API ───────────────────────────────────────────────────────────────────────


def python_api() -> str:
    """Every public name with its signature and its docstring, then the records they hold."""
    rows = [
        f"| [`{n}`](#{n.lower()}) | {_first(getattr(policylang, n))} |" for n in policylang.__all__
    ]
    sections = [_entry(name, getattr(policylang, name)) for name in policylang.__all__]
    records = [_entry(path.rpartition(".")[2], _at(path)) for path in RECORDS]
    listed = ["| name | |", "|---|---|", *rows]
    return _page("Python API", API_INTRO, listed, *sections, ["# What these give out"], *records)


API_INTRO: Final = """All public names are those of `policylang`; whatever is not on this page may
change without notice. The package is typed (`py.typed`). Values never change once they are made,
and a `Policy` may be used by several threads at once."""

RECORDS: Final = (
    "policylang.model.decision.MatchedRule",
    "policylang.model.decision.Approval",
    "policylang.model.decision.Obligation",
    "policylang.model.decision.DecisionError",
    "policylang.diagnostics.diagnostic.Label",
    "policylang.diagnostics.span.Source",
    "policylang.diagnostics.span.Span",
    "policylang.engines.graph.PermissionGraph",
)
"""Types that public names give out, and that nobody makes by hand."""


def _at(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def _first(value: Any) -> str:
    """The first sentence of a docstring, in a table's cell."""
    sentence = re.split(r"(?<=[.:])\s", inspect.getdoc(value) or "", maxsplit=1)[0]
    return _cell(" ".join(sentence.rstrip(":").split()))


def _entry(name: str, value: Any) -> list[str]:
    if not inspect.isclass(value):
        return [f"## {name}", "", *_code(f"{name}{_signature(value)}"), "", _words(value)]
    lines = [f"## {name}", "", *_code(_made(name, value)), "", _words(value)]
    rows = [f"| `{member}` | {what} |" for member, what in _members(value)]
    if rows:
        lines += ["", "| attribute | |", "|---|---|", *rows]
    for method, function in _methods(value):
        lines += ["", f"### {name}.{method}", "", *_code(f"{method}{_signature(function)}")]
        lines += ["", _words(function)] if function.__doc__ else []
    return lines


def _made(name: str, value: type) -> str:
    if issubclass(value, BaseException) or issubclass(value, Enum) or name in _GIVEN_OUT:
        bases = ", ".join(base.__name__ for base in value.__bases__ if base.__module__ != "msgspec")
        return f"class {name}({bases})" if bases not in ("", "object") else f"class {name}"
    return f"{name}{_signature(value)}"


_GIVEN_OUT: Final = {
    *(path.rpartition(".")[2] for path in RECORDS),
    *("CheckResult", "Decision", "Diagnostic", "Policy"),
}
"""What nobody makes by hand."""


def _members(value: type) -> Iterator[tuple[str, str]]:
    """Members of an enum, fields and properties, each with its type and what is said of it."""
    if issubclass(value, Enum):
        yield from ((member.name, f'`"{member.value}"`') for member in value)
        return
    fields = value.__struct_fields__ if issubclass(value, msgspec.Struct) else ()
    declared = inspect.get_annotations(value)
    yield from ((n, f"`{_cell(str(declared[n]))}`") for n in fields if n not in _INNER)
    for name, member in vars(value).items():
        getter = getattr(member, "fget", None) or getattr(member, "func", None)
        if getter is None or name.startswith("_") or not getter.__annotations__.get("return"):
            continue
        if name in _INNER or (value.__name__ == "PermissionGraph"):
            continue
        said = inspect.getdoc(getter)
        kind = f"`{_cell(str(getter.__annotations__['return']))}`"
        yield name, f"{kind}: {_cell(' '.join(said.split()))}" if said else kind


_INNER: Final = {"record", "policy", "strictness", "deciding"}
"""Fields that are there for the engines alone."""


def _methods(value: type) -> Iterator[tuple[str, FunctionType]]:
    """Public methods that say what they do."""
    for name, member in vars(value).items():
        if isinstance(member, FunctionType) and not name.startswith("_") and name not in _NOT_SHOWN:
            yield name, member


_NOT_SHOWN: Final = {"findings", "read"}


def _signature(value: Any) -> str:
    """As it is written, one parameter a line where it is long."""
    signature = inspect.signature(value)
    parts = list(_parameters(signature))
    gives = "" if inspect.isclass(value) else f" -> {signature.return_annotation}"
    line = f"({', '.join(parts)}){gives}"
    return line if len(line) <= 80 else "(\n" + "".join(f"    {p},\n" for p in parts) + f"){gives}"


def _parameters(signature: inspect.Signature) -> Iterator[str]:
    kinds = [p.kind for p in signature.parameters.values() if p.name != "self"]
    for place, p in enumerate(p for p in signature.parameters.values() if p.name != "self"):
        if p.kind is p.KEYWORD_ONLY and p.KEYWORD_ONLY not in kinds[:place]:
            yield "*"
        yield _parameter(p)
        if p.kind is p.POSITIONAL_ONLY and p.POSITIONAL_ONLY not in kinds[place + 1 :]:
            yield "/"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
    text = f"{stars}{parameter.name}: {parameter.annotation}"
    empty = parameter.default is parameter.empty
    return text if empty else f"{text} = {parameter.default!r}"


def _code(text: str) -> list[str]:
    return ["```py", text, "```"]


def _words(value: Any) -> str:
    text = re.sub(r"\n\n(?=[a-z])", "\n", inspect.getdoc(value) or "")
    return re.sub(
        r"(?m)(?:^ {4}.*\n?)+", lambda found: f"```py\n{inspect.cleandoc(found[0])}\n```\n", text
    )


# ── The diagnostics ──────────────────────────────────────────────────────────────────────


def diagnostics() -> str:
    """All codes, by their ranges."""
    ranges = [
        [f"## {start}xx: {about}", "", "| code | | severity |", "|---|---|---|", *_codes(start)]
        for start, about in RANGES
    ]
    return _page("Diagnostics", DIAGNOSTICS_INTRO, *ranges)


DIAGNOSTICS_INTRO: Final = """`policylang check` finds all problems of a policy in one run. Each
has a code that never changes its meaning; `policylang explain CODE` prints its page. A policy with
an **error** decides nothing. A **warning** is about what is allowed but hardly meant; with
`check --strict` it is a problem too. A **note** tells, and asks for nothing."""

RANGES: Final = (
    ("P00", "reading files, and syntax"),
    ("P01", "names and modules"),
    ("P02", "types"),
    ("P03", "rules, waivers, signals, history"),
    ("P04", "lints"),
    ("P05", "inventories"),
)


def _codes(start: str) -> list[str]:
    return [_row(code, entry) for code, entry in sorted(CODES.items()) if code.startswith(start)]


def _row(code: str, entry: Code) -> str:
    return f"| [{code}]({code}.md) | {entry.title} | {entry.severity} |"


# ── The picture ──────────────────────────────────────────────────────────────────────────


def picture() -> str:
    """What the command line draws of the example."""
    command = [sys.executable, "-m", "policylang", "graph", "production.pol", "--format", "svg"]
    ran = subprocess.run(
        [*command, "--inventory", "inventory.yaml"],
        cwd=ROOT / "examples" / "kiro",
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
    )
    return ran.stdout


def _page(title: str, intro: str, *parts: list[str]) -> str:
    return "\n\n".join([f"# {title}", GENERATED, intro, *("\n".join(p) for p in parts)]) + "\n"


PAGES: Final[dict[str, Callable[[], str]]] = {
    "docs/reference/cli.md": command_line,
    "docs/reference/api.md": python_api,
    "docs/reference/diagnostics/README.md": diagnostics,
    "docs/images/kiro.svg": picture,
}

if __name__ == "__main__":
    sys.exit(main())
