"""Random programs of the IR, facts and requests, well-formed and odd alike.

Unlike the text generator's, these programs need not pass `check`: guards read what may be missing
or undeclared, since engines have to agree on what goes wrong as well.
"""

from __future__ import annotations

from random import Random
from typing import Any

from msgspec import structs

from policylang.ir import expressions as ir
from policylang.ir.program import (
    Clause,
    Limit,
    Obligation,
    Operation,
    Program,
    Requirement,
    ResourceType,
    Risk,
    Role,
    Rule,
    Ruling,
)
from policylang.model.facts import Facts, PrincipalFacts, ResourceFacts
from policylang.model.request import Event, Principal, Request, Resource, freeze
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
    EnumOf,
    Field,
    ResourceOf,
    SetOf,
    Type,
)

STAGE = EnumOf(("dev", "staging", "prod"))
TAGS = SetOf(STRING)
STAGES = SetOf(STAGE)
NUMBERS = SetOf(INT)
FOLDER = ResourceOf("Folder")
FOLDERS = SetOf(FOLDER)
SECOND = 1_000_000_000

DOC = (
    Field("stage", STAGE),
    Field("path", PATH),
    Field("name", STRING),
    Field("count", INT),
    Field("note", STRING, optional=True),
    Field("open", BOOL, default=True),
    Field("price", DECIMAL, optional=True),
    Field("tags", TAGS),
    Field("stages", STAGES, optional=True),
    Field("numbers", NUMBERS, optional=True),
    Field("owner", FOLDER, optional=True),
    Field("links", FOLDERS, optional=True),
    Field("address", IP, optional=True),
    Field("url", URL, optional=True),
    Field("made", TIME, optional=True),
)
FOLDER_FIELDS = (Field("name", STRING), Field("open", BOOL, default=False))
ORG_FIELDS = (Field("country", STRING, optional=True),)
PRINCIPAL = (
    Field("team", STRING, optional=True),
    Field("level", INT),
    Field("groups", FOLDERS, optional=True),
    Field("home", FOLDER, optional=True),
)
CONTEXT = (Field("ticket", STRING, optional=True), Field("stage", STAGE), Field("risk", INT))
SIGNALS = (Field("anomaly", DECIMAL),)
PAY = (Field("amount", DECIMAL), Field("to", STRING, optional=True))
ROOTS: dict[str, tuple[Field, ...]] = {
    "resource": DOC,
    "principal": PRINCIPAL,
    "context": (Field("time", TIME), *CONTEXT),
    "signal": SIGNALS,
    "args": PAY,
}
APPROVE = Ruling("require_approval", Requirement())
TWO = Ruling("require_approval", Requirement(("Boss",), 2, 600))
RISKS = (
    Risk("Destructive", "deterministic", Ruling("deny"), APPROVE),
    Risk("Financial", "deterministic", TWO, APPROVE),
    Risk("Permissions", "deterministic", Ruling("deny"), Ruling("allow"), Ruling("deny")),
    Risk("Read", "adaptive", Ruling("allow"), Ruling("allow")),
    Risk("Shared", "adaptive", APPROVE, TWO, Ruling("require_approval", Requirement(("Dev",)))),
    Risk("Unknown", "deterministic", Ruling("deny"), APPROVE),
    Risk("Write", "adaptive", Ruling("deny"), Ruling("allow")),
)
ROLES = (
    Role("Boss", ("Dev",), ("Boss", "Dev", "Staff")),
    Role("Dev", ("Staff",), ("Dev", "Staff")),
    Role("Guest", (), ("Guest",)),
    Role("Staff", (), ("Staff",)),
)
TYPES = (
    ResourceType("Doc", ("Folder", "Org"), DOC),
    ResourceType("Folder", ("Folder", "Org"), FOLDER_FIELDS),
    ResourceType("Org", (), ORG_FIELDS),
)


