"""The graph of policies as they are written: stories, and generated ones against the reference."""

from __future__ import annotations

from functools import cache

import pytest

from policylang.engines.graph import PermissionGraph, QuestionError
from policylang.engines.graph.findings import ORDER, subject_covers, weigh, where_cases
from policylang.engines.graph.scopes import Subject, Target
from policylang.engines.reference import Reference
from policylang.ir.declared import declared_facts
from policylang.model.request import Principal, Request
from policylang.testing.choices import RandomChoices
from policylang.testing.programs import seeded_draft
from policylang.testing.requests import FITTING, Asker
from policylang.testing.trials import ANYONE, compiled_draft, compiled_texts

STORY = """
policy acme.production
use std.risk

resource Account
resource Environment in Account { stage: dev | prod }
operation describe on Environment is Read
operation delete, recreate on Environment is Destructive
operation assume on Account is Write, confers Admin
role Developer
role SRE
role Admin
agent kiro in Developer
human ana in SRE
entity Account "7"
entity Environment "eu" in Account "7" { stage: prod }

allow Developer to any Read on any
allow Developer to assume on Account
rule rebuild:
require approval from SRE by 2 within 30m for any agent to any Destructive on Environment
    when resource.stage == prod
    because "Two people."
rule cleanup:
allow SRE to delete on Environment under Account "7" waiving Destructive
deny any agent to any Permissions on any
"""


@cache
def story() -> PermissionGraph:
    program = compiled_texts({"acme.pol": STORY})
    return PermissionGraph(program, declared_facts(program))


def test_a_destructive_operation_shows_the_floors_approval() -> None:
    text = story().who_can("any Destructive on Environment").to_text()
    assert "kiro" in text
    assert "require approval from SRE by 2 within 30m for any agent" in text
    assert "when resource.stage == prod" in text


def test_a_bounded_waiver_allows_within_its_bounds() -> None:
    graph = story()
    label = "delete on Environment"
    assert graph.who_can("delete on Environment under Account:7").bounds("ana", label) == (
        "allow",
        "allow",
    )
    assert graph.who_can("delete on Environment").bounds("ana", label) == ("allow", "deny")


def test_agents_never_change_what_guards_them() -> None:
    for what in ("change on Policy", "approve on Approvals", "delete on AuditLog"):
        assert story().who_can(what).who == ()
    assert not story().path("kiro", "change on Policy").found


def test_a_place_in_the_source_is_told() -> None:
    path = story().path("kiro", "recreate on Environment")
    rule = next(step for step in path.steps if step.rule == "acme.production/rebuild")
    assert rule.at.startswith("acme.pol:20:")


def test_a_path_follows_confers() -> None:
    more = "policy more\nuse acme.production\nallow Admin to delete on Environment"
    text = compiled_texts({"acme.pol": STORY, "more.pol": more})
    graph = PermissionGraph(text, declared_facts(text))
    relations = [
        step.relation for step in graph.path("humans in Developer", "delete on Environment").steps
    ]
    assert "confers" in relations


SEEDS = range(60)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reference_decides_within_the_answer(seed: int) -> None:
    """For any generated policy and request without a chain, past or open parents."""
    program = compiled_draft(seeded_draft(seed).draft)
    facts = declared_facts(program)
    graph, reference = PermissionGraph(program, facts), Reference(program, facts, ANYONE)
    asker, choices = Asker(program, facts), RandomChoices(f"ask {seed}")
    for _ in range(30):
        request = asker.ask(choices, FITTING)
        for principal in (request.principal, *request.on_behalf_of):
            alone = alone_of(request, principal)
            verdict = reference.record(alone).verdict.value
            loosest, strictest = bounds(graph, alone)
            assert ORDER[loosest] <= ORDER[verdict] <= ORDER[strictest], alone.to_json()


def alone_of(request: Request, principal: Principal) -> Request:
    return Request(
        principal,
        request.operation,
        request.resource,
        args=request.args,
        context=request.context,
        signals=request.signals,
        session=request.session,
        labels=request.labels,
        history=request.history,
    )


def bounds(graph: PermissionGraph, request: Request) -> tuple[str, str]:
    """The answer for exactly the subject that asks, and every resource of the type."""
    subject = subject_of(graph, request.principal)
    operation = next(
        o
        for o in graph.program.operations
        if (o.name, o.resource_type) == (request.operation, request.resource.type)
    )
    covers = subject_covers(graph.table, subject)
    reaching = where_cases(graph.table, operation, Target(operation.resource_type), graph.world)
    about = [(one, covers[one.number], here) for one, here in reaching if one.number in covers]
    finding = weigh(subject.kind, operation, about, graph.table)
    return finding.loosest, finding.strictest


def subject_of(graph: PermissionGraph, principal: Principal) -> Subject:
    if principal.id in graph.facts.principals:
        return graph.subjects.principal(principal.id)
    kind, roles = principal.kind or "agent", graph.subjects.nested(principal.roles)
    return Subject(principal.id, "kind", kind, roles, principal.id)


@pytest.mark.parametrize("seed", range(20))
def test_every_generated_policy_can_be_drawn(seed: int) -> None:
    program = compiled_draft(seeded_draft(seed).draft)
    graph = PermissionGraph(program, declared_facts(program))
    assert graph.to_svg() == PermissionGraph(program, graph.facts).to_svg()
    assert graph.to_html().count("<script") == 2
    for item in (*graph.subjects.ids, *(role.name for role in program.roles)):
        assert graph.what_can(item).to_text()
        graph.blast(item).to_text()
    for operation in program.operations:
        what = f"{operation.name} on {operation.resource_type}"
        for who in ("any agent", "anyone"):
            path = graph.path(who, what)
            able = set(graph.who_can(what).who)
            assert path.found or who == "anyone" or "any agent" not in able


def test_a_focus_can_be_any_label() -> None:
    for focus in ("kiro", "rebuild", "delete on Environment", "Destructive", "eu", "any agent"):
        assert story().to_svg(focus).startswith("<svg")
    with pytest.raises(QuestionError):
        story().to_svg("nothing of the kind")
