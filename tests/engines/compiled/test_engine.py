"""The engine around the generated code: chains, limits, odd requests, and what goes wrong."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from policylang.engines.compiled import CompiledEngine, known, plan
from policylang.engines.compiled import engine as engine_module
from policylang.ir import expressions as ir
from policylang.ir.program import Limit, Requirement, Ruling
from policylang.model.decision import Verdict
from policylang.model.facts import Facts, PrincipalFacts, ResourceFacts
from policylang.model.request import Event, FrozenDict, Principal, Request, Resource
from policylang.model.types import DECIMAL, INT, STRING
from policylang.testing.trials import ANYONE, NOTHING_KNOWN
from tests.engines.compiled.engines import differences, program, rule, served
from tests.engines.compiled.random_programs import OPERATIONS, SECOND

DOC = Resource("Doc", "d1", name="one", count=1)
AGENTS_DENIED = rule("deny", "deny", who=[ir.WhoKind("agent")], what=ir.WhatOperation("edit"))
STAFF_ALLOWED = rule("allow", who=[ir.WhoRole("Staff")])
FACTS = Facts(
    [ResourceFacts("Doc", "d1", FrozenDict(count=1))],
    [
        PrincipalFacts("ann", "human", ("Boss",), FrozenDict(level=1)),
        PrincipalFacts("bob", "agent", ("Dev",)),
        PrincipalFacts("cyd", None, None),
        PrincipalFacts("odd", "human", ("Boss",), FrozenDict(level="high")),
    ],
)


def edit(principal: Any, **more: Any) -> Request:
    return Request(principal, "edit", more.pop("resource", DOC), **more)


REQUESTS = [
    edit("ann"),
    edit("bob"),
    edit("cyd"),
    edit("dee"),
    edit("odd"),
    edit(Principal("ann", "human")),
    edit(Principal("ann", "agent")),
    edit(Principal("ann", None, ["Guest"])),
    edit(Principal("cyd", "human", ["Boss", "Nobody"])),
    edit(Principal("cyd", "agent")),
    edit(Principal("dee", "service", ["Dev"])),
    edit(Principal("dee", None, (), {"level": 1})),
    edit(Principal("dee", None, (), {"height": 1})),
    edit("ann", on_behalf_of=["bob"]),
    edit("ann", on_behalf_of=["ann", Principal("dee", "human", ["Staff"])]),
    edit("ann", on_behalf_of=[Principal("dee", None, (), {"height": 1})]),
    edit("ann", resource=Resource("Doc", "d1", height=1)),
    edit("ann", resource=Resource("Doc", "new", height=1)),
    edit("ann", resource=Resource("Doc", "new", parents=[Resource("Folder", "f", height=1)])),
    edit("ann", resource=Resource("Doc", "new", parents=[Resource("Car", "f")])),
    edit("ann", resource=Resource("Doc", "new", name="a", parents=[Resource("Doc", "new")])),
    edit(
        "ann",
        resource=Resource("Doc", "new", name="a", parents=[Resource("Doc", "new", name="b")]),
    ),
    edit("ann", args={"height": 1}),
    edit("ann", context={"height": 1}),
    edit("ann", signals={"height": 1}),
    edit("ann", labels=["height"]),
    edit("ann", history=[Event("ann", "fly", DOC, time="2025-01-01T00:00:00Z")]),
    Request("ann", "fly", DOC),
    Request("ann", "edit", Resource("Car", "c")),
    Request("ann", "edit", Resource("Org", "o1")),
    Request("ann", action={"kind": "shell", "command": "ls"}),
    Request("ann", action={"kind": "shell", "command": "ls"}, on_behalf_of=["bob"]),
]


@pytest.mark.parametrize("facts", [NOTHING_KNOWN, FACTS], ids=["nothing known", "known"])
def test_whoever_asks_however(facts: Facts) -> None:
    assert not differences(program(AGENTS_DENIED, STAFF_ALLOWED), facts, REQUESTS)


def test_a_chain_is_decided_by_generated_code_too() -> None:
    asked = edit("ann", on_behalf_of=["bob"])
    engine = CompiledEngine(program(AGENTS_DENIED, STAFF_ALLOWED), FACTS, ANYONE)
    assert engine.decide(edit("ann")).allowed
    decision = engine.decide(asked)
    assert [r.id for r in decision.rules] == ["allow", "deny"]
    assert engine.decide(asked).record is decision.record
    assert engine.decide_many([asked])[0].record is decision.record


def test_records_are_shared() -> None:
    engine = CompiledEngine(program(STAFF_ALLOWED), FACTS, ANYONE)
    assert engine.decide(edit("ann")).record is engine.decide(edit("bob")).record


def test_memos_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (known, plan, engine_module):
        monkeypatch.setattr(module, "MEMO", 2)
    rules = [rule(f"r{n}", who=[ir.WhoRole("Boss")], where=[where(n)]) for n in range(5)]
    asked = [
        edit(Principal(f"p{n}", None, roles), resource=Resource("Doc", f"d{n % 5}"), **more)
        for n, roles in enumerate([["Boss"], ["Dev"], ["Guest"], ["Boss", "Dev"], [], ["Boss"]])
        for more in ({}, {"on_behalf_of": [Principal("q", None, ["Boss"])]})
    ]
    assert not differences(program(*rules), NOTHING_KNOWN, asked, times=3)
    engine = CompiledEngine(program(*rules), NOTHING_KNOWN, ANYONE)
    for request in asked:
        engine.decide(request)
    assert len(engine._chains) <= 2
    assert len(engine._plans["edit", "Doc"].records("other")) <= 2


def where(number: int) -> ir.Where:
    return ir.Where("Doc", f"d{number}")


def test_undeclared_operations_leave_nothing_behind() -> None:
    engine = CompiledEngine(program(STAFF_ALLOWED), NOTHING_KNOWN, ANYONE)
    for number in range(5):
        assert not engine.decide(Request("ann", f"fly{number}", DOC)).allowed
    assert not engine._plans
    assert not engine._judges


def test_nothing_is_made_before_it_is_asked_for() -> None:
    engine = CompiledEngine(program(STAFF_ALLOWED), FACTS, ANYONE)
    assert engine._known is None
    engine.decide(edit("ann"))
    assert list(engine._plans) == [("edit", "Doc")]


def test_what_goes_wrong_inside_denies(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = CompiledEngine(program(rule("allow")), NOTHING_KNOWN, ANYONE)
    assert engine.decide(edit("ann")).allowed

    def fail(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(engine_module, "record_carefully", fail)
    monkeypatch.setattr(engine, "_judge", fail)
    odd = edit("ann", history=[Event("ann", "edit", DOC, time="2025-01-01T00:00:00Z")])
    chain = edit("ann", on_behalf_of=["bob"])
    for decision in (engine.decide(odd), engine.decide(chain), *engine.decide_many([odd, chain])):
        assert decision.verdict is Verdict.DENY
        assert [error.message for error in decision.errors] == [
            "the decision could not be made (MemoryError)"
        ]


def test_an_exception_in_generated_code_is_decided_carefully() -> None:
    engine = CompiledEngine(program(rule("allow")), NOTHING_KNOWN, ANYONE)
    engine.decide(edit("ann"))
    engine._judges["Doc"]["edit"].__globals__["plain"] = None  # type: ignore[attr-defined]
    assert not served(engine, edit("ann"))
    assert engine.decide(edit("ann")).allowed


def test_generated_code_sees_few_builtins() -> None:
    engine = CompiledEngine(program(rule("allow")), NOTHING_KNOWN, ANYONE)
    engine.decide(edit("ann"))
    seen = engine._judges["Doc"]["edit"].__globals__["__builtins__"]  # type: ignore[attr-defined]
    assert not {"open", "eval", "exec", "__import__", "getattr", "print"} & seen.keys()


@pytest.mark.parametrize("id", ["a'b", 'a"b', "a\\", "a\nb", "{x}", "c[0]", "\u2028", "x" * 10000])
def test_text_is_text_wherever_it_stands(id: str) -> None:
    """No id or literal can become code."""
    literal = ir.Compare("==", ir.Identity(ir.Root("resource")), ir.Const(id, STRING))
    rules = program(rule("a", who=[ir.WhoId(id)], when=[literal]))
    assert (
        CompiledEngine(rules, NOTHING_KNOWN, ANYONE)
        .decide(edit(id, resource=Resource("Doc", id)))
        .allowed
    )
    many = program(*(rule(f"a{n}", who=[ir.WhoId(id + str(n))], when=[literal]) for n in range(60)))
    asked = edit(id + "7", resource=Resource("Doc", id))
    assert [r.id for r in CompiledEngine(many, NOTHING_KNOWN, ANYONE).decide(asked).rules] == ["a7"]


@pytest.mark.parametrize("crowd", [1, 60])
def test_what_is_nested_too_deeply_for_python_is_decided_carefully(crowd: int) -> None:
    deep: ir.Expr = ir.Compare("==", ir.Identity(ir.Root("resource")), ir.Const("d1", STRING))
    for _ in range(250):
        deep = ir.Not(deep)
    deep = ir.Or((deep, ir.SessionSaw("private")))
    rules = [rule(f"r{n:02}", who=[ir.WhoId(f"p{n}")], when=[deep]) for n in range(crowd)]
    asked = [edit("p0"), edit("p0", resource=Resource("Doc", "d2")), edit("p7")]
    assert not differences(program(*rules, rule("z", "deny", who=[ir.WhoId("q")])), FACTS, asked)


def test_many_threads_give_one_answer() -> None:
    rules = [rule(f"r{n:03}", who=[ir.WhoId(f"p{n}")]) for n in range(200)]
    engine = CompiledEngine(program(*rules), NOTHING_KNOWN, ANYONE)
    wrong: list[str] = []

    def ask() -> None:
        for n in range(200):
            got = [r.id for r in engine.decide(edit(f"p{n}")).rules]
            if got != [f"r{n:03}"]:
                wrong.append(f"{n}: {got}")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# ── limits ───────────────────────────────────────────────────────────────────────────────


def limit(maximum: int, amount: ir.Expr | None = None, **more: Any) -> Limit:
    return Limit(
        more.pop("id", "m/limit"),
        None,
        more.pop("who", ir.WhoAnyone()),
        more.pop("what", ir.WhatAnything()),
        more.pop("where", ir.Where()),
        ir.Const(maximum, INT),
        amount,
        3600 * SECOND,
        more.pop("each", "principal"),
        more.pop("then", Ruling("deny")),
        more.pop("clauses", ()),
        "m.pol:9:1",
    )


AMOUNT = ir.Attr(ir.Root("args"), "amount", DECIMAL)


def pay(amount: Any, principal: str = "ann", **more: Any) -> Request:
    return Request(principal, "pay", DOC, args={"amount": amount}, **more)


def paid(amount: Any, by: str = "ann", outcome: str = "done", id: str = "d1") -> Event:
    resource = Resource("Doc", id, name="one", count=1)
    time = "2025-01-01T00:30:00Z"
    return Event(by, "pay", resource, time=time, args={"amount": amount}, outcome=outcome)


@pytest.mark.parametrize("each", ["principal", "session", "resource", "total"])
@pytest.mark.parametrize(
    "then", [Ruling("deny"), Ruling("require_approval", Requirement(("Boss",), 2, 60))]
)
def test_budgets(each: str, then: Ruling) -> None:
    limits = (limit(10, AMOUNT, each=each, then=then), limit(2, each=each, id="m/count"))
    now = {"time": "2025-01-01T01:00:00Z"}
    asked = [pay(10), pay(11), pay("10.5"), pay(-3), pay("odd"), Request("ann", "edit", DOC)]
    for history in (
        [paid(4)],
        [paid(4), paid(4, by="bob")],
        [paid(4, id="d2"), paid(3, outcome="approved")],
        [paid("odd")],
        [paid(9, outcome="failed")],
        [paid(-9), paid(9)],
    ):
        asked += [pay(amount, history=history, context=now) for amount in (1, 3, 7)]
        asked.append(pay(1, history=history))
        asked.append(pay(1, history=history, context=now, on_behalf_of=["bob"]))
    assert not differences(program(rule("allow"), limits=limits), NOTHING_KNOWN, asked)


def test_a_budget_that_nothing_was_spent_of_is_no_detour() -> None:
    rules = program(rule("allow"), limits=(limit(10, AMOUNT), limit(2, id="m/count")))
    engine = CompiledEngine(rules, NOTHING_KNOWN, ANYONE)
    assert served(engine, pay(10))
    assert served(engine, pay(11))
    assert [r.effect for r in engine.decide(pay(11)).rules] == ["allow", "limit"]
    assert engine.decide(pay(11)).verdict is Verdict.DENY


def test_every_operation_has_a_plan_of_its_own() -> None:
    rules = [rule(o.name, what=ir.WhatOperation(o.name)) for o in OPERATIONS if o.name != "pay"]
    engine = CompiledEngine(program(*{r.id: r for r in rules}.values()), NOTHING_KNOWN, ANYONE)
    for operation in OPERATIONS:
        asked = Request("ann", operation.name, Resource(operation.resource_type, "x"))
        expected = [] if operation.name == "pay" else [operation.name]
        assert [r.id for r in engine.decide(asked).rules] == expected
