"""The fast engine: a plan for each operation and type, made on first use, and a careful path."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from policylang.engines.admission import Schema
from policylang.engines.compiled.careful import record_carefully, refuse
from policylang.engines.compiled.combine import strictest
from policylang.engines.compiled.entries import Catalogue, Subject, subject_of
from policylang.engines.compiled.judge import Judge
from policylang.engines.compiled.known import MEMO, Known
from policylang.engines.compiled.plan import Plan
from policylang.ir.program import Program
from policylang.model.decision import Decider, Decision, Record
from policylang.model.facts import Facts
from policylang.model.request import Principal, Request


def _leave(request: Request, principal: Principal) -> None:
    """Leaves every request to the careful path."""


UNCLASSIFIED = Subject("", "", ("Unknown",))


class CompiledEngine:
    """Decides like the reference engine, without asking rules that cannot match.

    `facts` are all that is known, the declared ones included. Safe for concurrent use.
    """

    decide: Callable[[Request], Decision]
    """The decision on one request. Never raises: what goes wrong inside denies."""

    def __init__(self, program: Program, facts: Facts, decider: Decider) -> None:
        self._program = program
        self._facts = facts
        self._decider = decider
        self._lock = threading.RLock()
        self._judges: dict[str, dict[str, Judge]] = {}
        """By type, then by operation."""
        self._plans: dict[tuple[str, str], Plan] = {}
        self._chains: dict[tuple[Record, ...], Record] = {}
        self._known: Known | None = None
        self._catalogue: Catalogue | None = None
        self.decide = self._decide()

    def decide_many(self, requests: Iterable[Request]) -> list[Decision]:
        """The decisions on many requests, in their order."""
        decide = self.decide
        return [decide(request) for request in requests]

    def _decide(self) -> Callable[[Request], Decision]:
        """`decide` with everything at hand that it needs: looking it up would cost a tenth."""
        judges, record_of, decider = self._judges, self._record, self._decider
        careful = self._carefully

        def decide(request: Request) -> Decision:
            if request.on_behalf_of:
                record = record_of(request)
            else:
                try:
                    judge = judges[request.resource.type][request.operation]
                except KeyError:
                    record = record_of(request)
                else:
                    record = judge(request, request.principal) or careful(request)
            return Decision(record.verdict, record, request, decider)

        return decide

    def _record(self, request: Request) -> Record:
        """Chains, operations that are asked for the first time, and whatever is odd."""
        try:
            judge = self._judge(request)
            if judge is not None:
                links = (request.principal, *request.on_behalf_of)
                records = tuple(judge(request, principal) for principal in links)
                whole = [record for record in records if record is not None]
                if len(whole) == len(links):
                    return self._chained(tuple(whole))
        except Exception:
            pass
        return self._carefully(request)

    def _chained(self, records: tuple[Record, ...]) -> Record:
        if len(records) == 1:
            return records[0]
        chains = self._chains
        found = chains.get(records)
        if found is None:
            if len(chains) >= MEMO:
                chains.clear()
            found = chains[records] = strictest(records)
        return found

    def _carefully(self, request: Request) -> Record:
        try:
            return record_carefully(self.known, request, self._plan)
        except Exception as error:
            return refuse([f"the decision could not be made ({type(error).__name__})"])

    # ── made on first use ────────────────────────────────────────────────────────────────

    @property
    def known(self) -> Known:
        known = self._known
        if known is None:
            with self._lock:
                known = self._known = self._known or self._learn()
        return known

    def _learn(self) -> Known:
        return Known(self._program, Schema(self._program), self._facts)

    def _judge(self, request: Request) -> Judge | None:
        """The judge for the request, or None where there can be none."""
        key = (request.operation, request.resource.type)
        judge = self._judges.get(key[1], {}).get(key[0])
        if judge is None and request.action is None and key in self.known.schema.operations:
            with self._lock:
                judge = self._compiled(request)
                self._judges.setdefault(key[1], {})[key[0]] = judge
        return judge

    def _compiled(self, request: Request) -> Judge:
        try:
            return self._plan(request).judge(self.known)
        except (SyntaxError, RecursionError, MemoryError):
            # Nested deeper than Python compiles.
            return _leave

    def _plan(self, request: Request) -> Plan:
        key = (request.operation, request.resource.type)
        plan = self._plans.get(key)
        return plan if plan is not None else self._new_plan(key, request)

    def _new_plan(self, key: tuple[str, str], request: Request) -> Plan:
        schema = self.known.schema
        unclassified = request.action is not None
        subject = UNCLASSIFIED if unclassified else subject_of(schema.operations[key])
        with self._lock:
            if self._catalogue is None:
                self._catalogue = Catalogue(self._program)
            plan = Plan(schema, self._catalogue, subject)
            return self._plans.setdefault(key, plan)
