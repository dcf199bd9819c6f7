"""Nodes of expressions and history patterns."""

from __future__ import annotations

from typing import Any

from policylang.diagnostics.span import Span
from policylang.language import nodes
from policylang.language.build_rules import BuilderState

Children = list[Any]


class ExpressionBuilder(BuilderState):
    def either(self, children: Children) -> nodes.LogicExpr:
        return nodes.LogicExpr(self.span(), "or", tuple(children))

    def both(self, children: Children) -> nodes.LogicExpr:
        return nodes.LogicExpr(self.span(), "and", tuple(children))

    def negated(self, children: Children) -> nodes.NotExpr:
        return nodes.NotExpr(self.span(), children[0])

    # ── comparisons ──────────────────────────────────────────────────────────────────────

    def binary(self, children: Children) -> nodes.BinaryExpr:
        left, sign, right = children
        return nodes.BinaryExpr(self.span(), sign.text, sign.span, left, right)

    def relation(self, children: Children) -> nodes.Name:
        sign: nodes.Name = children[0]
        return sign

    over = relation

    def in_set(self, children: Children) -> nodes.InExpr:
        return nodes.InExpr(self.span(), children[0], children[1], None)

    def in_role(self, children: Children) -> nodes.InExpr:
        return nodes.InExpr(self.span(), children[0], None, children[1])

    def has(self, children: Children) -> nodes.HasExpr:
        return nodes.HasExpr(self.span(), children[0], children[1])

    def is_kind(self, children: Children) -> nodes.IsKindExpr:
        return nodes.IsKindExpr(self.span(), children[0])

    def saw(self, children: Children) -> nodes.SawExpr:
        return nodes.SawExpr(self.span(), children[0])

    def quantified(self, children: Children) -> nodes.QuantifiedExpr:
        word, *rest = children
        return nodes.QuantifiedExpr(self.span(), word.text, *rest)

    # ── operands ─────────────────────────────────────────────────────────────────────────

    def literal_expr(self, children: Children) -> nodes.LitExpr:
        return nodes.LitExpr(self.span(), children[0])

    def path(self, children: Children) -> nodes.PathExpr:
        root, *parts = children
        return nodes.PathExpr(self.span(), root, tuple(parts))

    def call(self, children: Children) -> nodes.CallExpr:
        name, *args = children
        return nodes.CallExpr(self.span(), name, tuple(args))

    def paren(self, children: Children) -> nodes.ParenExpr:
        return nodes.ParenExpr(self.span(), children[0])

    def resource_expr(self, children: Children) -> nodes.ResourceExpr:
        return nodes.ResourceExpr(self.span(), children[0])

    def count(self, children: Children) -> nodes.AggregateExpr:
        _, event, window = children
        return nodes.AggregateExpr(self.span(), "count", None, event, window)

    def aggregate(self, children: Children) -> nodes.AggregateExpr:
        word, *rest = children
        return nodes.AggregateExpr(self.span(), word.text, *rest)

    # ── history ──────────────────────────────────────────────────────────────────────────

    def formerly(self, children: Children) -> nodes.FormerlyExpr:
        return nodes.FormerlyExpr(self.span(), *children)

    def previous(self, children: Children) -> nodes.PreviousExpr:
        return nodes.PreviousExpr(self.span(), *children)

    def since(self, children: Children) -> nodes.SinceExpr:
        return nodes.SinceExpr(self.span(), *children)

    def held(self, children: Children) -> nodes.ParenExpr:
        negation, event = children
        inner = Span(event.span.start, event.span.end)
        former: nodes.ExprNode = nodes.FormerlyExpr(inner, event, None)
        if negation is not None:
            former = nodes.NotExpr(Span(negation.span.start, inner.end), former)
        return nodes.ParenExpr(self.span(), former)

    def event(self, children: Children) -> nodes.EventNode:
        outcome, what, on, by, guard = children
        return nodes.EventNode(
            self.span(),
            outcome,
            what,
            on_resource=on == "resource",
            where=None if on == "resource" else on,
            by_principal=by == "principal",
            by=None if by == "principal" else by,
            guard=guard,
        )

    def event_on(self, children: Children) -> Any:
        return _or_word(children)

    def event_by(self, children: Children) -> Any:
        return _or_word(children)

    def event_guard(self, children: Children) -> nodes.ExprNode | None:
        guard: nodes.ExprNode | None = children[0]
        return guard


def _or_word(children: Children) -> Any:
    """The node, the text of the keyword in its place, or None."""
    if not children:
        return None
    return children[0].text if isinstance(children[0], nodes.Name) else children[0]
