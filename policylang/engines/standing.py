"""How a request stands before each rule: which rules cover it, and which of their clauses hold.

Rules are asked one by one, as the reference engine asks them, once for each link of the chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from policylang.engines.admission import Schema
from policylang.engines.reference.expressions import Scene, evaluate, negation
from policylang.engines.reference.world import Link, World
from policylang.ir.expressions import WhoAnyone
from policylang.ir.program import Clause, Program, Risk, Rule
from policylang.model.decision import Verdict
from policylang.model.facts import Facts
from policylang.model.request import Request


class Judged(NamedTuple):
    """A clause, and whether it lets its rule match: `unless` counts the other way round.

    `lets` is true, false, or an `Unknown` with its reasons.
    """

    clause: Clause
    lets: Any


class Standing(NamedTuple):
    """One link of the chain before the policy. `who` is its id, empty where it is the only one."""

    program: Program
    world: World
    link: Link
    who: str

    @property
    def risks(self) -> tuple[Risk, ...]:
        return self.world.subject.risks

    def covered(self, *effects: str) -> Iterator[Rule]:
        """The rules of these effects whose scope covers the request."""
        rules = (rule for rule in self.program.rules if rule.effect in effects)
        return (rule for rule in rules if self.scene(rule).covers(rule.who, rule.what, rule.where))

    def for_others(self) -> Iterator[Rule]:
        """Rules that would open the same to somebody else."""
        for rule in self.program.rules:
            scene = self.scene(rule)
            here = rule.effect != "deny" and scene.covers((WhoAnyone(),), rule.what, rule.where)
            if here and not any(scene.is_who(who, self.link) for who in rule.who):
                yield rule

    def judged(self, rule: Rule) -> list[Judged]:
        """Each clause of a rule with its value."""
        scene = self.scene(rule)
        values = [(clause, evaluate(clause.expr, scene)) for clause in rule.clauses]
        return [Judged(c, value if c.kind == "when" else negation(value)) for c, value in values]

    def scene(self, rule: Rule) -> Scene:
        return Scene(self.world, self.link, trust=_trust(rule))

    def applies(self, rule: Rule) -> bool:
        """Whether a `deny` or `require approval` that covers the request counts."""
        return all(judged.lets is not False for judged in self.judged(rule))

    def opens(self, rule: Rule) -> bool:
        """Whether an `allow` or `require approval` that covers the request opens it."""
        return not self.only_gates(rule) and all(j.lets is True for j in self.judged(rule))

    def only_gates(self, rule: Rule) -> bool:
        """A `require approval` that reads a signal never opens what is deterministic."""
        signalled = rule.effect == "require_approval" and rule.reads_signal
        return signalled and self.world.subject.is_deterministic

    def is_opened(self) -> bool:
        """Whether any rule opens it."""
        return any(self.opens(rule) for rule in self.covered("allow", "require_approval"))

    def strictest_default(self) -> tuple[Verdict, list[str]]:
        """What the risk classes say where no rule opens, and which of them say it."""
        verdicts = {risk.name: Verdict(risk.default.verdict) for risk in self.risks}
        strictest = max(verdicts.values(), default=Verdict.DENY)
        return strictest, [name for name, verdict in verdicts.items() if verdict is strictest]


def _trust(rule: Rule) -> str:
    """Whose word counts for a rule, as in the reference engine."""
    if rule.waives:
        return "known"
    return "declared" if rule.effect == "allow" else "all"


def standings(program: Program, request: Request, facts: Facts) -> list[Standing]:
    """Each link of the chain; the request is one that the policy's declarations admit."""
    world = World(program, Schema(program), facts, request)
    links = (request.principal, *request.on_behalf_of)
    names = [principal.id if len(links) > 1 else "" for principal in links]
    return [
        Standing(program, world, world.link(principal), name)
        for principal, name in zip(links, names, strict=True)
    ]
