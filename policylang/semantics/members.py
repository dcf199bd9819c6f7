"""What `base.name` is: an attribute, a parent, a parameter, a key, a signal, or nothing."""

from __future__ import annotations

from policylang.diagnostics.suggest import did_you_mean
from policylang.ir.expressions import (
    EventField,
    Identity,
    Root,
)
from policylang.language import nodes
from policylang.model.request import OUTCOMES
from policylang.model.types import STRING, TIME, EnumOf, Field, ResourceOf
from policylang.semantics.frame import Frame
from policylang.semantics.reach import Member
from policylang.semantics.static import (
    Resources,
    RootOf,
    Typed,
    Unknown,
    an,
)

OUTCOME = EnumOf(OUTCOMES)


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


def event_root(frame: Frame, name: str) -> Typed:
    """The past event's resource, arguments or principal."""
    assert frame.event is not None
    if name == "resource":
        return Typed(Root("event_resource"), Resources(frame.event.types))
    return Typed(Root(f"event_{name}"), RootOf(name))  # type: ignore[arg-type]


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
