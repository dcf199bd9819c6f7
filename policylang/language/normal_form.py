"""Text of parts of a tree whatever the layout: for messages, decisions, and rules' ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from policylang.language import nodes
from policylang.language.pieces import Line, flat
from policylang.language.print_declarations import DeclarationPrinter


def format_expr(expr: nodes.ExprNode) -> str:
    """The expression on one line, in the canonical spelling."""
    printer = DeclarationPrinter()
    printer.expr(expr)
    return flat(printer.parts)


def format_clause(clause: nodes.ClauseNode) -> str:
    """The clause on one line: `when resource.stage == prod`."""
    printer = DeclarationPrinter()
    printer.clause(clause)
    return flat(printer.parts)


def normal_form(declaration: nodes.RuleDecl | nodes.LimitDecl | nodes.ProveDecl) -> str:
    """All that the declaration says but its name, in one order.

    Comments, documentation, layout, the spelling of strings (`"\\u0041"`, `"A"`), the order of
    lists and the order of clauses make no difference.
    """
    if isinstance(declaration, nodes.LimitDecl):
        return _text(replace(declaration, name=None, clauses=_sorted_clauses(declaration.clauses)))
    ordered: nodes.RuleDecl | nodes.ProveDecl = replace(
        declaration,
        scope=_sorted_scope(declaration.scope),
        clauses=_sorted_clauses(declaration.clauses),
    )
    if isinstance(ordered, nodes.RuleDecl):
        ordered = replace(ordered, name=None, approval=_sorted_approval(ordered.approval))
    return _text(ordered)


def _text(declaration: nodes.Declaration) -> str:
    return " ".join(flat(line.parts) for line in _lines(declaration))


def _lines(declaration: nodes.Declaration) -> list[Line]:
    return DeclarationPrinter(by_value=True).declaration(declaration)


def _sorted_scope(scope: nodes.ScopeNode) -> nodes.ScopeNode:
    return replace(
        scope,
        who=_sorted(scope.who, DeclarationPrinter.who),
        what=_sorted(scope.what, DeclarationPrinter.what),
        where=_sorted(scope.where, DeclarationPrinter.where),
    )


def _sorted_clauses(clauses: Iterable[nodes.ClauseNode]) -> tuple[Any, ...]:
    return _sorted(map(_sorted_obligations, clauses), DeclarationPrinter.clause)


def _sorted_obligations(clause: nodes.ClauseNode) -> nodes.ClauseNode:
    if not isinstance(clause, nodes.WithClause):
        return clause
    return replace(clause, obligations=_sorted(clause.obligations, DeclarationPrinter.obligation))


def _sorted_approval(parts: Iterable[nodes.ApprovalPart]) -> tuple[nodes.ApprovalPart, ...]:
    ordered = (
        replace(part, roles=tuple(sorted(part.roles, key=lambda role: role.text))) for part in parts
    )
    return tuple(sorted(ordered, key=lambda part: part.sort))


def _sorted(
    items: Iterable[Any], write: Callable[[DeclarationPrinter, Any], None]
) -> tuple[Any, ...]:
    def text(item: Any) -> str:
        printer = DeclarationPrinter(by_value=True)
        write(printer, item)
        return flat(printer.parts)

    return tuple(sorted(items, key=text))
