"""Random requests for a program: most fit its declared types, some lack or break what they need.

`Asker(program, facts)` knows what the program declares and compares with; `ask` makes a request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from policylang.ir.expressions import What, WhatOperation, WhatRisk, WhoId, WhoKind, WhoRole
from policylang.ir.program import Limit, Operation, Program, ResourceType, Rule
from policylang.model.facts import Facts, Key
from policylang.model.request import KINDS, OUTCOMES, Event, Principal, Request, Resource
from policylang.model.types import Field
from policylang.model.values import INVALID, NANOSECONDS, time
from policylang.testing import vocabulary
from policylang.testing.choices import Choices
from policylang.testing.pools import Pools, rfc3339


@dataclass(frozen=True)
class Quality:
    """How often, in percent, a fact is left out, of the wrong type, or undeclared."""

    missing: int = 0
    wrong: int = 0
    undeclared: int = 0

    @property
    def fits(self) -> bool:
        return not (self.missing or self.wrong or self.undeclared)


FITTING = Quality()
PARTIAL = Quality(missing=8, wrong=4)
WILD = Quality(missing=3, wrong=3, undeclared=2)
NOW = "2025-12-15T04:00:00Z"
DEPTH = 3
"""How many levels of parents a request tells."""
STEPS = (0, 60, 599, 600, 601, 3600, 3601, 7200, 86400, 90000, -60)


class Asker:
    """Makes requests for one program and what is known beside them."""

    def __init__(self, program: Program, facts: Facts) -> None:
        self.program = program
        self.facts = facts
        self.pools = Pools(program)
        self.types = {t.name: t for t in program.resource_types}
        own = [o for o in program.operations if not self.types[o.resource_type].builtin]
        self.operations = own or list(program.operations)
        self.every_operation = list(program.operations)
        self.aims = [_Aim(covered, *_whom(rule)) for rule, covered in self._covered() if covered]
        self.roles = [role.name for role in program.roles]

    def _covered(self) -> Iterator[tuple[Rule | Limit, list[Operation]]]:
        """Each rule and limit with the operations in its scope."""
        parts: tuple[Rule | Limit, ...] = (*self.program.rules, *self.program.limits)
        for rule in parts:
            whats, wheres = _listed(rule.what), _listed(rule.where)
            yield (
                rule,
                [
                    operation
                    for operation in self.operations
                    if any(_covers(what, operation) for what in whats)
                    and any(where.type in (None, operation.resource_type) for where in wheres)
                ],
            )

    def ask(self, choices: Choices, quality: Quality | None = None) -> Request:
        """A request; of mixed quality, if unsaid."""
        if quality is None:
            quality = choices.pick((FITTING,) * 5 + (PARTIAL,) * 2 + (WILD,))
        return _Asking(self, choices, quality).request()


@dataclass(frozen=True)
class _Aim:
    """What a request should be about to meet one rule."""

    operations: list[Operation]
    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)


def _whom(
    rule: Rule | Limit,
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], dict[str, str]]:
    """The names, kinds, roles and resources that a rule's scope names."""
    people = _listed(rule.who)
    ids: dict[str, str] = {}
    for where in _listed(rule.where):
        if where.type is not None and where.id is not None:
            ids[where.type] = where.id
        if where.under is not None:
            ids[where.under.resource_type] = where.under.id
    return (
        tuple(who.id for who in people if isinstance(who, WhoId)),
        tuple(who.kind for who in people if isinstance(who, WhoKind)),
        tuple(who.role for who in people if isinstance(who, WhoRole)),
        ids,
    )


def _covers(what: What, operation: Operation) -> bool:
    match what:
        case WhatRisk(risk):
            return risk in operation.risks
        case WhatOperation(name):
            return name == operation.name
    return True


def _listed(parts: Any) -> tuple[Any, ...]:
    return parts if isinstance(parts, tuple) else (parts,)


