"""Random rules, limits, proofs and defines, each within what the checker lets it say."""

from __future__ import annotations

from policylang.model.types import (
    BOOL,
    DECIMAL,
    INT,
    PATH,
    STRING,
    TIME,
    Field,
    ResourceOf,
    Type,
    show,
)
from policylang.testing import vocabulary
from policylang.testing.choices import Choices
from policylang.testing.expressions import OPERAND, SUM, Expressions, Text, at
from policylang.testing.reach import Readable, Surroundings, of_types, surroundings
from policylang.testing.schema import approval, verdict
from policylang.testing.scopes import Scope, scope, what, where, who
from policylang.testing.vocabulary import quoted
from policylang.testing.world import DefineSpec, Pair, World

EVERYWHERE = ("principal", "resource", "args", "context", "session")
EFFECTS = ("allow", "allow", "allow", "require approval", "require approval", "deny")
LIMIT_WINDOWS = ("10m", "1h", "1d")


def rule(choices: Choices, world: World, *, name: str | None, effect: str | None = None) -> str:
    """A rule with its clauses, of any effect if unsaid."""
    if effect is None:
        if world.features.waivers and choices.chance(12):
            return _headed(name, _waiver(choices, world))
        effect = choices.pick(EFFECTS)
    covered = scope(choices, world)
    place = surroundings(
        world, covered.pairs, _roots(world, effect, covered.pairs), history=world.features.history
    )
    head = f"{effect} "
    if effect == "require approval":
        head = f"require approval{approval(choices, world)} for "
    parts = [head + covered.text, *_guards(choices, place), *_company(choices, effect)]
    return _headed(name, "\n    ".join(parts))


def _roots(world: World, effect: str, pairs: list[Pair]) -> tuple[str, ...]:
    """A signal may loosen nothing that is deterministic."""
    tightens = effect != "allow" or not any(map(world.is_deterministic, pairs))
    return (*EVERYWHERE, "signal") if tightens and world.features.signals else EVERYWHERE


def _guards(choices: Choices, place: Surroundings) -> list[str]:
    making = Expressions(choices, place)
    count = choices.pick((0, 0, 0, 1, 1, 1, 2))
    words = [choices.pick(("when", "when", "unless")) for _ in range(count)]
    return [f"{word} {_guard(choices, making, word)}" for word in words]


def _guard(choices: Choices, making: Expressions, word: str) -> str:
    """An `unless` stands in the rule's conjunction negated; an `and` in it also as written."""
    if word == "unless" and choices.chance(40):
        written = making.condition(0).text
        if " and " in written and "holds_" not in written:
            return written
    return making.condition(choices.integer(0, 2), positive=word == "when").text


def _company(choices: Choices, effect: str) -> list[str]:
    """Obligations and a reason."""
    parts = []
    if effect != "deny" and choices.chance(25):
        parts.append("with " + ", ".join(choices.some(vocabulary.OBLIGATIONS, 1, 2)))
    if choices.chance(25):
        parts.append(f"because {quoted(choices.pick(('It is so.', 'Two people, é.', '')))}")
    return parts


def _waiver(choices: Choices, world: World) -> str:
    """An `allow` that lifts a floor: bounded by the resource, and reading nothing else."""
    chosen = choices.pick(list(world.operations))
    visible = [risk for risk in world.risks_of(chosen) if risk in world.modes]
    people = who(choices, world)
    on = f'{chosen[1]} "{choices.pick(vocabulary.IDS)}"'
    clauses: list[str] = []
    if choices.chance(60):
        place = surroundings(world, [chosen], ("resource",))
        making = Expressions(choices, place)
        clauses.append("when " + making.condition(1).text)
        if "resource" in clauses[0] and choices.chance(60):
            on = chosen[1]
    waived = f"waiving {choices.pick(visible)}"
    return "\n    ".join([f"allow {people} to {chosen[0]} on {on}", *clauses, waived])


def limit(choices: Choices, world: World, *, name: str | None) -> str:
    """A budget of actions or of an amount."""
    chosen = choices.pick(list(world.operations))
    covers, found = what(choices, world, chosen)
    on = where(choices, world, chosen[1])
    pairs = [pair for pair in found if pair[1] in on.types]
    roots: tuple[str, ...] = EVERYWHERE
    if world.features.signals:
        roots = (*EVERYWHERE, "signal")
    if world.features.total:
        # Of a past event the arguments are always known, the attributes of its resource not.
        roots = ("args", "context", "session")
    place = surroundings(world, pairs, roots)
    amount = _amount(choices, place)
    text = f"limit {covers} on {on.text} by {who(choices, world)} to "
    text += f"{choices.pick(('2.5', '3', '10'))} of {amount}" if amount else choices.pick("0123")
    text += f" per {choices.pick(LIMIT_WINDOWS)}"
    text += choices.pick(("", " each principal", " each session", " each resource", " in total"))
    if choices.chance(40):
        text += f" then {verdict(choices, world, strict=True)}"
    return _headed(name, "\n    ".join([text, *_guards(choices, place)]))


def _amount(choices: Choices, place: Surroundings) -> str:
    """A number that needs no guard, or nothing."""
    numbers = [
        readable
        for readable in place.readables
        if readable.type in (INT, DECIMAL) and not readable.guards
    ]
    if not numbers or choices.chance(40):
        return ""
    chosen = choices.pick(numbers)
    if choices.chance(25):
        return at(SUM, Text(f"{chosen.text} * 2", SUM))
    return at(OPERAND, Text(chosen.text, OPERAND))


def prove(choices: Choices, world: World, number: int) -> str:
    """A claim; it changes no decision."""
    claim = choices.pick(("never allow", "always deny", "always require approval"))
    covered = scope(choices, world)
    place = surroundings(world, covered.pairs, EVERYWHERE)
    return "\n    ".join(
        [f'prove "claim {number}"', f"{claim} {covered.text}", *_guards(choices, place)]
    )


def define(choices: Choices, world: World, number: int) -> str:
    """A named predicate of one parameter; it may call those before it."""
    variable = choices.pick(("e", "thing", "it_self"))
    type_ = _parameter_type(choices, world)
    name, reads_context = f"holds_{number}", choices.chance(25)
    place = Surroundings(world, [], ())
    if isinstance(type_, ResourceOf):
        place.readables.extend(of_types(place, variable, [type_.name], depth=1))
        place.readables.append(Readable(f"{variable}.id", STRING))
    else:
        place.readables.append(Readable(variable, type_))
    if reads_context:
        place.readables.extend(surroundings(world, [], ("context",)).readables)
    body = Expressions(choices, place).condition(choices.integer(0, 1)).text
    called = [define for define in world.defines if f"{define.name}(" in body]
    reads = reads_context or any(define.reads_context for define in called)
    guards = " has " in body or any(define.guards for define in called)
    world.defines.append(DefineSpec(name, Field(variable, type_), reads, guards))
    return f"define {name}({variable}: {show(type_)}) = {body}"


def _parameter_type(choices: Choices, world: World) -> Type:
    if choices.chance(60):
        return ResourceOf(choices.pick(list(world.types)))
    return choices.pick((INT, STRING, BOOL, TIME, PATH, DECIMAL))


def _headed(name: str | None, text: str) -> str:
    return text if name is None else f"rule {name}:\n{text}"


__all__ = ["Scope", "define", "limit", "prove", "rule"]
