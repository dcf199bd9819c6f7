"""Random history operators, and the patterns of past events in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylang.model.types import BOOL, DECIMAL, DURATION, INT, SIZE, STRING, TIME, Type
from policylang.testing import vocabulary
from policylang.testing.expressions import COMPARE, NUMBERS, OPERAND, SUM, Expressions, Text, at
from policylang.testing.reach import Guards, Surroundings, event_readables
from policylang.testing.scopes import who
from policylang.testing.world import Pair

if TYPE_CHECKING:
    from policylang.testing.choices import Choices

WINDOWS = ("10m", "1h", "2h", "1d")
OUTCOMES = ("proposed", "denied", "approved", "done", "failed")


def history_condition(making: Expressions) -> Text:
    """A test of what came before."""
    sort = making.choices.integer(0, 9)
    window = making.choices.pick(WINDOWS)
    if sort < 4:
        return Text(f"formerly {_event(making)[0]} within {window}", COMPARE)
    if sort < 5 and not making.has_previous:
        # Two events cannot both be the one directly before.
        making.has_previous = True
        return Text(f"previous is {_event(making)[0]} within {window}", COMPARE)
    if sort < 7:
        return Text(f"{_held(making)} since {_event(making)[0]} within {window}", COMPARE)
    return _aggregate(making, window)


def _held(making: Expressions) -> str:
    sort = making.choices.integer(0, 9)
    past = f"formerly {_event(making)[0]}"
    if sort < 6:
        return f"(not {past})"
    if sort < 8:
        return f"({past})"
    if sort < 9:
        return f"({past} within {making.choices.pick(WINDOWS)})"
    flags = [r.text for r in making.readables() if r.type == BOOL and not r.guards]
    return making.choices.pick(flags) if flags else f"({past})"


def _aggregate(making: Expressions, window: str) -> Text:
    event, pairs = _event(making)
    function, value, result = _value(making, pairs)
    call = f"{function}({value}{event} within {window})"
    if function in ("count", "distinct"):
        op, least = making.choices.pick(((">=", 1), (">", 0), ("<", 1), ("<=", 0), ("==", 1)))
        # There may be no more than one value to count: of a Bool, on a named resource.
        most = (
            3
            if function == "count" or (value.startswith("args.") and _is_wide(making, value))
            else least
        )
        return Text(f"{call} {op} {making.choices.integer(least, most)}", COMPARE)
    term = Text(call, OPERAND)
    present = [r for r in making.readables() if r.type == result and r.text.startswith("args.")]
    guards: Guards = ()
    if present and result in NUMBERS and making.choices.chance(50):
        more = making.choices.pick(present)
        term, guards = Text(f"{call} + {more.text}", SUM), more.guards
    op = making.choices.pick((">", ">=", "<"))
    return Text(f"{at(SUM, term)} {op} {making.constant(result)}", COMPARE, guards)


def _is_wide(making: Expressions, value: str) -> bool:
    """Whether an argument can have any number of values."""
    name = value.removeprefix("args.").removesuffix(" of ")
    specs = making.place.world.operations.values()
    declared = [spec.parameters[name].type for spec in specs if name in spec.parameters]
    return all(type_ in (INT, DECIMAL, STRING) for type_ in declared)


def _value(making: Expressions, pairs: list[Pair]) -> tuple[str, str, Type]:
    """An aggregate's function, its `path of ` (counting needs none), and what it gives."""
    choices, total = making.choices, making.place.world.features.total
    offered = [
        readable
        for readable in event_readables(making.place, pairs)
        if not readable.guards and (readable.known or not total)
    ]
    paths = [r for r in offered if r.text not in ("event.time", "event.operation")]
    functions = _SUMMED if total else (*_SUMMED, *_SUMMED, *_RANKED)
    function, types = choices.pick(functions)
    fitting = [r for r in paths if r.type in types]
    if fitting and choices.chance(60):
        readable = choices.pick(fitting)
        result = DECIMAL if function == "avg" else readable.type
        return function, readable.text.removeprefix("event.") + " of ", result
    if choices.chance(50):
        texts = [r.text.removeprefix("event.") for r in paths]
        return "distinct", choices.pick((*texts, "resource", "principal")) + " of ", INT
    return "count", "", INT


_SUMMED = (("sum", (INT, DECIMAL, DURATION, SIZE)),)
_RANKED = (
    ("min", (INT, DECIMAL, DURATION, SIZE, TIME, STRING)),
    ("max", (INT, DECIMAL, DURATION, SIZE, TIME, STRING)),
    ("avg", (INT, DECIMAL)),
)


def _event(making: Expressions) -> tuple[str, list[Pair]]:
    """A pattern's text, and the operations it reaches: never none."""
    choices, world = making.choices, making.place.world
    chosen = choices.pick(
        world.pairs() if world.uses_self and choices.chance(15) else list(world.operations)
    )
    what, covered = _what(making, chosen)
    on, covered = _on(making, chosen, covered)
    text = what + on
    if choices.chance(40):
        text += " by " + ("principal" if choices.chance(50) else who(choices, world))
    if choices.chance(35):
        text += _where(making, covered)
    outcome = f"{choices.pick(OUTCOMES)} " if choices.chance(25) else ""
    return outcome + text, covered


def _what(making: Expressions, chosen: Pair) -> tuple[str, list[Pair]]:
    world = making.place.world
    sort = making.choices.integer(0, 9)
    visible = [risk for risk in world.risks_of(chosen) if risk in world.modes]
    if sort >= 8:
        return "anything", world.pairs()
    if sort >= 6 and visible:
        risk = making.choices.pick(visible)
        return f"any {risk}", [p for p in world.pairs() if risk in world.risks_of(p)]
    return chosen[0], [p for p in world.pairs() if p[0] == chosen[0]]


def _on(making: Expressions, chosen: Pair, covered: list[Pair]) -> tuple[str, list[Pair]]:
    choices = making.choices
    here = [t for _, t in making.place.pairs]
    if chosen in making.place.world.operations and chosen[1] in here and choices.chance(40):
        return " on resource", [p for p in covered if p[1] in here]
    sort = choices.integer(0, 9)
    if sort < 3:
        return "", covered
    if sort < 5:
        return " on any", covered
    identifier = f' "{choices.pick(vocabulary.IDS)}"' if choices.chance(30) else ""
    return f" on {chosen[1]}{identifier}", [p for p in covered if p[1] == chosen[1]]


def _where(making: Expressions, covered: list[Pair]) -> str:
    place = making.place
    past = [r for r in event_readables(place, covered) if r.text != "event.operation"]
    present = [r for r in place.readables if not r.guards]
    inner = Surroundings(place.world, covered, (), False, past + present, place.variables)
    body = _joins(making.choices, inner) or Expressions(making.choices, inner).condition(1).text
    return f" where {body}"


def _joins(choices: Choices, place: Surroundings) -> str | None:
    """The past event has the same as the present request: `event.args.to == args.to`."""
    both = [
        (past.text, now.text)
        for past in place.readables
        if past.text.startswith("event.args.") and not past.guards
        for now in place.readables
        if now.text == past.text.removeprefix("event.") and now.type == past.type
    ]
    if not both or choices.chance(50):
        return None
    left, right = choices.pick(both)
    return f"{left} {choices.pick(('==', '!='))} {right}"
