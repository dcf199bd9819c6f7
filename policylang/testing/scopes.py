"""Random scopes, and the operations that they reach."""

from __future__ import annotations

from typing import NamedTuple

from policylang.testing import vocabulary
from policylang.testing.choices import Choices
from policylang.testing.vocabulary import quoted
from policylang.testing.world import SELF_TYPES, Pair, World


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
    if pairs is None:
        pairs = world.pairs() if world.uses_self and choices.chance(15) else list(world.operations)
    chosen = choices.pick(pairs)
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
    texts: list[str] = []
    types: list[str] = []
    bounded = True
    others = [pair for pair in covered if pair[1] in world.types]
    for index in range(2 if choices.chance(20) else 1):
        name = choices.pick(others)[1] if index and others else chosen[1]
        place = where(choices, world, name)
        texts.append(place.text)
        types.extend(place.types)
        bounded = bounded and place.bounded
    reached = [pair for pair in dict.fromkeys(covered) if pair[1] in types]
    return texts, reached, bounded


def who(choices: Choices, world: World) -> str:
    sort = choices.integer(0, 9)
    if sort < 3:
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


class Place(NamedTuple):
    """`types`: those that it can cover. `bounded`: named by an id or an `under`."""

    text: str
    types: list[str]
    bounded: bool


def where(choices: Choices, world: World, type_name: str) -> Place:
    """A place that covers the type."""
    text, types, bounded = type_name, [type_name], False
    if choices.chance(25):
        text, types = "any", [*world.types, *SELF_TYPES]
    elif choices.chance(20):
        text, bounded = f'{text} "{choices.pick(vocabulary.IDS)}"', True
    outer = [name for name in world.types if world.can_be_under(type_name, name)]
    if outer and choices.chance(15):
        above = choices.pick(outer)
        types = [name for name in types if world.can_be_under(name, above)]
        text, bounded = f'{text} under {above} "{choices.pick(vocabulary.IDS)}"', True
    return Place(text, types, bounded)


def _unique(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
