"""Every operator, in generated code and on the careful path, as the reference engine has it."""

from __future__ import annotations

from typing import Any

import pytest

from policylang.engines.compiled import CompiledEngine, index
from policylang.ir import expressions as ir
from policylang.model.facts import Facts, PrincipalFacts, ResourceFacts
from policylang.model.request import Event, FrozenDict, Principal, Request, Resource
from policylang.model.types import (
    BOOL,
    CIDR,
    DECIMAL,
    INT,
    IP,
    PATH,
    STRING,
    TIME,
    URL,
)
from policylang.testing.trials import ANYONE, NOTHING_KNOWN
from tests.engines.compiled.engines import differences, program, rule, served
from tests.engines.compiled.random_programs import (
    FOLDER,
    FOLDERS,
    NUMBERS,
    SECOND,
    STAGE,
    STAGES,
    TAGS,
)

RESOURCE, PRINCIPAL = ir.Root("resource"), ir.Root("principal")


def of(name: str, type_: Any, root: Any = "resource") -> ir.Attr:
    return ir.Attr(ir.Root(root), name, type_)


def text(value: str) -> ir.Const:
    return ir.Const(value, STRING)


def number(value: int) -> ir.Const:
    return ir.Const(value, INT)


def texts(*values: str) -> ir.ConstSet:
    return ir.ConstSet(tuple(text(value) for value in values), TAGS)


STAGE_IS_DEV = ir.Compare("==", of("stage", STAGE), ir.Const("dev", STAGE))
FOLDER_OF = ir.Parent(RESOURCE, "Folder")
X = ir.Var("x#0", FOLDER)
EVENT = ir.EventPattern("done", ir.WhatAnything())


def compare(op: Any, left: ir.Expr, right: ir.Expr) -> ir.Compare:
    return ir.Compare(op, left, right)


