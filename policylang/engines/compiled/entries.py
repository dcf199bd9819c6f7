"""What can match one operation on one type: its rules and limits, found without asking the others.

A program's rules are sorted once by what they are about. An `Entry` is a rule or a limit with
everything that does not depend on the request already decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from policylang.engines.admission import Schema
from policylang.engines.compiled.case import what_covers
from policylang.ir import expressions as ir
from policylang.ir.program import Clause, Limit, Operation, Program, Rule
from policylang.model.types import Field


class Entry(Struct, frozen=True):
    """`where` holds only what can cover the type. `trust`: see `case`."""

    rule: Rule | None
    limit: Limit | None
    who: tuple[ir.Who, ...]
    where: tuple[ir.Where, ...]
    trust: str

    @property
    def clauses(self) -> tuple[Clause, ...]:
        said = self.rule or self.limit
        return said.clauses if said else ()


class Subject(Struct, frozen=True):
    """An operation on a type. Both are "" for an action that could not be classified."""

    operation: str
    type: str
    risks: tuple[str, ...]

    @property
    def is_unclassified(self) -> bool:
        return not self.type


class Catalogue:
    """A program's rules and limits by what they are about."""

    def __init__(self, program: Program) -> None:
        self._rules: dict[ir.What, list[int]] = {}
        self._program = program
        for number, rule in enumerate(program.rules):
            for what in rule.what:
                self._rules.setdefault(what, []).append(number)

    def entries(self, schema: Schema, subject: Subject) -> list[Entry]:
        """Everything that can match, in the order of ids, limits last."""
        asked: list[ir.What] = [ir.WhatAnything(), ir.WhatOperation(subject.operation)]
        asked += [ir.WhatRisk(risk) for risk in subject.risks]
        numbers = sorted({n for what in asked for n in self._rules.get(what, ())})
        rules = self._program.rules
        found = [_of_rule(rules[number], subject) for number in numbers]
        found += [_of_limit(limit, subject) for limit in self._program.limits]
        return [entry for entry in found if entry and not _is_dead(schema, subject, entry)]


def _of_rule(rule: Rule, subject: Subject) -> Entry | None:
    where = _possible(rule.where, subject)
    return Entry(rule, None, rule.who, where, trust_of(rule)) if where else None


def _of_limit(limit: Limit, subject: Subject) -> Entry | None:
    where = _possible((limit.where,), subject)
    if not where or not what_covers(limit.what, subject.operation, subject.risks):
        return None
    return Entry(None, limit, (limit.who,), where, "all")


def trust_of(rule: Rule) -> str:
    if rule.waives:
        return "known"
    return "declared" if rule.effect == "allow" else "all"


def _possible(wheres: Iterable[ir.Where], subject: Subject) -> tuple[ir.Where, ...]:
    if subject.is_unclassified:
        return tuple(where for where in wheres if where == ir.Where())
    return tuple(where for where in wheres if where.type in (None, subject.type))


def conjuncts(clauses: Iterable[Clause]) -> list[ir.Expr]:
    """What must all be true for the guard to be true."""
    found: list[ir.Expr] = []
    for clause in clauses:
        found += _positive(clause.expr) if clause.kind == "when" else _negative(clause.expr)
    return found


def _positive(expr: ir.Expr) -> list[ir.Expr]:
    if isinstance(expr, ir.And):
        return [part for operand in expr.operands for part in _positive(operand)]
    if isinstance(expr, ir.Not):
        return _negative(expr.operand)
    return [expr]


def _negative(expr: ir.Expr) -> list[ir.Expr]:
    if isinstance(expr, ir.Or):
        return [part for operand in expr.operands for part in _negative(operand)]
    if isinstance(expr, ir.Not):
        return _positive(expr.operand)
    return [ir.Not(expr)]


def declared_field(schema: Schema, subject: Subject, root: str, name: str) -> Field | None:
    """The declaration of an attribute, argument, context key or signal, where there is one."""
    return _declared(schema, subject, root).get(name)


def declared_names(schema: Schema, subject: Subject, root: str) -> frozenset[str]:
    return frozenset(_declared(schema, subject, root))


def _declared(schema: Schema, subject: Subject, root: str) -> dict[str, Field]:
    match root:
        case "principal":
            return schema.principal
        case "resource":
            return schema.types.get(subject.type, {})
        case "args":
            return schema.parameters.get((subject.operation, subject.type), {})
        case "context":
            return schema.context
    return schema.signals if root == "signal" else {}


def _is_dead(schema: Schema, subject: Subject, entry: Entry) -> bool:
    """Whether the guard asks for an attribute that this type or operation cannot have."""
    return any(
        declared_field(schema, subject, has.base.name, has.name) is None
        for has in _root_has(conjuncts(entry.clauses))
        if isinstance(has.base, ir.Root) and not _is_unreadable(subject, has.base)
    )


def _root_has(parts: list[ir.Expr]) -> Iterator[ir.Has]:
    return (part for part in parts if isinstance(part, ir.Has))


def _is_unreadable(subject: Subject, root: ir.Root) -> bool:
    """Without a resource, even `has` is a missing fact."""
    return subject.is_unclassified and root.name == "resource"


def subjects(program: Program) -> Iterator[Subject]:
    yield from (subject_of(operation) for operation in program.operations)


def subject_of(operation: Operation) -> Subject:
    return Subject(operation.name, operation.resource_type, tuple(sorted(operation.risks)))
