"""Whose facts count: what is true of the principals and resources that a request names.

Attribute by attribute: what a declaration or the inventory says, then what the request says, then
the declared default. Parents are the union of all, with two exceptions, named by a `trust`:

- `all`: the union.
- `declared` (an `allow`): a known resource is under its known parents only.
- `known` (a waiver): what the request alone tells is not believed, not even of unknown resources.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from policylang.engines.admission import Schema, told_resources
from policylang.ir.program import Program, Requirement, Risk
from policylang.model import missing
from policylang.model.decision import Approval
from policylang.model.facts import Facts, Key, PrincipalFacts, ResourceFacts
from policylang.model.request import EMPTY, Event, FrozenDict, Principal, Request
from policylang.model.types import Field
from policylang.model.values import INVALID, coerce


class Unknown(Struct, frozen=True):
    """No value, because of missing facts."""

    reasons: frozenset[str]


def unknown(reason: str) -> Unknown:
    return Unknown(frozenset((reason,)))


class Subject(Struct, frozen=True):
    """What is to be done. `key` None: an action that could not be classified.

    `can_be_waived`: not of `std.self`.
    """

    operation: str
    key: Key | None
    risks: tuple[Risk, ...]
    can_be_waived: bool = True

    @property
    def is_deterministic(self) -> bool:
        return not self.risks or any(risk.mode == "deterministic" for risk in self.risks)

    @property
    def mode(self) -> str:
        return "deterministic" if self.is_deterministic else "adaptive"


class Link(Struct, frozen=True):
    """One principal of the chain. `known_kind` (None: nobody knows it) and `known_roles` are those
    that the request alone does not tell.
    """

    id: str
    kind: str
    known_kind: str | None
    roles: frozenset[str]
    known_roles: frozenset[str]
    known: PrincipalFacts | None
    told: FrozenDict


class World:
    """A request among all known facts."""

    def __init__(self, program: Program, schema: Schema, facts: Facts, request: Request) -> None:
        self.program = program
        self.schema = schema
        self.facts = facts
        self.request = request
        self.told_attributes: dict[Key, dict[str, Any]] = {}
        self.told_parents: dict[Key, list[Key]] = {}
        if request.action is None:
            for resource in told_resources(request.resource):
                key = (resource.type, resource.id)
                self.told_attributes.setdefault(key, {}).update(resource.attributes)
                parents = self.told_parents.setdefault(key, [])
                parents.extend((parent.type, parent.id) for parent in resource.parents)
        self.subject = self._subject()

    def _subject(self) -> Subject:
        if self.request.action is not None:
            unclassified = self.schema.risks.get("Unknown")
            return Subject("", None, (unclassified,) if unclassified else ())
        key = (self.request.resource.type, self.request.resource.id)
        operation = self.schema.operations[self.request.operation, key[0]]
        risks = tuple(self.schema.risks[name] for name in sorted(operation.risks))
        return Subject(operation.name, key, risks, key[0] not in self.schema.built_in)

    def at(self, event: Event) -> World:
        """The world as it would be if that past event were the request, asked now."""
        now = self.request
        same = self.subject.key == (event.resource.type, event.resource.id)
        request = Request(
            event.principal,
            event.operation,
            now.resource if same else event.resource,
            args=event.args,
            context=now.context,
            signals=now.signals,
            session=now.session,
            labels=now.labels,
            history=now.history,
        )
        return World(self.program, self.schema, self.facts, request)

    # ── principals ───────────────────────────────────────────────────────────────────────

    def link(self, principal: Principal) -> Link:
        known = self.facts.principals.get(principal.id)
        known_kind = known.kind if known else None
        kind = known_kind or principal.kind or "agent"
        known_roles = self.role_closure(known.roles if known and known.roles else ())
        says_roles = known is not None and known.roles is not None
        roles = known_roles if says_roles else self.role_closure(principal.roles)
        return Link(principal.id, kind, known_kind, roles, known_roles, known, principal.attributes)

    def role_closure(self, roles: tuple[str, ...]) -> frozenset[str]:
        """With every role that they are nested in; undeclared roles are ignored."""
        return frozenset().union(*(self.schema.roles.get(role, frozenset()) for role in roles))

    def principal_attribute(self, link: Link, name: str, path: str, trust: str) -> Any:
        known = link.known.attributes if link.known else EMPTY
        places = link.known.places if link.known else EMPTY
        field = self.schema.principal.get(name)
        return _read(field, path, name, known, places, link.told, trust)

    # ── resources ────────────────────────────────────────────────────────────────────────

    def attribute(self, key: Key, name: str, path: str, trust: str) -> Any:
        """The value, `Unknown`, or None where none is declared or given."""
        known = self.facts.resources.get(key) or ResourceFacts(*key)
        field = self.schema.types.get(key[0], {}).get(name)
        told = self.told_attributes.get(key, EMPTY)
        return _read(field, path, name, known.attributes, known.places, told, trust)

    def parents(self, key: Key, trust: str) -> set[Key]:
        known = self.facts.resources.get(key)
        parents = set(known.parents) if known else set()
        if trust == "all" or (trust == "declared" and known is None):
            parents.update(self.told_parents.get(key, ()))
        return parents

    def ancestors(self, key: Key, trust: str) -> set[Key]:
        """Everything that contains it, itself included."""
        seen = {key}
        pending = [key]
        while pending:
            for parent in self.parents(pending.pop(), trust):
                if parent not in seen:
                    seen.add(parent)
                    pending.append(parent)
        return seen

    def parent(self, key: Key, type_name: str, path: str, trust: str) -> Any:
        """The one direct parent of that type, `Unknown`, or None where there is none."""
        found = [p for p in self.parents(key, trust) if p[0] == type_name]
        if len(found) > 1:
            return unknown(missing.ambiguous(path))
        told = any(p[0] == type_name for p in self.told_parents.get(key, ()))
        if not found and told and trust == "known":
            return unknown(missing.untrusted(path))
        return found[0] if found else None

    def blast(self, key: Key) -> int:
        everything = {key, *self.facts.resources, *self.told_attributes}
        return sum(key in self.ancestors(other, "all") for other in everything)

    # ── requirements ─────────────────────────────────────────────────────────────────────

    def meets(self, approval: Approval, requirement: Requirement) -> bool:
        """Whether an approval that counts is at least as demanding as a requirement."""
        if approval.quorum < requirement.quorum or approval.within_seconds > requirement.within:
            return False
        if not requirement.roles:
            return True
        nested = [self.schema.roles[role] for role in approval.roles]
        return bool(nested) and all(not held.isdisjoint(requirement.roles) for held in nested)


def _read(
    field: Field | None,
    path: str,
    name: str,
    known: FrozenDict,
    places: FrozenDict,
    told: Any,
    trust: str,
) -> Any:
    """One attribute by precedence: the value, `Unknown` if malformed, None if absent."""
    if field is None:
        return None
    if name in known:
        return typed(field, path, known[name], places.get(name, ""))
    if name in told and trust == "known":
        return unknown(missing.untrusted(path))
    if name in told:
        return typed(field, path, told[name])
    return given_default(field)


def typed(field: Field, path: str, raw: Any, place: str = "") -> Any:
    """The value of `raw`; one of the wrong type is a missing fact."""
    value = coerce(field.type, raw)
    return unknown(missing.malformed(path, field.type, place)) if value is INVALID else value


def given_default(field: Field) -> Any:
    """What `= literal` says, or None."""
    return None if field.default is None else coerce(field.type, field.default)
