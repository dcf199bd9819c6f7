"""A program of a given size for tests of scale, the same one each time."""

from __future__ import annotations

import random

from policylang.ir.expressions import (
    ResourceConst,
    WhatOperation,
    WhatRisk,
    Where,
    WhoId,
    WhoKind,
    WhoRole,
)
from policylang.ir.program import Program, Requirement, ResourceType, Role, Rule, VerdictName
from policylang.model.facts import Facts, PrincipalFacts, ResourceFacts
from tests.engines.graph.story import operation, program, rule, when

EFFECTS: tuple[VerdictName, ...] = ("allow", "require_approval", "deny")
VERBS = ("describe", "list", "update", "restart", "delete", "purge", "send", "grant")
RISK_OF = dict(
    zip(
        VERBS,
        ("Read", "Read", "Write", "Write", "Destructive", "Destructive", "External", "Permissions"),
        strict=True,
    )
)


def large(rules: int, entities: int, *, types: int = 40, roles: int = 30) -> tuple[Program, Facts]:
    """`rules` rules over `types` types; half of the `entities` are principals."""
    chance = random.Random(7)
    names = [f"Type{n:02}" for n in range(types)]
    role_names = [f"Team{n:02}" for n in range(roles)]
    made = program(
        tuple(_rule(chance, n, names, role_names) for n in range(rules)),
        roles=tuple(_role(name, role_names) for name in role_names),
        types=tuple(ResourceType(name, tuple(names[: n % 5]), ()) for n, name in enumerate(names)),
        operations=tuple(operation(verb, t, RISK_OF[verb]) for t in names for verb in VERBS),
    )
    return made, _facts(chance, entities, names, role_names)


def _role(name: str, names: list[str]) -> Role:
    parents = () if name == names[0] else (names[0],)
    return Role(name, parents, tuple(sorted({name, *parents})))


def _rule(chance: random.Random, number: int, types: list[str], roles: list[str]) -> Rule:
    effect: VerdictName = chance.choices(EFFECTS, (6, 2, 2))[0]
    who = chance.choices(
        (WhoRole(chance.choice(roles)), WhoKind("agent"), WhoId(f"user-{number % 50}")), (8, 1, 1)
    )[0]
    verb = chance.choice(VERBS)
    what = WhatRisk(RISK_OF[verb]) if chance.random() < 0.2 else WhatOperation(verb)
    type_ = chance.choice(types)
    where = chance.choice(
        (Where(type_), Where(type_, f"r{number % 90}"), Where(type_, None, _place(types)))
    )
    clauses = (when(f"resource.tier == {number % 7}"),) if chance.random() < 0.5 else ()
    asked = Requirement((roles[0],), 2, 1800) if effect == "require_approval" else None
    return rule(f"rule_{number:05}", effect, who, what, where, *clauses, requirement=asked)


def _place(types: list[str]) -> ResourceConst:
    return ResourceConst(types[0], "r0")


def _facts(chance: random.Random, entities: int, types: list[str], roles: list[str]) -> Facts:
    half = entities // 2
    people = [
        PrincipalFacts(f"user-{n}", chance.choice(("agent", "human")), (chance.choice(roles),))
        for n in range(half)
    ]
    things = [
        ResourceFacts(types[n % len(types)], f"r{n}", parents=((types[0], "r0"),) if n else ())
        for n in range(entities - half)
    ]
    return Facts(things, people)
