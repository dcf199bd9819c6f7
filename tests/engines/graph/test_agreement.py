"""The answers agree with the reference engine: exactly without guards, as a range with them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from policylang.engines.graph import PermissionGraph
from policylang.engines.graph.findings import ORDER
from policylang.engines.reference import Reference
from policylang.ir.expressions import (
    ResourceConst,
    What,
    WhatAnything,
    WhatOperation,
    WhatRisk,
    Where,
    Who,
    WhoAnyone,
    WhoId,
    WhoKind,
    WhoRole,
)
from policylang.ir.program import (
    Clause,
    Mode,
    PrincipalDecl,
    Program,
    Requirement,
    ResourceType,
    Risk,
    Role,
    Rule,
    Ruling,
    VerdictName,
)
from policylang.model.facts import Facts, PrincipalFacts, ResourceFacts
from policylang.model.request import Principal, Request, Resource
from policylang.testing.trials import ANYONE
from tests.engines.graph.story import operation, program, rule, when

ROLES = (
    Role("Lead", ("Member",), ("Lead", "Member")),
    Role("Member", (), ("Member",)),
    Role("Other", (), ("Other",)),
)
TYPES = (ResourceType("Box", (), ()), ResourceType("Item", ("Box", "Item"), ()))
OPERATIONS = (
    operation("look", "Box", "Read"),
    operation("look", "Item", "Read"),
    operation("wreck", "Item", "Destructive", "Permissions"),
    operation("move", "Item", "Write", "Destructive"),
)
PEOPLE = (
    PrincipalDecl("ann", "human", ("Lead",), ()),
    PrincipalDecl("bot", "agent", ("Member",), ()),
    PrincipalDecl("cron", "service", (), ()),
)
FACTS = Facts(
    [
        ResourceFacts("Item", "a", parents=(("Box", "top"),)),
        ResourceFacts("Item", "b", parents=(("Item", "a"),)),
        ResourceFacts("Item", "c"),
    ],
    [PrincipalFacts(p.id, p.kind, p.roles) for p in PEOPLE],
)
RESOURCES = [("Box", "top"), ("Item", "a"), ("Item", "b"), ("Item", "c")]


EFFECTS: tuple[VerdictName, ...] = ("allow", "allow", "require_approval", "deny")
CLASSES: tuple[tuple[str, Mode], ...] = (
    ("Destructive", "deterministic"),
    ("Permissions", "deterministic"),
    ("Read", "adaptive"),
    ("Write", "adaptive"),
)
requirements = st.builds(
    Requirement, st.sampled_from([(), ("Lead",), ("Member",)]), st.integers(1, 2), st.just(600)
)
rulings = st.one_of(
    st.just(Ruling("allow")),
    st.just(Ruling("deny")),
    requirements.map(lambda needs: Ruling("require_approval", needs)),
)
whos: st.SearchStrategy[Who] = st.one_of(
    st.just(WhoAnyone()),
    st.sampled_from([WhoKind("agent"), WhoKind("human"), WhoKind("service")]),
    st.sampled_from(["Lead", "Member", "Other"]).map(WhoRole),
    st.sampled_from(["ann", "bot", "stranger"]).map(WhoId),
)
whats: st.SearchStrategy[What] = st.one_of(
    st.just(WhatAnything()),
    st.sampled_from(["Read", "Destructive", "Permissions"]).map(WhatRisk),
    st.sampled_from(["look", "wreck", "move"]).map(WhatOperation),
)
places = st.sampled_from([ResourceConst("Box", "top"), ResourceConst("Item", "a")])
everywhere = st.builds(Where, st.sampled_from([None, "Item"]))
wheres = st.one_of(
    everywhere,
    st.builds(Where, st.sampled_from([None, "Item"]), st.none(), places),
    st.builds(Where, st.just("Item"), st.sampled_from(["a", "b", "c"])),
)


@st.composite
def rules(draw: st.DrawFn, *, guarded: bool) -> Rule:
    effect = draw(st.sampled_from(EFFECTS))
    clauses: tuple[Clause, ...] = ()
    if guarded and draw(st.booleans()):
        # A guard that is true (`when true`, `unless false`) or false, which the graph cannot know.
        clause = when("something", draw(st.sampled_from(["when", "unless"])))
        clauses = (Clause(draw(st.sampled_from(["when", "unless"])), clause.expr, clause.text),)
    return rule(
        draw(st.uuids()).hex,
        effect,
        tuple(draw(st.lists(whos, min_size=1, max_size=2))),
        tuple(draw(st.lists(whats, min_size=1, max_size=2))),
        tuple(draw(st.lists(wheres, min_size=1, max_size=2))),
        *clauses,
        requirement=draw(requirements) if effect == "require_approval" else None,
        waives=("Destructive",) if effect == "allow" and draw(st.booleans()) else (),
    )


@st.composite
def programs(draw: st.DrawFn, *, guarded: bool) -> Program:
    risks = tuple(
        Risk(name, mode, draw(rulings), draw(rulings), draw(st.none() | rulings))
        for name, mode in CLASSES
    )
    return program(
        tuple(draw(st.lists(rules(guarded=guarded), max_size=6))),
        roles=ROLES,
        types=TYPES,
        operations=OPERATIONS,
        principals=PEOPLE,
        risks=risks,
    )


STRANGERS = {
    "agents in Member": Principal("x", "agent", ("Member",)),
    "humans in Lead": Principal("x", "human", ("Lead",)),
    "services in Other": Principal("x", "service", ("Other",)),
    "any human": Principal("x", "human"),
    "any agent": Principal("x"),
}
SUBJECTS = {**{p.id: Principal(p.id) for p in PEOPLE}, **STRANGERS}


def _told(made: Program) -> dict[str, Principal]:
    waiving = any(one.waives for one in made.rules)
    return {who: p for who, p in SUBJECTS.items() if not waiving or who not in STRANGERS}


def decided(program: Program, principal: Principal, name: str, key: tuple[str, str]) -> str:
    request = Request(principal, name, Resource(*key))
    return Reference(program, FACTS, ANYONE).decide(request).verdict.value


@given(programs(guarded=False))
@settings(max_examples=150, deadline=None)
def test_without_guards_the_answer_is_the_decision(made: Program) -> None:
    """For whoever is known; of others a waiver asks for more than a request can tell."""
    graph = PermissionGraph(made, FACTS)
    for type_, id_ in RESOURCES:
        answer = graph.who_can(f'anything on {type_} "{id_}"')
        for who, principal in _told(made).items():
            for one in made.operations:
                if one.resource_type == type_:
                    bounds = answer.bounds(who, f"{one.name} on {type_}")
                    verdict = decided(made, principal, one.name, (type_, id_))
                    assert bounds == (verdict, verdict)


@given(programs(guarded=True))
@settings(max_examples=150, deadline=None)
def test_with_guards_the_decision_lies_within_the_answer(made: Program) -> None:
    graph = PermissionGraph(made, FACTS)
    answer = graph.who_can("anything")
    named = {"stranger"} & set(answer.findings)
    everybody = {**SUBJECTS, **{who: Principal(who) for who in named}}
    for type_, id_ in RESOURCES:
        for who, principal in everybody.items():
            for one in made.operations:
                if one.resource_type == type_:
                    loosest, strictest = answer.bounds(who, f"{one.name} on {type_}")
                    verdict = decided(made, principal, one.name, (type_, id_))
                    assert ORDER[loosest] <= ORDER[verdict] <= ORDER[strictest]


@given(programs(guarded=False))
@settings(max_examples=80, deadline=None)
def test_approvals_of_an_unguarded_answer_are_those_of_the_decision(made: Program) -> None:
    graph = PermissionGraph(made, FACTS)
    answer = graph.who_can('anything on Item "b"')
    for grant in answer.grants:
        if grant.finding.loosest != "require_approval":
            continue
        told = {r.rule for r in (*grant.finding.openers, *grant.finding.floors) if r.requirement}
        for who in set(grant.who) & set(SUBJECTS):
            for label in grant.operations:
                name = label.partition(" ")[0]
                request = Request(SUBJECTS[who], name, Resource("Item", "b"))
                record = Reference(made, FACTS, ANYONE).record(request)
                assert {approval.rule for approval in record.approvals} <= told


@given(programs(guarded=True))
@settings(max_examples=60, deadline=None)
def test_a_principal_reaches_exactly_what_it_may_do(made: Program) -> None:
    graph = PermissionGraph(made, FACTS)
    blast = graph.blast("bot")
    reached = {
        (reach.type, id_, reach.verdict) for reach in blast.reaches for id_ in reach.resources
    }
    for type_, id_ in RESOURCES:
        answer = graph.who_can(f'anything on {type_} "{id_}"')
        verdicts = {finding.loosest for finding in answer.findings["bot"].values()}
        for verdict in ("allow", "require_approval"):
            assert ((type_, id_, verdict) in reached) == (verdict in verdicts)
