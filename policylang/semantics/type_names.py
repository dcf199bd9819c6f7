"""Resolves types as they are written: `Int`, `dev | prod`, `Set<Environment>`, `String?`."""

from __future__ import annotations

from typing import Final

from policylang.diagnostics.diagnostic import Label
from policylang.diagnostics.suggest import did_you_mean
from policylang.language import nodes
from policylang.model.types import PRIMITIVES, EnumOf, ResourceOf, SetOf, Type
from policylang.semantics.names import Here

ROOTS: Final = ("principal", "resource", "args", "context", "session", "signal", "event", "input")
NEVER_MEMBERS: Final = frozenset(("not", "any", "all", "formerly", "true", "false", *ROOTS))


def resolve_type(here: Here, node: nodes.TypeNode) -> tuple[Type | None, bool]:
    """The type, and whether it is optional. None where it is wrong, which is then reported."""
    if isinstance(node, nodes.OptionalType):
        return _plain(here, node.inner), True
    return _plain(here, node), False


def _plain(here: Here, node: nodes.TypeNode) -> Type | None:
    match node:
        case nodes.NamedType():
            return _named(here, node)
        case nodes.SetType(element=element):
            inner = _plain(here, element)
            return None if inner is None else SetOf(inner)
        case nodes.EnumType(members=members):
            return _enum(here, members)
        case nodes.OptionalType(span=span):
            here.error(
                "P0217",
                "`?` can only stand at the end of a whole type",
                span,
                label="optional inside of a type",
                help="leave out the `?`: what is absent is not in the set",
            )
            return None


def _named(here: Here, node: nodes.NamedType) -> Type | None:
    primitive = PRIMITIVES.get(node.name)
    if primitive is not None:
        return primitive
    if here.knows("type", node.name):
        here.find("type", nodes.Name(node.span, node.name))
        return ResourceOf(node.name)
    if here.may_be_lost(node.name):
        return None
    here.error(
        "P0101",
        f"there is no type `{node.name}`",
        node.span,
        label="not found",
        help=did_you_mean(node.name, [*PRIMITIVES, *here.visible("type")]),
    )
    return None


def _enum(here: Here, members: tuple[nodes.Name, ...]) -> Type:
    seen: dict[str, nodes.Name] = {}
    for member in members:
        if member.text in NEVER_MEMBERS:
            here.error(
                "P0217",
                f"`{member.text}` has a meaning of its own, and cannot be an enum's member",
                member.span,
                label="reserved",
            )
        first = seen.setdefault(member.text, member)
        if first is not member:
            here.error(
                "P0217",
                f"the member `{member.text}` is there twice",
                member.span,
                label="again",
                labels=(Label(here.source, first.span, "first here"),),
            )
    return EnumOf(tuple(seen))
