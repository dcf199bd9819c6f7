"""Tree nodes out of what the grammar has recognised, bottom up.

One method a rule (or its alias) of `grammar.lark`. A method gets the rule's children: what its
symbols became, without quoted terminals and signs, `None` for an optional part that is absent.
`start` and `end` are the place of the rule's text, set by the loop that runs the tables. A
problem that the grammar does not see (an approval's `by` said twice) goes to `flaws`; the
declaration is then left out.
"""

from __future__ import annotations

from typing import Any

from policylang.diagnostics.span import Span
from policylang.language import nodes
from policylang.language.build_expressions import ExpressionBuilder
from policylang.language.build_rules import RuleBuilder
from policylang.language.flaws import Flaw

Children = list[Any]


class Builder(RuleBuilder, ExpressionBuilder):
    """Builds one module at a time."""

    def begin(self, docs: Any) -> None:
        """Forget the last module. `docs(start)`: the documentation above a declaration or field."""
        self.name: nodes.Name | None = None
        self.declarations: list[Any] = []
        self.flaws: list[Flaw] = []
        self.start = self.end = 0
        self.docs = docs

    # ── the module ───────────────────────────────────────────────────────────────────────

    def header(self, children: Children) -> None:
        self.name = children[0]

    def more(self, children: Children) -> Any:
        return children[1]

    def dotted(self, children: Children) -> nodes.Name:
        return nodes.Name(self.span(), ".".join(name.text for name in children))

    def use(self, children: Children) -> nodes.UseDecl:
        return nodes.UseDecl(self.span(), children[0], self.doc())

    # ── what exists ──────────────────────────────────────────────────────────────────────

    def resource(self, children: Children) -> nodes.ResourceDecl:
        name, parents, fields = children
        return nodes.ResourceDecl(self.span(), name, parents, fields or (), self.doc())

    def types(self, children: Children) -> tuple[nodes.Name, ...]:
        return tuple(children)

    def in_types(self, children: Children) -> tuple[nodes.Name, ...]:
        return children[0] or ()

    def fields(self, children: Children) -> tuple[nodes.Field, ...]:
        return tuple(children)

    def field(self, children: Children) -> nodes.Field:
        name, type_, default = children
        return nodes.Field(self.span(), name, type_, default, self.doc())

    def named_type(self, children: Children) -> nodes.NamedType:
        return nodes.NamedType(self.span(), children[0].text)

    def set_type(self, children: Children) -> nodes.SetType:
        name, element = children
        if name.text != "Set":
            self.flaw(
                "P0026",
                name.span,
                f"`{name.text}` takes no type between `<` and `>`",
                help="only `Set<…>` does",
            )
        return nodes.SetType(self.span(), element)

    def enum_type(self, children: Children) -> nodes.EnumType:
        return nodes.EnumType(self.span(), tuple(children))

    def optional_type(self, children: Children) -> nodes.OptionalType:
        return nodes.OptionalType(self.span(), children[0])

    def operation(self, children: Children) -> nodes.OperationDecl:
        signatures, types, *rest = children
        risks = tuple(part for part in rest if isinstance(part, nodes.Name))
        effects = tuple(part for part in rest if not isinstance(part, nodes.Name))
        if effects and rest[-len(effects) :] != list(effects):
            late = next(risk for risk in reversed(risks))
            self.flaw(
                "P0026",
                late.span,
                f"the risk class `{late.text}` stands after `{effects[0].sort}`",
                help="name the risk classes first: `is Read, Secrets, taints private`",
            )
        return nodes.OperationDecl(self.span(), signatures, types, risks, effects, self.doc())

    def signatures(self, children: Children) -> tuple[nodes.OperationSig, ...]:
        return tuple(children)

    def signature(self, children: Children) -> nodes.OperationSig:
        return nodes.OperationSig(self.span(), children[0], children[1] or ())

    def parameters(self, children: Children) -> tuple[nodes.Field, ...]:
        return _present(children)

    def effect(self, children: Children) -> nodes.Effect:
        return nodes.Effect(self.span(), children[0].text, children[1])

    def risk(self, children: Children) -> nodes.RiskDecl:
        name, mode, default, floors = children
        self.once(floors, lambda floor: floor[1], "a second `floor`", lambda floor: floor[0].span)
        return nodes.RiskDecl(self.span(), name, mode, default, floors, self.doc())

    def mode(self, children: Children) -> str:
        return str(children[0].text)

    def default(self, children: Children) -> nodes.VerdictNode | None:
        verdict: nodes.VerdictNode | None = children[0]
        return verdict

    def floors(self, children: Children) -> tuple[tuple[nodes.VerdictNode, bool], ...]:
        return tuple(children)

    def floor(self, children: Children) -> tuple[nodes.VerdictNode, bool]:
        return children[0], children[1] is not None

    # ── who, and further declarations ────────────────────────────────────────────────────

    def role(self, children: Children) -> nodes.RoleDecl:
        return nodes.RoleDecl(self.span(), children[0], children[1], self.doc())

    def principal(self, children: Children) -> nodes.PrincipalDecl:
        kind, id_, roles, attributes = children
        return nodes.PrincipalDecl(self.span(), kind.text, id_, roles, attributes, self.doc())

    def kind(self, children: Children) -> nodes.Name:
        name: nodes.Name = children[0]
        return name

    def pairs(self, children: Children) -> tuple[nodes.Pair, ...]:
        return _present(children)

    def pair(self, children: Children) -> nodes.Pair:
        return nodes.Pair(self.span(), children[0], children[1])

    def attributes(self, children: Children) -> nodes.AttributesDecl:
        return nodes.AttributesDecl(self.span(), children[0].text, children[1], self.doc())

    def label(self, children: Children) -> nodes.LabelDecl:
        return nodes.LabelDecl(self.span(), tuple(children), self.doc())

    def signal(self, children: Children) -> nodes.SignalDecl:
        return nodes.SignalDecl(self.span(), children[0], children[1], self.doc())

    def entity(self, children: Children) -> nodes.EntityDecl:
        resource, parents, attributes = children
        return nodes.EntityDecl(self.span(), resource, parents, attributes, self.doc())

    def in_resources(self, children: Children) -> tuple[nodes.ResourceName, ...]:
        return _present(children)

    def resource_name(self, children: Children) -> nodes.ResourceName:
        return nodes.ResourceName(self.span(), children[0], children[1])

    def define(self, children: Children) -> nodes.DefineDecl:
        name, *parameters, body = children
        for parameter in parameters:
            if parameter.name.text in self.keywords:
                self.flaw(
                    "P0021",
                    parameter.name.span,
                    f"`{parameter.name.text}` is a word of the language, and no parameter's name",
                    help=f"another name, such as `{parameter.name.text}_`",
                )
        return nodes.DefineDecl(self.span(), name, tuple(parameters), body, self.doc())

    def tool(self, children: Children) -> nodes.ToolDecl:
        key, operation, args, type_, id_, attributes = children
        return nodes.ToolDecl(self.span(), key, operation, args, type_, id_, attributes, self.doc())

    def tool_args(self, children: Children) -> tuple[nodes.NamedExpr, ...]:
        return _present(children)

    def tool_attributes(self, children: Children) -> tuple[nodes.NamedExpr, ...]:
        return _present(children)

    def named(self, children: Children) -> nodes.NamedExpr:
        return nodes.NamedExpr(self.span(), children[0], children[1])

    # ── literals ─────────────────────────────────────────────────────────────────────────

    def member(self, children: Children) -> nodes.MemberLit:
        return nodes.MemberLit(self.span(), children[0].text)

    def set_literal(self, children: Children) -> nodes.SetLit:
        return nodes.SetLit(self.span(), _present(children))

    def scalar(self, children: Children) -> nodes.Lit:
        value = children[0]
        if isinstance(value, nodes.Name):
            return nodes.Lit(value.span, "bool", value.text, value.text)
        literal: nodes.Lit = value
        return literal

    def negative(self, children: Children) -> nodes.Lit:
        literal = children[1]
        text = "-" + literal.text
        return nodes.Lit(self.span(), literal.kind, text, text)

    def span(self) -> Span:
        return Span(self.start, self.end)


def _present(children: Children) -> tuple[Any, ...]:
    return tuple(child for child in children if child is not None)
