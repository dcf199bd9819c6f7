"""The permission graph of a program: questions to it, and its drawings."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from policylang.engines.graph.answers import Answer, Blast, Finding, Grant, Path
from policylang.engines.graph.findings import (
    ORDER,
    Statement,
    Table,
    subject_covers,
    weigh,
    where_cases,
)
from policylang.engines.graph.questions import Question, operations_of, read_question
from policylang.engines.graph.scopes import Subject, Target, World
from policylang.engines.graph.subjects import Subjects
from policylang.ir.program import Operation, Program
from policylang.model.facts import Facts

if TYPE_CHECKING:
    import networkx as nx

Reaching = list[tuple[Statement, tuple[str, ...]]]
Weighed = dict[tuple[str, str | None, tuple[tuple[int, tuple[str, ...]], ...]], Finding]
"""By operation, kind, and the statements that speak of the subject with what they need for it."""


class PermissionGraph:
    """Who may do what to which resources, by which rule, at which risk, through which gate.

    `facts` are all known facts. Guards are not evaluated: an answer names them as conditions.
    Nothing is computed before it is asked for. Questions raise `QuestionError`.
    """

    def __init__(self, program: Program, facts: Facts) -> None:
        self.program = program
        self.facts = facts

    @cached_property
    def table(self) -> Table:
        """The program's rules and limits, indexed."""
        return Table(self.program)

    @cached_property
    def world(self) -> World:
        """The known resources and the containment of types."""
        return World(self.program, self.facts)

    @cached_property
    def subjects(self) -> Subjects:
        """Everybody who may act."""
        return Subjects(self.program, self.facts, self.table.statements)

    @cached_property
    def network(self) -> nx.MultiDiGraph[Any]:
        """The graph itself; its nodes are `(sort, name, …)`, its edges carry rule and condition."""
        from policylang.engines.graph.network import build

        return build(self)

    def who_can(self, what: str) -> Answer:
        """Who can do something: `delete on Environment`, `any Destructive under Account:7`."""
        question = read_question(what, self.program, self.facts)
        return self._answer(f"who can {what}?", self.subjects.everybody(), question)

    def what_can(self, who: str) -> Answer:
        """What a principal, a role's members, `any agent` or `anyone` can do, on all resources."""
        question = read_question("anything", self.program, self.facts)
        return self._answer(f"what can {who} do?", self.subjects.asked(who), question)

    def path(self, who: str, what: str) -> Path:
        """The shortest chain of reasons by which `who` comes to do `what`."""
        from policylang.engines.graph.paths import shortest

        return shortest(self, who, read_question(what, self.program, self.facts))

    def blast(self, of: str) -> Blast:
        """How far a resource (`TYPE:ID`, `TYPE "ID"`, an id) or a principal reaches."""
        from policylang.engines.graph.reach import blast

        return blast(self, of)

    def findings(
        self, subjects: Iterable[Subject], question: Question
    ) -> dict[str, dict[str, Finding]]:
        """By subject's name and by operation's label: what the policy says.

        Subjects that no rule tells apart share one weighing.
        """
        reaching = self._reaching(question)
        shared: dict[tuple[object, ...], dict[str, Finding]] = {}
        known: Weighed = {}
        found = {}
        for subject in subjects:
            signature = self.subjects.signature(subject)
            if signature not in shared:
                shared[signature] = self._weighed(subject, reaching, known)
            found[subject.name] = shared[signature]
        return found

    def _reaching(self, question: Question) -> list[tuple[Operation, Reaching]]:
        return [
            (operation, where_cases(self.table, operation, question.target, self.world))
            for operation in operations_of(question, self.program)
            if self._lies_within(operation, question.target)
        ]

    def _lies_within(self, operation: Operation, target: Target) -> bool:
        outer = target.under
        return outer is None or self.world.may_contain(outer[0], operation.resource_type)

    def _weighed(
        self, subject: Subject, reaching: list[tuple[Operation, Reaching]], known: Weighed
    ) -> dict[str, Finding]:
        covers = subject_covers(self.table, subject)
        found = {}
        for operation, cases in reaching:
            about = [(s, covers[s.number], here) for s, here in cases if s.number in covers]
            key = (label(operation), subject.kind, tuple((s.number, who) for s, who, _ in about))
            if key not in known:
                known[key] = weigh(subject.kind, operation, about, self.table)
            found[key[0]] = known[key]
        return found

    def _answer(self, text: str, subjects: list[Subject], question: Question) -> Answer:
        findings = self.findings(subjects, question)
        return Answer(text, self._grants(findings), findings)

    def _grants(self, findings: dict[str, dict[str, Finding]]) -> tuple[Grant, ...]:
        """Equal findings together: first a subject's operations, then subjects with the same."""
        sharing: dict[int, list[str]] = {}
        for who, by_operation in findings.items():
            sharing.setdefault(id(by_operation), []).append(who)
        alike: dict[tuple[Finding, tuple[str, ...]], list[str]] = {}
        for names in sharing.values():
            for key in _profile(findings[names[0]]):
                alike.setdefault(key, []).extend(names)
        grants = [
            Grant(self.subjects.merged(who), operations, finding)
            for (finding, operations), who in alike.items()
        ]
        return tuple(sorted(grants, key=_from_loosest))

    def to_svg(self, focus: str | None = None) -> str:
        """A drawing that needs nothing else. `focus`: a principal, role, operation, type or risk.

        Raises `QuestionError` for a focus that is not in the graph.
        """
        from policylang.engines.graph.drawing import draw

        return draw(self, focus)

    def to_html(self) -> str:
        """One self-contained page that pans, zooms, filters and explains; it needs no network."""
        from policylang.engines.graph.page import page

        return page(self)

    def to_mermaid(self) -> str:
        """A Mermaid flowchart."""
        from policylang.engines.graph.notations import mermaid

        return mermaid(self)

    def to_dot(self) -> str:
        """A Graphviz digraph."""
        from policylang.engines.graph.notations import dot

        return dot(self)

    def to_json(self) -> dict[str, Any]:
        """`{"nodes": […], "edges": […]}`, both sorted."""
        from policylang.engines.graph.notations import plain

        return plain(self)


def label(operation: Operation) -> str:
    """`delete on Environment`."""
    return f"{operation.name} on {operation.resource_type}"


def _profile(by_operation: dict[str, Finding]) -> list[tuple[Finding, tuple[str, ...]]]:
    operations: dict[Finding, list[str]] = {}
    for operation, finding in by_operation.items():
        operations.setdefault(finding, []).append(operation)
    return [(finding, tuple(labels)) for finding, labels in operations.items()]


def _from_loosest(grant: Grant) -> tuple[object, ...]:
    finding = grant.finding
    return (ORDER[finding.loosest], ORDER[finding.strictest], grant.operations, grant.who, finding)
