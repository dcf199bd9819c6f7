"""From files to a checked program: parsed, resolved, analysed; all problems at once."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.diagnostics.order import in_order
from policylang.diagnostics.span import Source
from policylang.inventory.reading import text_of
from policylang.ir.program import Program, Prove
from policylang.language.parser import parse
from policylang.loader.files import PolicyFile
from policylang.loader.modules import Collected, is_standard
from policylang.loader.resolve import Parsed, in_force, module_problems
from policylang.semantics import Unit, analyse
from policylang.semantics.places import Places


class CheckResult(Struct, frozen=True):
    """`program` is None where there is any error. `sources`: the files in force, those of the

    standard library that nobody asked for left out.
    """

    program: Program | None
    diagnostics: tuple[Diagnostic, ...]
    sources: tuple[Source, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the policy may decide: there is no error."""
        return self.program is not None and not any(d.severity == "error" for d in self.diagnostics)


def checked(collected: Collected) -> CheckResult:
    """Never raises on a wrong policy."""
    problems = list(collected.problems)
    found: list[Parsed] = []
    for file in collected.files:
        source = text_of(file.data, file.name, file.home)
        if isinstance(source, Diagnostic):
            problems.append(source)
        else:
            found.append(_parsed(file, source))
    files = in_force(found)
    problems += [problem for file in files for problem in file.problems]
    problems += module_problems(files, (module for _, module in collected.headers))
    program = None
    if any(file.root for file in files):
        analysis = analyse([Unit(file.source, file.tree, file.root) for file in files])
        problems += analysis.diagnostics
        program = analysis.program
        if program is not None:
            problems += _not_proved(program, analysis.places, files)
    if any(problem.severity == "error" for problem in problems):
        program = None
    shown = tuple(file.source for file in files if file.root or not file.standard)
    return CheckResult(program, tuple(in_order(problems)), shown)


def _parsed(file: PolicyFile, source: Source) -> Parsed:
    parsed = parse(source)
    return Parsed(source, parsed.module, file.root, is_standard(file.path), parsed.diagnostics)


def _line(prove: Prove) -> tuple[str, int]:
    name, line, _ = prove.at.rsplit(":", 2)
    return name, int(line)


def _not_proved(program: Program, places: Places, files: Sequence[Parsed]) -> Sequence[Diagnostic]:
    """One note for all claims of the policy."""
    if not program.proves:
        return ()
    first, more = min(program.proves, key=_line), len(program.proves) - 1
    beside = f" and {more} more" if more else ""
    source, span = places.of("prove", first.id) or (files[0].source, None)
    return [
        Diagnostic(
            "P0390",
            "note",
            f"`{first.title}`{beside} is checked for its types, and not proved",
            source,
            span,
            help="this version has no prover yet: write tests for what must hold",
        )
    ]
