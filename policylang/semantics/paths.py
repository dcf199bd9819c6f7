"""Paths: `resource.environment.stage`, `args.amount`, variables, and bare enum members."""

from __future__ import annotations

from policylang.diagnostics.suggest import did_you_mean
from policylang.ir.expressions import (
    Attr,
    Const,
    EventField,
    Expr,
    Has,
    HasParent,
    Identity,
    Input,
    Parent,
    Root,
)
from policylang.language import nodes
from policylang.model.request import OUTCOMES
from policylang.model.types import STRING, TIME, EnumOf, Field, ResourceOf
from policylang.semantics import literals
from policylang.semantics.frame import Frame
from policylang.semantics.reach import Member
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

OUTCOME = EnumOf(OUTCOMES)


def path(frame: Frame, node: nodes.PathExpr, wanted: Static | None) -> Typed:
    """`wanted` is the type of what it is compared with: a bare name is a member of that enum."""
    name = node.root.text
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
        _report_conflict(frame, base, name, found)
        return WRONG
    if found.parent is not None:
        known: Expr = HasParent(base.expr, found.parent)
        read: Expr = Parent(base.expr, found.parent)
    else:
        known = Has(base.expr, name.text)
        read = Attr(base.expr, name.text, found.type)
    if not frame.quiet and known not in frame.facts:
        _check_there(frame, base, name, found)
    return Typed(read, found.type)


def find_member(frame: Frame, base: Typed, name: nodes.Name) -> Member | Typed | None:
    """What the name means after the base; a `Typed` where it is always there."""
    match base.type:
        case Resources(types):
            return _of_resources(frame, base, types, name)
        case ResourceOf(type_name):
            return _of_resources(frame, base, (type_name,), name)
        case RootOf("principal"):
            return _of_principal(frame, base, name)
        case RootOf("args"):
            return _of_args(frame, base, name)
        case RootOf("context"):
            return _of_context(frame, name)
        case RootOf("signal"):
            return _of_signals(frame, name)
        case RootOf("event"):
            return _of_event(frame, name)
        case Unknown():
            return None
        case RootOf("session"):
            frame.error(
                "P0218",
                "a session has no attributes",
                name.span,
                label="not found",
                help="ask for a label: `session saw private`",
            )
            return None
        case other:
            frame.error(
                "P0218",
                f"{an(other)} has no attributes",
                name.span,
                label=f"this is read of {an(other)}",
            )
            return None


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


def event_root(frame: Frame, name: str) -> Typed:
    """The past event's resource, arguments or principal."""
    assert frame.event is not None
    if name == "resource":
        return Typed(Root("event_resource"), Resources(frame.event.types))
    return Typed(Root(f"event_{name}"), RootOf(name))  # type: ignore[arg-type]


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
        f"`{name.text}` cannot be read in {frame.place}",
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


def _of_resources(
    frame: Frame, base: Typed, types: tuple[str, ...], name: nodes.Name
) -> Member | Typed | None:
    found = frame.reaches.member(types, name.text)
    if found is not None:
        return found
    if name.text == "id":
        return Typed(Identity(base.expr), STRING)
    if name.text == "type":
        remedy = "a rule's `on` says the type: `on Environment`"
    else:
        remedy = _suggest_attribute(frame, types, name.text)
    if frame.here.may_be_lost(name.text) or any(
        f"{t}.{name.text}" in frame.schema.partial for t in types
    ):
        return None
    owner = f"`{types[0]}`" if len(types) == 1 else "any resource that is reached here"
    frame.error(
        "P0203",
        f"`{name.text}` is not an attribute of {owner}",
        name.span,
        label="not found",
        help=remedy,
    )
    return None


def _suggest_attribute(frame: Frame, types: tuple[str, ...], name: str) -> str:
    candidates: dict[str, None] = {}
    for type_name in types:
        candidates.update(dict.fromkeys(frame.schema.fields.get(type_name, ())))
        candidates.update(dict.fromkeys(frame.schema.parents.get(type_name, ())))
    near = did_you_mean(name, candidates)
    if near:
        return near
    elsewhere = sorted(t for t, fields in frame.schema.fields.items() if name in fields)
    if elsewhere:
        return f"`{elsewhere[0]}` has an attribute `{name}`"
    if candidates and len(candidates) <= 8:
        return "it has " + ", ".join(f"`{c}`" for c in candidates)
    return ""


def _of_principal(frame: Frame, base: Typed, name: nodes.Name) -> Member | Typed | None:
    declared = frame.schema.principal.get(name.text)
    if declared is not None:
        return _single(declared, "principal")
    if name.text == "id":
        return Typed(Identity(base.expr), STRING)
    if frame.schema.misses(["principal"], name.text) or frame.here.may_be_lost(name.text):
        return None
    remedy = did_you_mean(name.text, frame.schema.principal)
    if not remedy and name.text in ("kind", "role", "roles"):
        remedy = "ask `principal is agent`, or `principal in SRE`"
    frame.error(
        "P0203",
        f"`{name.text}` is not an attribute of principals",
        name.span,
        label="not found",
        help=remedy or f"declare it: `principal {{ {name.text}: String? }}`",
    )
    return None


