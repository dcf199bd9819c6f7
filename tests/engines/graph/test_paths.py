"""Paths and blast radius on a small program."""

from __future__ import annotations

import pytest

from policylang.engines.graph import PermissionGraph, QuestionError
from policylang.ir.expressions import (
    ResourceConst,
    WhatOperation,
    WhatRisk,
    Where,
    WhoAnyone,
    WhoId,
    WhoRole,
)
from policylang.ir.program import ResourceType, Risk, Role, Ruling
from policylang.model.facts import Facts, ResourceFacts
from tests.engines.graph.story import (
    FACTS,
    OPERATIONS,
    PRINCIPALS,
    RISKS,
    ROLES,
    STORY,
    TYPES,
    operation,
    program,
    rule,
)

GRAPH = PermissionGraph(STORY, FACTS)


def hops(who: str, what: str) -> list[tuple[str, str, str]]:
    return [(s.source, s.relation, s.target) for s in GRAPH.path(who, what).steps]


def test_a_path_goes_through_role_rule_operation_risk_and_gate() -> None:
    assert hops("ana", "delete on Environment") == [
        ("ana", "is in", "SRE"),
        ("SRE", "is allowed to", "delete on Environment"),
        ("delete on Environment", "is", "Destructive"),
        ("Destructive", "is gated by", "approval from any human within 1h"),
    ]


def test_a_path_goes_through_nested_roles() -> None:
    assert hops("bob", "describe on Environment")[:2] == [
        ("bob", "is in", "Developer"),
        ("Developer", "is in", "Staff"),
    ]


def test_a_path_goes_through_a_role_that_an_operation_confers() -> None:
    path = GRAPH.path("kiro", "drop on Database")
    assert path.verdict == "require_approval"
    assert [(s.source, s.relation, s.target) for s in path.steps][:5] == [
        ("kiro", "is in", "Developer"),
        ("Developer", "is allowed to", "assume_admin on Account"),
        ("assume_admin on Account", "confers", "Admin"),
        ("kiro", "has gained", "Admin"),
        ("Admin", "is allowed to", "drop on Database"),
    ]


def test_a_path_names_rule_place_and_condition() -> None:
    path = GRAPH.path("kiro", "delete on Environment")
    step = next(step for step in path.steps if step.rule == "acme/rebuild_prod")
    assert step.at == "prod.pol:12:1"
    assert step.conditions == ("(approval from SRE by 2 within 30m)", "when resource.stage == prod")
    assert "[acme/rebuild_prod, prod.pol:12:1]" in path.to_text()
    assert path.to_json()["found"] is True


def test_no_path_says_why() -> None:
    path = GRAPH.path("kiro", "grant on Account")
    assert not path.found
    assert path.verdict == "deny"
    assert "acme/no_permissions" in path.why[0]
    assert path.to_text().startswith("no path from kiro to grant on Account\n")


def test_nothing_to_ask_about_is_no_path() -> None:
    assert not GRAPH.path("kiro", "any Read under Mailbox:ops").found


def test_a_role_has_a_path_of_its_own() -> None:
    assert GRAPH.path("SRE", "delete on Environment").found
    assert not GRAPH.path("Admin", "deploy on Environment").found


def test_roles_gained_in_a_circle_come_to_an_end() -> None:
    types = (ResourceType("T", (), ()),)
    operations = (
        operation("up", "T", "Write", confers=("Admin",)),
        operation("down", "T", "Write", confers=("Staff",)),
        operation("end", "T", "Read"),
    )
    made = program(
        (
            rule("up", "allow", WhoAnyone(), WhatOperation("up")),
            rule("down", "allow", WhoRole("Admin"), WhatOperation("down")),
        ),
        roles=ROLES,
        types=types,
        operations=operations,
    )
    assert not PermissionGraph(made, Facts()).path("any agent", "end on T").found


