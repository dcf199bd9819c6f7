"""Weighs the rules for one subject and one operation without evaluating a guard.

A guard may be true or false, so the answer is a range. Its loose end assumes that every guarded
`allow` and waiver holds where that loosens, and no guarded `deny`, gate or limit does; its strict
end assumes the reverse. The decision of any request that the subject can make lies between them,
taking what is known of resources as complete. Both ends combine as the language does: openers or
defaults, then denies, floors and limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from policylang.engines.graph.answers import Finding, Reason
from policylang.engines.graph.scopes import (
    Subject,
    Target,
    World,
    waiver_cover,
    what_covers,
    where_cover,
    who_cover,
)
from policylang.engines.graph.wording import (
    budget_text,
    clause_text,
    limit_text,
    requirement_text,
    rule_text,
    ruling_text,
)
from policylang.ir.expressions import What, WhatOperation, WhatRisk, Where, Who
from policylang.ir.program import Limit, Operation, Program, Requirement, Rule, Ruling

ORDER = {"allow": 0, "require_approval": 1, "deny": 2}


class Statement(Struct, frozen=True):
    """A rule or a limit. `number` is its place in the table; `text` its head in words.

    `requirement` is what an approval needs; `outcome` the verdict that it can lead to.
    """

    number: int
    id: str
    effect: str
    outcome: str
    who: tuple[Who, ...]
    what: tuple[What, ...]
    where: tuple[Where, ...]
    clauses: tuple[str, ...]
    requirement: Requirement | None
    waives: tuple[str, ...]
    reads_signal: bool
    because: str
    at: str
    text: str
    name: str | None = None
    doc: str = ""
    budget: str = ""


def statements(program: Program) -> list[Statement]:
    """Every rule, then every limit, in the program's order."""
    found = [_of_rule(number, rule) for number, rule in enumerate(program.rules)]
    found += [_of_limit(len(found) + n, limit) for n, limit in enumerate(program.limits)]
    return found


def _of_rule(number: int, rule: Rule) -> Statement:
    return Statement(
        number=number,
        id=rule.id,
        effect=rule.effect,
        outcome=rule.effect,
        who=rule.who,
        what=rule.what,
        where=rule.where,
        clauses=clause_text(rule.clauses),
        requirement=rule.requirement,
        waives=rule.waives,
        reads_signal=rule.reads_signal,
        because=rule.because,
        at=rule.at,
        text=rule_text(rule),
        name=rule.name,
        doc=rule.doc,
    )


def _of_limit(number: int, limit: Limit) -> Statement:
    return Statement(
        number=number,
        id=limit.id,
        effect="limit",
        outcome=limit.then.verdict,
        who=(limit.who,),
        what=(limit.what,),
        where=(limit.where,),
        clauses=clause_text(limit.clauses),
        requirement=limit.then.requirement,
        waives=(),
        reads_signal=False,
        because="",
        at=limit.at,
        text=limit_text(limit),
        budget=f"at most {budget_text(limit)}",
        name=limit.name,
        doc=limit.doc,
    )


class Table:
    """The statements, indexed by the operations that they speak of.

    `by_subject`: whether they waive, and of whom they speak, to their numbers.
    """

    def __init__(self, program: Program) -> None:
        self.statements = statements(program)
        self.risks = {risk.name: risk for risk in program.risks}
        self.built_in = frozenset(t.name for t in program.resource_types if t.builtin)
        self.nesting = {role.name: frozenset(role.ancestors) for role in program.roles}
        self.by_subject: dict[tuple[bool, tuple[Who, ...]], list[int]] = {}
        self._by_name: dict[str, list[Statement]] = {}
        self._by_risk: dict[str, list[Statement]] = {}
        self._general: list[Statement] = []
        for statement in self.statements:
            speaks_of = (bool(statement.waives), statement.who)
            self.by_subject.setdefault(speaks_of, []).append(statement.number)
            for what in statement.what:
                self._bucket(what).append(statement)

    def _bucket(self, what: What) -> list[Statement]:
        match what:
            case WhatOperation(name):
                return self._by_name.setdefault(name, [])
            case WhatRisk(name):
                return self._by_risk.setdefault(name, [])
        return self._general

    def about(self, operation: Operation) -> list[Statement]:
        """The statements that speak of an operation, wherever and of whomever, in order."""
        found = {s.number: s for s in self._by_name.get(operation.name, ())}
        for risk in operation.risks:
            found.update((s.number, s) for s in self._by_risk.get(risk, ()))
        found.update((s.number, s) for s in self._general)
        types = (None, operation.resource_type)
        spoken = (found[number] for number in sorted(found))
        return [s for s in spoken if any(where.type in types for where in s.where)]