def _of_args(frame: Frame, base: Typed, name: nodes.Name) -> Member | None:
    reach = frame.event if base.expr == Root("event_args") else frame.reach
    assert reach is not None
    found = frame.reaches.argument(reach, name.text)
    if found is not None:
        return found
    operations = reach.operations
    partial = any(
        f"{o.resource_type}.{o.name}.{name.text}" in frame.schema.partial for o in operations
    )
    if frame.here.may_be_lost(name.text) or partial:
        return None
    named = sorted({o.name for o in operations})
    owner = f"`{named[0]}`" if len(named) == 1 else "any operation that is reached here"
    candidates = dict.fromkeys(p.name for o in operations for p in o.parameters)
    frame.error(
        "P0204",
        f"`{name.text}` is not a parameter of {owner}",
        name.span,
        label="not found",
        help=did_you_mean(name.text, candidates)
        or ("it has " + ", ".join(f"`{c}`" for c in candidates) if candidates else ""),
    )
    return None


def _of_context(frame: Frame, name: nodes.Name) -> Member | None:
    found = frame.schema.context.get(name.text)
    if found is not None:
        return _single(found, "context")
    if frame.schema.misses(["context"], name.text) or frame.here.may_be_lost(name.text):
        return None
    frame.error(
        "P0205",
        f"`{name.text}` is not a key of `context`",
        name.span,
        label="not found",
        help=did_you_mean(name.text, frame.schema.context)
        or f"declare it: `context {{ {name.text}: String? }}`",
    )
    return None


def _of_signals(frame: Frame, name: nodes.Name) -> Member | None:
    """A signal that is absent is a missing fact: reading one needs no `has`."""
    if not frame.quiet and frame.call is None and frame.here.find("signal", name) is None:
        return None
    found = frame.schema.signals.get(name.text)
    return None if found is None else Member(found.type)


def _single(declared: Field, owner: str) -> Member:
    absent = declared.optional and declared.default is None
    return Member(declared.type, optional=(owner,) if absent else ())


def _of_event(frame: Frame, name: nodes.Name) -> Typed | None:
    match name.text:
        case "principal" | "resource" | "args":
            return event_root(frame, name.text)
        case "time":
            return Typed(EventField("time", TIME), TIME)
        case "outcome":
            return Typed(EventField("outcome", OUTCOME), OUTCOME)
        case "operation":
            return Typed(EventField("operation", STRING), STRING)
    fields = ("principal", "resource", "args", "time", "outcome", "operation")
    frame.error(
        "P0203",
        f"`{name.text}` is not an attribute of `event`",
        name.span,
        label="not found",
        help=did_you_mean(name.text, fields) or "it has " + ", ".join(f"`{f}`" for f in fields),
    )
    return None


def _report_conflict(frame: Frame, base: Typed, name: nodes.Name, found: Member) -> None:
    assert found.conflict is not None
    one, other = found.conflict
    frame.error_here(
        "P0209",
        f"`{name.text}` does not mean the same for `{one}` and for `{other}`",
        name.span,
        label="of different types",
        help="write one rule for each of them",
    )


def _check_there(frame: Frame, base: Typed, name: nodes.Name, found: Member) -> None:
    """Sound checking: what may be absent is read only where `has` makes sure of it."""
    lacking = found.lacking
    if lacking and _guards_what_may_come(frame, base):
        lacking = ()
    if not lacking and not found.optional:
        return
    before = _written(frame, name)
    remedy = f"add `{before} has {name.text} and …`, in the same conjunction" if before else ""
    if lacking:
        owner = lacking[0]
        noun = "parameter" if base.type == RootOf("args") else "attribute"
        frame.error_here(
            "P0207",
            f"`{owner}` is reached here, and has no {noun} `{name.text}`",
            name.span,
            label=f"not there for `{owner}`",
            help=remedy,
        )
    else:
        frame.error_here(
            "P0208",
            f"`{name.text}` may be absent",
            name.span,
            label="optional, and read without `has`",
            help=remedy,
        )


def _guards_what_may_come(frame: Frame, base: Typed) -> bool:
    match base.expr:
        case Root("resource" | "args"):
            return frame.reach is not None and not frame.reach.operations
        case Root("event_resource" | "event_args"):
            return frame.event is not None and not frame.event.operations
        case _:
            return False


def _written(frame: Frame, name: nodes.Name) -> str:
    """What the name is read of, as it is written."""
    source = frame.here.source.text
    start = name.span.start - 1
    while start > 0 and (source[start - 1].isalnum() or source[start - 1] in "._"):
        start -= 1
    return source[start : name.span.start].rstrip(" .")
