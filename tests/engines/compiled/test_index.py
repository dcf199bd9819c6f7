"""Rules are filed under what tells them apart, and none is ever lost by it."""

from __future__ import annotations

from typing import Any

import pytest

from policylang.engines.admission import Schema
from policylang.engines.compiled import CompiledEngine, index
from policylang.engines.compiled.entries import Catalogue, Subject
from policylang.engines.compiled.filed import Filed
from policylang.engines.compiled.index import Dimension, build_index
from policylang.ir import expressions as ir
from policylang.ir.program import Program, Rule
from policylang.model.decision import Verdict
from policylang.model.facts import Facts, PrincipalFacts, ResourceFacts
from policylang.model.request import FrozenDict, Principal, Request, Resource
from policylang.model.types import INT, PATH, STRING
from policylang.testing.trials import ANYONE, NOTHING_KNOWN
from tests.engines.compiled.engines import differences, program, rule, served
from tests.engines.compiled.random_programs import STAGE

DOC = {"stage": "dev", "path": "/a/b", "name": "one", "count": 1, "tags": ["t"]}
CONTEXT = {"stage": "dev", "risk": 1}
SUBJECT = Subject("edit", "Doc", ("Write",))


def request(principal: Any = "ann", id: str = "d1", **more: Any) -> Request:
    told: dict[str, Any] = {"attributes": {**DOC, **more.pop("doc", {})}}
    return Request(principal, "edit", Resource("Doc", id, **told), context=CONTEXT, **more)


def prefix(text: str) -> ir.Expr:
    return ir.Like(ir.Attr(ir.Root("resource"), "path", PATH), ir.Const(f"{text}*", STRING))


def equal(root: Any, name: str, value: Any, type_: Any) -> ir.Expr:
    return ir.Compare("==", ir.Attr(ir.Root(root), name, type_), ir.Const(value, type_))


def entries_of(program: Program) -> list[Any]:
    return Catalogue(program).entries(Schema(program), SUBJECT)


def dimensions(program: Program) -> set[Dimension]:
    return set(build_index(entries_of(program)).filed)


def crowd(make: Any, size: int = 60) -> list[Rule]:
    return [make(number) for number in range(size)]


ALLOWS = {
    "by id": lambda n: rule(f"a{n:02}", who=[ir.WhoId(f"p{n}")]),
    "by resource": lambda n: rule(f"a{n:02}", where=[ir.Where("Doc", f"d{n}")]),
    "by container": lambda n: rule(
        f"a{n:02}", where=[ir.Where("Doc", None, ir.ResourceConst("Folder", f"f{n}"))]
    ),
    "by attribute": lambda n: rule(f"a{n:02}", when=[equal("resource", "count", n, INT)]),
    "by one of several": lambda n: rule(
        f"a{n:02}",
        when=[
            ir.In(
                ir.Attr(ir.Root("resource"), "name", STRING),
                ir.ConstSet((ir.Const(f"n{n}", STRING), ir.Const(f"m{n}", STRING)), STRING),
            )
        ],
    ),
    "by guarded id": lambda n: rule(
        f"a{n:02}",
        who=[ir.WhoRole("Boss")],
        when=[ir.Compare("==", ir.Identity(ir.Root("principal")), ir.Const(f"p{n}", STRING))],
    ),
    "by nothing": lambda n: rule(f"a{n:02}", when=[prefix(f"/p{n}/")]),
}
FACTS = Facts(
    [ResourceFacts("Doc", "d7", FrozenDict({"count": 1}), (("Folder", "f7"),))],
    [PrincipalFacts("p8", "human", ("Boss",), FrozenDict({"level": 1}))],
)
REQUESTS = [
    request("p7"),
    request("p8"),
    request(Principal("p7", "human", ["Boss"])),
    request("ann", "d7"),
    request("ann", doc={"count": 7}),
    request("ann", doc={"name": "n7"}),
    request("ann", doc={"name": "m7"}),
    request("ann", doc={"path": "/p7/x"}),
    request("ann", doc={"path": 7}),
    request("p7", doc={"count": None}),
]
DENY = rule("deny", "deny", when=[equal("resource", "stage", "prod", STAGE)])


@pytest.mark.parametrize("make", ALLOWS.values(), ids=ALLOWS)
@pytest.mark.parametrize("stage", ["dev", "prod", "odd"])
def test_a_deny_beside_filed_allows_is_never_lost(make: Any, stage: str) -> None:
    requests = [
        Request(
            r.principal,
            r.operation,
            Resource("Doc", r.resource.id, attributes={**r.resource.attributes, "stage": stage}),
            context=r.context,
        )
        for r in REQUESTS
    ]
    many = program(*crowd(make), DENY)
    assert not differences(many, FACTS, requests)
    allowed = {CompiledEngine(many, FACTS, ANYONE).decide(r).allowed for r in requests}
    assert (True in allowed) == (stage == "dev")


