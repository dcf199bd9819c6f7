"""Who can do what: answers on a small program, with their conditions."""

from __future__ import annotations

import json

import pytest

from policylang.engines.graph import Answer, Finding, PermissionGraph, QuestionError
from policylang.ir.expressions import WhatOperation, WhatRisk, Where, WhoId, WhoKind, WhoRole
from policylang.ir.program import PrincipalDecl, Requirement
from policylang.model.facts import Facts, PrincipalFacts
from tests.engines.graph.story import (
    FACTS,
    OPERATIONS,
    PRINCIPALS,
    ROLES,
    STORY,
    TYPES,
    program,
    rule,
    when,
)

GRAPH = PermissionGraph(STORY, FACTS)


def graph_of(*rules: object, facts: Facts = FACTS) -> PermissionGraph:
    made = program(
        rules,  # type: ignore[arg-type]
        roles=ROLES,
        types=TYPES,
        operations=OPERATIONS,
        principals=PRINCIPALS,
    )
    return PermissionGraph(made, facts)


def of(answer: Answer, who: str, operation: str) -> Finding:
    return answer.findings[who][operation]


def test_an_unguarded_allow_below_its_floor_needs_the_floors_approval() -> None:
    finding = of(GRAPH.who_can("delete on Environment"), "ana", "delete on Environment")
    assert finding.loosest == finding.strictest == "require_approval"
    assert [reason.rule for reason in finding.openers] == ["acme/clean_up"]
    assert [(r.rule, r.requirement) for r in finding.floors] == [
        ("floor:Destructive", "approval from any human within 1h")
    ]


def test_a_guard_is_told_and_not_evaluated() -> None:
    finding = of(GRAPH.what_can("kiro"), "kiro", "deploy on Environment")
    assert (finding.loosest, finding.strictest) == ("allow", "deny")
    assert finding.openers[0].conditions == ("unless resource.stage == prod",)


def test_a_requirement_that_asks_for_as_much_replaces_the_floor() -> None:
    finding = of(GRAPH.what_can("kiro"), "kiro", "delete on Environment")
    assert finding.openers[0].requirement == "approval from SRE by 2 within 30m"
    assert finding.floors == ()


def test_a_deny_without_guard_removes_it() -> None:
    finding = of(GRAPH.what_can("kiro"), "kiro", "grant on Account")
    assert finding.loosest == "deny"
    assert [reason.rule for reason in finding.denies] == ["acme/no_permissions"]


def test_a_deny_with_a_guard_stays_as_unless() -> None:
    graph = graph_of(
        rule("open", "allow", WhoRole("Developer"), WhatOperation("deploy")),
        rule(
            "freeze", "deny", WhoKind("agent"), WhatRisk("Write"), Where(), when("context.freeze")
        ),
    )
    answer = graph.who_can("deploy on Environment")
    finding = of(answer, "kiro", "deploy on Environment")
    assert (finding.loosest, finding.strictest) == ("allow", "deny")
    assert finding.denies[0].conditions == ("when context.freeze",)
    assert of(answer, "bob", "deploy on Environment").denies == ()
    assert "unless deny any agent to any Write on any when context.freeze" in answer.to_text()


def test_a_limit_is_listed_with_its_budget() -> None:
    finding = of(GRAPH.what_can("kiro"), "kiro", "delete on Environment")
    assert [reason.rule for reason in finding.tightening] == ["acme/few"]
    assert "3 per 1h each principal, then deny" in finding.tightening[0].text
    assert finding.strictest == "deny"


def test_a_gate_that_reads_a_signal_does_not_open_a_deterministic_operation() -> None:
    gate = rule(
        "odd",
        "require_approval",
        WhoKind("agent"),
        WhatRisk("External"),
        Where(),
        when("signal.anomaly > 0.8"),
        requirement=Requirement(),
        reads_signal=True,
    )
    closed = graph_of(gate).what_can("kiro")
    assert closed.verdict("kiro", "send on Mailbox") == "deny"
    opened = graph_of(gate, rule("send", "allow", WhoRole("Developer"), WhatOperation("send")))
    finding = of(opened.what_can("kiro"), "kiro", "send on Mailbox")
    assert (finding.loosest, finding.strictest) == ("allow", "require_approval")
    assert [reason.rule for reason in finding.tightening] == ["acme/odd"]


def test_a_scope_narrower_than_the_question_is_a_condition() -> None:
    graph = graph_of(
        rule("eu", "allow", WhoRole("SRE"), WhatOperation("deploy"), Where(None, "eu"))
    )
    broad = of(graph.who_can("deploy on Environment"), "ana", "deploy on Environment")
    assert broad.openers[0].conditions == ('when the resource is Environment "eu"',)
    label = "deploy on Environment"
    assert graph.who_can('deploy on Environment "eu"').bounds("ana", label) == ("allow", "allow")
    assert graph.who_can('deploy on Environment "us"').bounds("ana", label) == ("deny", "deny")


