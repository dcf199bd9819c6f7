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
    flows = _Flows(program)
    warned: set[str] = set()
    asked: set[frozenset[ir.Who]] = set()
    for who in _actors(program):
        named = flows.named(who)
        if named in asked:
            continue
        asked.add(named)
        flow = flows.of(named)
        if flow is not None and flow[2][0].id not in warned:
            warned.add(flow[2][0].id)
            yield _diagnostic(places, who, *flow)


def _actors(program: Program) -> Iterator[ir.Who]:
    yield ir.WhoKind("agent")
    yield from (ir.WhoId(p.id) for p in program.principals if p.kind == "agent")
    yield from (ir.WhoRole(role.name) for role in program.roles)


class _Flows:
    """Grants by whom they are for, and the rules that close a path."""

    def __init__(self, program: Program) -> None:
        self._scopes = Scopes(program)
        self._grants = [
            (rule, operation)
            for rule in program.rules
            if rule.effect == "allow" and any(self._scopes.can_cover_agent(w) for w in rule.who)
            for operation in self._scopes.reached(rule)
        ]
        self._by_who: dict[ir.Who, list[int]] = {}
        for number, (rule, _) in enumerate(self._grants):
            for who in rule.who:
                self._by_who.setdefault(who, []).append(number)
        self._closing = [
            (frozenset(rule.who), rule)
            for rule in program.rules
            if rule.effect == "deny" and _asks_for_labels_alone(rule)
        ]
        self._named = self._by_who.keys() | {who for whos, _ in self._closing for who in whos}

    def named(self, who: ir.Who) -> frozenset[ir.Who]:
        """Every `who` in the rules that matter which covers this one."""
        wider = self._scopes.wider(who)
        if not isinstance(who, ir.WhoKind):
            wider.add(ir.WhoKind("agent"))
        return frozenset(wider & self._named)

    def of(self, named: frozenset[ir.Who]) -> tuple[Grant, Grant, Grant] | None:
        numbers = sorted({n for who in named for n in self._by_who.get(who, ())})
        grants = [self._grants[number] for number in numbers]
        seen = {
            label: next((grant for grant in grants if label in grant[1].taints), None)
            for label in ("private", "untrusted")
        }
        private, untrusted = seen["private"], seen["untrusted"]
        if private is None or untrusted is None:
            return None
        for grant in grants:
            if "External" in grant[1].risks and not self._closed(named, grant[1]):
                return private, untrusted, grant
        return None

    def _closed(self, named: frozenset[ir.Who], operation: Operation) -> bool:
        """Whether a `deny` stops the sending once the session saw both."""
        return any(
            not named.isdisjoint(whos)
            and any(covers_operation(what, operation) for what in rule.what)
            and any(w in (ir.Where(), ir.Where(operation.resource_type)) for w in rule.where)
            for whos, rule in self._closing
        )


def _asks_for_labels_alone(rule: Rule) -> bool:
    return all(
        true and isinstance(expr, ir.SessionSaw) and expr.label in ("private", "untrusted")
        for clause in rule.clauses
        for expr, true in conjuncts(clause.expr, clause.kind == "when")
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
