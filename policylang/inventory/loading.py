"""From a source of facts to facts that are checked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.diagnostics.order import in_order
from policylang.inventory.combine import Placed, combined
from policylang.inventory.cycles import cycles
from policylang.inventory.describe import Described, Reading
from policylang.inventory.document import Document, Trouble
from policylang.inventory.json_text import read_json
from policylang.inventory.reading import problem, read_bytes, shown_path, text_of
from policylang.inventory.schema import Declarations, Schema
from policylang.inventory.sql import SqlInventory
from policylang.model.facts import Facts, Key

Entry: TypeAlias = Mapping[str, Any]
OneSource: TypeAlias = (
    str
    | os.PathLike[str]
    | Mapping[str, Any]
    | Callable[[], Mapping[str, Any] | Iterable[Entry]]
    | SqlInventory
)
InventorySource: TypeAlias = OneSource | Sequence[OneSource]
"""A path to YAML or JSON, a mapping, a callable that gives one (or resources and principals one

after the other), an `SqlInventory`, or several of these.
"""


def load_inventory(
    source: InventorySource, schema: Declarations
) -> tuple[Facts, tuple[Diagnostic, ...]]:
    """The facts of one source or several, and everything that is wrong with them. Never raises.

    Parents that several sources name add up; what else they contradict one another in is an error.
    """
    declared = Schema(schema)
    problems: list[Diagnostic] = []
    readings: list[Reading] = []
    for number, each in enumerate(_listed(source), start=1):
        document = _document(each, f"inventory {number}", declared)
        if isinstance(document, Diagnostic):
            problems.append(document)
        else:
            readings.append(Reading(document, declared))
    for reading in readings:
        reading.read()
        problems += [reading.document.diagnostic(trouble) for trouble in reading.troubles]
    resources = [each for reading in readings for each in reading.resources]
    facts, contradictions = combined(resources, (p for r in readings for p in r.principals))
    contradictions += _contained_in_themselves(facts, declared, resources)
    problems += [placed.document.diagnostic(placed.trouble) for placed in contradictions]
    return facts, tuple(_first(in_order(problems)))


MOST = 100
"""Problems that are shown of each sort: those that refuse the inventory, and malformed values."""


def _first(problems: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    malformed = [problem for problem in problems if problem.code == "P0513"]
    others = [problem for problem in problems if problem.code != "P0513"]
    yield from in_order([*others[:MOST], *malformed[:MOST]])
    more = max(0, len(others) - MOST) + max(0, len(malformed) - MOST)
    if more:
        source = problems[0].source
        yield Diagnostic("P0025", "note", f"and {more} more problems of the inventory", source)


def _listed(source: InventorySource) -> Sequence[OneSource]:
    if isinstance(source, Sequence) and not isinstance(source, str):
        return source
    return [source]


def _document(source: OneSource, name: str, schema: Schema) -> Document | Diagnostic:
    if isinstance(source, (str, os.PathLike)):
        return _file(os.fspath(source))
    if isinstance(source, Mapping):
        return Document(name, source)
    if isinstance(source, SqlInventory):
        return source.read(schema)
    if callable(source):
        return _called(source, name)
    shown = repr(source)[:60]
    help = "give a path, a mapping, a callable, an `SqlInventory`, or a list of them"
    return problem("P0501", f"`{shown}` is no source of an inventory", name, help)


def _file(path: str) -> Document | Diagnostic:
    name = shown_path(path)
    data = read_bytes(path, name)
    if isinstance(data, Diagnostic):
        return data
    source = text_of(data, name, name.rpartition("/")[2])
    if isinstance(source, Diagnostic):
        return source
    if name.lower().endswith(".json"):
        return read_json(source)
    from policylang.inventory.yaml_text import read_yaml

    return read_yaml(source)


def _called(source: Callable[[], Any], name: str) -> Document | Diagnostic:
    name = getattr(source, "__name__", name)
    try:
        data = source()
        return Document(name, data if isinstance(data, Mapping) else entries(data))
    except Exception as error:
        return problem("P0516", f"`{name}` fails: {_told(error)}", name, "mend the source")


def entries(said: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Resources and principals in one stream: what has a `type` is a resource."""
    told: dict[str, list[Entry]] = {"resources": [], "principals": []}
    for entry in said:
        is_resource = isinstance(entry, Mapping) and "type" in entry
        told["resources" if is_resource else "principals"].append(entry)
    return told


def _told(error: Exception) -> str:
    text = str(error).splitlines()[0] if str(error) else "it says nothing more"
    return f"{type(error).__name__}: {text}"


def _contained_in_themselves(
    facts: Facts, schema: Schema, resources: Iterable[Described]
) -> list[Placed]:
    above: dict[Key, tuple[Key, ...]] = {k: r.parents for k, r in facts.resources.items()}
    for key, parents in schema.entities.items():
        above[key] = (*above.get(key, ()), *parents)
    found = list(cycles(above))
    if not found:
        return []
    described = {each.key: each for each in resources if each.parents}
    return [_cycle(way, described) for way in found if any(key in described for key in way)]


def _cycle(way: list[Key], described: Mapping[Key, Described]) -> Placed:
    first = next(described[key] for key in way if key in described)
    steps = " in ".join(f'`{type_} "{id}"`' for type_, id in [*way, way[0]])
    return Placed(
        first.document,
        Trouble(
            "P0515",
            f"a resource contains itself: {steps}",
            (*first.path, "parents"),
            label="leads back to it",
            help="take one of these parents away",
        ),
    )
