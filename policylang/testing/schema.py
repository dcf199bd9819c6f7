"""Random declarations of what exists, what can be done, who there is, and what is known."""

from __future__ import annotations

from policylang.model.types import (
    BOOL,
    DECIMAL,
    INT,
    PRIMITIVES,
    SIZE,
    STRING,
    Field,
    ResourceOf,
    SetOf,
    Type,
    show,
)
from policylang.testing import vocabulary
from policylang.testing.choices import Choices
from policylang.testing.vocabulary import literal, quoted, value, writable
from policylang.testing.world import (
    Features,
    OperationSpec,
    TypeSpec,
    World,
    standard_modes,
)

SCALARS = tuple(PRIMITIVES.values())
_ELEMENTS: tuple[Type, ...] = (STRING, INT, vocabulary.ENUMS[0], *SCALARS)
_PARAMETERS: tuple[Type, ...] = (INT, DECIMAL, STRING, BOOL, vocabulary.ENUMS[0], SIZE, *SCALARS)
_SIGNALS: tuple[Type, ...] = (DECIMAL, INT, BOOL, vocabulary.ENUMS[1])


def declare_world(choices: Choices, features: Features) -> World:
    """A world with its declarations' text; rules are added later."""
    world = World(features)
    if features.standard:
        world.uses_self = choices.chance(25)
        world.modes.update(standard_modes())
        world.labels.extend(("private", "untrusted"))
    _roles(choices, world)
    _risks(choices, world)
    _labels(choices, world)
    _types(choices, world)
    _operations(choices, world)
    _surroundings(choices, world)
    _principals(choices, world)
    _entities(choices, world)
    return world


def _roles(choices: Choices, world: World) -> None:
    for name in choices.some(vocabulary.ROLES, 1, 4):
        above = choices.some(world.roles, 0, 2) if choices.chance(50) else []
        world.roles.append(name)
        world.declarations.append(f"role {name}" + _listed(" in ", above))


def _risks(choices: Choices, world: World) -> None:
    least = 0 if world.features.standard else 2
    for name in choices.some(vocabulary.RISKS, least, 3):
        mode = choices.pick(("adaptive", "deterministic"))
        world.modes[name] = mode
        parts = [f"risk {name} {mode}"]
        if choices.chance(50):
            parts.append("default " + verdict(choices, world))
        if choices.chance(50):
            parts.append("floor " + verdict(choices, world))
        if choices.chance(35):
            parts.append(f"floor {verdict(choices, world)} for agents")
        world.declarations.append(" ".join(parts))


def verdict(choices: Choices, world: World, *, strict: bool = False) -> str:
    """`strict`: never `allow`."""
    which = choices.pick(
        ("require approval", "deny") if strict else ("allow", "require approval", "deny")
    )
    return which + approval(choices, world) if which == "require approval" else which


def approval(choices: Choices, world: World) -> str:
    """The parts of a requirement, each with a leading space."""
    parts = []
    if choices.chance(50):
        parts.append(_listed("from ", choices.some(world.roles, 1, 2)))
    if choices.chance(40):
        parts.append(f"by {choices.integer(1, 3)}")
    if choices.chance(40):
        parts.append(f"within {choices.pick(('30m', '1h', '60m', '2h'))}")
    return "".join(f" {part}" for part in choices.shuffled(parts))


def _labels(choices: Choices, world: World) -> None:
    names = choices.some(vocabulary.LABELS, 0 if world.labels else 1, 2)
    if names:
        world.labels.extend(names)
        world.declarations.append(_listed("label ", names))


def _types(choices: Choices, world: World) -> None:
    names = choices.some(vocabulary.TYPES, 2, 4)
    kinds = {name: _attribute_type(choices, names) for name in vocabulary.ATTRIBUTES}
    world.cyclic = choices.chance(10)
    for index, name in enumerate(names):
        # A type may stand in one declared before it, in itself, or in several.
        above = names if world.cyclic else names[: index + 1]
        parents = choices.some(above, 0, 2) if choices.chance(75) else []
        fields = {
            attribute: _field(choices, attribute, kinds[attribute])
            for attribute in choices.some(vocabulary.ATTRIBUTES, 1, 5)
        }
        world.types[name] = TypeSpec(name, tuple(parents), fields)
        body = "{ " + ", ".join(map(field_text, fields.values())) + " }"
        world.declarations.append(f"resource {name}" + _listed(" in ", parents) + " " + body)


def _attribute_type(choices: Choices, names: list[str]) -> Type:
    sort = choices.integer(0, 99)
    if sort < 25:
        return choices.pick(vocabulary.ENUMS)
    if sort < 45:
        return SetOf(choices.pick(_ELEMENTS))
    if sort < 52:
        return ResourceOf(choices.pick(names))
    return choices.pick((BOOL, INT, STRING, *SCALARS))


