"""Random `tool` bindings and `test`s: parts of a policy that change no decision."""

from __future__ import annotations

from policylang.model.types import Field
from policylang.testing import vocabulary
from policylang.testing.choices import Choices
from policylang.testing.histories import OUTCOMES
from policylang.testing.schema import verdict
from policylang.testing.vocabulary import literal, quoted, value, writable
from policylang.testing.world import OperationSpec, World


def tool(choices: Choices, world: World, number: int) -> str:
    """Binds a raw call; every parameter comes from its input."""
    spec = choices.pick(list(world.operations.values()))
    args = ", ".join(f"{name}: input.body.{name}" for name in spec.parameters)
    call = f"{spec.name}({args})" if args else spec.name
    attributes = [
        f"{name}: input.{name}"
        for name, declared in world.types[spec.type].attributes.items()
        if writable(declared.type) and choices.chance(30)
    ]
    facts = " { " + ", ".join(attributes) + " }" if attributes else ""
    key = choices.pick(("mcp:bank/tool_", "tool:t"))
    return f'tool "{key}{number}" is {call} on {spec.type}(input.recipient){facts}'


def test(choices: Choices, world: World, number: int) -> str:
    """An example with what is given and what is expected."""
    spec = choices.pick(list(world.operations.values()))
    lines = [f'test "example {number}"']
    lines.extend(f"given {given}" for given in _givens(choices, world))
    facts = _pairs(choices, world.types[spec.type].attributes)
    request = f'{_actor(choices, world)} {_called(choices, spec)} {spec.type} "{_id(choices)}"'
    lines.append(request + (" { " + facts + " }" if facts else ""))
    lines.append(f"=> {verdict(choices, world)}")
    return "\n    ".join(lines)


def _givens(choices: Choices, world: World) -> list[str]:
    out = []
    if choices.chance(30):
        out.append(f"session saw {choices.pick(world.labels)}")
    for sort, fields in (("signal", world.signals), ("context", world.context)):
        # After `given context` a word of the language is no name.
        known = [d for d in fields.values() if writable(d.type) and d.name != "since"]
        if known and choices.chance(40):
            declared = choices.pick(known)
            shown = literal(declared.type, value(choices, declared.type))
            out.append(f"{sort} {declared.name} = {shown}")
    if choices.chance(30):
        out.append(_event(choices, world))
    return out


def _event(choices: Choices, world: World) -> str:
    spec = choices.pick(list(world.operations.values()))
    by = [name for name in world.principals if name.isidentifier()]
    if not by:
        return f"session saw {choices.pick(world.labels)}"
    called = f'{choices.pick(OUTCOMES)} {_called(choices, spec)} on {spec.type} "{_id(choices)}"'
    return f"{called} by {choices.pick(by)} {choices.pick(('1m', '1h'))} ago"


def _actor(choices: Choices, world: World) -> str:
    named = [name for name in world.principals if name.isidentifier()]
    if named and choices.chance(60):
        return choices.pick(named)
    return f"agent {quoted('somebody')} in {choices.pick(world.roles)}"


def _called(choices: Choices, spec: OperationSpec) -> str:
    args = _pairs(choices, spec.parameters, every=True)
    return f"{spec.name}({args})" if args else spec.name


def _pairs(choices: Choices, fields: dict[str, Field], *, every: bool = False) -> str:
    return ", ".join(
        f"{name}: {literal(declared.type, value(choices, declared.type))}"
        for name, declared in fields.items()
        if writable(declared.type) and (every or choices.chance(60))
    )


def _id(choices: Choices) -> str:
    return choices.pick(vocabulary.IDS)