@pytest.mark.parametrize("make", ALLOWS.values(), ids=ALLOWS)
def test_a_filed_deny_beside_inline_allows_is_never_lost(make: Any) -> None:
    denies = [
        Rule(*(getattr(r, f) if f != "effect" else "deny" for f in Rule.__struct_fields__))
        for r in crowd(make)
    ]
    assert not differences(program(*denies, rule("z")), FACTS, REQUESTS)


@pytest.mark.parametrize(
    ("name", "dimension"),
    [
        ("by id", Dimension("principal")),
        ("by resource", Dimension("resource")),
        ("by container", Dimension("under")),
        ("by attribute", Dimension("read", "resource", "count")),
        ("by one of several", Dimension("read", "resource", "name")),
        ("by guarded id", Dimension("principal", "guard")),
    ],
)
def test_what_tells_rules_apart_is_what_they_are_filed_under(
    name: str, dimension: Dimension
) -> None:
    assert dimensions(program(*crowd(ALLOWS[name]))) == {dimension}


def test_an_id_in_a_guard_does_not_settle_for_whom_the_rule_is() -> None:
    many = program(*crowd(ALLOWS["by guarded id"]))
    engine = CompiledEngine(many, NOTHING_KNOWN, ANYONE)
    assert not engine.decide(request("p7")).rules
    assert [r.id for r in engine.decide(request(Principal("p7", None, ["Boss"]))).rules] == ["a07"]


def test_few_rules_are_asked_one_after_the_other() -> None:
    few = build_index(entries_of(program(*crowd(ALLOWS["by id"], index.INLINE))))
    assert not few.filed
    assert len(few.inline) == index.INLINE


def test_rules_that_share_every_test_are_not_filed() -> None:
    same = build_index(entries_of(program(*crowd(lambda n: rule(f"a{n}", who=[ir.WhoId("p")])))))
    assert not same.filed
    assert len(same.inline) + len(same.always) == 60


def test_a_test_against_no_value_files_nothing() -> None:
    """It is false where the fact is there, and unknown where it is not: that has to be asked."""

    def none(n: int) -> Rule:
        empty = ir.In(ir.Attr(ir.Root("resource"), "name", STRING), ir.ConstSet((), STRING))
        return rule(f"a{n:02}", "deny", who=[ir.WhoAnyone()], when=[empty])

    unnamed = Request("ann", "edit", Resource("Doc", "d1", stage="dev"), context=CONTEXT)
    assert not differences(program(*crowd(none)), NOTHING_KNOWN, [unnamed, request()])


def test_a_missing_fact_asks_all_that_are_filed_under_it() -> None:
    denies = crowd(lambda n: rule(f"d{n:02}", "deny", when=[equal("resource", "count", n, INT)]))
    unknown = Request("ann", "edit", Resource("Doc", "d1", stage="dev"), context=CONTEXT)
    many = program(*denies, rule("z"))
    decision = CompiledEngine(many, NOTHING_KNOWN, ANYONE).decide(unknown)
    assert decision.verdict is Verdict.DENY
    assert len(decision.errors) == 60
    assert not differences(many, NOTHING_KNOWN, [unknown])


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The functions of the filed entries, in the order in which they are compiled."""
    functions: list[Any] = []
    made = Filed.__init__

    def counted(self: Filed, test: Any, constants: Any, digit: int, *more: Any) -> None:
        functions.extend([test] if digit else [])
        made(self, test, constants, digit, *more)

    monkeypatch.setattr(Filed, "__init__", counted)
    return functions


def test_only_what_is_asked_for_is_compiled(compiled: list[Any]) -> None:
    engine = CompiledEngine(program(*crowd(ALLOWS["by id"], 500)), NOTHING_KNOWN, ANYONE)
    for _ in range(3):
        assert [r.id for r in engine.decide(request("p7")).rules] == ["a07"]
    assert len(compiled) == 1


def test_rules_of_one_shape_share_a_function(compiled: list[Any]) -> None:
    def both(n: int) -> Rule:
        return rule(f"a{n:02}", who=[ir.WhoId(f"p{n % 30}")], when=[prefix(f"/p{n}/")])

    engine = CompiledEngine(program(*crowd(both)), NOTHING_KNOWN, ANYONE)
    for _ in range(2):
        for n in (7, 8):
            asked = request(f"p{n}", doc={"path": f"/p{n + 30}/x"})
            assert [r.id for r in engine.decide(asked).rules] == [f"a{n + 30}"]
    assert len(compiled) == 4
    assert len(set(compiled)) == 1


def test_the_reach_of_the_fast_path() -> None:
    """What an everyday request is made of does not send it the careful way."""
    many = program(*crowd(ALLOWS["by attribute"]), DENY)
    engine = CompiledEngine(many, FACTS, ANYONE)
    assert all(served(engine, r) for r in REQUESTS[:9])
    assert not served(engine, REQUESTS[9])
