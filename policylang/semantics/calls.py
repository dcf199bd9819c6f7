"""`size(x)`, `blast(x)`, and `define`s, which are inlined where they are called."""

from __future__ import annotations

from typing import Final

from policylang.diagnostics.diagnostic import Label
from policylang.diagnostics.span import Span
from policylang.ir.expressions import Blast, Size
from policylang.language import nodes
from policylang.model.types import BOOL, INT, STRING, ResourceOf, SetOf
from policylang.semantics import expressions
from policylang.semantics.frame import DEFINE_ROOTS, Call, Frame
from policylang.semantics.names import Declared
from policylang.semantics.static import (
    UNKNOWN,
    WRONG,
    Resources,
    Static,
    Typed,
    an,
    assignable,
)
from policylang.semantics.type_names import resolve_type

IN_DEFINE: Final = "a `define`"


def call(frame: Frame, node: nodes.CallExpr, wanted: Static | None) -> Typed:
    if node.name.text == "size":
        return _size(frame, node)
    if node.name.text == "blast":
        return _blast(frame, node)
    expr = expressions.condition(frame, node)
    return WRONG if expr is None else Typed(expr, BOOL)


def _size(frame: Frame, node: nodes.CallExpr) -> Typed:
    operand = _only_argument(frame, node)
    if not operand.known:
        return WRONG
    if isinstance(operand.type, SetOf) or operand.type == STRING:
        return Typed(Size(operand.expr), INT)
    frame.error(
        "P0211",
        f"`size` counts the elements of a set or the letters of a `String`, "
        f"and this is {an(operand.type)}",
        node.args[0].span,
        label=f"{an(operand.type)}",
    )
    return WRONG


def _blast(frame: Frame, node: nodes.CallExpr) -> Typed:
    operand = _only_argument(frame, node)
    if not operand.known:
        return WRONG
    if isinstance(operand.type, (Resources, ResourceOf)):
        return Typed(Blast(operand.expr), INT)
    frame.error(
        "P0211",
        f"`blast` counts what a resource contains, and this is {an(operand.type)}",
        node.args[0].span,
        label=f"{an(operand.type)}",
        help="write `blast(resource)`",
    )
    return WRONG


def _only_argument(frame: Frame, node: nodes.CallExpr) -> Typed:
    typed = [expressions.value(frame, argument) for argument in node.args]
    if len(typed) == 1:
        return typed[0]
    frame.error(
        "P0215",
        f"`{node.name.text}` takes one argument, and here are {len(typed)}",
        node.span,
        label="wrong number of arguments",
    )
    return WRONG


def define_body(frame: Frame, node: nodes.CallExpr) -> tuple[Frame, nodes.ExprNode] | None:
    """The `define`'s body, and the frame in which its parameters are the call's arguments."""
    if frame.quiet:
        if not frame.here.knows("define", node.name.text):
            return None
        found = frame.schema.names.get("define", node.name.text)
    else:
        found = frame.here.find("define", node.name)
    if found is None or found.name not in frame.schema.extents:
        # Not declared, recursive, or too long: that is reported where it is declared or named.
        for argument in node.args:
            expressions.value(frame, argument)
        return None
    declaration: nodes.DefineDecl = found.node
    if len(node.args) != len(declaration.parameters):
        _report_count(frame, node, found)
        return None
    is_outermost = frame.call is None and frame.place != IN_DEFINE
    if is_outermost and not frame.schema.extents.allows(node, spend=not frame.quiet):
        frame.error("P0016", *too_long(node.span))
        return None
    variables = {
        parameter.name.text: _argument(frame, argument, found, parameter)
        for argument, parameter in zip(node.args, declaration.parameters, strict=True)
    }
    if not frame.quiet and frame.called is not None:
        frame.called.add(found.name)
    outer = frame.call or Call(frame.here.source, node.span)
    inner = frame.but(
        here=found.here,
        variables=variables,
        call=outer,
        roots=DEFINE_ROOTS,
        place=IN_DEFINE,
        value=False,
        since=False,
        lost=frozenset(),
    )
    return inner, declaration.body


def too_long(span: Span) -> tuple[str, Span]:
    return "this is too long or too deep once its `define`s are written out", span


def _argument(frame: Frame, node: nodes.ExprNode, found: Declared, parameter: nodes.Field) -> Typed:
    """The argument under the parameter's type, so that the body means what was checked."""
    wanted = found.here.parameter_types.get(parameter.span)
    if wanted is None:
        wanted, _ = resolve_type(found.here, parameter.type)
        found.here.parameter_types[parameter.span] = wanted
    typed = expressions.value(frame, node, wanted or UNKNOWN)
    if wanted is None or not typed.known:
        return WRONG
    if assignable(typed.type, wanted):
        return Typed(typed.expr, wanted)
    frame.error(
        "P0213",
        f"`{found.name}` takes {an(wanted)} as `{parameter.name.text}`, "
        f"and this is {an(typed.type)}",
        node.span,
        label=f"not {an(wanted)}",
        help=_remedy(typed, wanted),
        labels=(Label(found.here.source, parameter.span, "declared here"),),
    )
    return WRONG


def _remedy(typed: Typed, wanted: Static) -> str:
    if isinstance(typed.type, Resources) and isinstance(wanted, ResourceOf):
        others = [name for name in typed.type.names if name != wanted.name]
        if wanted.name in typed.type.names:
            return f"the scope also reaches `{others[0]}`: write `on {wanted.name}`"
    return ""


def _report_count(frame: Frame, node: nodes.CallExpr, found: Declared) -> None:
    wanted = len(found.node.parameters)
    frame.error(
        "P0215",
        f"`{found.name}` takes {_number(wanted, 'argument')}, and here "
        f"{'is' if len(node.args) == 1 else 'are'} {len(node.args)}",
        node.span,
        label="wrong number of arguments",
        labels=(Label(found.here.source, found.span, "declared here"),),
    )


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
