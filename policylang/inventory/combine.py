"""Puts what several places say of one resource or principal together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from policylang.inventory.describe import Described, DescribedPrincipal
from policylang.inventory.document import Document, Path, Trouble
from policylang.model.facts import Facts, Key, PrincipalFacts, ResourceFacts
from policylang.model.request import EMPTY, FrozenDict


class Placed(Struct, frozen=True):
    """A problem and the document that it is in."""

    document: Document
    trouble: Trouble


def combined(
    resources: Iterable[Described], principals: Iterable[DescribedPrincipal]
) -> tuple[Facts, list[Placed]]:
    """The facts, and where two places contradict one another."""
    problems: list[Placed] = []
    things: dict[Key, list[Described]] = {}
    for each in resources:
        things.setdefault(each.key, []).append(each)
    people: dict[str, list[DescribedPrincipal]] = {}
    for person in principals:
        people.setdefault(person.id, []).append(person)
    facts = Facts(
        [_resource(said, problems) for said in things.values()],
        [_principal(said, problems) for said in people.values()],
    )
    return facts, problems


def _resource(said: list[Described], problems: list[Placed]) -> ResourceFacts:
    first = said[0]
    type_, id = first.key
    if len(said) == 1:
        places = FrozenDict(first.places) if first.places else EMPTY
        return ResourceFacts(type_, id, first.attributes, first.parents, places)
    name = f'`{type_} "{id}"`'
    problems += _twice([s for s in said if not s.nested], name)
    problems += _contradictions(said, name)
    parents = dict.fromkeys(parent for each in said for parent in each.parents)
    return ResourceFacts(
        type_,
        id,
        FrozenDict(_merged(each.attributes for each in said)),
        tuple(parents),
        FrozenDict(_merged(each.places for each in said)),
    )


def _principal(said: list[DescribedPrincipal], problems: list[Placed]) -> PrincipalFacts:
    first = said[0]
    if len(said) == 1:
        places = FrozenDict(first.places) if first.places else EMPTY
        return PrincipalFacts(first.id, first.kind, first.roles, first.attributes, places)
    name = f"`{first.id}`"
    problems += _twice(said, name)
    problems += _contradictions(said, name)
    problems += _differing(said, "kind", name)
    problems += _differing(said, "roles", name)
    return PrincipalFacts(
        first.id,
        next((each.kind for each in said if each.kind is not None), None),
        next((each.roles for each in said if each.roles is not None), None),
        FrozenDict(_merged(each.attributes for each in said)),
        FrozenDict(_merged(each.places for each in said)),
    )


def _merged(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            whole.setdefault(name, value)
    return whole


def _twice(said: list[Any], name: str) -> Iterator[Placed]:
    """One document describes a thing once."""
    first: dict[int, Any] = {}
    for each in said:
        known = first.setdefault(id(each.document), each)
        if known is not each:
            yield Placed(
                each.document,
                Trouble(
                    "P0511",
                    f"{name} is described twice",
                    each.path,
                    label="again",
                    help="put both together",
                    other=(known.document, known.path, "first here"),
                ),
            )


def _contradictions(said: list[Any], name: str) -> Iterator[Placed]:
    told: dict[str, Any] = {}
    for each in said:
        for attribute, value in each.attributes.items():
            first = told.setdefault(attribute, each)
            if not _same(first.attributes[attribute], value):
                path = (*each.path, "attributes", attribute)
                other = (*first.path, "attributes", attribute)
                yield _contradiction(each, path, first, other, f"`{attribute}` of {name}")


def _differing(said: list[DescribedPrincipal], field: str, name: str) -> Iterator[Placed]:
    first: DescribedPrincipal | None = None
    for each in said:
        value = getattr(each, field)
        if value is None:
            continue
        first = first or each
        if sorted(getattr(first, field)) != sorted(value):
            yield _contradiction(
                each, (*each.path, field), first, (*first.path, field), f"`{field}` of {name}"
            )


def _contradiction(each: Any, path: Path, first: Any, other: Path, what: str) -> Placed:
    names = (first.document.name, each.document.name)
    both = f": in `{names[0]}` and in `{names[1]}`" if names[0] != names[1] else ""
    return Placed(
        each.document,
        Trouble(
            "P0514",
            f"{what} is told twice, with two values{both}",
            path,
            label="another value",
            help="let one place alone say it",
            other=(first.document, other, "first here"),
        ),
    )


def _same(left: Any, right: Any) -> bool:
    """`1`, `true` and `1.0` are three values."""
    return type(left) is type(right) and bool(left == right)
