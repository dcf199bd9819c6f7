"""The whole analysis: names, declarations, rules, and the program that comes out of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.ir.program import EntityDecl, Limit, Program, Prove, Rule, TestCase
from policylang.language import nodes
from policylang.semantics import checks
from policylang.semantics.cases import lower_test
from policylang.semantics.collect import Collected, Loose, collect
from policylang.semantics.declarations import declare
from policylang.semantics.defines import check_defines
from policylang.semantics.facts import entities, principals
from policylang.semantics.identities import Identities
from policylang.semantics.modules import in_force, survey
from policylang.semantics.names import Here
from policylang.semantics.places import Places
from policylang.semantics.reach import Reaches
from policylang.semantics.report import Report
from policylang.semantics.rules import Rules
from policylang.semantics.schema import Schema
from policylang.semantics.tools import tools
from policylang.semantics.unit import SELF, Analysis, Unit

_Value = TypeVar("_Value")


class _Lowered:
    """What the loose declarations come to, by id; textually identical ones are one."""

    def __init__(self) -> None:
        self.rules: dict[str, Rule] = {}
        self.limits: dict[str, Limit] = {}
        self.proves: dict[str, Prove] = {}
        self.tests: list[TestCase] = []


def analyse(units: Sequence[Unit], *, name: str | None = None) -> Analysis:
    """Checks a whole program: every file, with the modules that it uses and `std.self`.

    Never raises on a wrong policy. All problems are found in one run; warnings are looked for only
    where there is no error.
    """
    report, places = Report(), Places()
    modules = survey(units)
    collected = collect(units, modules, report)
    report.incomplete |= bool(modules.incomplete) or any(
        here.unread or not here.module for here in collected.names.heres
    )
    schema = declare(collected.names, places)
    reaches = Reaches(schema)
    _check_rule_names(collected)
    known, resources = principals(schema, places), entities(schema, places)
    lowered, called = _lower(schema, reaches, collected.loose, places, resources)
    bound = tools(schema, reaches, places)
    check_defines(schema, reaches, called)
    if report:
        return Analysis(None, report.diagnostics(), places)
    names = in_force(units)
    program = Program(
        name or names[0],
        names,
        _sorted(schema.risks),
        _sorted(schema.roles),
        _sorted(schema.types),
        tuple(schema.operations[key] for key in sorted(schema.operations)),
        _sorted(schema.principal),
        _sorted(schema.context),
        tuple(sorted(schema.labels)),
        _sorted(schema.signals),
        known,
        resources,
        _sorted(lowered.rules),
        _sorted(lowered.limits),
        _sorted(lowered.proves),
        bound,
        tuple(sorted(lowered.tests, key=lambda t: (t.module, t.name, t.at))),
        _sources(units),
    )
    return Analysis(program, _warnings(program, places), places)


def _sorted(table: dict[str, _Value]) -> tuple[_Value, ...]:
    return tuple(table[key] for key in sorted(table))


def _warnings(program: Program, places: Places) -> tuple[Diagnostic, ...]:
    return tuple(found for check in checks.CHECKS for found in check(program, places))


def _sources(units: Sequence[Unit]) -> tuple[tuple[str, str], ...]:
    digests = {
        (u.source.name, hashlib.sha256(u.source.text.encode("utf-8", "surrogatepass")).hexdigest())
        for u in units
    }
    return tuple(sorted(digests))


def _lower(
    schema: Schema,
    reaches: Reaches,
    loose: Sequence[Loose],
    places: Places,
    resources: Sequence[EntityDecl],
) -> tuple[_Lowered, set[str]]:
    ruled = [(d.here, d.node) for d in loose if not isinstance(d.node, nodes.TestDecl)]
    rules = Rules(schema, reaches, Identities(ruled))
    into = _Lowered()
    for declaration in sorted(loose, key=lambda d: (d.here.source.name, d.node.span)):
        if isinstance(declaration.node, nodes.TestDecl):
            test = lower_test(schema, declaration.here, declaration.node, resources)
            into.tests.append(test)
        else:
            _lower_one(rules, declaration.here, declaration.node, into, places)
    return into, rules.called


def _lower_one(
    rules: Rules,
    here: Here,
    node: nodes.RuleDecl | nodes.LimitDecl | nodes.ProveDecl,
    into: _Lowered,
    places: Places,
) -> None:
    match node:
        case nodes.RuleDecl():
            rule = rules.rule(here, node)
            if into.rules.setdefault(rule.id, rule) is rule:
                places.put("rule", rule.id, here.source, node.span)
                _put_clauses(places, rule.id, here, node.clauses)
        case nodes.LimitDecl():
            limit = rules.limit(here, node)
            if limit is not None and into.limits.setdefault(limit.id, limit) is limit:
                places.put("limit", limit.id, here.source, node.span)
                _put_clauses(places, limit.id, here, node.clauses)
        case nodes.ProveDecl():
            prove = rules.prove(here, node)
            if into.proves.setdefault(prove.id, prove) is prove:
                places.put("prove", prove.id, here.source, node.span)
                _put_clauses(places, prove.id, here, node.clauses)


def _put_clauses(places: Places, id_: str, here: Here, clauses: Sequence[nodes.ClauseNode]) -> None:
    guards = (clause for clause in clauses if isinstance(clause, nodes.GuardClause))
    for index, clause in enumerate(guards):
        places.put("clause", f"{id_}#{index}", here.source, clause.span)


def _check_rule_names(collected: Collected) -> None:
    """Rules and limits share their names. Those of `std.self` are nobody's to avoid."""
    for declaration in collected.loose:
        node = declaration.node
        if isinstance(node, (nodes.ProveDecl, nodes.TestDecl)) or declaration.here.module == SELF:
            continue
        if node.name is not None:
            name = node.name
            collected.names.declare("rule", name.text, name.span, declaration.here, node)
