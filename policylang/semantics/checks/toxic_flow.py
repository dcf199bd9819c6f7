"""A path by which an agent can see private data, read untrusted content and send outside in one
session: with the three together, a stranger's words can carry private data out.

Followed for every role, declared agent and `any agent`: operations that taint `private` and
`untrusted` and those of class `External` that it may do. A `deny` of the sending that asks only for
those labels closes the path.
"""

from __future__ import annotations

from collections.abc import Iterator

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.ir import expressions as ir
from policylang.ir.program import Operation, Program, Rule
from policylang.semantics.checks.contradictions import conjuncts
from policylang.semantics.checks.scopes import Scopes, covers_operation, name_of
from policylang.semantics.places import Places

CODE = "P0409"
Grant = tuple[Rule, Operation]


def check(program: Program, places: Places) -> Iterator[Diagnostic]:
    if not {"private", "untrusted"} <= set(program.labels):
        return
    scopes = Scopes(program)
    grants = [
        (rule, operation)
        for rule in program.rules
        if rule.effect == "allow" and any(scopes.can_cover_agent(who) for who in rule.who)
        for operation in scopes.reached(rule)
    ]
    warned: set[str] = set()
    for who in _actors(program):
        mine = [grant for grant in grants if _covered(scopes, grant[0], who)]
        flow = _flow(program, scopes, who, mine)
        if flow is not None and flow[2][0].id not in warned:
            warned.add(flow[2][0].id)
            yield _diagnostic(places, who, *flow)


def _actors(program: Program) -> Iterator[ir.Who]:
    yield ir.WhoKind("agent")
    yield from (ir.WhoId(p.id) for p in program.principals if p.kind == "agent")
    yield from (ir.WhoRole(role.name) for role in program.roles)


def _covered(scopes: Scopes, rule: Rule, who: ir.Who) -> bool:
    outer = rule.who
    if any(scopes.covers_who(item, who) for item in outer):
        return True
    return not isinstance(who, ir.WhoKind) and ir.WhoKind("agent") in outer


def _flow(
    program: Program, scopes: Scopes, who: ir.Who, grants: list[Grant]
) -> tuple[Grant, Grant, Grant] | None:
    seen = {
        label: next((grant for grant in grants if label in grant[1].taints), None)
        for label in ("private", "untrusted")
    }
    private, untrusted = seen["private"], seen["untrusted"]
    if private is None or untrusted is None:
        return None
    for grant in grants:
        if "External" in grant[1].risks and not _closed(program, scopes, who, grant[1]):
            return private, untrusted, grant
    return None


def _closed(program: Program, scopes: Scopes, who: ir.Who, operation: Operation) -> bool:
    """Whether a `deny` stops the sending once the session saw both."""
    return any(
        rule.effect == "deny"
        and _covered(scopes, rule, who)
        and any(covers_operation(what, operation) for what in rule.what)
        and any(w in (ir.Where(), ir.Where(operation.resource_type)) for w in rule.where)
        and all(
            true and isinstance(expr, ir.SessionSaw) and expr.label in ("private", "untrusted")
            for clause in rule.clauses
            for expr, true in conjuncts(clause.expr, clause.kind == "when")
        )
        for rule in program.rules
    )


def _diagnostic(
    places: Places, who: ir.Who, private: Grant, untrusted: Grant, sending: Grant
) -> Diagnostic:
    source, span = places.of("rule", sending[0].id) or (None, None)
    steps = [f"`{op.name}` on `{op.resource_type}`" for _, op in (private, untrusted, sending)]
    roles = "an agent in " if isinstance(who, ir.WhoRole) else ""
    return Diagnostic(
        CODE,
        "warning",
        f"{roles}`{name_of(who)}` can see private data ({steps[0]}), read untrusted content "
        f"({steps[1]}) and send outside ({steps[2]}) in one session",
        source,
        span,
        "lets it out",
        "deny any agent to any External on any when session saw private and session saw untrusted",
    )