class Case(Struct, frozen=True):
    """A statement that covers the question, and what must hold beside its own clauses."""

    statement: Statement
    conditions: tuple[str, ...]

    @property
    def certain(self) -> bool:
        return not self.conditions

    @property
    def effect(self) -> str:
        return self.statement.effect

    def reason(self) -> Reason:
        statement = self.statement
        requirement = statement.requirement
        return Reason(
            rule=statement.id,
            effect=statement.effect,
            text=statement.text,
            conditions=self.conditions,
            requirement="" if requirement is None else requirement_text(requirement),
            because=statement.because,
            at=statement.at,
        )


def where_cases(
    table: Table, operation: Operation, target: Target, world: World
) -> list[tuple[Statement, tuple[str, ...]]]:
    """The statements that reach the operation within the target, with what they need for it."""
    found = []
    for statement in table.about(operation):
        cover = where_cover(statement.where, operation.resource_type, target, world)
        if cover is not None and what_covers(statement.what, operation):
            found.append((statement, cover))
    return found


Covers = dict[int, tuple[str, ...]]


def subject_covers(table: Table, subject: Subject) -> Covers:
    """By statement number: what must hold of the subject for the statement to be about it."""
    found: Covers = {}
    for (waives, who), numbers in table.by_subject.items():
        cover = waiver_cover(who, subject) if waives else who_cover(who, subject)
        if cover is not None:
            found.update(dict.fromkeys(numbers, cover))
    return found


def weigh(
    kind: str | None,
    operation: Operation,
    about: Iterable[tuple[Statement, tuple[str, ...], tuple[str, ...]]],
    table: Table,
) -> Finding:
    """What the policy says of a subject of that kind doing the operation on what was asked about.

    `about`: the statements that reach both, with what must hold of the subject and of the resource.
    """
    cases = [Case(one, _conditions(who, here, one.clauses)) for one, who, here in about]
    return _Weighing(kind, operation, table, cases).finding()


def _conditions(
    who: Sequence[str], where: Sequence[str], clauses: Sequence[str]
) -> tuple[str, ...]:
    return (*(f"when {text}" for text in (*who, *where)), *clauses)


