"""Sound checking: what may be absent is read only where `has` makes sure of it."""

from __future__ import annotations

from policylang.ir.expressions import Root
from policylang.language import nodes
from policylang.semantics.frame import Frame
from policylang.semantics.reach import Member
from policylang.semantics.static import RootOf, Typed


def report_conflict(frame: Frame, name: nodes.Name, found: Member) -> None:
    assert found.conflict is not None
    one, other = found.conflict
    frame.error_here(
        "P0209",
        f"`{name.text}` does not mean the same for `{one}` and for `{other}`",
        name.span,
        label="of different types",
        help="write one rule for each of them",
    )


def check_there(frame: Frame, base: Typed, name: nodes.Name, found: Member) -> None:
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
