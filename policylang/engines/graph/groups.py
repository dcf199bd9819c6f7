"""Collapses a picture that has grown too large to read into counted groups."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from msgspec.structs import replace

from policylang.engines.graph.picture import (
    OPERATIONS,
    ROLES,
    RULES,
    SELF,
    WHO,
    Item,
    Link,
    Picture,
)
from policylang.engines.graph.wording import counted

LEGIBLE = 150
"""About as many boxes as one drawing can show."""
_KEPT = {WHO: 9, ROLES: 12, RULES: 15}
_TYPES_KEPT = 5
_NAMES = 40
_STEPS = ((WHO, None), (OPERATIONS, "resource"), (RULES, None), (OPERATIONS, None))


class Group(NamedTuple):
    """What an item goes into; `label` has `{}` where the number of members stands."""

    id: str
    label: str
    frame: str


Groups = dict[str, Group]
"""By item id."""


def collapsed(whole: Picture, limit: int = LEGIBLE) -> Picture:
    """The picture, where it has more than `limit` items with fewer.

    Families become groups: people by kind and roles, resources by type, then rules by effect and
    whom they are for, operations by type and risk. Where that is not enough, only the most linked
    items of each column and the most linked types keep a place of their own.
    """
    whole = grouped(whole, own_operations(whole))
    for column, tone in _STEPS:
        if len(whole.items) > limit:
            whole = grouped(whole, families(whole, column, tone))
    if len(whole.items) > limit:
        whole = _without_kinds(whole)
        whole = grouped(whole, _rare_types(whole))
        for column, kept in _KEPT.items():
            whole = grouped(whole, _rest(whole, column, kept))
    return whole


def families(whole: Picture, column: int, tone: str | None = None) -> Groups:
    """The groups of a column's items that belong to one family and have the tone, if any."""
    found: dict[str, list[Item]] = {}
    for item in whole.items:
        wanted = (item.tone == tone) if tone else (item.tone != "resource")
        if item.column == column and item.family and wanted:
            found.setdefault(item.family, []).append(item)
    groups: Groups = {}
    for family, members in found.items():
        if len(members) > 1:
            first = members[0]
            group = Group(f"group:{column}:{family}", _label(family, first), first.frame)
            groups.update((member.id, group) for member in members)
    return groups


def own_operations(whole: Picture) -> Groups:
    """What can be done to the guard itself, by risk: always in groups, for it is always there."""
    groups = families(whole, OPERATIONS)
    return {id_: group for id_, group in groups.items() if group.frame == SELF}


def _label(family: str, first: Item) -> str:
    name = family.replace("{", "{{").replace("}", "}}")
    if first.tone == "resource":
        return "{} known resources"
    if first.column == OPERATIONS:
        return f"{name.partition(': ')[2]} ({{}})"
    if first.column == RULES:
        effect, _, who = name.partition(" for ")
        return f"{effect}: {{}} rules for {who}"
    return f"{{}} {name}"


def _without_kinds(whole: Picture) -> Picture:
    """Without the links from each agent to `any agent`: they tell what the boxes tell already."""
    links = [x for x in whole.links if x.tone != "member" or not x.target.startswith("kind:")]
    return replace(whole, links=tuple(links))


def _rare_types(whole: Picture) -> Groups:
    """All but the most linked types become one frame, its operations grouped by risk."""
    degree = _degrees(whole)
    weight: dict[str, int] = {}
    for item in whole.items:
        if item.frame and item.frame != SELF:
            weight[item.frame] = weight.get(item.frame, 0) + degree.get(item.id, 0)
    rare = set(sorted(weight, key=lambda name: (-weight[name], name))[_TYPES_KEPT:])
    frame = counted(len(rare), "more type")
    groups: Groups = {}
    for item in whole.items:
        if item.frame in rare:
            name = item.family.partition(": ")[2]
            label = "{} known resources" if item.tone == "resource" else f"{name} ({{}})"
            groups[item.id] = Group(f"group:types:{name}", label, frame)
    return groups


def _rest(whole: Picture, column: int, kept: int) -> Groups:
    """All but the most linked items of a column, one group for each tone."""
    degree = _degrees(whole)
    members = [i for i in whole.items if i.column == column and i.tone != "kind"]
    members.sort(key=lambda item: (-degree.get(item.id, 0), item.id))
    tones = Counter(item.tone for item in members[kept:])
    return {
        item.id: Group(f"group:rest:{column}:{item.tone}", f"{{}} more {_plural(item)}", "")
        for item in members[kept:]
        if tones[item.tone] > 1
    }


def _plural(item: Item) -> str:
    if item.column == RULES:
        return f"rules: {item.tone.replace('_', ' ')}"
    return "undeclared" if item.tone == "undeclared" else f"{item.tone}s"


def _degrees(whole: Picture) -> dict[str, int]:
    degree: dict[str, int] = {}
    for link in whole.links:
        degree[link.source] = degree.get(link.source, 0) + link.weight
        degree[link.target] = degree.get(link.target, 0) + link.weight
    return degree


def grouped(whole: Picture, groups: Groups) -> Picture:
    """The picture with every group as one item, and links between groups added up."""
    members: dict[str, list[Item]] = {}
    items = []
    for item in whole.items:
        if item.id in groups:
            members.setdefault(groups[item.id].id, []).append(item)
        else:
            items.append(item)
    items += [_group(found, groups[found[0].id]) for found in members.values()]
    items.sort(key=lambda item: (item.column, item.frame, item.id))
    return replace(whole, items=tuple(items), links=_joined(whole, groups))


def _joined(whole: Picture, groups: Groups) -> tuple[Link, ...]:
    stands_for = {id_: group.id for id_, group in groups.items()}
    weights: dict[tuple[str, str, str], int] = {}
    for link in whole.links:
        source = stands_for.get(link.source, link.source)
        target = stands_for.get(link.target, link.target)
        if source != target:
            key = (source, target, link.tone)
            weights[key] = weights.get(key, 0) + link.weight
    return tuple(sorted(Link(*key, weight) for key, weight in weights.items()))


def _group(found: list[Item], group: Group) -> Item:
    first = found[0]
    members = tuple(
        member
        for item in found
        for member in (item.members or ((item.id, item.short or item.label),))
    )
    names = list(dict.fromkeys(name for _, name in members))
    shown = ", ".join(names[:_NAMES])
    return Item(
        id=group.id,
        column=first.column,
        label=group.label.format(f"{len(members):,}"),
        tone=first.tone if all(item.tone == first.tone for item in found) else "mixed",
        lines=(shown,),
        frame=group.frame,
        family=first.family if all(item.family == first.family for item in found) else "",
        details=(("members", shown + (" …" if len(names) > _NAMES else "")),),
        members=members,
        pattern=group.label,
    )


def _member(item: Item) -> tuple[str, str]:
    return item.id, item.short or item.label
