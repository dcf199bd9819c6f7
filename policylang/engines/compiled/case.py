"""A request among all known facts, for the careful path: every fact is a value, or says why not.

`trust` says whose word a rule takes: `all`; `declared` (an `allow`: a known resource is under its
known parents only); `known` (a waiver: nothing that the request alone tells).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from policylang.engines.admission import Schema, told_resources
from policylang.engines.compiled.known import Known, believed
from policylang.ir import expressions as ir
from policylang.model import missing
from policylang.model.facts import Key, PrincipalFacts
from policylang.model.request import EMPTY, FrozenDict, Principal, Request
from policylang.model.types import Field
from policylang.model.values import INVALID, coerce


class Unknown(frozenset[str]):
    """No value; the missing facts are its elements."""

    __slots__ = ()


def unknown(reason: str) -> Unknown:
    return Unknown((reason,))


class Link(Struct, frozen=True):
    """One principal of the chain."""

    id: str
    kind: str
    known_kind: str
    roles: frozenset[str]
    known_roles: frozenset[str]
    facts: PrincipalFacts
    told: FrozenDict

    def kind_by(self, trust: str) -> str:
        return self.known_kind if trust == "known" else self.kind

    def roles_by(self, trust: str) -> frozenset[str]:
        return self.known_roles if trust == "known" else self.roles


class Case:
    """One request. `key` None: an action that could not be classified.

    `now` and `trace` are kept by the history operators.
    """

    def __init__(self, known: Known, request: Request) -> None:
        self.known = known
        self.schema: Schema = known.schema
        self.request = request
        self.operation = request.operation
        self.key: Key | None = None
        self.told_attributes: dict[Key, dict[str, Any]] = {}
        self.told_parents: dict[Key, list[Key]] = {}
        self.moments: Any = None
        self._ancestors: dict[tuple[Key, str], frozenset[Key]] = {}
        if request.action is None:
            self.key = (request.resource.type, request.resource.id)
            self._listen()

    def _listen(self) -> None:
        for resource in told_resources(self.request.resource):
            key = (resource.type, resource.id)
            self.told_attributes.setdefault(key, {}).update(resource.attributes)
            if resource.parents:
                parents = self.told_parents.setdefault(key, [])
                parents.extend((parent.type, parent.id) for parent in resource.parents)

    def link(self, principal: Principal) -> Link:
        facts = self.known.facts.principals.get(principal.id) or PrincipalFacts(principal.id)
        known_roles = self.known.closure(facts.roles or ())
        told_roles = self.known.closure(principal.roles) if facts.roles is None else known_roles
        return Link(
            principal.id,
            facts.kind or principal.kind or "agent",
            facts.kind or believed(principal.kind or "agent"),
            told_roles,
            known_roles,
            facts,
            principal.attributes,
        )

    # ── attributes: the value, `Unknown`, or None where there is none ────────────────────

    def of_principal(self, link: Link, name: str, path: str, trust: str) -> Any:
        field = self.schema.principal.get(name)
        if field is None:
            return None
        return read(field, path, link.facts.attributes, link.facts.places, link.told, trust)

    def of_resource(self, key: Key, name: str, path: str, trust: str) -> Any:
        field = self.schema.types.get(key[0], {}).get(name)
        if field is None:
            return None
        told = self.told_attributes.get(key, EMPTY)
        facts = self.known.facts.resources.get(key)
        if facts is None:
            return read(field, path, EMPTY, EMPTY, told, trust)
        return read(field, path, facts.attributes, facts.places, told, trust)

    # ── containment ──────────────────────────────────────────────────────────────────────

    def parents(self, key: Key, trust: str) -> set[Key]:
        facts = self.known.facts.resources.get(key)
        parents = set(facts.parents) if facts else set()
        if trust == "all" or (trust == "declared" and facts is None):
            parents.update(self.told_parents.get(key, ()))
        return parents

    def ancestors(self, key: Key, trust: str) -> frozenset[Key]:
        """Everything that contains it, itself included."""
        if not self.told_parents:
            return self.known.ancestors(key)
        found = self._ancestors.get((key, trust))
        if found is None:
            found = self._ancestors[key, trust] = self._walk(key, trust)
        return found

    def _walk(self, key: Key, trust: str) -> frozenset[Key]:
        seen, pending = {key}, [key]
        while pending:
            new = self.parents(pending.pop(), trust) - seen
            seen |= new
            pending.extend(new)
        return frozenset(seen)

    def parent(self, key: Key, type_name: str, path: str, trust: str) -> Any:
        """The one direct parent of that type, `Unknown`, or None where there is none."""
        found = [parent for parent in self.parents(key, trust) if parent[0] == type_name]
        if len(found) == 1:
            return found[0]
        if found:
            return unknown(missing.ambiguous(path))
        told = trust == "known" and type_name in (t for t, _ in self.told_parents.get(key, ()))
        return unknown(missing.untrusted(path)) if told else None

    def blast(self, key: Key) -> int:
        """How many resources are under it, known or told of, itself included."""
        told = self.told_attributes.keys() - self.known.facts.resources.keys() - {key}
        if not self.told_parents:
            return self.known.blast(key)
        everything = {key, *told, *self.known.facts.resources}
        return sum(key in self.ancestors(each, "all") for each in everything)

    # ── scopes ───────────────────────────────────────────────────────────────────────────

    def is_who(self, who: ir.Who, link: Link, trust: str) -> bool:
        match who:
            case ir.WhoId(id):
                return link.id == id
            case ir.WhoKind(kind):
                return link.kind_by(trust) == kind
            case ir.WhoRole(role):
                return role in link.roles_by(trust)
        return True

    def is_where(self, where: ir.Where, key: Key | None, trust: str) -> bool:
        if key is None:
            return where.type is None and where.id is None and where.under is None
        if where.type not in (None, key[0]) or where.id not in (None, key[1]):
            return False
        under = where.under
        if under is None:
            return True
        return (under.resource_type, under.id) in self.ancestors(key, trust)


def read(
    field: Field,
    path: str,
    known: Mapping[str, Any],
    places: Mapping[str, Any],
    told: Mapping[str, Any],
    trust: str,
) -> Any:
    """One attribute by precedence."""
    name = field.name
    if name in known:
        return typed(field, path, known[name], places.get(name, ""))
    if name not in told:
        return fallback(field)
    return unknown(missing.untrusted(path)) if trust == "known" else typed(field, path, told[name])


def typed(field: Field, path: str, raw: Any, place: str = "") -> Any:
    """The value of `raw`; one of the wrong type is a missing fact."""
    value = coerce(field.type, raw)
    return unknown(missing.malformed(path, field.type, place)) if value is INVALID else value


def fallback(field: Field) -> Any:
    """What `= literal` says, or None."""
    return None if field.default is None else coerce(field.type, field.default)


def what_covers(what: ir.What, operation: str, risks: tuple[str, ...] | frozenset[str]) -> bool:
    match what:
        case ir.WhatRisk(risk):
            return risk in risks
        case ir.WhatOperation(name):
            return name == operation
    return True
