"""Asking both engines, and small programs by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from policylang.engines.compiled import CompiledEngine
from policylang.engines.reference import Reference
from policylang.ir import expressions as ir
from policylang.ir.program import Clause, Limit, Program, Requirement, Rule
from policylang.model.decision import Record
from policylang.model.facts import Facts
from policylang.model.request import Request
from policylang.testing.trials import ANYONE
from tests.engines.compiled.random_programs import (
    CONTEXT,
    OPERATIONS,
    PRINCIPAL,
    RISKS,
    ROLES,
    SIGNALS,
    TYPES,
)

EVERYBODY = (ir.WhoAnyone(),)
ANYTHING = ir.WhatAnything()
ANYWHERE = (ir.Where(),)


def program(*rules: Rule, limits: tuple[Limit, ...] = ()) -> Program:
    """A program over the world of `random_programs`."""
    return Program(
        "m", ("m",), RISKS, ROLES, TYPES, OPERATIONS, PRINCIPAL, CONTEXT,
        ("private", "untrusted"), SIGNALS, (), (), tuple(sorted(rules, key=lambda r: r.id)),
        limits, (), (), (),
    )  # fmt: skip


def rule(
    id: str,
    effect: Any = "allow",
    *,
    who: Iterable[ir.Who] = EVERYBODY,
    what: ir.What = ANYTHING,
    where: Iterable[ir.Where] = ANYWHERE,
    when: Iterable[ir.Expr] = (),
    unless: Iterable[ir.Expr] = (),
    requirement: Requirement | None = None,
    waives: tuple[str, ...] = (),
) -> Rule:
    clauses = [Clause("when", expr, "") for expr in when]
    clauses += [Clause("unless", expr, "") for expr in unless]
    return Rule(
        id, None, effect, tuple(who), (what,), tuple(where), tuple(clauses),
        requirement or (Requirement() if effect == "require_approval" else None), (), waives,
        "", False, f"m.pol:{id}",
    )  # fmt: skip


def differences(
    program: Program, facts: Facts, requests: list[Request], *, times: int = 2
) -> list[str]:
    """Where the compiled engine's record is not the reference's.

    Each request is asked several times, so that records are built and then found.
    """
    reference = Reference(program, facts, ANYONE)
    engine = CompiledEngine(program, facts, ANYONE)
    found = []
    for _ in range(times):
        singly = [engine.decide(request).record for request in requests]
        at_once = [decision.record for decision in engine.decide_many(requests)]
        for request, one, many in zip(requests, singly, at_once, strict=True):
            expected = reference.record(request)
            if one != expected or many != expected:
                found.append(_difference(request, expected, one, many))
    return found


def _difference(request: Request, *records: Record) -> str:
    return "\n".join(["", repr(request), *(f"  {record}" for record in records)])


def served(engine: CompiledEngine, request: Request) -> bool:
    """Whether generated code alone makes the decision."""
    engine.decide(request)
    judge = engine._judges[request.resource.type][request.operation]
    return judge(request, request.principal) is not None
