"""Counts what lies in a resource, and what a principal could reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policylang.engines.graph.answers import Blast, Reach
from policylang.engines.graph.findings import ORDER, Covers, Statement, subject_covers, weigh
from policylang.engines.graph.questions import (
    QuestionError,
    read_resource,
    suggestion,
)
from policylang.engines.graph.scopes import Subject
from policylang.engines.graph.wording import quoted
from policylang.ir.program import Operation
from policylang.model.facts import Key

if TYPE_CHECKING:
    from policylang.engines.graph.permissions import PermissionGraph


Places = dict[Key, list[Key]]


def blast(graph: PermissionGraph, of: str) -> Blast:
    """Of a principal, a role or a kind where the name is one, else of a resource."""
    try:
        subjects = graph.subjects.asked(of)
    except QuestionError as error:
        return _of_resource(graph, of, error)
    return _of_subjects(graph, of, subjects)


def _of_resource(graph: PermissionGraph, of: str, otherwise: QuestionError) -> Blast:
    try:
        key = read_resource(of, graph.program, graph.facts)
    except QuestionError as error:
        raise (error if '"' in of or ":" in of else _neither(graph, of)) from otherwise
    if not graph.world.known(key):
        ids = [id_ for type_, id_ in graph.facts.resources if type_ == key[0]]
        raise QuestionError(
            f"{key[0]} {quoted(key[1])} is not a known resource{suggestion(key[1], ids)}"
        )
    inside = graph.world.below(key)
    return Blast(f"{key[0]} {quoted(key[1])}", len(inside), tuple(inside))


def _neither(graph: PermissionGraph, of: str) -> QuestionError:
    ids = [id_ for _, id_ in graph.facts.resources]
    names = [*graph.subjects.ids, *ids, *(role.name for role in graph.program.roles)]
    return QuestionError(f"`{of}` is no known principal, role or resource{suggestion(of, names)}")


def _of_subjects(graph: PermissionGraph, of: str, subjects: list[Subject]) -> Blast:
    """What somebody could do to each known resource, guards taken as they suit it."""
    resources: dict[str, list[str]] = {}
    for type_, id_ in sorted(graph.facts.resources):
        resources.setdefault(type_, []).append(id_)
    found: dict[tuple[str, str], dict[str, set[str]]] = {}
    places = _places(graph)
    for operation in graph.program.operations:
        weigher = _Weigher(graph, operation, subjects, places)
        for id_ in resources.get(operation.resource_type, ()):
            verdict = weigher.loosest(id_)
            if verdict != "deny":
                by_operation = found.setdefault((operation.resource_type, verdict), {})
                by_operation.setdefault(operation.name, set()).add(id_)
    reaches = [_reach(*key, by_operation) for key, by_operation in found.items()]
    reaches.sort(key=lambda reach: (reach.type, ORDER[reach.verdict]))
    touched = sorted({(reach.type, id_) for reach in reaches for id_ in reach.resources})
    return Blast(of, len(touched), tuple(touched), tuple(reaches))


def _places(graph: PermissionGraph) -> Places:
    """By known resource: those of the places that rules name which it lies in."""
    wheres = [where for statement in graph.table.statements for where in statement.where]
    named = {(w.under.resource_type, w.under.id) for w in wheres if w.under is not None}
    found: Places = {}
    for place in sorted(named):
        for inner in graph.world.below(place):
            found.setdefault(inner, []).append(place)
    return found


def _reach(type_: str, verdict: str, by_operation: dict[str, set[str]]) -> Reach:
    ids = sorted(set[str]().union(*by_operation.values()))
    return Reach(type_, verdict, tuple(sorted(by_operation)), tuple(ids))


class _Weigher:
    """Weighs one operation resource by resource; those that no rule tells apart, once."""

    def __init__(
        self,
        graph: PermissionGraph,
        operation: Operation,
        subjects: list[Subject],
        places: Places,
    ) -> None:
        self._graph = graph
        self._places = places
        self._operation = operation
        self._who = [(subject, subject_covers(graph.table, subject)) for subject in subjects]
        self._general: list[Statement] = []
        self._by_id: dict[str, list[Statement]] = {}
        self._by_place: dict[Key, list[tuple[str | None, Statement]]] = {}
        self._known: dict[tuple[int, ...], str] = {}
        for statement in graph.table.about(operation):
            self._file(statement)

    def _file(self, statement: Statement) -> None:
        for where in statement.where:
            if where.type not in (None, self._operation.resource_type):
                continue
            if where.under is not None:
                place = (where.under.resource_type, where.under.id)
                self._by_place.setdefault(place, []).append((where.id, statement))
            elif where.id is not None:
                self._by_id.setdefault(where.id, []).append(statement)
            else:
                self._general.append(statement)

    def loosest(self, id_: str) -> str:
        """The loosest verdict for any of the subjects on the known resource with that id."""
        special = {s.number: s for s in self._by_id.get(id_, ())}
        for place in self._places.get((self._operation.resource_type, id_), ()):
            for wanted, statement in self._by_place.get(place, ()):
                if wanted in (None, id_):
                    special[statement.number] = statement
        signature = tuple(sorted(special))
        if signature not in self._known:
            self._known[signature] = self._weighed([*self._general, *special.values()])
        return self._known[signature]

    def _weighed(self, reaching: list[Statement]) -> str:
        by_number = {statement.number: statement for statement in reaching}
        cases = [by_number[number] for number in sorted(by_number)]
        return min((self._one(*who, cases) for who in self._who), key=ORDER.__getitem__)

    def _one(self, subject: Subject, covers: Covers, cases: list[Statement]) -> str:
        about = [(one, covers[one.number], ()) for one in cases if one.number in covers]
        return weigh(subject.kind, self._operation, about, self._graph.table).loosest
