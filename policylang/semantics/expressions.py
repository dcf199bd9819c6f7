"""Types and lowers expressions in one walk: every problem is reported, the rest goes on.

`condition` is for what must be true or false, `value` for everything. Both take the narrowing
that `has` gives along (see `narrowing`): a conjunction first gathers its `has`, then reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from policylang.diagnostics.span import Span
from policylang.ir.expressions import (
    And,
    Expr,
    Has,
    HasParent,
    IsKind,
    Not,
    Or,
    Quantified,
    ResourceConst,
    Root,
    SessionSaw,
    Var,
)
from policylang.language import nodes
from policylang.model.types import BOOL, PRIMITIVES, ResourceOf, SetOf
from policylang.semantics import literals
from policylang.semantics.calls import call, define_body
from policylang.semantics.comparisons import binary, membership
from policylang.semantics.frame import Frame
from policylang.semantics.history import aggregate, formerly, previous, since
from policylang.semantics.members import find_member
from policylang.semantics.narrowing import gather
from policylang.semantics.paths import path
from policylang.semantics.static import UNKNOWN, WRONG, RootOf, Static, Typed, an, shown
from policylang.semantics.type_names import ROOTS
from policylang.semantics.vacuity import check_conjunction, check_disjunction


def guard(
    frame: Frame, written: list[tuple[bool, nodes.ExprNode]]
) -> tuple[list[Expr | None], frozenset[Expr]]:
    """The clauses of one rule, which form one conjunction; False stands for `unless`.

    Gives also what their `has` tell to the rest of the rule.
    """
    facts = set(frame.facts)
    for positive, node in written:
        gather(frame, node, positive, facts)
    inner = frame.but(facts=frozenset(facts))
    lowered = [
        condition(inner if positive else _unless(inner, node), node, positive, True)
        for positive, node in written
    ]
    conjuncts = [
        conjunct
        for (positive, node), expr in zip(written, lowered, strict=True)
        if expr is not None
        for conjunct in _conjuncts(expr, node, positive)
    ]
    check_conjunction(frame, conjuncts)
    return lowered, inner.facts


def _unless(frame: Frame, node: nodes.ExprNode) -> Frame:
    """Inside an `unless`, a conjunction also counts as it is written.

    Where its `has` is false the clause is false, whatever the rest would be: no read is in vain.
    """
    while isinstance(node, nodes.ParenExpr):
        node = node.inner
    if not (isinstance(node, nodes.LogicExpr) and node.op == "and"):
        return frame
    facts = set(frame.facts)
    gather(frame, node, True, facts)
    return frame.but(facts=frozenset(facts))


def _conjuncts(expr: Expr, node: nodes.ExprNode, positive: bool) -> Iterator[tuple[Expr, Span]]:
    """What has to hold for the whole to hold, each with its own place."""
    match node, expr:
        case nodes.ParenExpr(inner=inner), _:
            yield from _conjuncts(expr, inner, positive)
        case nodes.NotExpr(operand=operand), Not(negated):
            yield from _conjuncts(negated, operand, not positive)
        case nodes.LogicExpr(op=op, operands=written), And(operands) | Or(operands) if (
            op == "and"
        ) == positive:
            for each, below in zip(written, operands, strict=True):
                yield from _conjuncts(below, each, positive)
        case _:
            yield expr if positive else Not(expr), node.span


def condition(
    frame: Frame, node: nodes.ExprNode, positive: bool = True, gathered: bool = False
) -> Expr | None:
    """A truth value; None where it is wrong.

    `positive`: under an even number of `not`s. `gathered`: the conjunction that this stands in has
    gathered its `has` already.
    """
    match node:
        case nodes.ParenExpr(inner=inner):
            return condition(frame, inner, positive, gathered)
        case nodes.NotExpr(operand=operand):
            inner_expr = condition(frame, operand, not positive, gathered)
            return None if inner_expr is None else Not(inner_expr)
        case nodes.LogicExpr():
            return _logic(frame, node, positive, gathered)
        case nodes.CallExpr(name=name) if name.text not in ("size", "blast"):
            inlined = define_body(frame, node)
            if inlined is not None:
                inner_frame, body = inlined
                return condition(inner_frame, body, positive, gathered)
            return None
    typed = value(frame, node, BOOL)
    if typed.type == BOOL:
        return typed.expr
    if typed.known:
        frame.error(
            "P0212",
            f"a condition is true or false, and this is {an(typed.type)}",
            node.span,
            label=f"{an(typed.type)}",
            help="compare it with something",
        )
    return None


def _logic(frame: Frame, node: nodes.LogicExpr, positive: bool, gathered: bool) -> Expr | None:
    conjunctive = (node.op == "and") == positive
    if conjunctive and not gathered:
        facts = set(frame.facts)
        gather(frame, node, positive, facts)
        frame = frame.but(facts=frozenset(facts))
    lowered = [condition(frame, operand, positive, conjunctive) for operand in node.operands]
    if any(expr is None for expr in lowered):
        return None
    operands = tuple(expr for expr in lowered if expr is not None)
    spans = [(expr, operand.span) for expr, operand in zip(operands, node.operands, strict=True)]
    if not (gathered and conjunctive):
        (check_conjunction if node.op == "and" else check_disjunction)(frame, spans)
    return And(operands) if node.op == "and" else Or(operands)


def value(frame: Frame, node: nodes.ExprNode, wanted: Static | None = None) -> Typed:
    """Any expression. `wanted`: the type of what it is compared with, if there is such a thing."""
    return _HANDLERS[type(node)](frame, node, wanted)


def _paren(frame: Frame, node: nodes.ParenExpr, wanted: Static | None) -> Typed:
    return value(frame, node.inner, wanted)


def _truth(frame: Frame, node: nodes.ExprNode, wanted: Static | None) -> Typed:
    expr = condition(frame, node)
    return WRONG if expr is None else Typed(expr, BOOL)


def _literal(frame: Frame, node: nodes.LitExpr, wanted: Static | None) -> Typed:
    literal = node.literal
    if isinstance(literal, nodes.SetLit):
        return _set(frame, literal, wanted)
    if literal.kind == "string" and wanted in literals.READ_FROM_TEXT:
        constant = literals.constant(frame.here, literal, wanted)
    else:
        constant = literals.natural(frame.here, literal)
    return WRONG if constant is None else Typed(constant, constant.type)


def _set(frame: Frame, node: nodes.SetLit, wanted: Static | None) -> Typed:
    if wanted is UNKNOWN:
        return WRONG
    if isinstance(wanted, SetOf):
        constant = literals.constant(frame.here, node, wanted)
        return WRONG if constant is None else Typed(constant, wanted)
    scalars = [item for item in node.items if isinstance(item, nodes.Lit)]
    if not scalars or len(scalars) < len(node.items):
        frame.error(
            "P0216",
            "nothing says what this set holds",
            node.span,
            label="a set of what?",
            help="use it with an attribute: `resource.stage in [dev, staging]`",
        )
        return WRONG
    kinds = {literals.natural_type(item).name for item in scalars}
    if kinds == {"Int", "Decimal"}:
        kinds = {"Decimal"}
    if len(kinds) > 1:
        frame.error(
            "P0216",
            f"a set holds values of one type, and this has {' and '.join(sorted(kinds))}",
            node.span,
            label="of several types",
        )
        return WRONG
    element = PRIMITIVES[kinds.pop()]
    constant = literals.constant(frame.here, node, SetOf(element))
    return WRONG if constant is None else Typed(constant, SetOf(element))


def _resource(frame: Frame, node: nodes.ResourceExpr, wanted: Static | None) -> Typed:
    name = node.resource.type
    if frame.here.find("type", name) is None:
        return WRONG
    return Typed(ResourceConst(name.text, node.resource.id.value), ResourceOf(name.text))


def _has(frame: Frame, node: nodes.HasExpr, wanted: Static | None) -> Typed:
    base = value(frame, node.base)
    if not base.known:
        return WRONG
    if base.type in (RootOf("event"), RootOf("session"), RootOf("input")):
        frame.error(
            "P0218",
            f"`has` cannot be asked of `{shown(base.type)}`",
            node.base.span,
            label="has no attributes that may be absent",
        )
        return WRONG
    if _declared_somewhere(frame, base, node.name.text):
        return Typed(Has(base.expr, node.name.text), BOOL)
    found = find_member(frame, base, node.name)
    if found is None:
        return WRONG
    if isinstance(found, Typed):
        return Typed(Has(base.expr, node.name.text), BOOL)
    return Typed(has_of(base.expr, node.name.text, found.parent), BOOL)


def has_of(base: Expr, name: str, parent: str | None) -> Expr:
    return Has(base, name) if parent is None else HasParent(base, parent)


def _declared_somewhere(frame: Frame, base: Typed, name: str) -> bool:
    """An attribute that only unreached types have: `has` is false, and not a mistake."""
    if not isinstance(base.expr, Root):
        return False
    if base.expr.name in ("resource", "event_resource"):
        types = base.type.names if hasattr(base.type, "names") else ()
        if frame.reaches.member(tuple(types), name) is None:
            return any(name in fields for fields in frame.schema.fields.values())
    if base.expr.name in ("args", "event_args"):
        reach = frame.reach if base.expr.name == "args" else frame.event
        if reach is not None and frame.reaches.argument(reach, name) is None:
            every = frame.schema.operations.values()
            return any(p.name == name for o in every for p in o.parameters)
    return False


def _is_kind(frame: Frame, node: nodes.IsKindExpr, wanted: Static | None) -> Typed:
    base = path(frame, nodes.PathExpr(node.span, nodes.Name(node.span, "principal"), ()), None)
    if not base.known:
        return WRONG
    return Typed(IsKind(base.expr, node.kind.text), BOOL)  # type: ignore[arg-type]


def _saw(frame: Frame, node: nodes.SawExpr, wanted: Static | None) -> Typed:
    if "session" not in frame.roots:
        frame.error(
            "P0312" if frame.place == "a `define`" else "P0214",
            f"`session` cannot be read in {frame.place}",
            node.span,
            label="not known here",
        )
        return WRONG
    if frame.here.find("label", node.label) is None:
        return WRONG
    return Typed(SessionSaw(node.label.text), BOOL)


def _quantified(frame: Frame, node: nodes.QuantifiedExpr, wanted: Static | None) -> Typed:
    _check_variable(frame, node.var)
    over = value(frame, node.set)
    if over.known and not isinstance(over.type, SetOf):
        frame.error(
            "P0211",
            f"`{node.quantifier} … in` goes through a set, and this is {an(over.type)}",
            node.set.span,
            label=f"{an(over.type)}",
        )
        over = WRONG
    name = f"{node.var.text}#{next(frame.numbers)}"
    element = over.type.element if isinstance(over.type, SetOf) else UNKNOWN
    variable = WRONG if element is UNKNOWN else Typed(Var(name, element), element)  # type: ignore[arg-type]
    inner = frame.but(variables={**frame.variables, node.var.text: variable})
    body = condition(inner, node.body)
    if body is None or not over.known:
        return WRONG
    return Typed(Quantified(node.quantifier, name, over.expr, body), BOOL)


def _check_variable(frame: Frame, name: nodes.Name) -> None:
    check_variable(frame, name, "variable")


def check_variable(frame: Frame, name: nodes.Name, sort: str) -> None:
    """A parameter or variable is written bare, as an enum's member is: the two must differ."""
    if name.text in ROOTS:
        what = "a root that every expression can read"
    elif name.text in frame.schema.enum_members:
        what = "an enum's member"
    else:
        return
    frame.error(
        "P0116",
        f"the {sort} `{name.text}` has the name of {what}",
        name.span,
        label=f"hides {what}",
        help=f"choose another name for the {sort}",
    )


_HANDLERS: Final[dict[type, Callable[[Frame, Any, Static | None], Typed]]] = {
    nodes.PathExpr: path,
    nodes.LitExpr: _literal,
    nodes.ResourceExpr: _resource,
    nodes.CallExpr: call,
    nodes.NotExpr: _truth,
    nodes.LogicExpr: _truth,
    nodes.BinaryExpr: binary,
    nodes.InExpr: membership,
    nodes.HasExpr: _has,
    nodes.IsKindExpr: _is_kind,
    nodes.SawExpr: _saw,
    nodes.QuantifiedExpr: _quantified,
    nodes.ParenExpr: _paren,
    nodes.FormerlyExpr: formerly,
    nodes.PreviousExpr: previous,
    nodes.SinceExpr: since,
    nodes.AggregateExpr: aggregate,
}
