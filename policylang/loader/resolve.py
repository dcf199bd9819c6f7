"""Which of the collected files are in force: those asked for, and what they use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from policylang.diagnostics.diagnostic import Diagnostic, Label
from policylang.diagnostics.span import Source, Span
from policylang.diagnostics.suggest import did_you_mean
from policylang.language.nodes import Module, UseDecl
from policylang.loader.modules import ALWAYS, standard_modules


class Parsed(Struct, frozen=True):
    """A file with its tree. `standard`: it belongs to the standard library."""

    source: Source
    tree: Module
    root: bool
    standard: bool
    problems: tuple[Diagnostic, ...] = ()

    @property
    def module(self) -> str:
        return self.tree.name.text if self.tree.name else ""

    @property
    def uses(self) -> Iterator[UseDecl]:
        return (item for item in self.tree.declarations if isinstance(item, UseDecl))


def in_force(files: Sequence[Parsed]) -> tuple[Parsed, ...]:
    """The files asked for, those of the modules that they use, and the ones always in force."""
    by_module: dict[str, list[Parsed]] = {}
    for file in files:
        by_module.setdefault(file.module, []).append(file)
    pending = [file for file in files if file.root]
    pending += [file for name in ALWAYS for file in by_module.get(name, ())]
    kept = {id(file) for file in pending}
    while pending:
        for use in pending.pop().uses:
            for file in by_module.get(use.module.text, ()):
                if id(file) not in kept:
                    kept.add(id(file))
                    pending.append(file)
    return tuple(file for file in files if id(file) in kept)


def module_problems(files: Sequence[Parsed], others: Iterable[str]) -> Iterator[Diagnostic]:
    """Modules that are not there, that use one another, or that take a name of `std`.

    `others`: modules in the same tree that nobody uses, for suggestions.
    """
    known = {file.module for file in files if file.module}
    for file in files:
        if file.module.startswith("std.") and not file.standard:
            yield _reserved(file)
        for use in file.uses:
            if use.module.text not in known:
                yield _unknown(file, use, known | set(others))
    yield from _cycles(files)


def _unknown(file: Parsed, use: UseDecl, known: set[str]) -> Diagnostic:
    name = use.module.text
    if name.startswith("std."):
        known = set(standard_modules())
        fallback = f"the standard library has {', '.join(f'`{m}`' for m in sorted(known))}"
    else:
        fallback = (
            "a module is found by the `policy` line of the files in the same folder and below"
        )
    return Diagnostic(
        "P0190",
        "error",
        f"there is no module `{name}`",
        file.source,
        use.module.span,
        label="not found",
        help=did_you_mean(name, known - {file.module}) or fallback,
    )


def _reserved(file: Parsed) -> Diagnostic:
    return Diagnostic(
        "P0192",
        "error",
        f"`{file.module}` is a name of the standard library",
        file.source,
        file.tree.name.span if file.tree.name else None,
        label="names that begin with `std.` are taken",
        help="give the module another name",
    )


def _cycles(files: Sequence[Parsed]) -> Iterator[Diagnostic]:
    """One diagnostic for each set of modules that use one another, at the first such `use`."""
    edges: dict[str, dict[str, tuple[Source, Span]]] = {}
    for file in files:
        for use in file.uses:
            here = (file.source, use.module.span)
            edges.setdefault(file.module, {}).setdefault(use.module.text, here)
    told: set[frozenset[str]] = set()
    for module in sorted(edges):
        path = _way_back(edges, module)
        if path and frozenset(path) not in told:
            told.add(frozenset(path))
            yield _cycle(edges, path)


def _way_back(edges: dict[str, dict[str, tuple[Source, Span]]], start: str) -> list[str]:
    """The shortest way from a module back to itself, without its end; empty where there is none."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for target in sorted(edges.get(way[-1], ())):
            if target == start:
                return way
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return []


def _cycle(edges: dict[str, dict[str, tuple[Source, Span]]], path: list[str]) -> Diagnostic:
    steps = list(zip(path, [*path[1:], path[0]], strict=True))
    (source, span), *more = (edges[a][b] for a, b in steps)
    shown = " uses ".join(f"`{name}`" for name in [*path, path[0]])
    what = "a module uses itself" if len(path) == 1 else "modules use one another"
    return Diagnostic(
        "P0191",
        "error",
        f"{what}: {shown}",
        source,
        span,
        label="leads back here",
        help="move what they share into a module of its own",
        labels=tuple(Label(source, span, "and on") for source, span in more),
    )