def _field(choices: Choices, name: str, type_: Type) -> Field:
    if writable(type_) and choices.chance(20):
        return Field(name, type_, default=value(choices, type_))
    return Field(name, type_, optional=choices.chance(35))


def field_text(declared: Field) -> str:
    """A field as a policy declares it."""
    shown = show(declared.type)
    if declared.optional:
        shown = f"({shown})?" if " | " in shown else f"{shown}?"
    if declared.default is None:
        return f"{declared.name}: {shown}"
    return f"{declared.name}: {shown} = {literal(declared.type, declared.default)}"


def _operations(choices: Choices, world: World) -> None:
    kinds = {name: choices.pick(_PARAMETERS) for name in vocabulary.PARAMETERS}
    for name in choices.some(vocabulary.OPERATIONS, 3, 6):
        fields = {
            p: _field(choices, p, kinds[p]) for p in choices.some(vocabulary.PARAMETERS, 0, 3)
        }
        on = choices.some(tuple(world.types), 1, 3)
        risks = choices.some(tuple(world.modes), 1, 1 if choices.chance(60) else 3)
        for type_name in on:
            world.operations[name, type_name] = OperationSpec(name, type_name, fields, tuple(risks))
        world.declarations.append(
            _operation_text(choices, world, name, list(fields.values()), on, risks)
        )


def _operation_text(
    choices: Choices, world: World, name: str, fields: list[Field], on: list[str], risks: list[str]
) -> str:
    signature = f"{name}({', '.join(map(field_text, fields))})" if fields else name
    text = f"operation {signature}" + _listed(" on ", on) + _listed(" is ", risks)
    if choices.chance(20):
        text += f", taints {choices.pick(world.labels)}"
    if choices.chance(8):
        text += f", confers {choices.pick(world.roles)}"
    if choices.chance(8):
        text += f", reversible by {name}"
    return text


def _surroundings(choices: Choices, world: World) -> None:
    """Attributes of principals, context keys, and signals."""
    names = choices.some(("team", "level", "cleared", "home"), 0, 3)
    world.principal_attributes = {
        name: _field(choices, name, choices.pick((STRING, INT, BOOL, *SCALARS))) for name in names
    }
    world.context = {
        name: _field(choices, name, choices.pick((STRING, BOOL, *SCALARS)))
        for name in choices.some(vocabulary.CONTEXT, 0, 3)
    }
    for sort, fields in (("principal", world.principal_attributes), ("context", world.context)):
        if fields:
            body = ", ".join(map(field_text, fields.values()))
            world.declarations.append(f"{sort} {{ {body} }}")
    _signals(choices, world)


def _signals(choices: Choices, world: World) -> None:
    if not world.features.signals:
        return
    for name in choices.some(vocabulary.SIGNALS, 0, 2):
        type_ = choices.pick(_SIGNALS)
        world.signals[name] = Field(name, type_)
        world.declarations.append(f"signal {name}: {show(type_)}")


def _principals(choices: Choices, world: World) -> None:
    for name in choices.some(vocabulary.PRINCIPALS, 1, 3):
        kind = choices.pick(("agent", "human", "service"))
        world.principals[name] = kind
        who = name if name.isidentifier() else quoted(name)
        text = f"{kind} {who}" + _listed(" in ", choices.some(world.roles, 0, 2))
        world.declarations.append(text + _facts(choices, world.principal_attributes))


def _entities(choices: Choices, world: World) -> None:
    """Some resources by name. Identifiers grow along containment, so that there is no cycle."""
    for name, spec in world.types.items():
        if world.features.total and spec.parents:
            # Of a known resource, an `allow` believes the declared parents only.
            continue
        for index, identifier in enumerate(choices.some(vocabulary.IDS, 0, 2)):
            parents = [
                f'{parent} "{choices.pick(vocabulary.IDS)}"'
                for parent in spec.parents
                if parent != name and not world.cyclic and choices.chance(60)
            ]
            if name in spec.parents and index and choices.chance(50):
                parents.append(f'{name} "top"')
            text = f'entity {name} "{identifier}"' + _listed(" in ", parents)
            world.declarations.append(text + _facts(choices, spec.attributes))


def _facts(choices: Choices, fields: dict[str, Field]) -> str:
    pairs = [
        f"{name}: {literal(declared.type, value(choices, declared.type))}"
        for name, declared in fields.items()
        if writable(declared.type) and choices.chance(60)
    ]
    return " { " + ", ".join(pairs) + " }" if pairs else ""


def _listed(lead: str, items: list[str]) -> str:
    return lead + ", ".join(items) if items else ""