class _Asking:
    """One request in the making. `made` keeps one meaning for each resource that it names."""

    def __init__(self, asker: Asker, choices: Choices, quality: Quality) -> None:
        self.asker = asker
        self.choices = choices
        self.quality = quality
        self.made: dict[Key, Resource] = {}
        aimed = asker.aims and choices.chance(75)
        self.aim = choices.pick(asker.aims) if aimed else _Aim(asker.operations)

    def request(self) -> Request:
        choices = self.choices
        operation = self._operation()
        resource = self.resource(operation.resource_type, ())
        actors = self._actors()
        when = choices.pick(self.asker.pools.values["Time"]) if choices.chance(30) else NOW
        context = self.facts(self.asker.program.context, "context")
        if not self._lacks():
            context["time"] = self._spoiled(when)
        return Request(
            actors[0],
            operation.name if not self._invents() else "undeclared_operation",
            resource,
            args=self.facts(operation.parameters, "args"),
            context=context,
            signals=self.facts(self.asker.program.signals, "signals"),
            on_behalf_of=actors[1:],
            session=choices.pick((None, "s-1")),
            labels=self._labels(),
            history=self._history(when, operation, resource, actors),
        )

    def _operation(self) -> Operation:
        few = self.choices.chance(96) or self.quality.fits
        return self.choices.pick(self.aim.operations if few else self.asker.every_operation)

    # ── facts ────────────────────────────────────────────────────────────────────────────

    def facts(self, fields: tuple[Field, ...], where: str) -> dict[str, Any]:
        """Values of the declared fields; what may be left out often is."""
        out: dict[str, Any] = {}
        for declared in fields:
            spare = declared.optional or declared.default is not None
            if (spare and self.choices.chance(40)) or self._lacks():
                continue
            out[declared.name] = self._spoiled(self.asker.pools.value(self.choices, declared.type))
        if self._invents():
            out[f"undeclared_{where}"] = 1
        return out

    def _spoiled(self, value: Any) -> Any:
        if not self.quality.wrong:
            return value
        if self.choices.chance(self.quality.wrong):
            return self.choices.pick(vocabulary.WRONG)
        odd = vocabulary.ODD if isinstance(value, str) and self.choices.chance(3) else ()
        return self.choices.pick(odd) if odd else value

    def _lacks(self) -> bool:
        return bool(self.quality.missing) and self.choices.chance(self.quality.missing)

    def _invents(self) -> bool:
        return bool(self.quality.undeclared) and self.choices.chance(self.quality.undeclared)

    def _labels(self) -> list[str]:
        if not self.choices.chance(50):
            return []
        labels = self.choices.some(self.asker.program.labels, 0, 2)
        return [*labels, "undeclared_label"] if self._invents() else labels

    # ── resources ────────────────────────────────────────────────────────────────────────

    def resource(self, type_name: str, below: tuple[Key, ...]) -> Resource:
        """A resource with its parents. `below`: what it contains, which it cannot be in."""
        if self._invents():
            type_name = "Undeclared"
        declared = self.asker.types.get(type_name)
        identifier = self._identifier(type_name, below)
        key = (type_name, identifier)
        if self.quality.fits and key in self.made:
            return self.made[key]
        parents = self._parents(declared, key, below) if declared and len(below) < DEPTH else []
        attributes = self.facts(declared.attributes, "attribute") if declared else {}
        made = Resource(type_name, identifier, attributes=attributes, parents=parents)
        self.made[key] = made
        return made

    def _identifier(self, type_name: str, below: tuple[Key, ...]) -> str:
        identifier = self.asker.pools.identifier(self.choices, type_name)
        if type_name in self.aim.ids and self.choices.chance(60):
            identifier = self.aim.ids[type_name]
        if not self.quality.fits:
            return identifier
        if len(below) >= DEPTH:
            # It has no parents, and must not be met again where it would need them.
            return f"top_{len(self.made)}"
        while self._encloses((type_name, identifier), below):
            identifier += "_up"
        return identifier

    def _encloses(self, key: Key, below: tuple[Key, ...]) -> bool:
        """Whether it is, or is known to be in, one of those that it would contain."""
        if key in below:
            return True
        known = self.asker.facts.resources.get(key)
        return known is not None and any(self._encloses(p, below) for p in known.parents)

    def _parents(self, declared: ResourceType, key: Key, below: tuple[Key, ...]) -> list[Resource]:
        known = self.asker.facts.resources.get(key)
        told = {parent[0] for parent in known.parents} if known else set()
        wanted = list(declared.parents)
        if len(wanted) > 1 and self.choices.chance(70):
            wanted = [self.choices.pick(wanted)]
        if not self.quality.fits and self.choices.chance(10):
            wanted.append(self.choices.pick(tuple(self.asker.types)))
        within = (*below, key)
        out = [
            self.resource(name, within)
            for name in wanted
            if not self._lacks() and not (self.quality.fits and name in told)
        ]
        if self.quality.fits and known:
            out.extend(self._told(parent, within) for parent in known.parents)
        return out

    def _told(self, key: Key, below: tuple[Key, ...]) -> Resource:
        """A parent that is known, with the facts that a fitting request adds."""
        if key in self.made or key[0] not in self.asker.types:
            return self.made.get(key) or Resource(*key)
        declared = self.asker.types[key[0]]
        parents = self._parents(declared, key, below) if len(below) < 6 else []
        attributes = self.facts(declared.attributes, "attribute")
        self.made[key] = Resource(*key, attributes=attributes, parents=parents)
        return self.made[key]

    # ── principals ───────────────────────────────────────────────────────────────────────

    def _actors(self) -> list[Principal]:
        count = self.choices.pick((1, 1, 1, 2, 3))
        people = self.choices.shuffled(self.choices.some(self.asker.pools.people, count, count))
        if self.aim.names and self.choices.chance(70):
            people[0] = self.choices.pick(self.aim.names)
        return [self._principal(name) for name in dict.fromkeys(people)]

    def _principal(self, name: str) -> Principal:
        known = self.asker.facts.principals.get(name)
        kind = known.kind if known else self.choices.pick((None, *KINDS))
        if not known and self.aim.kinds and self.choices.chance(60):
            kind = self.choices.pick(self.aim.kinds)
        if not self.quality.fits and self.choices.chance(3):
            kind = self.choices.pick((None, *KINDS))
        roles = self.choices.some(self.asker.roles, 0, 2)
        if self.aim.roles and self.choices.chance(60):
            roles.append(self.choices.pick(self.aim.roles))
        if self._invents():
            roles.append("Undeclared")
        attributes = self.facts(self.asker.program.principal_attributes, "principal_attribute")
        return Principal(name, kind, roles, attributes)

    # ── history ──────────────────────────────────────────────────────────────────────────

    def _history(
        self, when: Any, operation: Operation, resource: Resource, actors: list[Principal]
    ) -> list[Event]:
        if not self.choices.chance(60):
            return []
        now = time(when)
        count = self.choices.integer(1, 5)
        moment: int = time(NOW) if now is INVALID else now
        return [self._event(moment, operation, resource, actors) for _ in range(count)]

    def _event(
        self, now: int, operation: Operation, resource: Resource, actors: list[Principal]
    ) -> Event:
        choices = self.choices
        past = operation if choices.chance(60) else self._operation()
        about = Resource(resource.type, resource.id)
        if past.resource_type != resource.type or choices.chance(30):
            about = Resource(
                past.resource_type, self.asker.pools.identifier(choices, past.resource_type)
            )
        by = (
            actors[0]
            if choices.chance(50)
            else self._principal(choices.pick(self.asker.pools.people))
        )
        moment = now - choices.pick(STEPS) * NANOSECONDS - (1 if choices.chance(10) else 0)
        return Event(
            Principal(by.id, by.kind),
            past.name if not self._invents() else "undeclared_operation",
            about,
            args=self.facts(past.parameters, "args"),
            time=rfc3339(moment) if not self._invents() else "yesterday",
            outcome=choices.pick(("done", "done", *OUTCOMES)),
            on_behalf_of=actors[1:] if choices.chance(20) else (),
        )
