"""Tells how far a rule's scope covers a subject, an operation and a part of the world.

A cover is a tuple of conditions that must hold beside the rule's own clauses: empty means that the
scope covers the question wholly, and None that the two cannot meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TypeVar

from msgspec import Struct

from policylang.engines.graph.wording import quoted, resource_text
from policylang.ir.expressions import (
    ResourceConst,
    What,
    WhatAnything,
    WhatOperation,
    WhatRisk,
    Where,
    Who,
    WhoAnyone,
    WhoId,
    WhoKind,
    WhoRole,
)
from policylang.ir.program import Operation, Program
from policylang.model.facts import Facts, Key

Cover = tuple[str, ...] | None
T = TypeVar("T")


class Subject(Struct, frozen=True):
    """Somebody who may act. `kind` or `roles` None: only the request will tell.

    `roles` hold every role through nesting. `sort` is `principal`, `role` or `kind`; `name` is what
    tells the subject apart within its sort.
    """

    name: str
    sort: str
    kind: str | None
    roles: frozenset[str] | None
    id: str | None = None


class Target(Struct, frozen=True):
    """A part of the world that is asked about: a type's resources, one of them, a subtree."""

    type: str | None = None
    id: str | None = None
    under: Key | None = None


class World:
    """Known resources and the containment of types, with what lies above each."""

    def __init__(self, program: Program, facts: Facts) -> None:
        self._facts = facts
        self._type_parents = {t.name: t.parents for t in program.resource_types}
        self._above: dict[Key, frozenset[Key]] = {}

    def known(self, key: Key) -> bool:
        return key in self._facts.resources

    def above(self, key: Key) -> frozenset[Key]:
        """The resource itself and every known container of it."""
        found = self._above.get(key)
        if found is None:
            found = self._above[key] = frozenset(_reached(key, self._parents))
        return found

    def _parents(self, key: Key) -> Iterable[Key]:
        resource = self._facts.resources.get(key)
        return () if resource is None else resource.parents

    def below(self, key: Key) -> list[Key]:
        """The resource itself and every known resource in it, sorted."""
        return sorted(_reached(key, lambda inner: self._children.get(inner, ())))

    @cached_property
    def _children(self) -> dict[Key, list[Key]]:
        children: dict[Key, list[Key]] = {}
        for key, resource in self._facts.resources.items():
            for parent in resource.parents:
                children.setdefault(parent, []).append(key)
        return children

    @cached_property
    def _types_above(self) -> dict[str, frozenset[str]]:
        parents = self._type_parents
        return {name: frozenset(_reached(name, lambda t: parents.get(t, ()))) for name in parents}

    def may_contain(self, outer: str, inner: str) -> bool:
        """Whether resources of type `inner` can lie in one of type `outer`, or be one."""
        return outer == inner or outer in self._types_above.get(inner, ())


def _reached(start: T, step: Callable[[T], Iterable[T]]) -> set[T]:
    seen = {start}
    waiting = [start]
    while waiting:
        for following in step(waiting.pop()):
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return seen


def who_cover(who: Iterable[Who], subject: Subject) -> Cover:
    return either(_one_who(one, subject) for one in who)


def _one_who(who: Who, subject: Subject) -> Cover:
    match who:
        case WhoAnyone():
            return ()
        case WhoKind(kind):
            return _told(subject.kind, subject.kind == kind, f"the principal is {kind}")
        case WhoRole(role):
            held = subject.roles is not None and role in subject.roles
            return _told(subject.roles, held, f"the principal is in {role}")
        case WhoId(name):
            return () if subject.id == name else None


def _told(known: object, holds: bool, condition: str) -> Cover:
    if known is None:
        return (condition,)
    return () if holds else None


def waiver_cover(who: Iterable[Who], subject: Subject) -> Cover:
    """As `who_cover`, for a rule that waives: it sees only what is known of a principal.

    A kind or role that the request alone tells does not count, and whoever is unknown counts as an
    agent; so of everybody who is not known wholly, the scope's kinds and roles are conditions.
    """
    return either(_one_waived(one, subject) for one in who)


def _one_waived(who: Who, subject: Subject) -> Cover:
    known = subject.sort == "principal"
    match who:
        case WhoKind(kind) if not known or subject.kind is None:
            possible = kind == "agent" or subject.kind in (None, kind)
            return (f"the principal is known as {kind}",) if possible else None
        case WhoRole(role) if not known or subject.roles is None:
            possible = subject.roles is None or role in subject.roles
            return (f"the principal is known to be in {role}",) if possible else None
    return _one_who(who, subject)


def what_covers(what: Iterable[What], operation: Operation) -> bool:
    return any(_one_what(one, operation) for one in what)


def _one_what(what: What, operation: Operation) -> bool:
    match what:
        case WhatAnything():
            return True
        case WhatRisk(risk):
            return risk in operation.risks
        case WhatOperation(name):
            return name == operation.name


def where_cover(where: Iterable[Where], type_: str, target: Target, world: World) -> Cover:
    """How far a scope covers the resources of `type_` within the target."""
    return either(_one_where(one, type_, target, world) for one in where)


def _one_where(where: Where, type_: str, target: Target, world: World) -> Cover:
    if where.type not in (None, type_):
        return None
    named = _named(where, type_, target, world)
    placed = _placed(where.under, type_, target, world)
    return None if named is None or placed is None else named + placed


def _named(where: Where, type_: str, target: Target, world: World) -> Cover:
    if where.id is None:
        return ()
    if target.id is not None:
        return () if target.id == where.id else None
    key = (type_, where.id)
    if target.under is not None and world.known(key) and target.under not in world.above(key):
        return None
    return (f"the resource is {type_} {quoted(where.id)}",)


def _placed(under: ResourceConst | None, type_: str, target: Target, world: World) -> Cover:
    if under is None:
        return ()
    outer = (under.resource_type, under.id)
    if target.id is not None:
        key = (type_, target.id)
        if outer in world.above(key):
            return ()
        if world.known(key):
            return None
    if target.under is not None and outer in world.above(target.under):
        return ()
    if not world.may_contain(outer[0], type_):
        return None
    return (f"the resource is under {resource_text(under)}",)


def either(covers: Iterable[Cover]) -> Cover:
    """What holds where one of several scopes covers; alternatives become one condition."""
    found = [cover for cover in covers if cover is not None]
    if not found:
        return None
    if () in found:
        return ()
    texts = sorted({" and ".join(cover) for cover in found})
    return (" or ".join(texts),)
