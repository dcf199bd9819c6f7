"""What a scope or an event pattern covers, and which facts can be read there."""

from __future__ import annotations

from dataclasses import dataclass, field

from policylang.model.types import STRING, TIME, Field, ResourceOf, Type
from policylang.testing.world import SELF_TYPES, Pair, World

Guards = tuple[str, ...]
"""Texts of `has` conditions that must hold before a fact may be read."""


@dataclass(frozen=True)
class Readable:
    """A path that can be read, what it gives, and what must be guarded."""

    text: str
    type: Type
    guards: Guards = ()
    known: bool = True
    """Whether a request that fits the declared types always carries it once its guards hold."""


@dataclass
class Surroundings:
    """What an expression may read, in one place of a policy."""

    world: World
    pairs: list[Pair]
    roots: tuple[str, ...]
    history: bool = False
    readables: list[Readable] = field(default_factory=list)
    variables: tuple[str, ...] = ()

    def of_type(self, type_: Type) -> list[Readable]:
        return [readable for readable in self.readables if readable.type == type_]

    @property
    def types(self) -> list[str]:
        """The types reached, those of `std.self` left out."""
        return list(dict.fromkeys(t for _, t in self.pairs if t not in SELF_TYPES))


def surroundings(
    world: World, pairs: list[Pair], roots: tuple[str, ...], *, history: bool = False
) -> Surroundings:
    """What can be read where `pairs` are reached and only `roots` may be named."""
    place = Surroundings(world, pairs, roots, history)
    for root in roots:
        place.readables.extend(_READ[root](place))
    return place


def _principal(place: Surroundings) -> list[Readable]:
    fields = place.world.principal_attributes
    own = [] if "id" in fields else [Readable("principal.id", STRING)]
    return own + [_one("principal", declared) for declared in fields.values()]


def _resource(place: Surroundings) -> list[Readable]:
    return [Readable("resource.id", STRING), *of_types(place, "resource", place.types, depth=2)]


def of_types(place: Surroundings, base: str, types: list[str], depth: int) -> list[Readable]:
    specs = [place.world.types[name] for name in types]
    found: list[Readable] = []
    for name in dict.fromkeys(a for spec in specs for a in spec.attributes):
        fields = [spec.attributes.get(name) for spec in specs]
        shared = _shared(base, name, fields)
        found.extend(shared)
        if depth and shared and isinstance(shared[0].type, ResourceOf):
            found.extend(_referred(place, shared[0], shared[0].type))
    if depth:
        for parent in dict.fromkeys(p for spec in specs for p in spec.parents):
            lone = all(spec.parents == (parent,) for spec in specs)
            inner = f"{base}.{snake(parent)}"
            guards = () if lone else (f"{base} has {snake(parent)}",)
            found.append(Readable(f"{inner}", ResourceOf(parent), guards))
            for readable in of_types(place, inner, [parent], depth - 1):
                found.append(_behind(guards, readable))
            found.append(Readable(f"{inner}.id", STRING, guards))
    return found


def _referred(place: Surroundings, one: Readable, type_: ResourceOf) -> list[Readable]:
    """What can be read of a resource that an attribute names: known only where somebody tells."""
    found = [
        Readable(readable.text, readable.type, one.guards + readable.guards, known=False)
        for readable in of_types(place, one.text, [type_.name], 0)
    ]
    return [*found, Readable(f"{one.text}.id", STRING, one.guards)]


def _behind(guards: Guards, readable: Readable) -> Readable:
    return Readable(readable.text, readable.type, guards + readable.guards, readable.known)


def _shared(base: str, name: str, fields: list[Field | None]) -> list[Readable]:
    """An attribute, or nothing where the reached types disagree about its type."""
    declared = [one for one in fields if one is not None]
    if not declared or any(one.type != declared[0].type for one in declared):
        return []
    everywhere = all(one is not None and _always(one) for one in fields)
    return [
        Readable(f"{base}.{name}", declared[0].type, () if everywhere else (f"{base} has {name}",))
    ]


def _always(declared: Field) -> bool:
    return not declared.optional or declared.default is not None


def _one(base: str, declared: Field) -> Readable:
    return _shared(base, declared.name, [declared])[0]


def _args(place: Surroundings) -> list[Readable]:
    specs = [place.world.operations.get(pair) for pair in place.pairs]
    # Invariant: operations of `std.self` have no parameters, and are exempt.
    own = [spec.parameters for spec in specs if spec is not None]
    found: list[Readable] = []
    for name in dict.fromkeys(p for parameters in own for p in parameters):
        found.extend(_shared("args", name, [parameters.get(name) for parameters in own]))
    return found


def _context(place: Surroundings) -> list[Readable]:
    time = Readable("context.time", TIME)
    return [time, *(_one("context", declared) for declared in place.world.context.values())]


def _signal(place: Surroundings) -> list[Readable]:
    return [_one("signal", declared) for declared in place.world.signals.values()]


def _session(place: Surroundings) -> list[Readable]:
    return []


_READ = {
    "principal": _principal,
    "resource": _resource,
    "args": _args,
    "context": _context,
    "signal": _signal,
    "session": _session,
}


def event_readables(place: Surroundings, pairs: list[Pair]) -> list[Readable]:
    """What can be read of a past event that a pattern reaching `pairs` matches."""
    past = surroundings(place.world, pairs, ("principal", "resource", "args"))
    found = [Readable("event.time", TIME), Readable("event.operation", STRING)]
    for readable in past.readables:
        # A fitting event carries its arguments; of its resource only who and what it is.
        known = readable.text.startswith("args.") or readable.text.endswith(
            ("resource.id", "principal.id")
        )
        guards = tuple(f"event.{guard}" for guard in readable.guards)
        found.append(Readable(f"event.{readable.text}", readable.type, guards, known))
    return found


def snake(name: str) -> str:
    """The name by which a parent of that type is reached."""
    out = "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
    return out.removeprefix("_")
