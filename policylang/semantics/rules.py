"""Lowers rules, limits and claims."""

from __future__ import annotations

from collections.abc import Sequence

from policylang.diagnostics.diagnostic import Label
from policylang.ir.expressions import Const, Expr
from policylang.ir.program import Clause, Limit, Obligation, Prove, Rule, Ruling
from policylang.language import format_expr, nodes
from policylang.model.types import DECIMAL
from policylang.semantics import expressions
from policylang.semantics.approvals import requirement, ruling, window
from policylang.semantics.frame import RULE_ROOTS, Frame
from policylang.semantics.identities import Identities
from policylang.semantics.literals import natural
from policylang.semantics.names import Here
from policylang.semantics.reach import Reaches
from policylang.semantics.reads import reads
from policylang.semantics.schema import Schema
from policylang.semantics.scopes import Scope, lower_scope, scope_of
from policylang.semantics.signals import check_signal
from policylang.semantics.static import NUMBERS, an
from policylang.semantics.waivers import check_waiver


class Rules:
    """Lowers each declaration on its own; `called` are the `define`s that are used."""

    def __init__(self, schema: Schema, reaches: Reaches, identities: Identities) -> None:
        self.schema = schema
        self.reaches = reaches
        self.identities = identities
        self.called: set[str] = set()

    def rule(self, here: Here, node: nodes.RuleDecl) -> Rule:
        scope = lower_scope(self.reaches, here, node.scope)
        guards = [c for c in node.clauses if isinstance(c, nodes.GuardClause)]
        lowered, _ = self._guard(here, scope, guards)
        waived = _waived(here, node)
        for waiving in waived if node.effect == "allow" else ():
            check_waiver(self.schema, here, waiving, scope, list(zip(guards, lowered, strict=True)))
        reading = self._reading_signals(guards, lowered)
        if node.effect == "allow":
            for clause in reading:
                check_signal(self.reaches, here, clause, scope)
        needs_approval = node.effect == "require_approval"
        return Rule(
            self.identities.of(here, node),
            node.name.text if node.name else None,
            node.effect,
            scope.who,
            scope.what,
            scope.where,
            _clauses(guards, lowered),
            requirement(here, node.approval) if needs_approval else None,
            _obligations(here, node),
            tuple(sorted({w.risk.text for w in waived})),
            _because(here, node),
            bool(reading),
            here.source.at(node.span),
            node.doc,
        )

    def _reading_signals(
        self, guards: Sequence[nodes.GuardClause], lowered: Sequence[Expr | None]
    ) -> list[nodes.GuardClause]:
        if not self.schema.signals:
            return []
        both = zip(guards, lowered, strict=True)
        return [clause for clause, expr in both if expr and "signal" in reads([expr])]

    def limit(self, here: Here, node: nodes.LimitDecl) -> Limit | None:
        scope = scope_of(self.reaches, here, [node.who], [node.what], [node.where])
        lowered, facts = self._guard(here, scope, node.clauses)
        maximum = _maximum(here, node.maximum)
        amount = self._amount(here, scope, facts, node.amount) if node.amount else None
        then = ruling(here, node.then) if node.then else Ruling("deny")
        length = window(here, node.window)
        if not (scope.who and scope.what and scope.where) or maximum is None:
            return None
        return Limit(
            self.identities.of(here, node),
            node.name.text if node.name else None,
            scope.who[0],
            scope.what[0],
            scope.where[0],
            maximum,
            amount,
            length,
            node.each or "principal",
            then,
            _clauses(node.clauses, lowered),
            here.source.at(node.span),
            node.doc,
        )

    def prove(self, here: Here, node: nodes.ProveDecl) -> Prove:
        scope = lower_scope(self.reaches, here, node.scope)
        lowered, _ = self._guard(here, scope, node.clauses)
        return Prove(
            self.identities.of(here, node),
            node.title.value,
            node.claim,
            scope.who,
            scope.what,
            scope.where,
            _clauses(node.clauses, lowered),
            here.source.at(node.span),
        )

    def _guard(
        self, here: Here, scope: Scope, clauses: Sequence[nodes.GuardClause]
    ) -> tuple[list[Expr | None], frozenset[Expr]]:
        written = [(clause.kind == "when", clause.expr) for clause in clauses]
        return expressions.guard(self._frame(here, scope), written)

    def _frame(self, here: Here, scope: Scope) -> Frame:
        return Frame(
            self.schema,
            here,
            self.reaches,
            RULE_ROOTS,
            "a rule",
            scope.reach,
            called=self.called,
            lost=scope.lost,
        )

    def _amount(
        self, here: Here, scope: Scope, facts: frozenset[Expr], node: nodes.ExprNode
    ) -> Expr | None:
        frame = self._frame(here, scope).but(facts=facts)
        typed = expressions.value(frame, node, DECIMAL)
        if typed.type in NUMBERS:
            return typed.expr
        if typed.known:
            here.error(
                "P0310",
                f"a limit adds up numbers, and this is {an(typed.type)}",
                node.span,
                label="not a number",
            )
        return None


def _maximum(here: Here, node: nodes.Lit) -> Const | None:
    if node.text.startswith("-"):
        here.error(
            "P0310",
            f"a limit of `{node.text}` is less than nothing",
            node.span,
            label="negative",
            help="`0` allows nothing at all",
        )
        return None
    return natural(here, node)


def _clauses(
    nodes_: Sequence[nodes.GuardClause], lowered: Sequence[Expr | None]
) -> tuple[Clause, ...]:
    return tuple(
        Clause(node.kind, expr, format_expr(node.expr))
        for node, expr in zip(nodes_, lowered, strict=True)
        if expr is not None
    )


def _obligations(here: Here, node: nodes.RuleDecl) -> tuple[Obligation, ...]:
    clauses = [clause for clause in node.clauses if isinstance(clause, nodes.WithClause)]
    if clauses and node.effect == "deny":
        here.error(
            "P0301",
            "a `deny` has no obligations",
            clauses[0].span,
            label="not on a `deny`",
            help="`with` stands on `allow` and `require approval`",
        )
    found = {
        Obligation(o.name.text, tuple(format_expr(a) for a in o.args))
        for clause in clauses
        for o in clause.obligations
    }
    return tuple(sorted(found))


def _waived(here: Here, node: nodes.RuleDecl) -> list[nodes.WaivingClause]:
    clauses = [clause for clause in node.clauses if isinstance(clause, nodes.WaivingClause)]
    for clause in clauses if node.effect != "allow" else ():
        here.error(
            "P0301",
            f"only an `allow` waives a floor, and this is a `{node.effect.replace('_', ' ')}`",
            clause.span,
            label="not on this rule",
            help="leave out the `waiving`",
        )
    return [clause for clause in clauses if here.find("risk", clause.risk)]


def _because(here: Here, node: nodes.RuleDecl) -> str:
    clauses = [clause for clause in node.clauses if isinstance(clause, nodes.BecauseClause)]
    for clause in clauses[1:]:
        here.error(
            "P0302",
            "a rule has one `because`",
            clause.span,
            label="again",
            help="join the two texts",
            labels=(Label(here.source, clauses[0].span, "first here"),),
        )
    return clauses[0].text.value if clauses else ""
