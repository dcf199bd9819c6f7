"""The canonical words of expressions, types and literals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from policylang.language import nodes
from policylang.language.pieces import Piece, Writer, quoted


class ExpressionPrinter(Writer):
    """`by_value`: strings are quoted anew from what they say, instead of as they were written."""

    def __init__(self, *, by_value: bool = False) -> None:
        super().__init__()
        self.by_value = by_value

    # ── literals and types ───────────────────────────────────────────────────────────────

    def literal(self, node: nodes.LiteralNode) -> None:
        match node:
            case nodes.MemberLit():
                self.put(node.name)
            case nodes.SetLit():
                self.open("[")
                for index, item in enumerate(node.items):
                    if index:
                        self.comma()
                    self.literal(item)
                self.put("]", tight=True)
            case nodes.Lit():
                self.scalar(node)

    def scalar(self, node: nodes.Lit) -> None:
        if node.kind == "string":
            self.put(quoted(node.value) if self.by_value else node.text)
        elif node.text.startswith("-"):
            self.open("-")
            self.put(node.text[1:])
        else:
            self.put(node.text)

    def type(self, node: nodes.TypeNode) -> None:
        match node:
            case nodes.NamedType():
                self.put(node.name)
            case nodes.SetType():
                self.put("Set")
                self.open("<", tight=True)
                self.type(node.element)
                self.put(">", tight=True)
            case nodes.EnumType():
                for index, member in enumerate(node.members):
                    if index:
                        self.put("|", may_break=index > 0)
                    self.put(member.text)
            case nodes.OptionalType():
                self._optional(node.inner)

    def _optional(self, inner: nodes.TypeNode) -> None:
        bare = isinstance(inner, nodes.NamedType | nodes.SetType)
        if not bare:
            self.open("(", added=True)
        self.type(inner)
        if not bare:
            self.put(")", tight=True, added=True)
        self.put("?", tight=True)

    # ── expressions ──────────────────────────────────────────────────────────────────────

    def expr(self, node: nodes.ExprNode) -> None:
        match node:
            case nodes.PathExpr():
                self.path(node)
            case nodes.LitExpr():
                self.literal(node.literal)
            case nodes.ResourceExpr():
                self.resource(node.resource)
            case nodes.BinaryExpr():
                self.expr(node.left)
                self.put(node.op)
                self.expr(node.right)
            case nodes.LogicExpr():
                self._logic(node)
            case nodes.NotExpr():
                self.put("not")
                self.expr(node.operand)
            case nodes.ParenExpr():
                self.open("(")
                self.expr(node.inner)
                self.put(")", tight=True)
            case nodes.CallExpr():
                self.put(node.name.text)
                self.arguments(node.args)
            case _:
                self._special(node)

    def path(self, node: nodes.PathExpr) -> None:
        self.put(node.root.text)
        for part in node.parts:
            self.open(".", tight=True)
            self.put(part.text)

    def arguments(self, args: Iterable[nodes.ExprNode]) -> None:
        self.open("(", tight=True)
        for index, argument in enumerate(args):
            if index:
                self.comma()
            self.expr(argument)
        self.put(")", tight=True)

    def _logic(self, node: nodes.LogicExpr) -> None:
        for index, operand in enumerate(node.operands):
            if index:
                self.put(node.op, may_break=True)
            self.expr(operand)

    def _special(self, node: nodes.ExprNode) -> None:
        match node:
            case nodes.InExpr():
                self.expr(node.left)
                self.put("in")
                if node.right is not None:
                    self.expr(node.right)
                elif node.role is not None:
                    self.put(node.role.text)
            case nodes.HasExpr():
                self.expr(node.base)
                self.put("has")
                self.put(node.name.text)
            case nodes.IsKindExpr():
                self.words(f"principal is {node.kind.text}")
            case nodes.SawExpr():
                self.words(f"session saw {node.label.text}")
            case nodes.QuantifiedExpr():
                self.words(f"{node.quantifier} {node.var.text} in")
                self.expr(node.set)
                self.put(":", tight=True)
                self.expr(node.body)
            case _:
                self._history(node)

    def _history(self, node: Any) -> None:
        match node:
            case nodes.FormerlyExpr():
                self.put("formerly")
                self.event(node.event)
                if node.window is not None:
                    self._within(node.window)
            case nodes.PreviousExpr():
                self.words("previous is")
                self.event(node.event)
                self._within(node.window)
            case nodes.SinceExpr():
                self.expr(node.held)
                self.put("since")
                self.event(node.event)
                self._within(node.window)
            case nodes.AggregateExpr():
                self._aggregate(node)

    def _aggregate(self, node: nodes.AggregateExpr) -> None:
        self.put(node.function)
        self.open("(", tight=True)
        if node.value is not None:
            self.path(node.value)
            self.put("of")
        self.event(node.event)
        self._within(node.window)
        self.put(")", tight=True)

    def _within(self, window: nodes.Lit) -> None:
        self.put("within")
        self.scalar(window)

    def event(self, node: nodes.EventNode) -> None:
        if node.outcome is not None:
            self.put(node.outcome.text)
        self.what(node.what)
        if node.on_resource:
            self.words("on resource")
        elif node.where is not None:
            self.put("on")
            self.where(node.where)
        if node.by_principal:
            self.words("by principal")
        elif node.by is not None:
            self.put("by")
            self.who(node.by)
        if node.guard is not None:
            self.put("where")
            self.expr(node.guard)

    # ── scopes ───────────────────────────────────────────────────────────────────────────

    def who(self, node: nodes.WhoNode) -> None:
        if node.name is None:
            self.put("anyone")
        elif node.sort == "kind":
            self.words(f"any {node.name.text}")
        else:
            self.put(quoted(node.name.text) if node.sort == "string" else node.name.text)

    def what(self, node: nodes.WhatNode) -> None:
        if node.name is None:
            self.put("anything")
        elif node.sort == "risk":
            self.words(f"any {node.name.text}")
        else:
            self.put(node.name.text)

    def where(self, node: nodes.WhereNode) -> None:
        self.put("any" if node.type is None else node.type.text)
        if node.id is not None:
            self.scalar(node.id)
        if node.under is not None:
            self.put("under")
            self.resource(node.under)

    def resource(self, node: nodes.ResourceName) -> None:
        self.put(node.type.text)
        self.scalar(node.id)

    def row(self) -> list[Piece]:
        """What was written, as a row of a block; the writer is empty again."""
        row = [part for part in self.parts if isinstance(part, Piece)]
        self.parts = []
        self._tight = True
        return row
