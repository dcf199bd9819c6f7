"""What is known beside the request, put where a decision finds it with one lookup.

Nodes are made when they are first asked for, so that a large inventory costs nothing at start.
A node's attributes are in the inside form, with declared defaults filled in; of one that is
malformed no node is made, so that the careful path is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from policylang.engines.admission import Schema, told_resources
from policylang.ir.program import Program
from policylang.model.facts import Facts, Key, PrincipalFacts
from policylang.model.request import EMPTY, Principal, Resource
from policylang.model.types import Field, ResourceOf, SetOf, Type
from policylang.model.values import INVALID, coerce

MEMO = 4096
"""How many answers of one sort are kept at most."""


class Bail(Exception):
    """The fast path cannot tell; the careful one decides."""


def believed(claimed: str) -> str:
    """What a waiver takes of a kind that only the request tells: the weakest, else none."""
    return claimed if claimed == "agent" else ""


class Person:
    """A principal's kind, roles and attributes, and which of them the request alone tells.

    `takes_roles`: the request's word on roles counts. `pure`: nothing comes from the request.
    Of each attribute, a subclass has a slot `a_name`, None where it is absent; of one that holds
    resources also `r_name`: everything that they are under, worked out when it is first read.
    """

    __slots__ = ("_known", "kind", "known_kind", "known_roles", "pure", "roles", "takes_roles")

    def __init__(self, known: Known, kind: str, roles: frozenset[str]) -> None:
        self._known = known
        self.kind = self.known_kind = kind
        self.roles = self.known_roles = roles
        self.takes_roles = False
        self.pure = True

    def __getattr__(self, name: str) -> frozenset[Key]:
        members = getattr(self, "a_" + name[2:]) if name.startswith("r_") else None
        if members is None:
            raise Bail
        keys = members if type(members) is frozenset else (members,)
        found = frozenset().union(*(self._known.ancestors(key) for key in keys))
        setattr(self, name, found)
        return found


class Thing:
    """A known resource. A subclass has a slot `a_name` for each attribute, as a `Person` has.

    Worked out when they are first read: `ancestors`, itself included, and of each type of parent
    `u_type`, where there is exactly one.
    """

    __slots__ = ("_known", "ancestors", "key", "pure")
    ancestors: frozenset[Key]

    def __init__(self, known: Known, key: Key, pure: bool) -> None:
        self._known = known
        self.key = key
        self.pure = pure

    def __getattr__(self, name: str) -> Any:
        if name == "ancestors":
            found: Any = self._known.ancestors(self.key)
        elif name.startswith("u_"):
            found = self._known.parent(self.key, name[2:])
        else:
            raise Bail
        setattr(self, name, found)
        return found


class Known:
    """All known facts of one engine."""

    def __init__(self, program: Program, schema: Schema, facts: Facts) -> None:
        self.schema = schema
        self.facts = facts
        self._person_class = _with_slots(Person, program.principal_attributes)
        self._thing_classes = {
            t.name: _with_slots(Thing, t.attributes, t.parents) for t in program.resource_types
        }
        self._keys: dict[Key, Key] = {}
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
        told = self._person(person.kind, person.roles, {**principal.attributes, **said})
        told.known_kind, told.known_roles = person.known_kind, person.known_roles
        if (known is None or known.kind is None) and principal.kind is not None:
            told.kind, told.known_kind = principal.kind, believed(principal.kind)
        if person.takes_roles:
            told.roles = self.closure(principal.roles)
        told.pure = False
        return told

    def _plain(self, kind: str | None) -> Person:
        """Somebody of whom nothing is known and nothing told but a kind."""
        person = self._person(kind or "agent", frozenset(), {})
        person.known_kind = believed(person.kind)
        person.takes_roles = True
        return person

    def _person(self, kind: str, roles: frozenset[str], given: Mapping[str, Any]) -> Person:
        person: Person = self._person_class(self, kind, roles)
        self._fill(person, self.schema.principal, given)
        return person

    def _fill(self, node: Any, declared: Mapping[str, Field], given: Mapping[str, Any]) -> None:
        """Put what is declared into the node's slots. Raises `Bail` where it is malformed."""
        for name, field in declared.items():
            raw = given.get(name, field.default)
            value = None
            if raw is not None or name in given:
                value = coerce(field.type, raw)
                if value is INVALID:
                    raise Bail
            # One object for equal keys: comparing them is comparing addresses.
            setattr(node, "a_" + name, self.key(value) if type(value) is tuple else value)

    def key(self, key: Key) -> Key:
        """The one object that stands for a known resource's key."""
        return self._keys.setdefault(key, key) if key in self.facts.resources else key

    def _known_person(self, known: PrincipalFacts) -> Person:
        roles = self.closure(known.roles or ())
        person = self._person(known.kind or "agent", roles, known.attributes)
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
                thing = made[id] = self._thing((type_name, id), facts.attributes)
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
        return self._thing(thing.key, {**resource.attributes, **said}, pure=False)

    def _thing(self, key: Key, given: Mapping[str, Any], *, pure: bool = True) -> Thing:
        thing: Thing = self._thing_classes[key[0]](self, self.key(key), pure)
        self._fill(thing, self.schema.types[key[0]], given)
        return thing

    def ancestors(self, key: Key) -> frozenset[Key]:
        """Every known resource that contains it, itself included."""
        found = self._ancestors.get(key)
        if found is None:
            found = frozenset(self._walk(self.key(key)))
            if key in self.facts.resources:
                self._ancestors[key] = found
        return found

    def _walk(self, key: Key) -> set[Key]:
        seen, pending = {key}, [key]
        while pending:
            facts = self.facts.resources.get(pending.pop())
            for parent in facts.parents if facts else ():
                if parent not in seen:
                    parent = self.key(parent)
                    seen.add(parent)
                    pending.append(parent)
        return seen

    # ── what a request tells of containment ──────────────────────────────────────────────

    def check_told(self, resource: Resource) -> None:
        """Raises `Bail` where the containers that a request tells of are not plainly in order."""
        seen: dict[Key, Any] = {}
        for each in told_resources(resource):
            if not self.schema.types[each.type].keys() >= each.attributes.keys():
                raise Bail
            first = seen.setdefault((each.type, each.id), each.attributes)
            if first is not each.attributes and (first or each.attributes):
                raise Bail

    def above(self, resource: Resource, trust: str) -> frozenset[Key]:
        """What contains the resource, itself included, by what is known and, if trusted, told."""
        key = (resource.type, resource.id)
        if trust == "known":
            return self.ancestors(key)
        told: dict[Key, list[Key]] = {}
        for each in told_resources(resource):
            parents = told.setdefault((each.type, each.id), [])
            parents += [(parent.type, parent.id) for parent in each.parents]
        seen, pending = {key}, [key]
        while pending:
            each_key = pending.pop()
            facts = self.facts.resources.get(each_key)
            new = set(facts.parents) if facts else set()
            if facts is None or trust == "all":
                new.update(told.get(each_key, ()))
            new -= seen
            seen |= new
            pending += new
        return frozenset(seen)

    # ── one type of parent ───────────────────────────────────────────────────────────────

    def parent(self, key: Key, type_name: str) -> Thing:
        """The one direct parent of that type. Raises `Bail` where there is none, or are more."""
        facts = self.facts.resources.get(key)
        found = {parent for parent in facts.parents if parent[0] == type_name} if facts else set()
        if len(found) != 1:
            raise Bail
        return self.node(found.pop())

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


def _with_slots(base: type, fields: Iterable[Field], parents: Iterable[str] = ()) -> type[Any]:
    """A node class with a slot for each attribute and type of parent."""
    slots = ["u_" + name for name in parents]
    for field in fields:
        slots.append("a_" + field.name)
        if base is Person and _holds_resources(field.type):
            slots.append("r_" + field.name)
    return type(base.__name__, (base,), {"__slots__": tuple(slots)})


def _holds_resources(type_: Type) -> bool:
    match type_:
        case ResourceOf() | SetOf(ResourceOf()):
            return True
    return False


def _kept(memo: dict[Any, Any], key: Any, value: Any) -> Any:
    """The value that is kept under this key, and from now on this one."""
    if len(memo) >= MEMO:
        memo.clear()
    return memo.setdefault(key, value)
