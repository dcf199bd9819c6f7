"""Random scopes, and the operations that they reach."""

from __future__ import annotations

from typing import NamedTuple

from policylang.testing import vocabulary
from policylang.testing.choices import Choices
from policylang.testing.vocabulary import quoted
from policylang.testing.world import SELF_OPERATIONS, Pair, World


class Scope(NamedTuple):
    """`who to what on where`. `pairs`: every operation that it can cover.

    `bounded`: every place is named by an id or an `under`.
    """

    who: tuple[str, ...]
    what: tuple[str, ...]
    where: tuple[str, ...]
    pairs: list[Pair]
    bounded: bool

    @property
    def text(self) -> str:
        return f"{', '.join(self.who)} to {', '.join(self.what)} on {', '.join(self.where)}"


def scope(choices: Choices, world: World, pairs: list[Pair] | None = None) -> Scope:
    """A scope that reaches one of `pairs` at least (any of the policy's own, if unsaid)."""
    chosen = choices.pick(pairs or list(world.operations))
    whats, covered = [], []
    for _ in range(2 if choices.chance(20) else 1):
        text, found = what(choices, world, chosen)
        whats.append(text)
        covered.extend(found)
    wheres, reached, bounded = _places(choices, world, chosen, covered)
    people = [who(choices, world) for _ in range(2 if choices.chance(20) else 1)]
    return Scope(_unique(people), _unique(whats), _unique(wheres), reached, bounded)


def _places(
    choices: Choices, world: World, chosen: Pair, covered: list[Pair]
) -> tuple[list[str], list[Pair], bool]:
    texts, types, bounded = [], [], True
    others = [pair for pair in covered if pair[1] in world.types]
    for index in range(2 if choices.chance(20) else 1):
        name = choices.pick(others)[1] if index and others else chosen[1]
        text, any_type, is_bounded = where(choices, world, name)
        texts.append(text)
        types.extend([t for _, t in covered] if any_type else [name])
        bounded = bounded and is_bounded
    reached = [pair for pair in dict.fromkeys(covered) if pair[1] in types]
    return texts, reached, bounded


def who(choices: Choices, world: World) -> str:
    sort = choices.integer(0, 9)
    if sort < 2:
        return "anyone"
    if sort < 5:
        return "any " + choices.pick(("agent", "human", "service"))
    if sort < 8:
        return choices.pick(world.roles)
    if sort < 9:
        name = choices.pick(list(world.principals))
        return name if name.isidentifier() else quoted(name)
    return quoted(choices.pick((*vocabulary.PRINCIPALS, "stranger")))


def what(choices: Choices, world: World, chosen: Pair) -> tuple[str, list[Pair]]:
    """Operations that cover the chosen one, and all that they cover."""
    sort = choices.integer(0, 9)
    visible = [risk for risk in world.risks_of(chosen) if risk in world.modes]
    if sort >= 8:
        return "anything", world.pairs()
    if sort >= 5 and visible:
        risk = choices.pick(visible)
        return f"any {risk}", [pair for pair in world.pairs() if risk in world.risks_of(pair)]
    return chosen[0], [pair for pair in world.pairs() if pair[0] == chosen[0]]


def where(choices: Choices, world: World, type_name: str) -> tuple[str, bool, bool]:
    """A place of that type: its text, whether it is of any type, whether it is bounded."""
    any_type = choices.chance(25)
    text = "any" if any_type else type_name
    bounded = False
    if not any_type and choices.chance(20):
        text, bounded = f'{text} "{choices.pick(vocabulary.IDS)}"', True
    outer = [name for name in world.types if world.can_be_under(type_name, name)]
    if outer and choices.chance(15):
        text, bounded = f'{text} under {choices.pick(outer)} "{choices.pick(vocabulary.IDS)}"', True
    return text, any_type, bounded


def self_pairs() -> list[Pair]:
    """The operations of `std.self`."""
    return list(SELF_OPERATIONS)


def _unique(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
