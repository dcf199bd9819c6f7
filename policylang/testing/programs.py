"""Random policies that pass `check`, as text, over the whole of the language.

`draft_policy` makes one from any source of choices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from policylang.testing import illustrations, rules
from policylang.testing.choices import Choices, RandomChoices
from policylang.testing.schema import declare_world
from policylang.testing.world import Features, World

EVERYTHING = Features()
COMMENTS = ("# why", "## A word on it.", "#", "# ── é ──", "#   spaced   ")


@dataclass(frozen=True)
class DraftModule:
    """One file: its `policy` name, what it uses, and its declarations' texts."""

    name: str
    uses: tuple[str, ...]
    declarations: tuple[str, ...]

    @property
    def text(self) -> str:
        lines = [f"policy {self.name}", *(f"use {module}" for module in self.uses)]
        return "\n\n".join([*lines, *self.declarations]) + "\n"


@dataclass(frozen=True)
class Draft:
    """A policy of one file or two."""

    modules: tuple[DraftModule, ...]

    @property
    def text(self) -> str:
        """All files, each below its name."""
        return "\n".join(f"# file: {m.name}.pol\n{m.text}" for m in self.modules)

    def with_declaration(self, text: str) -> Draft:
        """The same with one more declaration, in the last module."""
        last = self.modules[-1]
        more = replace(last, declarations=(*last.declarations, text))
        return Draft((*self.modules[:-1], more))

    def keeping(self, keep: Callable[[str], bool]) -> Draft:
        """Only the declarations that `keep` says yes to."""
        return Draft(
            tuple(
                replace(m, declarations=tuple(d for d in m.declarations if keep(d)))
                for m in self.modules
            )
        )

    def permuted(self, choices: Choices) -> Draft:
        """The same declarations and modules in another order."""
        modules = [
            replace(m, declarations=tuple(choices.shuffled(m.declarations))) for m in self.modules
        ]
        return Draft(tuple(choices.shuffled(modules)))


@dataclass(frozen=True, repr=False)
class Drafted:
    """A draft, and the world it was made in, from which more rules can be made."""

    draft: Draft
    world: World

    def __repr__(self) -> str:
        return f"Drafted(\n{self.draft.text})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What hypothesis prints of it."""
        printer.text(repr(self))


def draft_policy(choices: Choices, features: Features = EVERYTHING) -> Drafted:
    """A random policy that passes `check`."""
    world = declare_world(choices, features)
    for number in range(choices.integer(0, 3) if features.extras else 0):
        world.declarations.append(rules.define(choices, world, number))
    made = _rules(choices, world)
    if features.extras:
        made.extend(_illustrations(choices, world))
    declared = [_commented(choices, text) for text in world.declarations]
    made = [_commented(choices, text) for text in dict.fromkeys(made)]
    return Drafted(Draft(_modules(choices, world, declared, made)), world)


def _rules(choices: Choices, world: World) -> list[str]:
    made = []
    for number in range(choices.integer(1, 12)):
        name = f"rule_{number}" if choices.chance(70) else None
        made.append(rules.rule(choices, world, name=name))
    if world.features.limits:
        for number in range(choices.pick((0, 1, 1, 2))):
            name = f"budget_{number}" if choices.chance(70) else None
            made.append(rules.limit(choices, world, name=name))
    return made


def _illustrations(choices: Choices, world: World) -> list[str]:
    made = []
    makers = (rules.prove, illustrations.tool, illustrations.test)
    for number in range(choices.pick((0, 0, 1, 2))):
        made.append(choices.pick(makers)(choices, world, number))
    return made


def _modules(
    choices: Choices, world: World, declared: list[str], made: list[str]
) -> tuple[DraftModule, ...]:
    uses = ("std.risk",) if world.features.standard else ()
    if world.uses_self:
        uses = (*uses, "std.self")
    if choices.chance(80):
        return (DraftModule("gen.main", uses, (*declared, *made)),)
    first = DraftModule("gen.world", uses, tuple(declared))
    return (first, DraftModule("gen.main", ("gen.world", *uses), tuple(made)))


def _commented(choices: Choices, text: str) -> str:
    if not choices.chance(15):
        return text
    comment = choices.pick(COMMENTS)
    return (
        f"{text} {comment}"
        if choices.chance(30) and not comment.startswith("##")
        else f"{comment}\n{text}"
    )


def seeded_draft(seed: int | str, features: Features = EVERYTHING) -> Drafted:
    """The same policy for the same seed."""
    return draft_policy(RandomChoices(seed), features)
