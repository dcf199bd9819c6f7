"""Paths: `resource.environment.stage`, `args.amount`, variables, and bare enum members."""

from __future__ import annotations

from policylang.diagnostics.suggest import did_you_mean
from policylang.ir.expressions import (
    Attr,
    Const,
    Expr,
    Has,
    HasParent,
    Input,
    Parent,
    Root,
)
from policylang.language import nodes
from policylang.model.types import STRING, EnumOf
from policylang.semantics import literals
from policylang.semantics.frame import Frame
from policylang.semantics.members import event_root, find_member
from policylang.semantics.presence import check_there, report_conflict
from policylang.semantics.static import (
    UNKNOWN,
    WRONG,
    Resources,
    RootOf,
    Static,
    Typed,
    Unknown,
    an,
)
from policylang.semantics.type_names import ROOTS

LONGEST = 32


def path(frame: Frame, node: nodes.PathExpr, wanted: Static | None) -> Typed:
    """`wanted` is the type of what it is compared with: a bare name is a member of that enum."""
    name = node.root.text
    if len(node.parts) > LONGEST:
        message = f"this reads more than {LONGEST} attributes of attributes"
        frame.error("P0016", message, node.span)
        return WRONG
    variable = frame.variables.get(name)
    if variable is not None:
        typed = variable
    elif name == "input" and "input" in frame.roots:
        return _input(frame, node, wanted)
    elif name in ROOTS:
        typed = _root(frame, node.root)
    else:
        return _bare(frame, node, wanted)
    for part in node.parts:
        typed = attribute(frame, typed, part)
    return typed


def attribute(frame: Frame, base: Typed, name: nodes.Name) -> Typed:
    """`base.name`, where a preceding `has` makes sure of it or nothing needs to."""
    found = find_member(frame, base, name)
    if isinstance(found, Typed) or found is None:
        return found or WRONG
    if found.conflict:
        report_conflict(frame, name, found)
        return WRONG
    if found.parent is not None:
        known: Expr = HasParent(base.expr, found.parent)
        read: Expr = Parent(base.expr, found.parent)
    else:
        known = Has(base.expr, name.text)
        read = Attr(base.expr, name.text, found.type)
    if not frame.quiet and known not in frame.facts:
        check_there(frame, base, name, found)
    return Typed(read, found.type)


def _root(frame: Frame, name: nodes.Name) -> Typed:
    text = name.text
    if frame.value and text in ("args", "resource", "principal"):
        return event_root(frame, text)
    if text not in frame.roots:
        _report_root(frame, name)
        return WRONG
    if text in frame.lost:
        return WRONG
    if text == "resource":
        assert frame.reach is not None
        return Typed(Root("resource"), Resources(frame.reach.types))
    if text in ("session", "event"):
        return Typed(Root("principal"), RootOf(text))
    return Typed(Root(text), RootOf(text))  # type: ignore[arg-type]


def _report_root(frame: Frame, name: nodes.Name) -> None:
    if name.text == "event":
        remedy = "`event` is the past event of a pattern: it stands behind that pattern's `where`"
    elif name.text == "input":
        remedy = "`input` is the raw call of a `tool` declaration"
    elif frame.value:
        remedy = "what is aggregated is the past event's: its `args`, `resource` or `principal`"
    elif frame.place == "a `define`":
        remedy = f"make it a parameter, and hand over `{name.text}` or a part of it in the call"
    else:
        remedy = ""
    code = "P0312" if frame.place == "a `define`" else "P0214"
    frame.error(
        code,
        f"`{name.text}` cannot be read in {'an aggregate' if frame.value else frame.place}",
        name.span,
        label="not known here",
        help=remedy,
    )


def _bare(frame: Frame, node: nodes.PathExpr, wanted: Static | None) -> Typed:
    name = node.root
    if not node.parts and wanted is UNKNOWN:
        return WRONG
    if not node.parts and isinstance(wanted, EnumOf):
        if name.text not in wanted.members and frame.here.may_be_lost(name.text):
            return WRONG
        if frame.quiet or frame.call is not None:
            inside = name.text in wanted.members
            return Typed(Const(name.text, wanted), wanted) if inside else WRONG
        constant = literals.member(frame.here, name.text, node, wanted)
        return Typed(constant, wanted) if constant else WRONG
    if frame.here.may_be_lost(name.text):
        return WRONG
    known = [*frame.variables, *(frame.roots & set(ROOTS))]
    member = name.text in frame.schema.enum_members and not node.parts
    if member and wanted is not None:
        message = f"`{name.text}` is an enum's member, and is used with {an(wanted)}"
        remedy = f'did you mean the text `"{name.text}"`?' if wanted == STRING else ""
    elif member:
        message = f"nothing says which enum `{name.text}` belongs to"
        remedy = "compare it with an attribute: `resource.stage == prod`"
    else:
        message = f"there is no `{name.text}` here"
        remedy = _as_attribute(frame, name.text) or did_you_mean(name.text, known)
        if not remedy and wanted == STRING:
            remedy = f'did you mean the text `"{name.text}"`?'
    frame.error("P0115", message, name.span, label="not found", help=remedy)
    return WRONG


def _as_attribute(frame: Frame, name: str) -> str:
    """A forgotten root: `stage` for `resource.stage`."""
    if "resource" in frame.roots and frame.reach is not None:
        if frame.reaches.member(frame.reach.types, name):
            return f"did you mean `resource.{name}`?"
        if frame.reaches.argument(frame.reach, name):
            return f"did you mean `args.{name}`?"
    if "principal" in frame.roots and name in frame.schema.principal:
        return f"did you mean `principal.{name}`?"
    if name in frame.schema.context:
        return f"did you mean `context.{name}`?"
    if "signal" in frame.roots and name in frame.schema.signals:
        return f"did you mean `signal.{name}`?"
    return ""


def _input(frame: Frame, node: nodes.PathExpr, wanted: Static | None) -> Typed:
    if not node.parts:
        frame.error(
            "P0218",
            "`input` is the whole call, and not a value",
            node.span,
            label="not a value",
            help="name one of its fields: `input.recipient`",
        )
        return WRONG
    if isinstance(wanted, Unknown):
        return WRONG
    if wanted is None or isinstance(wanted, (Resources, RootOf)):
        frame.error(
            "P0216",
            f"nothing says of which type `{'.'.join(('input', *(p.text for p in node.parts)))}` is",
            node.span,
            label="of unknown type",
            help="hand it over as it is, or compare it with something of a known type",
        )
        return WRONG
    return Typed(Input(tuple(p.text for p in node.parts), wanted), wanted)
