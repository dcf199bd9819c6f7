"""A small program and its facts, in the waist's own records, for tests of the graph."""

from __future__ import annotations

from policylang.ir.expressions import (
    Const,
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
    Limit,
    Mode,
    Operation,
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
from policylang.ir.types import BOOL, INT, EnumOf, Field
from policylang.model.facts import Facts, PrincipalFacts, ResourceFacts

ALLOW, DENY = Ruling("allow"), Ruling("deny")
ASK = Ruling("require_approval", Requirement())
STAGES = EnumOf(("dev", "staging", "prod"))
EVERYWHERE = Where()
AGENT, ANYONE = WhoKind("agent"), WhoAnyone()
DEVELOPER, SRE = WhoRole("Developer"), WhoRole("SRE")


def risk(name: str, mode: Mode, floor: Ruling = ALLOW, agents: Ruling | None = None) -> Risk:
    return Risk(name, mode, DENY, floor, agents)


RISKS = (
    risk("Destructive", "deterministic", ASK),
    risk("External", "deterministic"),
    risk("Permissions", "deterministic", ALLOW, DENY),
    risk("Read", "adaptive"),
    risk("Write", "adaptive"),
)
MODES = {one.name: one.mode for one in RISKS}


def operation(name: str, type_: str, *risks: str, confers: tuple[str, ...] = ()) -> Operation:
    strict = any(MODES[one] == "deterministic" for one in risks)
    mode: Mode = "deterministic" if strict else "adaptive"
    return Operation(name, type_, (), tuple(sorted(risks)), mode, confers=confers)


def when(text: str, kind: str = "when") -> Clause:
    """A guard that is true; its text is what the graph shows."""
    return Clause(kind, Const(kind == "when", BOOL), text)  # type: ignore[arg-type]


def rule(
    name: str,
    effect: VerdictName,
    who: Who | tuple[Who, ...],
    what: What | tuple[What, ...],
    where: Where | tuple[Where, ...] = EVERYWHERE,
    *clauses: Clause,
    requirement: Requirement | None = None,
    waives: tuple[str, ...] = (),
    because: str = "",
    reads_signal: bool = False,
) -> Rule:
    return Rule(
        id=f"acme/{name}",
        name=name,
        effect=effect,
        who=who if isinstance(who, tuple) else (who,),
        what=what if isinstance(what, tuple) else (what,),
        where=where if isinstance(where, tuple) else (where,),
        clauses=clauses,
        requirement=requirement,
        obligations=(),
        waives=waives,
        because=because,
        reads_signal=reads_signal,
        at=f"prod.pol:{len(name)}:1",
    )


def program(
    rules: tuple[Rule, ...],
    *,
    roles: tuple[Role, ...] = (),
    types: tuple[ResourceType, ...] = (),
    operations: tuple[Operation, ...] = (),
    principals: tuple[PrincipalDecl, ...] = (),
    limits: tuple[Limit, ...] = (),
    risks: tuple[Risk, ...] = RISKS,
) -> Program:
    return Program(
        name="acme",
        modules=("acme",),
        risks=risks,
        roles=roles,
        resource_types=types,
        operations=tuple(sorted(operations, key=lambda o: (o.resource_type, o.name))),
        principal_attributes=(),
        context=(),
        labels=(),
        signals=(),
        principals=principals,
        entities=(),
        rules=tuple(sorted(rules, key=lambda r: r.id)),
        limits=limits,
        proves=(),
        tools=(),
        tests=(),
    )


ROLES = (
    Role("Admin", (), ("Admin",)),
    Role("Developer", ("Staff",), ("Developer", "Staff"), "Writes code."),
    Role("SRE", ("Staff",), ("SRE", "Staff")),
    Role("Staff", (), ("Staff",)),
)
TYPES = (
    ResourceType("Account", (), ()),
    ResourceType("Database", ("Environment",), ()),
    ResourceType("Environment", ("Account",), (Field("stage", STAGES),)),
    ResourceType("Mailbox", (), ()),
)
OPERATIONS = (
    operation("describe", "Environment", "Read"),
    operation("deploy", "Environment", "Write"),
    operation("delete", "Environment", "Destructive"),
    operation("query", "Database", "Read"),
    operation("drop", "Database", "Destructive"),
    operation("send", "Mailbox", "External"),
    operation("assume_admin", "Account", "Write", confers=("Admin",)),
    operation("grant", "Account", "Permissions"),
)
PRINCIPALS = (
    PrincipalDecl("ana", "human", ("SRE",), ()),
    PrincipalDecl("kiro", "agent", ("Developer",), ()),
)
PROD = when("resource.stage == prod")
RULES = (
    rule("read_all", "allow", WhoRole("Staff"), WhatRisk("Read")),
    rule(
        "deploy",
        "allow",
        DEVELOPER,
        WhatOperation("deploy"),
        Where("Environment"),
        when("resource.stage == prod", "unless"),
    ),
    rule(
        "rebuild_prod",
        "require_approval",
        AGENT,
        WhatRisk("Destructive"),
        Where("Environment"),
        PROD,
        requirement=Requirement(("SRE",), 2, 1800),
        because="Rebuilding production is a decision for two people.",
    ),
    rule("no_permissions", "deny", AGENT, WhatRisk("Permissions"), because="None, ever."),
    rule("clean_up", "allow", SRE, WhatOperation("delete"), Where("Environment")),
    rule("escalate", "allow", DEVELOPER, WhatOperation("assume_admin"), Where("Account")),
    rule("admin_drops", "allow", WhoRole("Admin"), WhatOperation("drop"), Where("Database")),
    rule("bot_sends", "allow", WhoId("mail-bot"), WhatOperation("send"), Where("Mailbox", "ops")),
)
LIMITS = (
    Limit(
        id="acme/few",
        name="few",
        who=AGENT,
        what=WhatRisk("Destructive"),
        where=Where(),
        maximum=Const(3, INT),
        amount=None,
        window=3600 * 10**9,
        each="principal",
        then=DENY,
        clauses=(),
        at="prod.pol:40:1",
    ),
)
STORY = program(
    RULES, roles=ROLES, types=TYPES, operations=OPERATIONS, principals=PRINCIPALS, limits=LIMITS
)
FACTS = Facts(
    [
        ResourceFacts("Environment", "eu", parents=(("Account", "7"),)),
        ResourceFacts("Environment", "us", parents=(("Account", "8"),)),
        ResourceFacts("Database", "users", parents=(("Environment", "eu"),)),
    ],
    [
        PrincipalFacts("ana", "human", ("SRE",)),
        PrincipalFacts("kiro", "agent", ("Developer",)),
        PrincipalFacts("bob", "human", ("Developer",)),
    ],
)
ANYTHING = WhatAnything()
