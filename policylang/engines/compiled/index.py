"""Which entries are worth asking: each is filed under the test that few others share.

A `Dimension` is something a request has (a principal's id, a role, the value of an attribute …);
an entry filed under one of its values cannot match a request that has another. What shares no
such test is asked always.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Literal

from msgspec import Struct

from policylang.engines.compiled.entries import Entry, conjuncts
from policylang.engines.compiled.logic import constant
from policylang.ir import expressions as ir

INLINE = 48
"""Up to this many entries are asked one after the other: a lookup would cost more."""

POPULAR = 0.9
"""A fact that this share of entries reads is read once, before they are asked."""

Sort = Literal["principal", "role", "kind", "resource", "under", "read"]


class Dimension(Struct, frozen=True, order=True):
    """`read` has a root and a name, `resource.stage`; the others say it all."""

    sort: Sort
    root: str = ""
    name: str = ""


BY_PRINCIPAL = Dimension("principal")
"""Filed under the ids that a scope names: under one of them, for whom it is is settled."""


class Index(Struct):
    """Numbers of entries. `guarded`: each reader there first asks whether the attribute is.

    `popular`: facts, by root and name, that most of the entries that are not inline read.
    """

    inline: list[int]
    always: list[int]
    filed: dict[Dimension, dict[Hashable, list[int]]]
    guarded: set[Dimension]
    popular: tuple[tuple[str, str], ...] = ()


def build_index(entries: Sequence[Entry]) -> Index:
    if len(entries) <= INLINE:
        return Index(list(range(len(entries))), [], {}, set())
    choices = [_choices(entry) for entry in entries]
    crowd: dict[tuple[Dimension, Hashable], int] = {}
    for options in choices:
        for dimension, values in options.items():
            for value in values:
                crowd[dimension, value] = crowd.get((dimension, value), 0) + 1
    index = Index([], [], {}, set())
    for number, options in enumerate(choices):
        _file(index, number, _least_crowded(options, crowd, len(entries)))
    index.popular = _popular(index, entries)
    index.guarded = {d for d in index.filed if d.sort == "read" and _is_guarded(d, index, entries)}
    return index


Options = dict[Dimension, tuple[Hashable, ...]]


def _least_crowded(
    options: Options, crowd: dict[tuple[Dimension, Hashable], int], total: int
) -> tuple[Dimension, tuple[Hashable, ...]] | None:
    """The dimension whose fullest place holds the fewest; None where that is most of them."""
    best, fewest = None, total // 2
    for dimension, values in sorted(options.items(), key=lambda option: option[0]):
        fullest = max((crowd[dimension, value] for value in values), default=0)
        if fullest < fewest:
            best, fewest = (dimension, values), fullest
    return best


def _file(index: Index, number: int, chosen: tuple[Dimension, tuple[Hashable, ...]] | None) -> None:
    if chosen is None:
        (index.inline if len(index.inline) < INLINE else index.always).append(number)
        return
    dimension, values = chosen
    places = index.filed.setdefault(dimension, {})
    for value in values:
        places.setdefault(value, []).append(number)


def _choices(entry: Entry) -> Options:
    options = {**_by_who(entry), **_by_where(entry)}
    for part in conjuncts(entry.clauses):
        options.update(_by_test(part, entry.trust))
    return options


def _by_who(entry: Entry) -> Options:
    """A role or kind alone, or any number of ids: so that no entry is met twice."""
    ids = {who.id for who in entry.who if isinstance(who, ir.WhoId)}
    if len(ids) == len(set(entry.who)):
        return {BY_PRINCIPAL: tuple(sorted(ids))}
    if len(entry.who) > 1 or entry.trust == "known":
        return {}
    match entry.who[0]:
        case ir.WhoRole(role):
            return {Dimension("role"): (role,)}
        case ir.WhoKind(kind):
            return {Dimension("kind"): (kind,)}
    return {}


def _by_where(entry: Entry) -> Options:
    options: Options = {}
    ids = {where.id for where in entry.where}
    if None not in ids:
        options[Dimension("resource")] = tuple(sorted(str(id) for id in ids))
    if len(entry.where) == 1 and (under := entry.where[0].under):
        options[Dimension("under")] = ((under.resource_type, under.id),)
    return options


def _by_test(part: ir.Expr, trust: str) -> Options:
    match part:
        case ir.Compare("==", ir.Attr(ir.Root(root), name, _), ir.Const() as value):
            pass
        case ir.Compare("==", ir.Const() as value, ir.Attr(ir.Root(root), name, _)):
            pass
        case ir.In(ir.Attr(ir.Root(root), name, _), ir.ConstSet(items, _)):
            # What is in no set is False only where it is known: such an entry stays unfiled.
            values = tuple({constant(item): None for item in items})
            usable = values and trust != "known"
            return {Dimension("read", root, name): values} if usable else {}
        case ir.Compare("==", ir.Identity(ir.Root("principal" | "resource" as root)), ir.Const(v)):
            # Its own dimension: such an entry still has to be asked for whom it is.
            return {Dimension(root, "guard"): (v,)}
        case _:
            return {}
    return {} if trust == "known" else {Dimension("read", root, name): (constant(value),)}


def _popular(index: Index, entries: Sequence[Entry]) -> tuple[tuple[str, str], ...]:
    inline = set(index.inline)
    readers: dict[tuple[str, str], int] = {}
    for number, entry in enumerate(entries):
        if number not in inline:
            for fact in {f for part in conjuncts(entry.clauses) for f in _tested(part)}:
                readers[fact] = readers.get(fact, 0) + 1
    most = POPULAR * (len(entries) - len(inline))
    return tuple(sorted(fact for fact, count in readers.items() if count >= most))


def _tested(part: ir.Expr) -> Iterator[tuple[str, str]]:
    """The facts on either side of a plain test."""
    for side in ("left", "right", "text", "item", "set"):
        match getattr(part, side, None):
            case ir.Attr(ir.Root(root), name, _):
                yield root, name


def _is_guarded(dimension: Dimension, index: Index, entries: Sequence[Entry]) -> bool:
    numbers = {n for filed in index.filed[dimension].values() for n in filed}
    has = ir.Has(ir.Root(dimension.root), dimension.name)  # type: ignore[arg-type]
    return all(has in conjuncts(entries[number].clauses) for number in numbers)