def _operations() -> tuple[Operation, ...]:
    found = [
        Operation("pay", "Doc", PAY, ("Financial", "Write"), "deterministic"),
        Operation("edit", "Doc", (), ("Write",), "adaptive"),
    ]
    for type_name in ("Doc", "Folder", "Org"):
        found += [
            Operation("change", type_name, (), ("Permissions",), "deterministic"),
            Operation("delete", type_name, (), ("Destructive", "Write"), "deterministic"),
            Operation("read", type_name, (), ("Read",), "adaptive"),
            Operation("share", type_name, PAY[1:], ("Shared", "Write"), "adaptive"),
        ]
    return tuple(found)


OPERATIONS = _operations()
PATHS = ("/a", "/a/b", "/a/../a/b/c", "x/y", "../up", "/a//b/", "/srv/one.txt")
NAMES = ("one", "two", "three", "a*b", "é")
IDS = ("d1", "d2", "f1", "f2", "o1", "x9")
PEOPLE = ("ann", "bob", "cyd", "dee", "eve")
TIMES = ("2025-01-01T00:00:00Z", "2025-01-01T00:30:00Z", "2025-01-01T01:00:00+00:30", "2030-01-01T00:00:00Z")  # fmt: skip # noqa: E501
PATTERNS = ("*", "one*", "*one", "*/b*", "/a*", "?ne", "a\\*b", "two", "**e", "/a/*/c", "")