class _Weighing:
    """One weighing: the cases sorted by what they can do to the verdict."""

    def __init__(
        self, kind: str | None, operation: Operation, table: Table, cases: list[Case]
    ) -> None:
        self.kind = kind
        self.nesting = table.nesting
        self.risks = [table.risks[name] for name in operation.risks if name in table.risks]
        strict = operation.mode == "deterministic"
        self.gates = [c for c in cases if _gates_only(c, strict)]
        openers = [c for c in cases if c.effect in ("allow", "require_approval")]
        self.openers = [c for c in openers if not _gates_only(c, strict)]
        self.denies = [c for c in cases if c.effect == "deny"]
        self.limits = [c for c in cases if c.effect == "limit"]
        self.can_be_waived = operation.resource_type not in table.built_in
        self.default = _strictest(risk.default for risk in self.risks)

    def finding(self) -> Finding:
        loosest, strictest = self._loosest(), self._strictest()
        denies = [c for c in self.denies if c.certain] or self.denies
        if loosest == "deny":
            reasons = tuple(c.reason() for c in denies if c.certain) or self._why_denied()
            return Finding("deny", "deny", denies=reasons)
        tightening = [*self.gates, *self.limits]
        return Finding(
            loosest=loosest,
            strictest=strictest,
            openers=tuple(c.reason() for c in self.openers) + self._defaults(),
            denies=tuple(c.reason() for c in denies),
            tightening=tuple(c.reason() for c in tightening),
            floors=self._floors(),
        )

    def _loosest(self) -> str:
        if any(c.certain for c in self.denies):
            return "deny"
        certain = [c.effect for c in self.openers if c.certain]
        if certain:
            base = max(certain, key=ORDER.__getitem__)
        else:
            base = min([self.default, *(c.effect for c in self.openers)], key=ORDER.__getitem__)
        return max([base, *self._floor_verdicts(loose=True)], key=ORDER.__getitem__)

    def _strictest(self) -> str:
        if self.denies:
            return "deny"
        found = [c.effect for c in (*self.openers, *self.gates)]
        if not any(c.certain for c in self.openers):
            found.append(self.default)
        found += self._floor_verdicts(loose=False)
        found += [c.statement.outcome for c in self.limits]
        return max(found, key=ORDER.__getitem__)

    def _floor_verdicts(self, *, loose: bool) -> list[str]:
        waived = self._waived(c for c in self.openers if loose or c.certain)
        found: list[str] = [r.floor.verdict for r in self.risks if r.name not in waived]
        agent = self.kind == "agent" or (self.kind is None and not loose)
        if agent:
            found += [r.agent_floor.verdict for r in self.risks if r.agent_floor is not None]
        return found

    def _floors(self) -> tuple[Reason, ...]:
        """What risk classes ask for beside the rules, less what an unguarded rule already asks."""
        waived = self._waived(c for c in self.openers if c.certain)
        found = self._replaced_default()
        for risk in self.risks:
            floor = risk.floor
            if floor.verdict != "allow" and risk.name not in waived and not self._met(floor):
                found.append(_ruled("floor", risk.name, floor, self._waivers(risk.name)))
            if risk.agent_floor is not None and risk.agent_floor.verdict != "allow":
                found += self._agent_floor(risk.name, risk.agent_floor)
        return tuple(found)

    def _replaced_default(self) -> list[Reason]:
        """Where only requirements open, what the default would have asked for still counts."""
        if self.default != "require_approval" or not any(c.certain for c in self.openers):
            return []
        if any(c.certain and c.effect == "allow" for c in self.openers):
            return []
        unsure = any(c.effect == "allow" for c in self.openers)
        conditions = ("unless an allow opens",) if unsure else ()
        asking = [r for r in self.risks if r.default.verdict == self.default]
        asking = [risk for risk in asking if not self._met(risk.default)]
        return [_ruled("default", risk.name, risk.default, conditions) for risk in asking]

    def _waived(self, openers: Iterable[Case]) -> set[str]:
        """The classes whose floors are lifted: never those of `std.self`."""
        waives = (name for c in openers for name in c.statement.waives)
        return set(waives) if self.can_be_waived else set()

    def _waivers(self, risk: str) -> tuple[str, ...]:
        if not self.can_be_waived:
            return ()
        named = [c.statement.id for c in self.openers if risk in c.statement.waives]
        return tuple(f"unless waived by {name}" for name in named)

    def _agent_floor(self, risk: str, ruling: Ruling) -> list[Reason]:
        if self.kind not in ("agent", None) or self._met(ruling):
            return []
        unsure = () if self.kind else ("when the principal is agent",)
        return [_ruled("floor", risk, ruling, unsure)]

    def _met(self, ruling: Ruling) -> bool:
        """Whether, whatever opens, a rule already asks for at least as much (language, 3.3)."""
        wanted = ruling.requirement
        if wanted is None:
            return False
        meeting = [self._meets(c.statement.requirement, wanted) for c in self.openers]
        certain = [m for m, c in zip(meeting, self.openers, strict=True) if c.certain]
        if certain:
            return any(certain)
        return self.default == "deny" and bool(meeting) and all(meeting)

    def _meets(self, one: Requirement | None, wanted: Requirement) -> bool:
        return one is not None and self._as_demanding(one, wanted)

    def _as_demanding(self, one: Requirement, wanted: Requirement) -> bool:
        if one.quorum < wanted.quorum or one.within > wanted.within:
            return False
        if not wanted.roles:
            return True
        nested = (self.nesting.get(role, frozenset((role,))) for role in one.roles)
        return bool(one.roles) and all(above & set(wanted.roles) for above in nested)

    def _defaults(self) -> tuple[Reason, ...]:
        """What opens where no rule does, if anything."""
        if self.default == "deny" or any(c.certain for c in self.openers):
            return ()
        unsure = ("when no rule opens",) if self.openers else ()
        strictest = [risk for risk in self.risks if risk.default.verdict == self.default]
        return tuple(_ruled("default", risk.name, risk.default, unsure) for risk in strictest)

    def _why_denied(self) -> tuple[Reason, ...]:
        """Why nothing opens: a floor that no rule gets below, else the default."""
        floors = [reason for reason in self._floors() if reason.effect == "deny"]
        if floors and (self.openers or self.default != "deny"):
            return tuple(floors)
        classes = [risk for risk in self.risks if risk.default.verdict == "deny"]
        return tuple(_ruled("default", risk.name, risk.default, ()) for risk in classes[:1])


def _gates_only(case: Case, deterministic: bool) -> bool:
    gates = case.effect == "require_approval" and case.statement.reads_signal
    return gates and deterministic


def _strictest(rulings: Iterable[Ruling]) -> str:
    return max((ruling.verdict for ruling in rulings), key=ORDER.__getitem__, default="deny")


def _ruled(sort: str, risk: str, ruling: Ruling, conditions: tuple[str, ...]) -> Reason:
    """A floor or a default as a reason: `floor:Destructive`."""
    requirement = "" if ruling.requirement is None else requirement_text(ruling.requirement)
    return Reason(
        rule=f"{sort}:{risk}",
        effect=ruling.verdict,
        text=f"{sort} of {risk}: {ruling_text(ruling)}",
        conditions=conditions,
        requirement=requirement,
    )