EXPRESSIONS: dict[str, ir.Expr] = {
    "enum": STAGE_IS_DEV,
    "not equal": compare("!=", of("name", STRING), text("one")),
    "less": compare("<", of("count", INT), number(2)),
    "at most": compare("<=", of("price", DECIMAL), ir.Const("2.5", DECIMAL)),
    "huge": compare("<", of("count", INT), number(10**5000)),
    "text order": compare(">", of("name", STRING), text("é")),
    "at least": compare(">=", of("made", TIME), ir.Const(1735689600 * SECOND, TIME)),
    "arithmetic": compare(
        "==",
        ir.Arith("*", of("count", INT), number(3), INT),
        ir.Arith("+", number(1), number(2), INT),
    ),
    "difference": compare(
        ">", ir.Arith("-", of("time", TIME, "context"), of("made", TIME), INT), number(0)
    ),
    "bool": of("open", BOOL),
    "not": ir.Not(of("open", BOOL)),
    "true": compare("==", of("open", BOOL), ir.Const(True, BOOL)),
    "and": ir.And((STAGE_IS_DEV, of("open", BOOL))),
    "or": ir.Or((STAGE_IS_DEV, of("open", BOOL))),
    "has": ir.Has(RESOURCE, "note"),
    "has with default": ir.Has(RESOURCE, "open"),
    "has undeclared": ir.Or((ir.Has(RESOURCE, "nothing"), STAGE_IS_DEV)),
    "undeclared": ir.Or((STAGE_IS_DEV, compare("==", of("to", STRING, "args"), text("x")))),
    "guarded": ir.And((compare("==", of("note", STRING), text("one")), ir.Has(RESOURCE, "note"))),
    "guarded by or": ir.Or(
        (compare("==", of("note", STRING), text("one")), ir.Not(ir.Has(RESOURCE, "note")))
    ),
    "unguarded": compare("==", of("note", STRING), text("one")),
    "in texts": ir.In(of("name", STRING), texts("one", "two")),
    "contains": ir.In(text("one"), of("tags", TAGS)),
    "contains member": ir.In(ir.Const("prod", STAGE), of("stages", STAGES)),
    "contains number": ir.In(of("count", INT), of("numbers", NUMBERS)),
    "set equality": compare("==", of("tags", TAGS), texts("one", "two")),
    "set inequality": compare("!=", of("stages", STAGES), ir.ConstSet((), STAGES)),
    "resource in set": ir.In(FOLDER_OF, of("links", FOLDERS)),
    "substring": ir.ContainsText(of("name", STRING), text("n")),
    "prefix": ir.Like(of("path", PATH), text("/a*")),
    "suffix": ir.Like(of("path", PATH), text("*b")),
    "inside": ir.Like(of("path", PATH), text("*a/*")),
    "exact": ir.Like(of("path", PATH), text("/a/b")),
    "escaped": ir.Like(of("name", STRING), text("a\\*b")),
    "one character": ir.Like(of("name", STRING), text("?ne")),
    "two stars": ir.Like(of("path", PATH), text("/*a*b")),
    "anything": ir.Like(of("name", STRING), text("*")),
    "pattern that is read": ir.Like(of("name", STRING), of("note", STRING)),
    "path under": ir.Under("path", of("path", PATH), ir.Const("/a/./b/..", PATH)),
    "path under what is read": ir.Under("path", of("path", PATH), of("path", PATH)),
    "path under nothing": ir.Under("path", of("path", PATH), ir.Const("../x", PATH)),
    "address under": ir.Under("ip", of("address", IP), ir.Const("10.0.0.0/8", CIDR)),
    "url under": ir.Under("domain", of("url", URL), text("example.org")),
    "host under": ir.Under("domain", of("name", STRING), text("org")),
    "under no host": ir.Under("domain", of("url", URL), text("-")),
    "resource under": ir.Under("resource", RESOURCE, ir.ResourceConst("Org", "o1")),
    "folder under": ir.Under("resource", FOLDER_OF, ir.ResourceConst("Org", "o1")),
    "under what is read": ir.Under("resource", RESOURCE, of("owner", FOLDER)),
    "home under": ir.Under(
        "resource", of("home", FOLDER, "principal"), ir.ResourceConst("Org", "o1")
    ),
    "any group under": ir.Quantified(
        "any",
        "x#0",
        of("groups", FOLDERS, "principal"),
        ir.Under("resource", X, of("owner", FOLDER)),
    ),
    "any group under itself": ir.Quantified(
        "any", "x#0", of("groups", FOLDERS, "principal"), ir.Under("resource", X, X)
    ),
    "all groups under": ir.Quantified(
        "all",
        "x#0",
        of("groups", FOLDERS, "principal"),
        ir.Under("resource", X, ir.ResourceConst("Org", "o1")),
    ),
    "any group's name": ir.Quantified(
        "any",
        "x#0",
        of("groups", FOLDERS, "principal"),
        compare("==", ir.Attr(X, "name", STRING), text("eff")),
    ),
    "any tag": ir.Quantified(
        "any", "t#1", of("tags", TAGS), ir.Like(ir.Var("t#1", STRING), text("o*"))
    ),
    "all tags": ir.Quantified(
        "all", "t#1", of("tags", TAGS), compare("!=", ir.Var("t#1", STRING), of("name", STRING))
    ),
    "any of any": ir.Quantified(
        "any",
        "t#1",
        of("tags", TAGS),
        ir.Quantified(
            "any",
            "s#2",
            of("stages", STAGES),
            compare("==", ir.Size(ir.Var("t#1", STRING)), ir.Size(ir.Var("s#2", STAGE))),
        ),
    ),
    "size of set": compare("==", ir.Size(of("tags", TAGS)), number(2)),
    "size of text": compare("==", ir.Size(of("name", STRING)), number(3)),
    "blast": compare(">=", ir.Blast(FOLDER_OF), number(2)),
    "blast of this": compare("==", ir.Blast(RESOURCE), number(1)),
    "parent's attribute": compare("==", ir.Attr(FOLDER_OF, "name", STRING), text("eff")),
    "owner's attribute": ir.Attr(of("owner", FOLDER), "open", BOOL),
    "parent's optional": compare(
        "==", ir.Attr(ir.Parent(FOLDER_OF, "Org"), "country", STRING), text("at")
    ),
    "has of a parent": ir.Has(ir.Parent(FOLDER_OF, "Org"), "country"),
    "has parent": ir.HasParent(RESOURCE, "Folder"),
    "has other parent": ir.HasParent(RESOURCE, "Org"),
    "parent is": compare("==", FOLDER_OF, ir.ResourceConst("Folder", "f1")),
    "this is": compare("==", RESOURCE, ir.ResourceConst("Doc", "d1")),
    "parent's id": compare("==", ir.Identity(FOLDER_OF), text("f1")),
    "resource's id": compare("==", ir.Identity(RESOURCE), text("d1")),
    "principal's id": compare("!=", ir.Identity(PRINCIPAL), text("ann")),
    "role": ir.InRole(PRINCIPAL, "Staff"),
    "kind": ir.IsKind(PRINCIPAL, "human"),
    "principal's attribute": compare(">", of("level", INT, "principal"), number(1)),
    "principal's optional": compare("==", of("team", STRING, "principal"), text("red")),
    "label": ir.SessionSaw("private"),
    "signal": compare(">", of("anomaly", DECIMAL, "signal"), ir.Const("0.5", DECIMAL)),
    "context": compare("==", of("ticket", STRING, "context"), text("t")),
    "formerly": ir.Formerly(EVENT, 3600 * SECOND),
    "previous": ir.Previous(EVENT, 60 * SECOND),
    "since": ir.Since(ir.Not(ir.Formerly(EVENT, None)), EVENT, 3600 * SECOND),
    "count": compare(">=", ir.Aggregate("count", None, EVENT, 3600 * SECOND, INT), number(2)),
    "distinct": compare(
        ">=",
        ir.Aggregate("distinct", ir.Root("event_resource"), EVENT, 3600 * SECOND, INT),
        number(2),
    ),
    "most": compare(
        ">",
        ir.Aggregate("max", of("amount", DECIMAL, "event_args"), EVENT, 10**18, DECIMAL),
        number(2),
    ),
    "least": compare(
        "<",
        ir.Aggregate("min", of("amount", DECIMAL, "event_args"), EVENT, 10**18, DECIMAL),
        number(2),
    ),
    "mean": compare(
        ">",
        ir.Aggregate("avg", of("amount", DECIMAL, "event_args"), EVENT, 10**18, DECIMAL),
        ir.Const("2.2", DECIMAL),
    ),
    "sum": compare(
        ">",
        ir.Aggregate("sum", of("amount", DECIMAL, "event_args"), EVENT, 10**18, DECIMAL),
        number(3),
    ),
    "event by role": ir.Formerly(
        ir.EventPattern("done", ir.WhatRisk("Write"), by=ir.WhoRole("Boss")), 10**18
    ),
    "event's fields": ir.Formerly(
        ir.EventPattern(
            "done",
            ir.WhatOperation("pay"),
            where=ir.Where("Doc"),
            guard=ir.And(
                (
                    compare("<", ir.EventField("time", TIME), of("time", TIME, "context")),
                    compare("!=", ir.EventField("operation", STRING), text("read")),
                    compare("==", ir.EventField("outcome", STRING), text("done")),
                    ir.IsKind(ir.Root("event_principal"), "agent"),
                    compare("!=", ir.Identity(ir.Root("event_principal")), text("cyd")),
                    compare("==", ir.Root("event_resource"), RESOURCE),
                    compare("==", of("name", STRING, "event_resource"), text("one")),
                    ir.Has(ir.Root("event_args"), "amount"),
                )
            ),
        ),
        10**18,
    ),
    "event here by me": ir.Formerly(
        ir.EventPattern("done", ir.WhatAnything(), on_resource=True, by_principal=True), 10**18
    ),
}