class Draw:
    """Random programs, facts and requests from one source of choices.

    `oddity` is how often a fact is absent, of the wrong type or undeclared.
    """

    def __init__(self, random: Random, oddity: float = 0.08) -> None:
        self.random = random
        self.oddity = oddity
        self.variables: list[ir.Var] = []
        self.in_event = False

    def one(self, options: Any) -> Any:
        return self.random.choice(options)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def some(self, options: Any, most: int) -> list[Any]:
        return self.random.sample(options, self.random.randint(0, min(most, len(options))))

    # ── values on the wire ───────────────────────────────────────────────────────────────

    def value(self, type_: Type) -> Any:
        match type_:
            case EnumOf(members):
                return self.one(members)
            case SetOf(element):
                return [self.value(element) for _ in range(self.random.randint(0, 3))]
            case ResourceOf(name):
                return {"type": name, "id": self.one(IDS)}
        return self.one(_POOLS[type_.name])

    def raw(self, type_: Type) -> Any:
        """Mostly a value of the type."""
        if not self.chance(self.oddity):
            return self.value(type_)
        return self.one((None, 7, "odd", True, ["one", 3], {"type": "Doc"}, [{"a": "b"}], 1.5))

    def facts_for(self, fields: tuple[Field, ...]) -> dict[str, Any]:
        required, other = 1 - self.oddity, max(0.5, 1 - 2 * self.oddity)
        found = {}
        for field in fields:
            if self.chance(other if field.optional or field.default is not None else required):
                found[field.name] = self.raw(field.type)
        if self.chance(self.oddity / 5):
            found["undeclared"] = 1
        return found

    # ── expressions ──────────────────────────────────────────────────────────────────────

    def constant(self, type_: Type) -> ir.Expr:
        match type_:
            case SetOf(ResourceOf()):
                return ir.Attr(ir.Root("resource"), "links", FOLDERS)
            case SetOf(element):
                items = tuple(self.constant(element) for _ in range(self.random.randint(0, 3)))
                return ir.ConstSet(items, type_)  # type: ignore[arg-type]
            case ResourceOf(name):
                return ir.ResourceConst(name, self.one(IDS))
            case EnumOf(members):
                return ir.Const(self.one(members), type_)
        return ir.Const(self.one(_CONSTANTS[type_.name]), type_)

    def operand(self, type_: Type) -> ir.Expr:
        """A fact of that type, sometimes a constant."""
        sources: list[ir.Expr] = [var for var in self.variables if var.type == type_]
        for root, fields in ROOTS.items():
            name = f"event_{root}" if self.in_event and root in _EVENT_ROOTS else root
            base = ir.Root(name)  # type: ignore[arg-type]
            sources += [ir.Attr(base, f.name, type_) for f in fields if f.type == type_]
        if type_ == STRING:
            sources += [ir.Identity(ir.Root("principal")), ir.Identity(ir.Root("resource"))]
            sources += [ir.Attr(self.folder(), "name", STRING)]
        if type_ == BOOL:
            sources += [ir.Attr(self.folder(), "open", BOOL)]
        if type_ == FOLDER:
            sources += [self.folder()]
        if type_ == INT:
            sources += [ir.Size(self.operand(TAGS)), ir.Blast(self.folder())]
            sources += [ir.Size(self.operand(STRING))] if self.chance(0.3) else []
        if not sources or self.chance(0.15):
            return self.constant(type_)
        return self.one(sources)

    def folder(self) -> ir.Expr:
        base = ir.Root("resource")
        roll = self.random.random()
        if roll < 0.5:
            return ir.Parent(base, "Folder")
        if roll < 0.6:
            return ir.Parent(ir.Parent(base, "Folder"), "Folder")
        if roll < 0.8:
            return ir.Attr(base, "owner", FOLDER)
        return ir.Attr(ir.Root("principal"), "home", FOLDER) if roll < 0.9 else ir.ResourceConst("Folder", self.one(IDS))  # fmt: skip # noqa: E501

    def test(self, depth: int) -> ir.Expr:
        """A Bool."""
        if depth and self.chance(0.45):
            return self.connective(depth - 1)
        return getattr(self, "test_" + self.one(_TESTS))()

    def connective(self, depth: int) -> ir.Expr:
        kind = self.one(("and", "and", "or", "not"))
        if kind == "not":
            return ir.Not(self.test(depth))
        parts = tuple(self.test(depth) for _ in range(self.random.randint(2, 3)))
        return ir.And(parts) if kind == "and" else ir.Or(parts)

    def test_equal(self) -> ir.Expr:
        type_ = self.one((STAGE, STRING, INT, PATH, BOOL, FOLDER, TAGS, STAGES, NUMBERS, IP))
        left, right = self.operand(type_), self.operand(type_)
        if self.chance(0.6):
            right = self.constant(type_)
        return ir.Compare(self.one(("==", "==", "!=")), left, right)

    def test_id(self) -> ir.Expr:
        root, ids = self.one((("principal", PEOPLE), ("resource", IDS)))
        constant = ir.Const(self.one(ids), STRING)
        return ir.Compare("==", ir.Identity(ir.Root(root)), constant)

    def test_order(self) -> ir.Expr:
        type_ = self.one((INT, DECIMAL, STRING, TIME))
        return ir.Compare(
            self.one(("<", "<=", ">", ">=")), self.operand(type_), self.constant(type_)
        )

    def test_arith(self) -> ir.Expr:
        type_ = self.one((INT, DECIMAL))
        left = ir.Arith(self.one("+-*"), self.operand(type_), self.operand(type_), type_)
        return ir.Compare("<", left, self.constant(type_))

    def test_in(self) -> ir.Expr:
        element, whole = self.one(((STRING, TAGS), (STAGE, STAGES), (INT, NUMBERS), (FOLDER, FOLDERS)))  # fmt: skip # noqa: E501
        if self.chance(0.5):
            return ir.In(self.operand(element), self.constant(whole))
        return ir.In(self.operand(element), self.operand(whole))

    def test_has(self) -> ir.Expr:
        if self.chance(0.2):
            return ir.HasParent(ir.Root("resource"), self.one(("Folder", "Org")))
        if self.chance(0.1):
            return ir.Has(self.folder(), self.one(("name", "country")))
        root = self.one(tuple(ROOTS))
        return ir.Has(ir.Root(root), self.one(ROOTS[root]).name)

    def test_guarded(self) -> ir.Expr:
        root = self.one(tuple(ROOTS))
        field = self.one(ROOTS[root])
        base = ir.Root(root)  # type: ignore[arg-type]
        has: ir.Expr = ir.Has(base, field.name)
        test: ir.Expr = ir.Compare(
            "==", ir.Attr(base, field.name, field.type), self.constant(field.type)
        )
        if self.chance(0.3):
            return ir.Or((test, ir.Not(has)))
        return ir.And((has, test) if self.chance(0.5) else (test, has))

    def test_like(self) -> ir.Expr:
        type_ = self.one((STRING, PATH))
        pattern = ir.Const(self.one(PATTERNS), STRING)
        return ir.Like(self.operand(type_), pattern if self.chance(0.9) else self.operand(STRING))

    def test_text(self) -> ir.Expr:
        return ir.ContainsText(self.operand(STRING), self.operand(STRING))

    def test_under(self) -> ir.Expr:
        sort = self.one(("path", "ip", "domain", "resource", "resource"))
        if sort == "path":
            return ir.Under(sort, self.operand(PATH), self.operand(PATH))
        if sort == "ip":
            return ir.Under(sort, self.operand(IP), ir.Const("10.0.0.0/8", CIDR))
        if sort == "domain":
            left = self.operand(self.one((URL, STRING)))
            return ir.Under(sort, left, ir.Const(self.one(("example.org", "é.org", "-")), STRING))
        left = ir.Root("resource") if self.chance(0.5) else self.folder()
        return ir.Under("resource", left, self.folder())

    def test_who(self) -> ir.Expr:
        base = ir.Root("event_principal" if self.in_event and self.chance(0.5) else "principal")
        if self.chance(0.5):
            return ir.InRole(base, self.one(ROLES).name)
        return ir.IsKind(base, self.one(("agent", "human", "service")))

    def test_saw(self) -> ir.Expr:
        return ir.SessionSaw(self.one(("private", "untrusted")))

    def test_quantified(self) -> ir.Expr:
        whole, element = self.one(((TAGS, STRING), (STAGES, STAGE), (NUMBERS, INT), (FOLDERS, FOLDER)))  # fmt: skip # noqa: E501
        var = ir.Var(f"x#{len(self.variables)}", element)
        items = self.operand(whole)
        self.variables.append(var)
        body: ir.Expr
        if element == FOLDER and self.chance(0.7):
            body = ir.Under("resource", var, self.folder())
        elif self.chance(0.5):
            body = ir.Compare("==", var, self.operand(element))
        else:
            body = self.test(1)
        self.variables.pop()
        return ir.Quantified(self.one(("any", "any", "all")), var.name, items, body)

    def test_bool(self) -> ir.Expr:
        return self.operand(BOOL)

    # ── history ──────────────────────────────────────────────────────────────────────────

    def test_history(self) -> ir.Expr:
        if self.in_event:
            return self.test_bool()
        window = self.one((60, 1800, 10**9)) * SECOND
        kind = self.one(("formerly", "previous", "since", "count", "sum", "min"))
        if kind == "formerly":
            return ir.Formerly(self.pattern(), window)
        if kind == "previous":
            return ir.Previous(self.pattern(), window)
        if kind == "since":
            held: ir.Expr = ir.Formerly(self.pattern(), None if self.chance(0.7) else window)
            return ir.Since(ir.Not(held) if self.chance(0.5) else held, self.pattern(), window)
        value = None if kind == "count" else ir.Attr(ir.Root("event_args"), "amount", DECIMAL)
        total = ir.Aggregate(kind, value, self.pattern(), window, DECIMAL)
        return ir.Compare(">=", total, ir.Const(self.one((0, 1, 2)), INT))

    def pattern(self) -> ir.EventPattern:
        self.in_event = True
        guard = self.test(1) if self.chance(0.4) else None
        self.in_event = False
        on_resource, by_principal = self.chance(0.3), self.chance(0.3)
        return ir.EventPattern(
            self.one(("done", "done", "failed", "approved")),
            self.what(),
            on_resource,
            None if on_resource or self.chance(0.5) else self.where(),
            by_principal,
            None if by_principal or self.chance(0.5) else self.who(),
            guard,
        )

    # ── rules ────────────────────────────────────────────────────────────────────────────

    def who(self) -> ir.Who:
        return self.one(
            (
                ir.WhoAnyone(),
                ir.WhoAnyone(),
                ir.WhoKind(self.one(("agent", "human", "service"))),
                ir.WhoRole(self.one(ROLES).name),
                ir.WhoId(self.one(PEOPLE)),
            )
        )

    def what(self) -> ir.What:
        if self.chance(0.4):
            return ir.WhatAnything()
        if self.chance(0.5):
            return ir.WhatRisk(self.one(RISKS).name)
        return ir.WhatOperation(self.one(OPERATIONS).name)

    def where(self) -> ir.Where:
        if self.chance(0.4):
            return ir.Where()
        type_name = self.one((None, "Doc", "Doc", "Folder"))
        id = self.one(IDS) if type_name and self.chance(0.3) else None
        under = ir.ResourceConst(self.one(("Folder", "Org")), self.one(IDS))
        return ir.Where(type_name, id, under if self.chance(0.4) else None)

    def clauses(self, most: int = 2) -> tuple[Clause, ...]:
        kinds = ("when", "when", "unless")
        return tuple(
            Clause(self.one(kinds), self.test(2), "") for _ in range(self.random.randint(0, most))
        )

    def rule(self, number: int) -> Rule:
        effect = self.one(("allow", "allow", "allow", "deny", "require_approval"))
        waives = effect == "allow" and self.chance(0.25)
        requirement = Requirement(
            tuple(sorted(self.some(["Boss", "Dev", "Guest"], 2))),
            self.random.randint(1, 3),
            self.one((60, 600, 3600)),
        )
        return Rule(
            f"m/r{number:03}",
            None,
            effect,
            tuple(self.who() for _ in range(self.one((1, 1, 2)))),
            tuple(self.what() for _ in range(self.one((1, 1, 2)))),
            tuple(self.where() for _ in range(self.one((1, 1, 2)))),
            self.clauses(),
            requirement if effect == "require_approval" else None,
            tuple(Obligation(name) for name in self.some(["log", "snapshot"], 1)),
            ("Destructive",) if waives else (),
            self.one(("", "Because.")),
            self.chance(0.2),
            f"m.pol:{number}:1",
        )

    def limit(self, number: int) -> Limit:
        amount: ir.Expr | None = None
        if self.chance(0.5):
            amount = self.operand(self.one((INT, DECIMAL)))
        return Limit(
            f"m/s{number:03}",
            None,
            self.who(),
            self.what(),
            self.where(),
            ir.Const(self.one((0, 1, 2, 100)), INT),
            amount,
            self.one((60, 3600, 10**8)) * SECOND,
            self.one(("principal", "session", "resource", "total")),
            self.one((Ruling("deny"), TWO, Ruling("allow"))),
            self.clauses(1),
            f"m.pol:9{number}:1",
        )

    def program(self) -> Program:
        rules = tuple(self.rule(number) for number in range(self.random.randint(0, 12)))
        limits = tuple(self.limit(n) for n in range(self.one((0, 0, 1, 2))))
        return Program(
            "m", ("m",), RISKS, ROLES, TYPES, OPERATIONS, PRINCIPAL, CONTEXT,
            ("private", "untrusted"), SIGNALS, (), (), rules, limits, (), (), (),
        )  # fmt: skip

    # ── crowds: many rules that differ in little ─────────────────────────────────────────

    def crowded_program(self, rules: int = 80) -> Program:
        """Rules with plain tests, most of which can be filed, on few operations."""
        crowd = []
        for number in range(rules):
            rule = self.rule(number)
            guards = [Clause("when", self.plain_test(), "") for _ in range(self.one((0, 1, 1, 2)))]
            what = (self.one((ir.WhatOperation("pay"), ir.WhatAnything(), ir.WhatRisk("Write"))),)
            under = ir.ResourceConst("Folder", self.one(IDS))
            wheres = ((), ("Doc",), ("Doc", self.one(IDS)), (None, None, under))
            where = ir.Where(*self.one(wheres))
            waives = rule.waives if self.chance(0.02) else ()
            crowd.append(
                structs.replace(
                    rule, clauses=tuple(guards), what=what, where=(where,), waives=waives
                )
            )
        return structs.replace(self.program(), rules=tuple(crowd), limits=())

    def plain_test(self) -> ir.Expr:
        kind = self.one(("id", "equal", "equal", "in", "like", "has", "who", "saw"))
        root = self.one(("resource", "resource", "args", "context", "principal"))
        simple = (STAGE, STRING, INT, PATH)
        field = self.one([f for f in ROOTS[root] if f.type in simple] or [ROOTS["resource"][0]])
        base = ir.Root(root if field in ROOTS[root] else "resource")  # type: ignore[arg-type]
        fact = ir.Attr(base, field.name, field.type)
        if kind == "equal" or (kind in ("in", "like") and field.optional):
            test: ir.Expr = ir.Compare("==", fact, self.constant(field.type))
            return ir.And((ir.Has(base, field.name), test)) if field.optional else test
        if kind == "in":
            items = tuple(self.constant(field.type) for _ in range(self.random.randint(0, 2)))
            return ir.In(fact, ir.ConstSet(items, SetOf(field.type)))  # type: ignore[arg-type]
        if kind == "like" and field.type in (STRING, PATH):
            return ir.Like(fact, ir.Const(self.one(PATTERNS), STRING))
        return getattr(self, "test_" + (kind if kind in ("id", "has", "who", "saw") else "id"))()

    def plain_request(self) -> Request:
        """One that the fast path serves."""
        told = self.facts_for(DOC)
        parents = [self.resource("Folder", 1)] if self.chance(0.2) else []
        resource = Resource("Doc", self.one(IDS), parents=parents, attributes=told)
        roles = self.some([role.name for role in ROLES], 2)
        kind = self.one((None, "agent", "human", "service"))
        principal = Principal(self.one(PEOPLE), kind, roles, self.facts_for(PRINCIPAL))
        return Request(
            principal,
            "pay",
            resource,
            args=self.facts_for(PAY),
            context=self.facts_for((*CONTEXT, Field("time", TIME))),
            signals=self.facts_for(SIGNALS),
            labels=self.some(["private", "untrusted"], 2),
        )

    # ── facts and requests ───────────────────────────────────────────────────────────────

    def facts(self) -> Facts:
        if self.chance(0.2):
            return Facts()
        return Facts(self._resources(), self._principals())

    def _resources(self) -> list[ResourceFacts]:
        # Parents are of a later id, so that nothing contains itself.
        keys = [("Doc", "d1"), ("Doc", "d2"), ("Folder", "f1"), ("Folder", "f2"), ("Org", "o1")]
        found = []
        for position, (type_name, id) in enumerate(keys):
            if self.chance(0.7):
                above = [key for key in keys[position + 1 :] if key[0] != "Doc"]
                fields = {"Doc": DOC, "Folder": FOLDER_FIELDS, "Org": ORG_FIELDS}[type_name]
                told = {k: v for k, v in self.facts_for(fields).items() if k != "undeclared"}
                if self.chance(0.2):
                    told = {}
                found.append(
                    ResourceFacts(type_name, id, freeze(told, ""), tuple(self.some(above, 2)))
                )
        return found

    def _principals(self) -> list[PrincipalFacts]:
        found = []
        for id in PEOPLE[:4]:
            if self.chance(0.6):
                told = {k: v for k, v in self.facts_for(PRINCIPAL).items() if k != "undeclared"}
                roles = tuple(self.some([role.name for role in ROLES], 2))
                kind = self.one(("agent", "human", "service", None))
                found.append(
                    PrincipalFacts(id, kind, roles if self.chance(0.7) else None, freeze(told, ""))
                )
        return found

    def principal(self) -> Principal:
        roles = self.some([*(role.name for role in ROLES), "Nobody"], 2) if self.chance(0.4) else ()
        kind = self.one((None, None, None, "agent", "human", "service"))
        told = self.facts_for(PRINCIPAL) if self.chance(0.5 if self.oddity else 1) else {}
        return Principal(self.one(PEOPLE), kind, roles, told)

    def resource(self, type_name: str, depth: int = 2) -> Resource:
        fields = {"Doc": DOC, "Folder": FOLDER_FIELDS, "Org": ORG_FIELDS}.get(type_name, ())
        told = self.facts_for(fields) if self.chance(0.8 if self.oddity else 1) else {}
        parents = []
        if depth and self.chance(0.3):
            names = self.some(["Folder", "Folder", "Org"], 2)
            parents = [self.resource(name, depth - 1) for name in names]
        return Resource(type_name, self.one(IDS), parents=parents, attributes=told)

    def event(self) -> Event:
        operation = self.one(OPERATIONS)
        args = self.facts_for(operation.parameters) if operation.parameters else {}
        behalf = [self.principal()] if self.chance(0.2) else []
        return Event(
            self.principal(),
            operation.name,
            self.resource(operation.resource_type, 1),
            time=self.one(TIMES) if self.chance(0.97) else "soon",
            args=args,
            outcome=self.one(("done", "done", "approved", "failed")),
            on_behalf_of=behalf,
        )

    def request(self) -> Request:
        told: dict[str, Any] = {
            "context": self.facts_for((*CONTEXT, Field("time", TIME))),
            "signals": self.facts_for(SIGNALS),
            "labels": self.some(["private", "untrusted"], 2),
        }
        if self.chance(0.15):
            told["on_behalf_of"] = [self.principal() for _ in range(self.random.randint(1, 2))]
        if self.chance(0.2):
            told["history"] = [self.event() for _ in range(self.random.randint(1, 5))]
        if self.chance(0.02):
            told["labels"] = ["odd"]
        if self.chance(0.05):
            return Request(self.principal(), action={"kind": "shell", "command": "ls"}, **told)
        operation = self.one(OPERATIONS)
        type_name = operation.resource_type if self.chance(0.98) else self.one(("Org", "Car"))
        args = self.facts_for(operation.parameters) if operation.parameters else {}
        return Request(
            self.principal(), operation.name, self.resource(type_name), args=args, **told
        )


_EVENT_ROOTS = ("principal", "resource", "args")
_TESTS = (
    "equal", "equal", "equal", "id", "order", "arith", "in", "in", "has", "guarded", "guarded",
    "like", "text", "under", "under", "who", "saw", "quantified", "bool", "history",
)  # fmt: skip
_POOLS: dict[str, Any] = {
    "Bool": (True, False),
    "Int": (0, 1, 2, 7, -3),
    "Decimal": (0, 1, 3, "0.5", "2.50"),
    "String": NAMES,
    "Path": PATHS,
    "Ip": ("10.1.2.3", "::ffff:10.0.0.1", "192.168.0.1"),
    "Url": ("https://example.org/x", "http://a.example.org", "https://é.org", "mailto:x"),
    "Time": TIMES,
}
_CONSTANTS: dict[str, Any] = {
    **_POOLS,
    "Decimal": ("0", "1", "0.5", "2.5"),
    "Path": ("/a", "/a/b", "x", "../up"),
    "Ip": ("10.1.2.3", "10.0.0.1"),
    "Time": (1735689600 * SECOND, 1735693200 * SECOND),
}
