"""Verdicts and approval requirements as they are written: `require approval from SRE by 2`."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from policylang.ir.program import Requirement, Ruling
from policylang.language import nodes
from policylang.model import values
from policylang.semantics.names import Here

LONGEST: Final = 2**63 - 1
"""Of a window, in nanoseconds: some 292 years."""


class Said(Struct, frozen=True):
    """The parts of an approval; None where nothing is said."""

    roles: tuple[str, ...] | None
    quorum: int | None
    within: int | None


def requirement(here: Here, parts: tuple[nodes.ApprovalPart, ...]) -> Requirement:
    """What is required; one person, any human, within one hour where nothing is said."""
    told = said(here, parts)
    return Requirement(
        told.roles or (),
        1 if told.quorum is None else told.quorum,
        3600 if told.within is None else told.within,
    )


def ruling(here: Here, node: nodes.VerdictNode) -> Ruling:
    if node.verdict == "require_approval":
        return Ruling(node.verdict, requirement(here, node.approval))
    return Ruling(node.verdict)


def said(here: Here, parts: tuple[nodes.ApprovalPart, ...]) -> Said:
    seen: dict[str, nodes.ApprovalPart] = {}
    for part in parts:
        if part.sort in seen:
            here.error(
                "P0303",
                f"`{part.sort}` is said twice in one approval",
                part.span,
                label="again",
                help="roles are listed after one `from`: `from SRE, Security`"
                if part.sort == "from"
                else "keep one of them",
            )
        seen.setdefault(part.sort, part)
    return Said(
        _roles(here, seen["from"]) if "from" in seen else None,
        _quorum(here, seen["by"].value) if "by" in seen else None,
        _seconds(here, seen["within"].value) if "within" in seen else None,
    )


def window(here: Here, node: nodes.Lit, *, least: int = 1) -> int:
    """A window's length in nanoseconds, positive unless `least` says otherwise."""
    value = values.duration(node.value)
    if type(value) is int and least <= value <= LONGEST:
        return value
    wrong = "too long" if value is values.INVALID or value > 0 else "empty"
    here.error(
        "P0309",
        f"a window of `{node.text}` is {wrong}",
        node.span,
        label="not a window",
        help="a window is longer than nothing, and at most 292 years",
    )
    return values.NANOSECONDS


def _roles(here: Here, part: nodes.ApprovalPart) -> tuple[str, ...]:
    return tuple(sorted({role.text for role in part.roles if here.find("role", role)}))


def _quorum(here: Here, node: nodes.Lit | None) -> int:
    text = node.value if node else "1"
    if text.isdigit() and len(text) < 7 and int(text) >= 1:
        return int(text)
    if node:
        here.error(
            "P0303",
            f"`by {node.text}` is no number of people",
            node.span,
            label="not a quorum",
            help="at least one person must approve: `by 1`",
        )
    return 1


def _seconds(here: Here, node: nodes.Lit | None) -> int:
    return window(here, node) // values.NANOSECONDS if node else 3600