DOC: dict[str, Any] = {
    "stage": "dev", "path": "/a/b", "name": "one", "count": 1, "open": True, "price": "2.50",
    "tags": ["one", "two", "one"], "stages": ["prod"], "numbers": [1, 2], "address": "10.1.2.3",
    "url": "https://a.example.org/x", "made": "2025-01-01T00:00:00Z", "note": "*e",
    "owner": {"type": "Folder", "id": "f1"}, "links": [{"type": "Folder", "id": "f1"}],
}  # fmt: skip
OTHER = {
    **DOC,
    "stage": "prod",
    "path": "x/../y",
    "name": "host.org",
    "count": 9,
    "open": False,
    "price": 3,
    "tags": [],
    "stages": [],
    "numbers": [],
    "address": "::1",
    "url": "http://example.net",
    "note": "two",
    "owner": {"type": "Folder", "id": "f2"},
    "links": [],
}
FACTS = Facts(
    [
        ResourceFacts("Doc", "d1", FrozenDict(DOC), (("Folder", "f1"),)),
        ResourceFacts("Doc", "d2", FrozenDict(OTHER), (("Folder", "f1"), ("Folder", "f2"))),
        ResourceFacts("Folder", "f1", FrozenDict(name="eff"), (("Folder", "f3"), ("Org", "o1"))),
        ResourceFacts("Org", "o1", FrozenDict(country="at")),
    ],
    [
        PrincipalFacts(
            "ann",
            "human",
            ("Boss",),
            FrozenDict(
                level=2,
                team="red",
                groups=({"type": "Folder", "id": "f1"},),
                home={"type": "Folder", "id": "f1"},
            ),
        ),
        PrincipalFacts("bob", "agent", None, FrozenDict(level=1, groups=())),
        PrincipalFacts("cyd", None, ("Dev",), FrozenDict(level=3)),
    ],
)
CONTEXT = {"stage": "dev", "risk": 1, "time": "2025-01-01T01:00:00Z", "ticket": "t"}
SIGNALS = {"anomaly": "0.75"}


