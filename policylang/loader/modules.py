"""Finds the files of the modules that policies `use`.

`std.*` is in the standard library; every other module is looked for by the `policy` line of the
files in the same directory tree. Which files are read follows from a quick look at the text that
may see a `use` too many (in a comment, in a text) and never one too few; which modules are in force
follows from the trees.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.inventory.reading import problem, read_bytes, shown_path
from policylang.loader.files import SUFFIX, PolicyFile, policies_below

ALWAYS = ("std.risk", "std.self")
"""Modules that are in force whether or not a policy uses them."""

_GAP = rb"(?:\s|#[^\n]*+(?:\n|\Z))"
_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?" + _GAP + rb"*+policy" + _GAP + rb"++([A-Za-z_][\w.]*)")
_USE = re.compile(rb"\buse" + _GAP + rb"++([A-Za-z_]\w*(?:\s*\.\s*\w+)*)")
_SPACE = re.compile(rb"\s+")


class Collected(Struct, frozen=True):
    """The files that may be in force, those asked for first, and what could not be read.

    `headers`: (shown name, module) of every file that was considered for a `use`.
    """

    files: tuple[PolicyFile, ...]
    headers: tuple[tuple[str, str], ...] = ()
    problems: tuple[Diagnostic, ...] = ()


def collect(paths: Sequence[str | os.PathLike[str]], texts: Iterable[PolicyFile] = ()) -> Collected:
    """Reads what the paths name, and every file that what they use may be in.

    `texts` are asked for too, and come from no file: they may use `std.*`.
    """
    return _Collection().of(paths, texts)


def module_of(data: bytes) -> str:
    """The name in the `policy` line; empty where there is none."""
    match = _HEADER.match(data)
    return match[1].decode() if match else ""


def used_in(data: bytes) -> set[str]:
    """Every module that the text may use."""
    return {_SPACE.sub(b"", match[1]).decode() for match in _USE.finditer(data)}


@cache
def stdlib() -> str:
    """The standard library's folder: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "stdlib", package.parent / "stdlib"):
        if (folder / "risk.pol").is_file():
            return str(folder)
    raise FileNotFoundError("the standard library is missing: install policylang again")


def standard_modules() -> dict[str, str]:
    """The path of every `std.*` module's file, by the module's name."""
    folder = stdlib()
    found = {}
    for path, shown in policies_below(folder, "std").files:
        found[shown.removesuffix(SUFFIX).replace("/", ".")] = path
    return found


def is_standard(path: str) -> bool:
    """Whether a file is part of the standard library."""
    return os.path.realpath(path).startswith(stdlib() + os.sep)


_Found = tuple[str, str, str]
"""A file's path, its shown name, and its name at home."""


def _home(folder: str, shown: str) -> str:
    """A file's name within a folder, both as they are shown."""
    return shown.removeprefix(folder.rstrip("/") + "/") if folder != "." else shown


class _Collection:
    """What has been read so far. Every file is read once."""

    def __init__(self) -> None:
        self.files: dict[str, PolicyFile] = {}
        self.trees: dict[str, str] = {}
        self.problems: list[Diagnostic] = []

    def of(self, paths: Sequence[str | os.PathLike[str]], texts: Iterable[PolicyFile]) -> Collected:
        self.files.update((f"text:{text.name}", text) for text in texts)
        for path in paths:
            self.add_target(os.fspath(path))
        wanted = set(ALWAYS).union(*(used_in(file.data) for file in self.files.values()))
        headers = self.add_used(wanted)
        files = sorted(self.files.values(), key=lambda file: (not file.root, file.name))
        return Collected(tuple(files), headers, tuple(self.problems))

    def add_target(self, path: str) -> None:
        name = shown_path(path)
        if "\0" in path:
            self.add_file(path, name, name, root=True)
            return
        if not os.path.isdir(path):
            self.trees[os.path.dirname(path) or "."] = os.path.dirname(name) or "."
            self.add_file(path, name, os.path.basename(name), root=True)
            return
        self.trees[path] = name
        listing = policies_below(path, name)
        self.problems += listing.problems
        if not listing.files and not listing.problems:
            help = f"policies are files whose names end in `{SUFFIX}`"
            self.problems.append(
                problem("P0002", f"there is no policy in the folder `{name}`", name, help)
            )
        for file, shown in listing.files:
            self.add_file(file, shown, _home(name, shown), root=True)

    def add_file(self, path: str, name: str, home: str, *, root: bool) -> PolicyFile | None:
        """None where it is there already, or cannot be read."""
        # A path with a NUL byte is none: it is refused when it is read.
        real = path if "\0" in path else os.path.realpath(path)
        if real in self.files:
            return None
        data = read_bytes(path, name)
        if isinstance(data, Diagnostic):
            self.problems.append(data)
            return None
        self.files[real] = PolicyFile(path, name, data, root, home)
        return self.files[real]

    def add_used(self, wanted: set[str]) -> tuple[tuple[str, str], ...]:
        """Adds the files of `wanted` modules and of those that they use in turn."""
        headers: dict[str, list[_Found]] = {}
        pending, seen = sorted(wanted), set(wanted)
        looked = False
        while pending:
            module = pending.pop()
            if not module.startswith("std.") and not looked:
                looked, headers = True, self.read_headers()
            for path, name, home in self.places_of(module, headers):
                file = self.add_file(path, name, home, root=False)
                more = used_in(file.data) - seen if file else set()
                seen |= more
                pending += sorted(more)
        return tuple(sorted((name, m) for m, places in headers.items() for _, name, _ in places))

    def places_of(self, module: str, headers: dict[str, list[_Found]]) -> Iterable[_Found]:
        if not module.startswith("std."):
            return headers.get(module, ())
        relative = module.removeprefix("std.").replace(".", "/") + SUFFIX
        path = os.path.join(stdlib(), relative)
        found = (path, f"stdlib/{relative}", f"std/{relative}")
        return [found] if os.path.isfile(path) else ()

    def read_headers(self) -> dict[str, list[_Found]]:
        """Every file in the trees, by its module."""
        headers: dict[str, list[_Found]] = {}
        for folder, name in self.trees.items():
            for path, shown in policies_below(folder, name).files:
                module = self.header(path, shown)
                if module:
                    found = (path, shown, _home(name, shown))
                    headers.setdefault(module, []).append(found)
        return headers

    def header(self, path: str, name: str) -> str:
        known = self.files.get(os.path.realpath(path))
        if known is not None:
            return module_of(known.data)
        # What is not asked for and cannot be read is no module; a `use` of it says so.
        data = read_bytes(path, name)
        return "" if isinstance(data, Diagnostic) else module_of(data)
