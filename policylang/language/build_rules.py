"""Nodes of rules, limits, proofs and tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from policylang.diagnostics.span import Span
from policylang.language import nodes
from policylang.language.flaws import Flaw

Children = list[Any]

OUTCOMES = ("proposed", "denied", "approved", "done", "failed")


class BuilderState:
    """What every part of the builder needs."""

    start: int
    end: int
    flaws: list[Flaw]
    docs: Callable[[int], str]
    keywords: frozenset[str] = frozenset()

    def span(self) -> Span:
        raise NotImplementedError

    def doc(self) -> str:
        return self.docs(self.start)

    def flaw(self, code: str, span: Span, message: str, *, label: str = "", help: str = "") -> None:
        self.flaws.append(Flaw(code, span, message, label, help))

    def once(
        self,
        parts: Iterable[Any],
        key: Callable[[Any], Any],
        what: str,
        place: Callable[[Any], Span],
    ) -> None:
        """Flaw the parts whose key an earlier part already has."""
        seen = set()
        for part in parts:
            if key(part) in seen:
                self.flaw(
                    "P0022", place(part), f"{what}: it can be said once", help="remove one of them"
                )
            seen.add(key(part))


class RuleBuilder(BuilderState):
    # ── verdicts and requirements ────────────────────────────────────────────────────────

    def verdict(self, children: Children) -> nodes.VerdictNode:
        word, *approval = children
        return nodes.VerdictNode(self.span(), _VERDICTS[word.text], self._approval(approval))

    def approval(self, children: Children) -> nodes.ApprovalPart:
        word, value = children
        if word.text == "from":
            return nodes.ApprovalPart(self.span(), "from", roles=value)
        return nodes.ApprovalPart(self.span(), word.text, value=value)

    def _approval(self, parts: Sequence[nodes.ApprovalPart]) -> tuple[nodes.ApprovalPart, ...]:
        for sort in ("from", "by", "within"):
            same = [part for part in parts if part.sort == sort]
            self.once(same, lambda part: part.sort, f"a second `{sort}`", lambda part: part.span)
        return tuple(parts)

    # ── scopes ───────────────────────────────────────────────────────────────────────────

    def scope(self, children: Children) -> nodes.ScopeNode:
        return nodes.ScopeNode(self.span(), *children)

    def whos(self, children: Children) -> tuple[nodes.WhoNode, ...]:
        return tuple(children)

    whats = wheres = whos

    def who_anyone(self, children: Children) -> nodes.WhoNode:
        return nodes.WhoNode(self.span(), "anyone", None)

    def who_kind(self, children: Children) -> nodes.WhoNode:
        return nodes.WhoNode(self.span(), "kind", children[0])

    def who_role(self, children: Children) -> nodes.WhoNode:
        return nodes.WhoNode(self.span(), "role", children[0])

    def who_name(self, children: Children) -> nodes.WhoNode:
        return nodes.WhoNode(self.span(), "name", children[0])

    def who_string(self, children: Children) -> nodes.WhoNode:
        literal = children[0]
        return nodes.WhoNode(self.span(), "string", nodes.Name(literal.span, literal.value))

    def what_anything(self, children: Children) -> nodes.WhatNode:
        return nodes.WhatNode(self.span(), "anything", None)

    def what_risk(self, children: Children) -> nodes.WhatNode:
        return nodes.WhatNode(self.span(), "risk", children[0])

    def what_operation(self, children: Children) -> nodes.WhatNode:
        return nodes.WhatNode(self.span(), "operation", children[0])

    def where_any(self, children: Children) -> nodes.WhereNode:
        return nodes.WhereNode(self.span(), None, None, children[1])

    def where_type(self, children: Children) -> nodes.WhereNode:
        return nodes.WhereNode(self.span(), *children)

    def under(self, children: Children) -> nodes.ResourceName:
        resource: nodes.ResourceName = children[-1]
        return resource

    # ── rules ────────────────────────────────────────────────────────────────────────────

    def rule(self, children: Children) -> nodes.RuleDecl:
        name, (effect, approval), scope, *clauses = children
        return nodes.RuleDecl(
            self.span(), name, effect, approval, scope, tuple(clauses), self.doc()
        )

    def rule_name(self, children: Children) -> nodes.Name:
        name: nodes.Name = children[0]
        return name

    def rule_effect(self, children: Children) -> tuple[str, tuple[nodes.ApprovalPart, ...]]:
        word, *approval = children
        return _VERDICTS[word.text], self._approval(approval)

    def guard(self, children: Children) -> nodes.GuardClause:
        return nodes.GuardClause(self.span(), children[0].text, children[1])

    def with_clause(self, children: Children) -> nodes.WithClause:
        return nodes.WithClause(self.span(), tuple(children))

    def waiving(self, children: Children) -> nodes.WaivingClause:
        return nodes.WaivingClause(self.span(), children[0])

    def because(self, children: Children) -> nodes.BecauseClause:
        return nodes.BecauseClause(self.span(), children[0])

    def obligation(self, children: Children) -> nodes.ObligationNode:
        name, *args = children
        return nodes.ObligationNode(
            self.span(), name, tuple(arg for arg in args if arg is not None)
        )

    # ── limits and proofs ────────────────────────────────────────────────────────────────

    def limit(self, children: Children) -> nodes.LimitDecl:
        name, what, where, who, maximum, amount, window, each, then, guards = children
        return nodes.LimitDecl(
            self.span(),
            name,
            what,
            where,
            who,
            maximum,
            amount,
            window,
            each,
            then,
            guards,
            self.doc(),
        )

    def number(self, children: Children) -> nodes.Lit:
        literal: nodes.Lit = children[0]
        return literal

    def amount(self, children: Children) -> Any:
        return children[0]

    then = amount

    def each(self, children: Children) -> str | None:
        return str(children[0].text) if children else None

    def guards(self, children: Children) -> tuple[nodes.GuardClause, ...]:
        return tuple(children)

    def prove(self, children: Children) -> nodes.ProveDecl:
        title, claim, scope, guards = children
        return nodes.ProveDecl(self.span(), title, claim, scope, guards, self.doc())

    def claim(self, children: Children) -> str:
        if len(children) == 1:
            return "never_allow"
        return f"always_{_VERDICTS[children[1].text]}"

    # ── tests ────────────────────────────────────────────────────────────────────────────

    def test(self, children: Children) -> nodes.TestDecl:
        name, *givens, request, expected = children
        return nodes.TestDecl(self.span(), name, tuple(givens), request, expected, self.doc())

    def given_entity(self, children: Children) -> nodes.GivenEntity:
        return nodes.GivenEntity(self.span(), children[0])

    def given_saw(self, children: Children) -> nodes.GivenSaw:
        return nodes.GivenSaw(self.span(), children[0])

    def given_value(self, children: Children) -> nodes.GivenValue:
        word, name, value = children
        return nodes.GivenValue(self.span(), word.text, name, value)

    def given_event(self, children: Children) -> nodes.GivenEvent:
        return nodes.GivenEvent(self.span(), *children)

    def outcome(self, children: Children) -> nodes.Name:
        name: nodes.Name = children[0]
        if name.text not in OUTCOMES:
            close = get_close_matches(name.text, OUTCOMES, 1)
            listed = "`proposed`, `denied`, `approved`, `done` or `failed`"
            self.flaw(
                "P0023",
                name.span,
                f"`{name.text}` is not an outcome",
                label="the outcome of an event stands here",
                help=f"did you mean `{close[0]}`?" if close else f"an outcome is {listed}",
            )
        return name

    def args(self, children: Children) -> tuple[nodes.Pair, ...]:
        return tuple(child for child in children if child is not None)

    def request(self, children: Children) -> nodes.TestRequest:
        return nodes.TestRequest(self.span(), *children)

    def actors(self, children: Children) -> tuple[nodes.ActorNode, ...]:
        return tuple(children)

    def actor_name(self, children: Children) -> nodes.ActorNode:
        return nodes.ActorNode(self.span(), None, children[0], ())

    def actor_kind(self, children: Children) -> nodes.ActorNode:
        kind, id_, roles = children
        return nodes.ActorNode(self.span(), kind.text, id_, roles)


_VERDICTS: dict[str, Any] = {"allow": "allow", "deny": "deny", "require": "require_approval"}
