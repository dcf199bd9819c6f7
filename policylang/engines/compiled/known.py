"""What is known beside the request, put where a decision finds it with one lookup.

Nodes are made when they are first asked for, so that a large inventory costs nothing at start.
A node's `values` are in the inside form, with declared defaults filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from policylang.engines.admission import Schema
from policylang.model.facts import Facts, Key, PrincipalFacts, ResourceFacts
from policylang.model.request import EMPTY, Principal, Resource
from policylang.model.types import Field
from policylang.model.values import INVALID, coerce

MEMO = 4096
"""How many answers of one sort are kept at most."""


class Bail(Exception):
    """The fast path cannot tell; the careful one decides."""


class Spoilt(dict[str, Any]):
    """Values of which one is malformed: whoever reads any of them has to take care."""

    __slots__ = ()

    def __getitem__(self, name: str) -> NoReturn:
        raise Bail

    get = __getitem__  # type: ignore[assignment]


class Person:
    """A principal's kind, roles and attributes, and which of them the request alone tells.

    `takes_roles`: the request's word on roles counts. `pure`: nothing comes from the request.
    """

    __slots__ = ("_known", "_reach", "kind", "known_kind", "known_roles", "pure", "roles")
    __slots__ += ("takes_roles", "values")

    def __init__(self, known: Known, kind: str, roles: frozenset[str], values: dict[str, Any]):
        self._known = known
        self._reach: dict[str, frozenset[Key]] = {}
        self.kind = self.known_kind = kind
        self.roles = self.known_roles = roles
        self.values = values
        self.takes_roles = False
        self.pure = True

    def reach(self, name: str) -> frozenset[Key]:
        """Every resource that a resource in that attribute (a set, or one) is under."""
        found = self._reach.get(name)
        if found is None:
            members = self.values[name]
            keys = members if type(members) is frozenset else (members,)
            found = frozenset().union(*(self._known.ancestors(key) for key in keys))
            self._reach[name] = found
        return found


class Thing:
    """A known resource. `up`: its one direct parent of each type, where it is one.

    `ancestors`, itself included, and `up` are worked out when they are first read.
    """

    __slots__ = ("_known", "ancestors", "key", "pure", "up", "values")
    ancestors: frozenset[Key]
    up: dict[str, Thing]

    def __init__(self, known: Known, key: Key, values: dict[str, Any], pure: bool = True) -> None:
        self._known = known
        self.key = key
        self.values = values
        self.pure = pure

    def __getattr__(self, name: str) -> Any:
        if name == "ancestors":
            self.ancestors = self._known.ancestors(self.key)
            return self.ancestors
        if name == "up":
            self.up = self._known.parents_by_type(self.key)
            return self.up
        raise AttributeError(name)


class Known:
    """All known facts of one engine."""

    def __init__(self, schema: Schema, facts: Facts) -> None:
        self.schema = schema
        self.facts = facts
        self.people: dict[str, Person] = {}
        self.things: dict[str, dict[str, Thing]] = {name: {} for name in schema.types}
        self.types_with_facts = frozenset(type_name for type_name, _ in facts.resources)
        self.plain: dict[str | None, Person] = {
            kind: self._plain(kind) for kind in (None, "agent", "human", "service")
        }
        self._ancestors: dict[Key, frozenset[Key]] = {}
        self._closures: dict[tuple[str, ...], frozenset[str]] = {}
        self._closed: dict[frozenset[str], frozenset[str]] = {}
        self._blast: dict[Key, int] | None = None

    # ── principals ───────────────────────────────────────────────────────────────────────

    def person(self, principal: Principal) -> Person:
        """The principal as a request tells of it. Raises `Bail` where that is at odds."""
        known = self.facts.principals.get(principal.id)
        person = None if known is None else self.people.get(principal.id)
        if known is not None and person is None:
            person = self.people[principal.id] = self._known_person(known)
        if person is None:
            person = self.plain[principal.kind]
        elif known is not None and known.kind is None:
            pass
        elif principal.kind is not None and principal.kind != person.kind:
            raise Bail
        if self._adds_nothing(person, known, principal):
            return person
        return self._told(person, known, principal)

    def _adds_nothing(
        self, person: Person, known: PrincipalFacts | None, principal: Principal
    ) -> bool:
        if principal.attributes or (principal.roles and person.takes_roles):
            return False
        return known is None or known.kind is not None or principal.kind in (None, "agent")

    def _told(self, person: Person, known: PrincipalFacts | None, principal: Principal) -> Person:
        """What is known, and beside it what the request tells."""
        declared = self.schema.principal
        if not declared.keys() >= principal.attributes.keys():
            raise Bail
        said = known.attributes if known else EMPTY
        values = read_values(declared, {**principal.attributes, **said})
        told = Person(self, person.kind, person.roles, values)
        told.known_kind, told.known_roles = person.known_kind, person.known_roles
        if (known is None or known.kind is None) and principal.kind is not None:
            told.kind = principal.kind
        if person.takes_roles:
            told.roles = self.closure(principal.roles)
        told.pure = False
        return told

    def _plain(self, kind: str | None) -> Person:
        """Somebody of whom nothing is known and nothing told but a kind."""
        values = read_values(self.schema.principal, {})
        person = Person(self, kind or "agent", frozenset(), values)
        person.known_kind = "agent"
        person.takes_roles = True
        return person

    def _known_person(self, known: PrincipalFacts) -> Person:
        values = read_values(self.schema.principal, known.attributes)
        person = Person(self, known.kind or "agent", self.closure(known.roles or ()), values)
        person.takes_roles = known.roles is None
        return person

    def closure(self, roles: tuple[str, ...]) -> frozenset[str]:
        """With every role that they are nested in; undeclared ones are ignored."""
        found = self._closures.get(roles)
        if found is None:
            declared = self.schema.roles
            found = frozenset().union(*(declared[role] for role in roles if role in declared))
            # Equal closures are one object: few sets, and they stay in the processor's cache.
            found = _kept(self._closed, found, found)
            _kept(self._closures, roles, found)
        return found

    # ── resources ────────────────────────────────────────────────────────────────────────

    def thing(self, type_name: str, id: str) -> Thing | None:
        """The known resource, or None."""
        made = self.things.setdefault(type_name, {})
        thing = made.get(id)
        if thing is None:
            facts = self.facts.resources.get((type_name, id))
            if facts is not None:
                thing = made[id] = self._thing(facts)
        return thing

    def node(self, key: Key) -> Thing:
        """A resource that is known. Raises `Bail` for others."""
        thing = self.thing(*key)
        if thing is None:
            raise Bail
        return thing

    def told_thing(self, thing: Thing, resource: Resource) -> Thing:
        """A known resource, and beside it what the request tells. Raises `Bail` on an odd name."""
        declared = self.schema.types[resource.type]
        if not declared.keys() >= resource.attributes.keys():
            raise Bail
        said = self.facts.resources[thing.key].attributes
        values = read_values(declared, {**resource.attributes, **said})
        return Thing(self, thing.key, values, pure=False)

    def _thing(self, facts: ResourceFacts) -> Thing:
        values = read_values(self.schema.types.get(facts.type, {}), facts.attributes)
        return Thing(self, (facts.type, facts.id), values)

    def ancestors(self, key: Key) -> frozenset[Key]:
        """Every known resource that contains it, itself included."""
        found = self._ancestors.get(key)
        if found is None:
            found = frozenset(self._walk(key))
            if key in self.facts.resources:
                self._ancestors[key] = found
        return found

    def _walk(self, key: Key) -> set[Key]:
        seen, pending = {key}, [key]
        while pending:
            facts = self.facts.resources.get(pending.pop())
            for parent in facts.parents if facts else ():
                if parent not in seen:
                    seen.add(parent)
                    pending.append(parent)
        return seen

    def parents_by_type(self, key: Key) -> dict[str, Thing]:
        """Direct parents that are the only one of their type."""
        facts = self.facts.resources.get(key)
        parents = set(facts.parents) if facts else set()
        types = [type_name for type_name, _ in parents]
        return {t: self.node((t, id)) for t, id in parents if types.count(t) == 1}

    def has_parent(self, key: Key, type_name: str) -> bool:
        """Whether there is one direct parent of that type. Raises `Bail` where there are more."""
        facts = self.facts.resources.get(key)
        count = len({p for p in facts.parents if p[0] == type_name}) if facts else 0
        if count > 1:
            raise Bail
        return count == 1

    def blast(self, key: Key) -> int:
        """How many known resources are under it; itself counts though it be unknown."""
        if self._blast is None:
            counts: dict[Key, int] = {}
            for each in self.facts.resources:
                for above in self.ancestors(each):
                    counts[above] = counts.get(above, 0) + 1
            self._blast = counts
        return self._blast.get(key, 1)


def read_values(declared: Mapping[str, Field], given: Mapping[str, Any]) -> dict[str, Any]:
    """Declared values in the inside form; `Spoilt` where one of them is malformed."""
    values: dict[str, Any] = {}
    for name, field in declared.items():
        raw = given[name] if name in given else field.default
        if raw is None and name not in given:
            continue
        value = coerce(field.type, raw)
        if value is INVALID:
            return Spoilt()
        values[name] = value
    return values


def _kept(memo: dict[Any, Any], key: Any, value: Any) -> Any:
    """The value that is kept under this key, and from now on this one."""
    if len(memo) >= MEMO:
        memo.clear()
    return memo.setdefault(key, value)