def test_a_principal_whose_kind_nobody_tells_may_be_any() -> None:
    graph = graph_of(
        rule("bot", "allow", WhoId("bot-7"), WhatOperation("send")),
        rule("agents", "deny", WhoKind("agent"), WhatOperation("send")),
    )
    answer = graph.who_can("send on Mailbox")
    assert answer.bounds("bot-7", "send on Mailbox") == ("allow", "deny")
    told = graph_of(*graph.program.rules, facts=Facts([], [PrincipalFacts("bot-7", "agent", ())]))
    assert told.who_can("send on Mailbox").bounds("bot-7", "send on Mailbox") == ("deny", "deny")


def test_a_declaration_wins_over_the_inventory() -> None:
    facts = Facts([], [PrincipalFacts("kiro", "human", ("SRE",))])
    assert PermissionGraph(STORY, facts).subjects.principal("kiro").kind == "agent"
    assert "SRE" not in (PermissionGraph(STORY, facts).subjects.principal("kiro").roles or ())


def test_a_waiver_removes_the_floor_for_those_who_are_known() -> None:
    graph = graph_of(
        rule(
            "cleanup",
            "allow",
            WhoRole("SRE"),
            WhatOperation("delete"),
            Where("Environment", "eu"),
            waives=("Destructive",),
        )
    )
    answer = graph.who_can('delete on Environment "eu"')
    label = "delete on Environment"
    assert answer.bounds("ana", label) == ("allow", "allow")
    assert answer.bounds("humans in SRE", label) == ("allow", "deny")


def test_everybody_with_the_same_answer_stands_together() -> None:
    answer = GRAPH.who_can("describe on Environment")
    able = [grant for grant in answer.grants if grant.finding.strictest == "allow"]
    assert len(able) == 1
    assert {"ana", "bob", "kiro", "members of Staff"} <= set(able[0].who)
    assert "mail-bot" not in able[0].who
    assert answer.bounds("mail-bot", "describe on Environment") == ("allow", "deny")


def test_nobody_is_lost_between_the_groups() -> None:
    answer = GRAPH.who_can("anything")
    for name, findings in answer.findings.items():
        if name in GRAPH.subjects.ids:
            told = {o for g in answer.grants if name in g.who for o in g.operations}
            assert told == set(findings)


def test_text_and_json_tell_rule_place_condition_and_reason() -> None:
    answer = GRAPH.who_can("any Destructive on Environment")
    text = answer.to_text()
    assert "who can any Destructive on Environment?" in text
    assert "when resource.stage == prod  (acme/rebuild_prod, prod.pol:12:1)" in text
    assert "require approval from any human within 1h (floor of Destructive)" in text
    data = json.loads(json.dumps(answer.to_json()))
    reasons = [reason for grant in data["grants"] for reason in grant["openers"]]
    assert any(
        reason["because"] == "Rebuilding production is a decision for two people."
        for reason in reasons
    )


def test_text_cannot_move_the_cursor_of_a_terminal() -> None:
    graph = graph_of(
        rule("x", "allow", WhoId("evil\x1b[2J\nroot\u202e"), WhatOperation("send"), because="\x07")
    )
    text = graph.who_can("send").to_text()
    assert not {"\x1b", "\u202e", "\x07"} & set(text)
    assert not any(line.startswith("root") for line in text.splitlines())


def test_the_empty_policy_lets_nobody_do_anything() -> None:
    graph = graph_of()
    assert graph.who_can("anything").who == ()
    assert "may not, because no rule allows it" in graph.what_can("kiro").to_text()


@pytest.mark.parametrize("who", ["kiro", "Developer", "agents in Developer", "any agent", "anyone"])
def test_what_can_takes_principals_roles_and_kinds(who: str) -> None:
    assert GRAPH.what_can(who).grants


def test_what_can_suggests_a_close_name() -> None:
    with pytest.raises(QuestionError, match="did you mean `Developer`"):
        GRAPH.what_can("Develper")


def test_a_principal_may_bear_the_name_of_no_role_of_its_own() -> None:
    alone = PrincipalDecl("solo", "service", (), ())
    made = program((), roles=ROLES, types=TYPES, operations=OPERATIONS, principals=(alone,))
    answer = PermissionGraph(made, Facts()).what_can("solo")
    assert all(grant.finding.loosest == "deny" for grant in answer.grants)
