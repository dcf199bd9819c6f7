"""The canonical logical lines of declarations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from policylang.language import nodes
from policylang.language.pieces import Line, Piece
from policylang.language.print_expressions import ExpressionPrinter

T = TypeVar("T")

STEP = 4


class DeclarationPrinter(ExpressionPrinter):
    """One declaration a printer: `lines` are its logical lines."""

    def __init__(self, *, by_value: bool = False) -> None:
        super().__init__(by_value=by_value)
        self.lines: list[Line] = []
        self._indent = 0

    def declaration(self, node: nodes.Declaration) -> list[Line]:
        _PRINT[type(node)](self, node)
        self.line()
        return self.lines

    def line(self, indent: int = 0) -> None:
        """End the line; the next has this indentation."""
        if self.parts:
            self.lines.append(Line(self._indent, self.parts))
        self.parts = []
        self._indent = indent
        self.glue()

    def listed(self, items: Iterable[T], each: Callable[[T], None]) -> None:
        for index, item in enumerate(items):
            if index:
                self.comma()
            each(item)

    def name(self, name: nodes.Name) -> None:
        """A name, also a dotted one."""
        first, *rest = name.text.split(".")
        self.put(first)
        for part in rest:
            self.open(".", tight=True)
            self.put(part)

    def names(self, names: Iterable[nodes.Name]) -> None:
        self.listed(names, self.name)

    def inside(self, word: str, names: Sequence[nodes.Name]) -> None:
        if names:
            self.put(word)
            self.names(names)

    # ── blocks ───────────────────────────────────────────────────────────────────────────

    def field(self, field: nodes.Field) -> None:
        self.put(field.name.text)
        self.put(":", tight=True)
        self.type(field.type)
        if field.default is not None:
            self.put("=")
            self.literal(field.default)

    def pair(self, pair: nodes.Pair) -> None:
        self.put(pair.name.text)
        self.put(":", tight=True)
        self.literal(pair.value)

    def named(self, named: nodes.NamedExpr) -> None:
        self.put(named.name.text)
        self.put(":", tight=True)
        self.expr(named.value)

    def rows(
        self, items: Sequence[T], each: Callable[[T], None], *, one_row_a_line: bool = False
    ) -> None:
        self.block(
            [self._row(item, each) for item in items],
            one_row_a_line=one_row_a_line and len(items) > 1,
        )

    def _row(self, item: T, each: Callable[[T], None]) -> list[Piece]:
        kept, self.parts = self.parts, []
        self.glue()
        each(item)
        row, self.parts = self.row(), kept
        return row

    def pairs(self, pairs: Sequence[nodes.Pair]) -> None:
        if pairs:
            self.rows(pairs, self.pair)

    def parenthesised(self, items: Sequence[T], each: Callable[[T], None]) -> None:
        if items:
            self.open("(", tight=True)
            self.listed(items, each)
            self.put(")", tight=True)

    # ── what exists ──────────────────────────────────────────────────────────────────────

    def policy(self, name: nodes.Name) -> list[Line]:
        self.put("policy")
        self.name(name)
        self.line()
        return self.lines

    def use(self, node: nodes.UseDecl) -> None:
        self.put("use")
        self.name(node.module)

    def resource_decl(self, node: nodes.ResourceDecl) -> None:
        self.put("resource")
        self.name(node.name)
        self.inside("in", node.parents)
        if node.fields:
            self.rows(node.fields, self.field, one_row_a_line=True)

    def operation(self, node: nodes.OperationDecl) -> None:
        self.put("operation")
        self.listed(node.signatures, self._signature)
        self.inside("on", node.types)
        self.inside("is", node.risks)
        for effect in node.effects:
            self.comma()
            self.words("reversible by" if effect.sort == "reversible" else effect.sort)
            self.name(effect.name)

    def _signature(self, node: nodes.OperationSig) -> None:
        self.name(node.name)
        self.parenthesised(node.parameters, self.field)

    def risk(self, node: nodes.RiskDecl) -> None:
        self.words(f"risk {node.name.text} {node.mode}")
        if node.default is not None:
            self.put("default")
            self.verdict(node.default)
        for verdict, for_agents in node.floors:
            self.put("floor")
            self.verdict(verdict)
            if for_agents:
                self.words("for agents")

    def verdict(self, node: nodes.VerdictNode) -> None:
        self.words(_VERDICTS[node.verdict])
        self.approval(node.approval)

    def approval(self, parts: Iterable[nodes.ApprovalPart]) -> None:
        for part in parts:
            self.put(part.sort)
            if part.value is not None:
                self.scalar(part.value)
            else:
                self.names(part.roles)

    def role(self, node: nodes.RoleDecl) -> None:
        self.words(f"role {node.name.text}")
        self.inside("in", node.parents)

    def principal(self, node: nodes.PrincipalDecl) -> None:
        self.put(node.kind)
        self._id(node.id)
        self.inside("in", node.roles)
        self.pairs(node.attributes)

    def _id(self, id_: nodes.Name | nodes.Lit) -> None:
        if isinstance(id_, nodes.Lit):
            self.scalar(id_)
        else:
            self.put(id_.text)

    def attributes(self, node: nodes.AttributesDecl) -> None:
        self.put(node.sort)
        self.rows(node.fields, self.field, one_row_a_line=True)

    def label(self, node: nodes.LabelDecl) -> None:
        self.put("label")
        self.names(node.names)

    def signal(self, node: nodes.SignalDecl) -> None:
        self.words(f"signal {node.name.text}")
        self.put(":", tight=True)
        self.type(node.type)

    def entity(self, node: nodes.EntityDecl) -> None:
        self.put("entity")
        self.resource(node.resource)
        if node.parents:
            self.put("in")
            self.listed(node.parents, self.resource)
        self.pairs(node.attributes)

    def define(self, node: nodes.DefineDecl) -> None:
        self.words(f"define {node.name.text}")
        self.parenthesised(node.parameters, self.field)
        self.put("=")
        self.expr(node.body)

    def tool(self, node: nodes.ToolDecl) -> None:
        self.put("tool")
        self.scalar(node.key)
        self.words(f"is {node.operation.text}")
        self.parenthesised(node.args, self.named)
        self.words(f"on {node.type.text}")
        self.open("(", tight=True)
        self.expr(node.id)
        self.put(")", tight=True)
        if node.attributes:
            self.rows(node.attributes, self.named)

    # ── rules ────────────────────────────────────────────────────────────────────────────

    def rule_name(self, name: nodes.Name | None) -> None:
        if name is not None:
            self.words(f"rule {name.text}")
            self.put(":", tight=True)
            self.line()

    def rule(self, node: nodes.RuleDecl) -> None:
        self.rule_name(node.name)
        self.words(_VERDICTS[node.effect])
        self.approval(node.approval)
        if node.approval:
            self.line(STEP)
        if node.effect == "require_approval":
            self.put("for")
        self.scope(node.scope)
        self.clauses(node.clauses)

    def scope(self, node: nodes.ScopeNode) -> None:
        self.listed(node.who, self.who)
        self.put("to")
        self.listed(node.what, self.what)
        self.put("on")
        self.listed(node.where, self.where)

    def clauses(self, clauses: Iterable[nodes.ClauseNode]) -> None:
        for clause in clauses:
            self.line(STEP)
            self.clause(clause)

    def clause(self, node: nodes.ClauseNode) -> None:
        match node:
            case nodes.GuardClause():
                self.put(node.kind)
                self.expr(node.expr)
            case nodes.WithClause():
                self.put("with")
                self.listed(node.obligations, self.obligation)
            case nodes.WaivingClause():
                self.words(f"waiving {node.risk.text}")
            case nodes.BecauseClause():
                self.put("because")
                self.scalar(node.text)

    def obligation(self, node: nodes.ObligationNode) -> None:
        self.put(node.name.text)
        if node.args:
            self.arguments(node.args)

    def limit(self, node: nodes.LimitDecl) -> None:
        self.rule_name(node.name)
        self.put("limit")
        self.what(node.what)
        self.put("on")
        self.where(node.where)
        self.put("by")
        self.who(node.who)
        self.put("to")
        self.scalar(node.maximum)
        if node.amount is not None:
            self.put("of")
            self.expr(node.amount)
        self.put("per")
        self.scalar(node.window)
        if node.each is not None:
            self.words("in total" if node.each == "total" else f"each {node.each}")
        if node.then is not None:
            self.put("then")
            self.verdict(node.then)
        self.clauses(node.clauses)

    def prove(self, node: nodes.ProveDecl) -> None:
        self.put("prove")
        self.scalar(node.title)
        self.line(STEP)
        self.words(node.claim.replace("_", " "))
        self.scope(node.scope)
        self.clauses(node.clauses)

    # ── tests ────────────────────────────────────────────────────────────────────────────

    def test(self, node: nodes.TestDecl) -> None:
        self.put("test")
        self.scalar(node.name)
        for given in node.givens:
            self.line(STEP)
            self.put("given")
            self.given(given)
        self.line(STEP)
        self.request(node.request)
        self.line(STEP)
        self.put("=>")
        self.verdict(node.expected)

    def given(self, node: nodes.GivenNode) -> None:
        match node:
            case nodes.GivenEntity():
                self.entity(node.entity)
            case nodes.GivenSaw():
                self.words(f"session saw {node.label.text}")
            case nodes.GivenValue():
                self.words(f"{node.sort} {node.name.text} =")
                self.literal(node.value)
            case nodes.GivenEvent():
                self.words(f"{node.outcome.text} {node.operation.text}")
                self.parenthesised(node.args, self.pair)
                self.put("on")
                self.resource(node.resource)
                self.words(f"by {node.by.text}")
                self.scalar(node.ago)
                self.put("ago")

    def request(self, node: nodes.TestRequest) -> None:
        for index, actor in enumerate(node.actors):
            if index:
                self.put("for")
            if actor.kind is not None:
                self.put(actor.kind)
            self._id(actor.id)
            self.inside("in", actor.roles)
        self.put(node.operation.text)
        self.parenthesised(node.args, self.pair)
        self.resource(node.resource)
        if node.under is not None:
            self.put("under")
            self.resource(node.under)
        self.pairs(node.attributes)


_VERDICTS = {"allow": "allow", "deny": "deny", "require_approval": "require approval"}

_PRINT: dict[type, Callable[[DeclarationPrinter, Any], None]] = {
    nodes.UseDecl: DeclarationPrinter.use,
    nodes.ResourceDecl: DeclarationPrinter.resource_decl,
    nodes.OperationDecl: DeclarationPrinter.operation,
    nodes.RiskDecl: DeclarationPrinter.risk,
    nodes.RoleDecl: DeclarationPrinter.role,
    nodes.PrincipalDecl: DeclarationPrinter.principal,
    nodes.AttributesDecl: DeclarationPrinter.attributes,
    nodes.LabelDecl: DeclarationPrinter.label,
    nodes.SignalDecl: DeclarationPrinter.signal,
    nodes.EntityDecl: DeclarationPrinter.entity,
    nodes.DefineDecl: DeclarationPrinter.define,
    nodes.ToolDecl: DeclarationPrinter.tool,
    nodes.RuleDecl: DeclarationPrinter.rule,
    nodes.LimitDecl: DeclarationPrinter.limit,
    nodes.ProveDecl: DeclarationPrinter.prove,
    nodes.TestDecl: DeclarationPrinter.test,
}
