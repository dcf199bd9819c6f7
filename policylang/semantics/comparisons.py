"""Comparison, `in`, `contains`, `like`, `under`, and arithmetic.

Of two operands, one may be written in a form that has no type of its own: a bare enum member, a
string that is read as a Path or an Ip, a set literal. It takes the type of the other.
"""

from __future__ import annotations

from typing import Literal

from policylang.diagnostics.span import Span
from policylang.ir.expressions import (
    Arith,
    Compare,
    Const,
    ContainsText,
    EventField,
    Identity,
    In,
    InRole,
    Like,
    Under,
)
from policylang.language import nodes
from policylang.model import addresses
from policylang.model.types import (
    BOOL,
    CIDR,
    DECIMAL,
    DURATION,
    INT,
    IP,
    PATH,
    SIZE,
    STRING,
    TIME,
    URL,
    EnumOf,
    ResourceOf,
    SetOf,
    Type,
)
from policylang.semantics import expressions
from policylang.semantics.frame import Frame
from policylang.semantics.static import (
    NUMBERS,
    ORDERED,
    UNKNOWN,
    WRONG,
    Resources,
    RootOf,
    Static,
    Typed,
    an,
    comparable,
    shown,
)
from policylang.semantics.type_names import ROOTS
from policylang.semantics.vacuity import check_comparison

_TEXTS = (STRING, PATH, URL)


def binary(frame: Frame, node: nodes.BinaryExpr, wanted: Static | None) -> Typed:
    if node.op in ("+", "-", "*"):
        return _arithmetic(frame, node, wanted)
    if node.op == "contains":
        return _contains(frame, node)
    if node.op == "like":
        return _like(frame, node)
    if node.op == "under":
        return _under(frame, node)
    return _compare(frame, node)


def _compare(frame: Frame, node: nodes.BinaryExpr) -> Typed:
    left, right = _pair(frame, node.left, node.right)
    if not (left.known and right.known):
        return WRONG
    left, right = _identities(left, right)
    ordering = node.op not in ("==", "!=")
    fits = comparable(left.type, right.type) and not _is_root(left) and not _is_root(right)
    if not fits:
        _mismatch(frame, node, left, right)
        return WRONG
    if ordering and (left.type not in ORDERED or right.type not in ORDERED):
        frame.error(
            "P0211",
            f"`{node.op}` needs an order, and {an(left.type)} has none",
            node.op_span,
            label="not ordered",
            help="numbers, strings, times, durations and sizes are ordered",
        )
        return WRONG
    expr = Compare(node.op, left.expr, right.expr)  # type: ignore[arg-type]
    check_comparison(frame, expr, node.span)
    return Typed(expr, BOOL)


def _pair(frame: Frame, left: nodes.ExprNode, right: nodes.ExprNode) -> tuple[Typed, Typed]:
    """Both operands; the one that has no type of its own is read as the other."""
    if is_open(frame, left) and not is_open(frame, right):
        second = expressions.value(frame, right)
        return expressions.value(frame, left, hint(second)), second
    first = expressions.value(frame, left)
    return first, expressions.value(frame, right, hint(first))


def hint(typed: Typed) -> Static | None:
    if isinstance(typed.expr, EventField) and typed.expr.name == "operation":
        return STRING
    return typed.type


def is_open(frame: Frame, node: nodes.ExprNode) -> bool:
    while isinstance(node, nodes.ParenExpr):
        node = node.inner
    if isinstance(node, nodes.LitExpr):
        return isinstance(node.literal, nodes.SetLit) or node.literal.kind == "string"
    if not isinstance(node, nodes.PathExpr) or node.root.text in frame.variables:
        return False
    return node.root.text == "input" or (not node.parts and node.root.text not in ROOTS)