def test_a_search_that_is_cut_short_says_so() -> None:
    names = [f"R{n:02}" for n in range(14)]
    made = program(
        (rule("all", "allow", WhoAnyone(), WhatRisk("Write")),),
        roles=tuple(Role(name, (), (name,)) for name in names),
        types=(ResourceType("T", (), ()),),
        operations=(
            *(operation(f"get_{n.lower()}", "T", "Write", confers=(n,)) for n in names),
            operation("end", "T", "Read"),
        ),
    )
    path = PermissionGraph(made, Facts()).path("any agent", "end on T")
    assert not path.found
    assert "the search ended after 2,000 combinations" in path.why[0]


def test_the_blast_of_a_resource_counts_what_is_under_it() -> None:
    blast = GRAPH.blast("Account:7")
    assert blast.count == 3
    assert blast.resources == (("Account", "7"), ("Database", "users"), ("Environment", "eu"))
    assert GRAPH.blast("users").count == 1


def test_the_blast_of_a_principal_counts_by_verdict() -> None:
    reaches = {(r.type, r.verdict): r for r in GRAPH.blast("kiro").reaches}
    assert reaches["Environment", "allow"].operations == ("deploy", "describe")
    assert reaches["Environment", "require_approval"].operations == ("delete",)
    assert reaches["Environment", "require_approval"].resources == ("eu", "us")
    assert ("Mailbox", "allow") not in reaches


def test_a_rule_about_a_subtree_reaches_that_subtree_only() -> None:
    within = Where(None, None, ResourceConst("Account", "7"))
    made = program(
        (rule("eu", "allow", WhoRole("Developer"), WhatOperation("deploy"), within),),
        roles=ROLES,
        types=TYPES,
        operations=OPERATIONS,
    )
    blast = PermissionGraph(made, FACTS).blast("bob")
    assert blast.resources == (("Environment", "eu"),)


def test_resources_in_a_circle_are_counted_once() -> None:
    facts = Facts(
        [
            ResourceFacts("Account", "a", parents=(("Account", "b"),)),
            ResourceFacts("Account", "b", parents=(("Account", "a"),)),
        ]
    )
    assert PermissionGraph(STORY, facts).blast("Account:a").count == 2


def test_a_blast_is_told_as_text_and_json() -> None:
    assert GRAPH.blast("Account:7").to_text() == (
        'Account "7": 3 known resources\n  1 Account: 7\n  1 Database: users\n  1 Environment: eu\n'
    )
    text = GRAPH.blast("kiro").to_text()
    assert text.startswith("kiro: 5 known resources\n")
    assert "  require approval  Environment: delete; 2 known resources: eu, us\n" in text
    data = GRAPH.blast("kiro").to_json()
    assert data["count"] == 5
    assert {reach["verdict"] for reach in data["reaches"]} == {"allow", "require_approval"}


def test_a_path_through_a_kind_or_a_default_says_so() -> None:
    assert hops("kiro", "delete on Environment")[0] == ("kiro", "is", "any agent")
    made = program(
        (),
        roles=ROLES,
        types=TYPES,
        operations=OPERATIONS,
        principals=PRINCIPALS,
        risks=(*RISKS[:3], Risk("Read", "adaptive", Ruling("allow"), Ruling("allow")), RISKS[4]),
    )
    path = PermissionGraph(made, Facts()).path("ana", "query on Database")
    assert path.verdict == "allow"
    assert path.steps[0].rule == "default:Read"


def test_a_path_of_somebody_unknown_says_perhaps() -> None:
    scope = (rule("x", "allow", WhoId("bot"), WhatOperation("send")),)
    staff = (rule("y", "allow", WhoRole("Staff"), WhatOperation("deploy")),)
    made = program(scope + staff, roles=ROLES, types=TYPES, operations=OPERATIONS)
    graph = PermissionGraph(made, Facts())
    assert graph.path("bot", "send").steps[0].source == "bot"
    assert graph.path("bot", "deploy").steps[0].relation == "is perhaps in"


@pytest.mark.parametrize("of", ["Acount:7", "Account:9", "nobody", "Account:7 more"])
def test_what_is_not_known_has_no_blast(of: str) -> None:
    with pytest.raises(QuestionError):
        GRAPH.blast(of)
