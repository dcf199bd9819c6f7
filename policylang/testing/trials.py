"""Checks drafts and asks both engines: what every property of whole policies is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.diagnostics.span import Source
from policylang.ir.program import Program
from policylang.model.decision import Decider, Decision
from policylang.model.facts import Facts
from policylang.model.request import Request
from policylang.semantics.unit import Unit
from policylang.testing.choices import Choices
from policylang.testing.programs import Draft, Drafted

NOTHING_KNOWN = Facts()
VACUOUS = frozenset(("P0307", "P0308"))
"""The codes of history conditions that can never hold, or always hold."""


class Rejected(Exception):
    """A policy that does not pass `check`; `diagnostics` say why."""

    def __init__(self, text: str, diagnostics: tuple[Diagnostic, ...]) -> None:
        said = "\n".join(f"{d.code} {_place(d)} {d.message}" for d in diagnostics)
        super().__init__(f"{said}\n\n{text}")
        self.diagnostics = diagnostics

    @property
    def is_vacuous(self) -> bool:
        """Whether nothing is wrong but history conditions that happen to be decided already."""
        return {d.code for d in self.diagnostics} <= VACUOUS


class Anyone(Decider):
    """A decider with a digest and without words."""

    digest = "sha256:" + "0" * 64

    def explain(self, decision: Decision) -> str:
        return decision.verdict.value


ANYONE = Anyone()


def compiled_draft(draft: Draft) -> Program:
    """The draft's program. Raises `Rejected` where it does not pass `check`."""
    return compiled_texts({f"{module.name}.pol": module.text for module in draft.modules})


def checked(drafted: Drafted) -> Drafted:
    """The same without the rules whose history conditions happen to be decided already.

    Raises `Rejected` where `check` finds anything else.
    """
    try:
        compiled_draft(drafted.draft)
    except Rejected as rejected:
        if not rejected.is_vacuous:
            raise
        wrong = [_declaration(drafted.draft, d) for d in rejected.diagnostics]
        draft = drafted.draft.keeping(lambda text: text not in wrong)
        return checked(Drafted(draft, drafted.world))
    return drafted


def _declaration(draft: Draft, diagnostic: Diagnostic) -> str:
    """The declaration that a problem stands in."""
    assert diagnostic.source is not None
    assert diagnostic.span is not None
    module = next(m for m in draft.modules if f"{m.name}.pol" == diagnostic.source.name)
    end = len(module.text) - 1
    for text in reversed(module.declarations):
        if end - len(text) <= diagnostic.span.start:
            return text
        end -= len(text) + 2
    raise AssertionError("the problem stands outside of the declarations")


def compiled_texts(texts: Mapping[str, str]) -> Program:
    """The program of files by name. Raises `Rejected` where they do not pass `check`."""
    from policylang.semantics import analyse

    units = [unit(Source(name, text), root=True) for name, text in texts.items()]
    analysis = analyse((*units, *standard_units()))
    errors = tuple(d for d in analysis.diagnostics if d.severity == "error")
    if analysis.program is None or errors:
        raise Rejected("\n".join(texts.values()), errors)
    return analysis.program


def meaning(program: Program) -> Any:
    """The program without the places in its source, as plain data to compare."""
    import msgspec

    def bare(node: Any) -> Any:
        if isinstance(node, msgspec.Struct):
            kept = (name for name in node.__struct_fields__ if name not in ("at", "sources"))
            return type(node).__name__, *(bare(getattr(node, name)) for name in kept)
        return tuple(map(bare, node)) if isinstance(node, tuple) else node

    return bare(program)


def unit(source: Source, *, root: bool) -> Unit:
    """A parsed file. Raises `Rejected` where it does not parse."""
    from policylang.language import parse

    parsed = parse(source)
    errors = tuple(d for d in parsed.diagnostics if d.severity == "error")
    if errors:
        raise Rejected(source.text, errors)
    return Unit(source, parsed.module, root)


@lru_cache(maxsize=1)
def standard_units() -> tuple[Unit, ...]:
    """The modules that are always in force, parsed once."""
    return tuple(
        unit(
            Source(f"std/{name}.pol", (_standard() / f"{name}.pol").read_text("utf-8")), root=False
        )
        for name in ("risk", "self")
    )


def _standard() -> Path:
    package = Path(__file__).resolve().parent.parent
    shipped = package / "stdlib"
    return shipped if shipped.is_dir() else package.parent / "stdlib"


def _place(diagnostic: Diagnostic) -> str:
    source, span = diagnostic.source, diagnostic.span
    if source is None or span is None:
        return ""
    return f"{source.at(span)}: {source.text[span.start : span.end]!r}:"


@dataclass(frozen=True)
class Trial:
    """A program and what an inventory tells beside it, ready to be asked on either engine."""

    program: Program
    inventory: Facts = NOTHING_KNOWN

    @cached_property
    def facts(self) -> Facts:
        from policylang.ir.declared import declared_facts

        return declared_facts(self.program).over(self.inventory)

    @property
    def inventory_text(self) -> str:
        """What the inventory tells, for a message."""
        known = [*self.inventory.resources.values(), *self.inventory.principals.values()]
        return "\n".join(map(repr, known))

    def reference(self, request: Request) -> Decision:
        from policylang.engines.reference import decide

        return decide(self.program, self.facts, request, ANYONE)

    def compiled(self, request: Request) -> Decision:
        decision: Decision = self._engine.decide(request)
        return decision

    def compiled_many(self, requests: Sequence[Request]) -> list[Decision]:
        decisions: list[Decision] = self._engine.decide_many(requests)
        return decisions

    @cached_property
    def _engine(self) -> Any:
        from policylang.engines.compiled import CompiledEngine

        return CompiledEngine(self.program, self.facts, ANYONE)


def trial(draft: Draft, choices: Choices | None = None, *, fits: bool = False) -> Trial:
    """A trial of the draft; with `choices`, half the time beside an inventory."""
    from policylang.testing.inventories import inventory

    program = compiled_draft(draft)
    if choices is None or not choices.chance(50):
        return Trial(program)
    return Trial(program, inventory(choices, program, fits=fits))
