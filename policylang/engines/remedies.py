"""What would have to change for a request to be allowed, clause by clause.

Rules are asked one by one, as the reference engine asks them: which cover the request, and which
of their clauses hold. A line never promises more than that one obstacle is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from policylang.engines import phrases
from policylang.engines.admission import Schema
from policylang.engines.graph.wording import limit_text, rule_text, who_text
from policylang.engines.reference.expressions import Scene, Unknown, evaluate, negation
from policylang.engines.reference.world import Link, World
from policylang.ir.program import Clause, Program, Risk, Rule
from policylang.model.decision import Decision, Verdict
from policylang.model.facts import Facts
from policylang.model.request import Request

_MOST: Final = 3
"""So many rules that nearly matched are named; more would bury them."""


def remedies(program: Program, decision: Decision, facts: Facts) -> list[str]:
    """A line for each obstacle, in the order in which they weigh."""
    refused = [found.message for found in decision.errors if found.rule == "request"]
    if refused:
        return [f"correct the request: {message}" for message in refused]
    if decision.effects:
        return []
    views = _views(program, decision.request, facts)
    lines = [line for view in views for line in _obstacles(view, decision)]
    lines += _limits(program, decision)
    return list(dict.fromkeys(lines))


class _View(NamedTuple):
    """One link of the chain before the policy. `who` names it, in a chain of several."""

    program: Program
    world: World
    link: Link
    who: str

    @property
    def risks(self) -> tuple[Risk, ...]:
        return self.world.subject.risks

    def scene(self, rule: Rule) -> Scene:
        return Scene(self.world, self.link, trust=_trust(rule))

    def covered(self, *effects: str) -> Iterator[Rule]:
        rules = (rule for rule in self.program.rules if rule.effect in effects)
        return (rule for rule in rules if self.scene(rule).covers(rule.who, rule.what, rule.where))


def _trust(rule: Rule) -> str:
    """Whose word counts for a rule, as in the reference engine."""
    if rule.waives:
        return "known"
    return "declared" if rule.effect == "allow" else "all"


def _views(program: Program, request: Request, facts: Facts) -> list[_View]:
    world = World(program, Schema(program), facts, request)
    links = (request.principal, *request.on_behalf_of)
    names = [principal.id if len(links) > 1 else "" for principal in links]
    return [
        _View(program, world, world.link(principal), name)
        for principal, name in zip(links, names, strict=True)
    ]


def _obstacles(view: _View, decision: Decision) -> Iterator[str]:
    prefix = f"for {view.who}: " if view.who else ""
    for line in _of_link(view, decision.verdict):
        yield prefix + line


def _of_link(view: _View, verdict: Verdict) -> Iterator[str]:
    if verdict is Verdict.DENY:
        yield from _denies(view)
        yield from _missing_opener(view)
        yield from _denying_floors(view)
    elif verdict is Verdict.REQUIRE_APPROVAL:
        yield from _gates(view)
        yield from _asking_floors(view)


# ── rules that matched ───────────────────────────────────────────────────────────────────


def _denies(view: _View) -> Iterator[str]:
    for rule in view.covered("deny"):
        clauses = _judged(rule, view)
        if all(value is not False for _, value in clauses):
            yield _escape(rule, clauses, "denies it")


def _gates(view: _View) -> Iterator[str]:
    for rule in view.covered("require_approval"):
        clauses = _judged(rule, view)
        if all(value is not False for _, value in clauses):
            yield _escape(rule, clauses, "requires approval")


def _escape(rule: Rule, clauses: list[tuple[Clause, Any]], said: str) -> str:
    if not clauses:
        return f"{rule.id} {said} whatever the circumstances; nothing in the request changes that"
    reasons = [_standing(clause, value) for clause, value in clauses]
    return f"{rule.id} {said}, as {phrases.both(reasons)}; it would not, if one did not hold"


def _standing(clause: Clause, value: Any) -> str:
    """A clause that does not let its rule off."""
    said = f"`{clause.kind} {clause.text}`"
    if isinstance(value, Unknown):
        return f"{said} cannot be told ({phrases.both(sorted(value.reasons))})"
    return f"{said} holds" if clause.kind == "when" else f"{said} does not help"


# ── rules that did not match ─────────────────────────────────────────────────────────────


def _missing_opener(view: _View) -> Iterator[str]:
    """Where nothing opens: what is needed, and the rules that come nearest."""
    near: list[str] = []
    for rule in view.covered("allow", "require_approval"):
        failing = [pair for pair in _judged(rule, view) if pair[1] is not True]
        if failing:
            near.append(_nearly(rule, failing))
        elif _only_gates(rule, view):
            near.append(
                f"{rule.id} ({rule.at}) reads a signal, which never opens what is deterministic"
            )
        else:
            return
    if not any(Verdict(risk.default.verdict) is Verdict.DENY for risk in view.risks):
        return
    yield f"no rule allows this: an `allow` that covers {_target(view.world.request)} is needed"
    yield from _first([*near, *_for_others(view)])


def _only_gates(rule: Rule, view: _View) -> bool:
    signalled = rule.effect == "require_approval" and rule.reads_signal
    return signalled and view.world.subject.is_deterministic


def _nearly(rule: Rule, failing: list[tuple[Clause, Any]]) -> str:
    reasons = [_failing(clause, value) for clause, value in failing]
    return f"{rule.id} ({rule.at}) would, but {phrases.both(reasons)}"


def _failing(clause: Clause, value: Any) -> str:
    said = f"`{clause.kind} {clause.text}`"
    if isinstance(value, Unknown):
        return f"{said} cannot be told: {phrases.both(sorted(value.reasons))}"
    return f"{said} is not so" if clause.kind == "when" else f"{said} is so"


def _for_others(view: _View) -> Iterator[str]:
    """Rules for the same thing, and for somebody else."""
    for rule in view.program.rules:
        if rule.effect == "deny":
            continue
        scene = view.scene(rule)
        here = _covers_what_and_where(rule, scene)
        if here and not any(scene.is_who(who, view.link) for who in rule.who):
            meant = phrases.alternatives(who_text(who) for who in rule.who)
            yield f"{rule.id} ({rule.at}) is for {meant}: `{rule_text(rule)}`"


def _covers_what_and_where(rule: Rule, scene: Scene) -> bool:
    from policylang.ir.expressions import WhoAnyone

    return scene.covers((WhoAnyone(),), rule.what, rule.where)


def _target(request: Request) -> str:
    if request.action is not None:
        return "actions that cannot be classified"
    return f"`{request.operation}` on `{request.resource.type}`"


def _first(lines: Iterable[str]) -> list[str]:
    listed = list(lines)
    more = len(listed) - _MOST
    return [*listed[:_MOST], *([f"and {more} more rules for the same"] if more > 0 else [])]


# ── floors, defaults and limits ──────────────────────────────────────────────────────────


def _denying_floors(view: _View) -> Iterator[str]:
    for risk in view.risks:
        if risk.floor.verdict == "deny":
            yield f"{risk.name} is denied to everyone; only a waiver lifts that"
        agents = risk.agent_floor
        if agents is not None and agents.verdict == "deny" and view.link.kind == "agent":
            yield f"{risk.name} is denied to every agent; a person has to do it"


def _asking_floors(view: _View) -> Iterator[str]:
    for risk in view.risks:
        agents = risk.agent_floor if view.link.kind == "agent" else None
        if agents is not None and agents.verdict == "require_approval":
            yield f"{risk.name} asks for approval of whatever an agent does; no rule lifts that"
        elif risk.floor.verdict == "require_approval":
            waiver = f"an `allow … waiving {risk.name}`"
            yield f"{risk.name} always asks for approval; only {waiver} lifts that"


def _limits(program: Program, decision: Decision) -> Iterator[str]:
    past = {rule.id for rule in decision.rules if rule.effect == "limit"}
    for limit in program.limits:
        if limit.id in past:
            yield f"{limit.id} is used up (`{limit_text(limit)}`); wait until it has room again"


def _judged(rule: Rule, view: _View) -> list[tuple[Clause, Any]]:
    """Each clause with whether it lets the rule match: `unless` counts the other way round."""
    scene = view.scene(rule)
    values = [(clause, evaluate(clause.expr, scene)) for clause in rule.clauses]
    return [(c, value if c.kind == "when" else negation(value)) for c, value in values]