def event(id: str, time: str, **more: Any) -> Event:
    resource = Resource("Doc", id, name="one")
    return Event(more.pop("by", "bob"), "pay", resource, time=f"2025-01-01T{time}Z", **more)


HISTORIES: list[list[Event]] = [
    [],
    [event("d1", "00:30:00", args={"amount": 2})],
    [
        event("d1", "00:59:30", args={"amount": "2.5"}),
        event("d2", "00:30:00", by="ann", args={"amount": 1}),
        event("d9", "00:31:00", outcome="failed"),
        event("d9", "09:00:00", args={"amount": 100}),
    ],
]


def requests() -> list[Request]:
    found = []
    resources = [
        Resource("Doc", "d1"),
        Resource("Doc", "d2"),
        Resource("Doc", "new", attributes=DOC),
        Resource("Doc", "new", attributes=OTHER),
        Resource("Doc", "new", attributes=DOC, parents=[Resource("Folder", "f1")]),
        Resource("Doc", "new", parents=[Resource("Folder", "f8", parents=[Resource("Org", "o1")])]),
        Resource("Doc", "d1", attributes={"note": "told"}),
        Resource("Doc", "new", attributes={**DOC, "name": 7}),
        Resource("Doc", "d1", parents=[Resource("Folder", "f1"), Resource("Folder", "f2")]),
    ]
    for resource in resources:
        for principal in ("ann", "bob", "cyd", Principal("dee", "service", ["Boss"], {"level": 5})):
            told: dict[str, Any] = {"context": CONTEXT, "signals": SIGNALS, "labels": ["private"]}
            found.append(Request(principal, "edit", resource, **told))
        found.append(Request("ann", "edit", resource))
    for history in HISTORIES[1:]:
        found.append(Request("ann", "edit", resources[0], context=CONTEXT, history=history))
        found.append(Request("bob", "edit", resources[0], history=history))
    return found


REQUESTS = requests()


@pytest.mark.parametrize("inline", [0, 48], ids=["filed", "inline"])
@pytest.mark.parametrize("effect", ["allow", "deny", "require_approval"])
@pytest.mark.parametrize("name", EXPRESSIONS)
def test_the_operator_means_what_it_means_in_the_reference_engine(
    name: str, effect: str, inline: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "INLINE", inline)
    expr = EXPRESSIONS[name]
    rules = program(rule("a", effect, when=[expr]), rule("b", effect, unless=[expr]))
    assert not differences(rules, FACTS, REQUESTS)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_waiver_takes_nobodys_word(name: str) -> None:
    """Whatever it reads: what the request alone tells is a missing fact to it."""
    waiver = rule("a", when=[EXPRESSIONS[name]], waives=("Destructive",))
    asked = [Request(r.principal, "delete", r.resource, context=r.context) for r in REQUESTS]
    assert not differences(program(waiver), FACTS, asked)


NEVER_FAST = {"path under nothing", "under no host", "least", "most", "mean", "unguarded"}


@pytest.mark.parametrize("name", sorted(EXPRESSIONS.keys() - NEVER_FAST))
def test_generated_code_knows_the_operator(name: str) -> None:
    engine = CompiledEngine(program(rule("a", when=[EXPRESSIONS[name]])), FACTS, ANYONE)
    assert any(served(engine, request) for request in REQUESTS)


def test_a_root_that_is_not_there_is_no_fact() -> None:
    """`args` of an operation without that parameter, under every connective."""
    nothing = compare("==", of("amount", DECIMAL, "args"), number(1))
    for expr in (nothing, ir.Or((nothing, STAGE_IS_DEV)), ir.And((STAGE_IS_DEV, nothing))):
        for effect in ("allow", "deny", "require_approval"):
            assert not differences(program(rule("a", effect, when=[expr])), FACTS, REQUESTS)


def test_values_of_the_wrong_type_are_no_values() -> None:
    odd: list[Any] = [None, 1, 1.5, "x", True, [1], ["x", 1], {"type": "Doc", "id": "d"}, [[]]]
    rules = program(*(rule(name, when=[expr]) for name, expr in EXPRESSIONS.items()))
    for name in DOC:
        asked = [
            Request("ann", "edit", Resource("Doc", "new", attributes={**DOC, name: value}))
            for value in odd
        ]
        assert not differences(rules, NOTHING_KNOWN, asked, times=1)
