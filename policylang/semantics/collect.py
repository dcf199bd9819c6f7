"""Collects every declaration of every file under its name, before any of them is looked into."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from policylang.language import nodes
from policylang.model.types import PRIMITIVES
from policylang.semantics.modules import Modules
from policylang.semantics.names import Here, Names
from policylang.semantics.report import Report
from policylang.semantics.unit import RISK, Unit


class Loose(Struct, frozen=True, eq=False):
    """A declaration that needs no name of its own: a rule, a limit, a claim, a test."""

    here: Here
    node: nodes.RuleDecl | nodes.LimitDecl | nodes.ProveDecl | nodes.TestDecl


class Collected(Struct, frozen=True, eq=False):
    names: Names
    loose: list[Loose]


def collect(units: Sequence[Unit], modules: Modules, report: Report) -> Collected:
    """Of a name declared twice, the module that is merely used counts as the first."""
    names = Names()
    collected = Collected(names, [])
    implicit = RISK if modules.risk_is_implicit else None
    for unit in sorted(units, key=lambda u: (u.module == implicit, u.root, u.source.name)):
        here = Here(unit, modules, names, report)
        for declaration in unit.tree.declarations:
            if unit.module == implicit:
                _collect_implicit(names, here, declaration)
            else:
                _collect(collected, here, declaration)
    return collected


def _collect_implicit(names: Names, here: Here, declaration: nodes.Declaration) -> None:
    """`std.risk` for `std.self` alone: its classes give way to the policy's, its labels are out."""
    if isinstance(declaration, nodes.RiskDecl):
        name = declaration.name
        names.declare_unless_there("risk", name.text, name.span, here, declaration)


def _collect(into: Collected, here: Here, declaration: nodes.Declaration) -> None:
    declare = into.names.declare
    match declaration:
        case nodes.ResourceDecl(name=name):
            _check_not_built_in(here, name)
            declare("type", name.text, name.span, here, declaration)
        case nodes.RoleDecl(name=name):
            declare("role", name.text, name.span, here, declaration)
        case nodes.RiskDecl(name=name):
            declare("risk", name.text, name.span, here, declaration)
        case nodes.SignalDecl(name=name):
            declare("signal", name.text, name.span, here, declaration)
        case nodes.DefineDecl(name=name):
            declare("define", name.text, name.span, here, declaration)
        case nodes.PrincipalDecl(id=id_):
            declare("principal", text_of(id_), id_.span, here, declaration)
        case nodes.LabelDecl(names=labels):
            for name in labels:
                declare("label", name.text, name.span, here, declaration)
        case nodes.OperationDecl():
            _operations(into.names, here, declaration)
        case nodes.AttributesDecl():
            _attributes(into.names, here, declaration)
        case nodes.EntityDecl(resource=resource):
            key = f'{resource.type.text} "{resource.id.value}"'
            declare("entity", key, resource.span, here, declaration)
        case nodes.ToolDecl(key=key_literal):
            declare("tool", key_literal.value, key_literal.span, here, declaration)
        case nodes.UseDecl():
            pass
        case _:
            into.loose.append(Loose(here, declaration))


def _check_not_built_in(here: Here, name: nodes.Name) -> None:
    if name.text in PRIMITIVES or name.text == "Set":
        here.error(
            "P0117",
            f"`{name.text}` is a built-in type, and cannot be a resource",
            name.span,
            label="built in",
            help="choose another name",
        )


def text_of(id_: nodes.Name | nodes.Lit) -> str:
    """A principal's id, written as a name or as a string."""
    return id_.text if isinstance(id_, nodes.Name) else id_.value


def _operations(names: Names, here: Here, declaration: nodes.OperationDecl) -> None:
    for signature in declaration.signatures:
        for type_name in declaration.types:
            name = f"{type_name.text}.{signature.name.text}"
            names.declare(
                "operation", name, signature.name.span, here, (declaration, signature, type_name)
            )


def _attributes(names: Names, here: Here, declaration: nodes.AttributesDecl) -> None:
    for field in declaration.fields:
        if declaration.sort == "principal":
            names.declare("attribute of principals", field.name.text, field.name.span, here, field)
        elif field.name.text == "time":
            here.error(
                "P0117",
                "`context.time` is always there, and cannot be declared",
                field.name.span,
                label="built in",
                help="leave it out: `context.time` is a `Time` in every policy",
            )
        else:
            names.declare("context key", field.name.text, field.name.span, here, field)
