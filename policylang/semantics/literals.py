"""Literals: what they are on their own, and read as the type that is wanted of them."""

from __future__ import annotations

from typing import Any, Final

from policylang.diagnostics.suggest import did_you_mean
from policylang.ir.expressions import Const, ConstSet, Scalar
from policylang.language import nodes
from policylang.model import values
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
    Prim,
    ResourceOf,
    SetOf,
    Type,
    show,
)
from policylang.semantics.names import Here
from policylang.semantics.static import an

READ_FROM_TEXT: Final = (PATH, URL, IP, CIDR, TIME)
_KINDS: Final[dict[str, Prim]] = {
    "int": INT,
    "decimal": DECIMAL,
    "string": STRING,
    "bool": BOOL,
    "duration": DURATION,
    "size": SIZE,
    "time": TIME,
}
_EXAMPLES: Final[dict[str, str]] = {
    "Path": "such as `/srv/app`",
    "Url": "with its scheme, such as `https://example.com/`",
    "Ip": "such as `10.0.0.7` or `2001:db8::1`",
    "Cidr": "such as `10.0.0.0/8`, with no bits set after the prefix",
    "Time": "such as `2025-12-15T03:12:00Z`",
    "Decimal": f"of at most {values.MAX_DIGITS} digits",
    "Int": f"of at most {values.MAX_DIGITS} digits",
}


def constant(here: Here, node: nodes.LiteralNode, wanted: Type) -> Const | ConstSet | None:
    """The literal read as `wanted`. None where it does not fit, which is then reported."""
    if isinstance(node, nodes.SetLit):
        return _set(here, node, wanted)
    if isinstance(node, nodes.MemberLit):
        return member(here, node.name, node, wanted)
    natural = _KINDS[node.kind]
    if natural == STRING and wanted in READ_FROM_TEXT:
        return _scalar(here, node, wanted)
    if natural == wanted:
        return _scalar(here, node, natural)
    if natural == INT and wanted == DECIMAL:
        return _scalar(here, node, DECIMAL)
    unfit(here, node, an(natural), wanted)
    return None


def natural(here: Here, node: nodes.Lit) -> Const | None:
    """The literal with the type that it has on its own."""
    return _scalar(here, node, _KINDS[node.kind])


def natural_type(node: nodes.Lit) -> Prim:
    return _KINDS[node.kind]


def member(
    here: Here, name: str, node: nodes.MemberLit | nodes.PathExpr, wanted: Type
) -> Const | None:
    """A bare name as a member of the enum that is wanted."""
    if not isinstance(wanted, EnumOf):
        here.error(
            "P0213",
            f"expected {an(wanted)}, and `{name}` is a bare name",
            node.span,
            label=f"not {an(wanted)}",
            help=f'write `"{name}"`' if wanted == STRING else "",
        )
        return None
    if name not in wanted.members:
        here.error(
            "P0202",
            f"`{name}` is not one of `{show(wanted)}`",
            node.span,
            label="not a member",
            help=did_you_mean(name, wanted.members),
        )
        return None
    return Const(name, wanted)


def unfit(here: Here, node: nodes.LiteralNode, given: str, wanted: Type) -> None:
    here.error(
        "P0213",
        f"expected {an(wanted)}, and this is {given}",
        node.span,
        label=f"not {an(wanted)}",
        help=_remedy(node, wanted),
    )


def _remedy(node: nodes.LiteralNode, wanted: Type) -> str:
    if not isinstance(node, nodes.Lit):
        return ""
    if node.kind == "string":
        if isinstance(wanted, EnumOf) and node.value in wanted.members:
            return f"an enum's member stands without quotes: `{node.value}`"
        if isinstance(wanted, ResourceOf):
            return f"a resource is written `{wanted.name} {node.text}`"
    if wanted == STRING:
        return f'write `"{node.text}"`'
    if node.kind == "int":
        return {
            "Size": f"say the unit: `{node.text}B`",
            "Duration": f"say the unit: `{node.text}s`",
        }.get(show(wanted), "")
    return ""


def _set(here: Here, node: nodes.SetLit, wanted: Type) -> ConstSet | None:
    if not isinstance(wanted, SetOf):
        unfit(here, node, "a set", wanted)
        return None
    items = [constant(here, item, wanted.element) for item in node.items]
    if any(item is None for item in items):
        return None
    if any(isinstance(item, ConstSet) for item in items):
        here.error("P0216", "a set literal cannot hold sets", node.span, label="a set of sets")
        return None
    return ConstSet(tuple(item for item in items if isinstance(item, Const)), wanted)


def _scalar(here: Here, node: nodes.Lit, type_: Prim) -> Const | None:
    value = _value(node, type_)
    if value is None:
        here.error(
            "P0210",
            f"`{_short(node.value)}` is not {an(type_)}",
            node.span,
            label="malformed",
            help=f"{an(type_)} is written {_EXAMPLES[type_.name]}"
            if type_.name in _EXAMPLES
            else "",
        )
        return None
    return Const(value, type_)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def _value(node: nodes.Lit, type_: Prim) -> Scalar | None:
    text = node.value
    if len(text) > values.MAX_DIGITS and type_ in (INT, DECIMAL, DURATION, SIZE):
        return None
    match type_.name:
        case "Bool":
            return text == "true"
        case "Int":
            return int(text)
        case "Decimal":
            return None if values.decimal(text) is values.INVALID else text
        case "String":
            return text
        case _:
            return _checked(type_, text)


def _checked(type_: Prim, text: str) -> Scalar | None:
    value: Any = values.coerce(type_, text)
    if value is values.INVALID:
        return None
    return value if type(value) is int else text


def wire(constant_: Const | ConstSet) -> bool | int | str | tuple[bool | int | str, ...]:
    """The form that `values.coerce` takes, from what an IR constant holds."""
    from policylang.ir.declared import on_the_wire

    value = on_the_wire(constant_)
    return tuple(value) if isinstance(value, (list, tuple)) else value