def _identities(left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Two principals are compared by their ids."""
    if left.type == right.type == RootOf("principal"):
        return Typed(Identity(left.expr), STRING), Typed(Identity(right.expr), STRING)
    return left, right


def _is_root(typed: Typed) -> bool:
    return isinstance(typed.type, RootOf)


def _mismatch(frame: Frame, node: nodes.BinaryExpr, left: Typed, right: Typed) -> None:
    frame.error(
        "P0201",
        f"{an(left.type)} cannot be compared with {an(right.type)}",
        node.span,
        label="different types",
        help=_comparison_help(left, right) or _comparison_help(right, left),
    )


def _comparison_help(one: Typed, other: Typed) -> str:
    text = getattr(other.expr, "value", None)
    if isinstance(one.type, EnumOf) and other.type == STRING and text in one.type.members:
        return f"an enum's member stands without quotes: `{text}`"
    if one.type == RootOf("principal") and other.type == STRING:
        return "compare `principal.id`"
    if isinstance(one.type, (Resources, ResourceOf)) and other.type == STRING:
        return 'compare `.id`, or name the resource with its type: `Environment "eu"`'
    if isinstance(one.type, Resources) and isinstance(other.type, ResourceOf):
        return f"no `{other.type.name}` is reached here"
    if other.type == INT and one.type in (SIZE, DURATION):
        return "say the unit: `10GB`" if one.type == SIZE else "say the unit: `10m`"
    if isinstance(one.type, SetOf):
        return "ask `contains`, or `in`"
    return ""


def membership(frame: Frame, node: nodes.InExpr, wanted: Static | None) -> Typed:
    if node.role is not None:
        return _in_role(frame, node, node.role)
    assert node.right is not None
    if is_open(frame, node.left):
        right = expressions.value(frame, node.right)
        element = right.type.element if isinstance(right.type, SetOf) else UNKNOWN
        left = expressions.value(frame, node.left, element if right.known else UNKNOWN)
    else:
        left = expressions.value(frame, node.left)
        right = expressions.value(frame, node.right, _set_of(left) if left.known else UNKNOWN)
    return _element_of(frame, left, right, node.span)


def _set_of(left: Typed) -> Static | None:
    match left.type:
        case RootOf() | Resources():
            return None
        case type_:
            return SetOf(type_)  # type: ignore[arg-type]


def _element_of(frame: Frame, item: Typed, whole: Typed, span: Span) -> Typed:
    if not (item.known and whole.known):
        return WRONG
    if not isinstance(whole.type, SetOf):
        remedy = ""
        if isinstance(whole.type, (ResourceOf, Resources)):
            remedy = "what contains a resource is asked with `under`"
        elif whole.type in _TEXTS:
            remedy = "a part of a text is asked with `contains`"
        frame.error(
            "P0211",
            f"`in` needs a set on its right, and this is {an(whole.type)}",
            span,
            label="not a set",
            help=remedy,
        )
        return WRONG
    if isinstance(item.type, RootOf) or not comparable(item.type, whole.type.element):
        frame.error(
            "P0201",
            f"{an(item.type)} is never in {an(whole.type)}",
            span,
            label="different types",
        )
        return WRONG
    return Typed(In(item.expr, whole.expr), BOOL)


def _in_role(frame: Frame, node: nodes.InExpr, role: nodes.Name) -> Typed:
    left = expressions.value(frame, node.left)
    found = frame.here.find("role", role) if not frame.quiet else None
    if left.known and left.type != RootOf("principal"):
        frame.error(
            "P0219",
            f"only a principal is in a role, and this is {an(left.type)}",
            node.left.span,
            label="not a principal",
            help=f"write `principal in {role.text}`",
        )
        return WRONG
    if not left.known or found is None:
        return WRONG
    return Typed(InRole(left.expr, role.text), BOOL)


def _contains(frame: Frame, node: nodes.BinaryExpr) -> Typed:
    if is_open(frame, node.left):
        right = expressions.value(frame, node.right)
        left = expressions.value(frame, node.left, _set_of(right) if right.known else UNKNOWN)
    else:
        left = expressions.value(frame, node.left)
        element = left.type.element if isinstance(left.type, SetOf) else None
        right = expressions.value(frame, node.right, element if left.known else UNKNOWN)
    if not (left.known and right.known):
        return WRONG
    if isinstance(left.type, SetOf):
        return _element_of(frame, right, left, node.span)
    if left.type in _TEXTS and right.type == STRING:
        return Typed(ContainsText(left.expr, right.expr), BOOL)
    frame.error(
        "P0211",
        "`contains` asks a set for an element or a text for a part of it, and this is a "
        f"`{shown(left.type)}` and {an(right.type)}",
        node.span,
        label="neither",
    )
    return WRONG


def _like(frame: Frame, node: nodes.BinaryExpr) -> Typed:
    left = expressions.value(frame, node.left)
    right = expressions.value(frame, node.right, STRING)
    if not (left.known and right.known):
        return WRONG
    if left.type in _TEXTS and right.type == STRING:
        return Typed(Like(left.expr, right.expr), BOOL)
    frame.error(
        "P0211",
        "`like` matches a `String`, `Path` or `Url` with a pattern, and this is a "
        f"`{shown(left.type)}` and {an(right.type)}",
        node.span,
        label="not text",
    )
    return WRONG


def _under(frame: Frame, node: nodes.BinaryExpr) -> Typed:
    if is_open(frame, node.left) and not is_open(frame, node.right):
        right = expressions.value(frame, node.right)
        left = expressions.value(frame, node.left, _left_of_under(node.left, right))
    else:
        left = expressions.value(frame, node.left)
        right = expressions.value(frame, node.right, _right_of_under(left))
    if not (left.known and right.known):
        return WRONG
    sort = _sort_of_under(left.type, right.type)
    if sort is None:
        frame.error(
            "P0211",
            f"{an(left.type)} cannot be under {an(right.type)}",
            node.span,
            label="different worlds",
            help="a path is under a path, an address under a Cidr, a host under a domain, "
            "a resource under a resource",
        )
        return WRONG
    if sort == "domain" and not _check_domain(frame, node.right, right):
        return WRONG
    return Typed(Under(sort, left.expr, right.expr), BOOL)


def _right_of_under(left: Typed) -> Static | None:
    if not left.known:
        return UNKNOWN
    if left.type in (IP, CIDR):
        return CIDR
    return PATH if left.type == PATH else STRING


def _left_of_under(node: nodes.ExprNode, right: Typed) -> Static | None:
    if not right.known:
        return UNKNOWN
    if right.type == CIDR:
        while isinstance(node, nodes.ParenExpr):
            node = node.inner
        text = node.literal.value if isinstance(node, nodes.LitExpr) else ""  # type: ignore[union-attr]
        return CIDR if "/" in text else IP
    return right.type


def _sort_of_under(
    left: Static, right: Static
) -> Literal["path", "ip", "domain", "resource"] | None:
    if left == PATH and right == PATH:
        return "path"
    if left in (IP, CIDR) and right == CIDR:
        return "ip"
    if left in (STRING, URL) and right == STRING:
        return "domain"
    resources = (Resources, ResourceOf)
    if isinstance(left, resources) and isinstance(right, resources):
        return "resource"
    return None


def _check_domain(frame: Frame, node: nodes.ExprNode, right: Typed) -> bool:
    if not isinstance(right.expr, Const) or addresses.normal_host(str(right.expr.value)):
        return True
    frame.error(
        "P0210",
        f"`{right.expr.value}` is not a domain name",
        node.span,
        label="malformed",
        help="right of `under`, write the domain alone: `example.com`",
    )
    return False


_SUMS: dict[tuple[str, Type, Type], Type] = {
    ("-", TIME, TIME): DURATION,
    ("+", TIME, DURATION): TIME,
    ("+", DURATION, TIME): TIME,
    ("-", TIME, DURATION): TIME,
    ("+", DURATION, DURATION): DURATION,
    ("-", DURATION, DURATION): DURATION,
    ("*", INT, DURATION): DURATION,
    ("*", DURATION, INT): DURATION,
    ("+", SIZE, SIZE): SIZE,
    ("-", SIZE, SIZE): SIZE,
    ("*", INT, SIZE): SIZE,
    ("*", SIZE, INT): SIZE,
}


def _arithmetic(frame: Frame, node: nodes.BinaryExpr, wanted: Static | None) -> Typed:
    left, right = _terms(frame, node, wanted)
    if not (left.known and right.known):
        return WRONG
    if left.type in NUMBERS and right.type in NUMBERS:
        result: Type | None = INT if left.type == right.type == INT else DECIMAL
    else:
        result = _SUMS.get((node.op, left.type, right.type))  # type: ignore[arg-type]
    if result is None:
        frame.error(
            "P0211",
            f"`{node.op}` does not go between {an(left.type)} and {an(right.type)}",
            node.op_span,
            label="cannot be computed",
        )
        return WRONG
    return Typed(Arith(node.op, left.expr, right.expr, result), result)  # type: ignore[arg-type]


def _terms(frame: Frame, node: nodes.BinaryExpr, wanted: Static | None) -> tuple[Typed, Typed]:
    if is_open(frame, node.left) and is_open(frame, node.right):
        kept = wanted if wanted in (*NUMBERS, DURATION, SIZE) else None
        return expressions.value(frame, node.left, kept), expressions.value(frame, node.right, kept)
    left, right = _pair(frame, node.left, node.right)
    return left, right
