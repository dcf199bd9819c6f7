"""A policy that is ready to decide."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.ir.declared import declared_facts
from policylang.ir.program import Program
from policylang.model.decision import Decider, Decision
from policylang.model.facts import Facts
from policylang.model.request import EMPTY, Event, Principal, Request, Resource

if TYPE_CHECKING:
    from policylang.engines.graph import PermissionGraph
    from policylang.inventory import InventorySource

EngineName = Literal["compiled", "reference"]
ENGINES = ("compiled", "reference")


class Engine(Protocol):
    """What decides requests that name an operation, or whose action nobody could classify."""

    def decide(self, request: Request) -> Decision: ...

    def decide_many(self, requests: Iterable[Request]) -> list[Decision]: ...


class Policy:
    """A checked policy with all known facts. Never changed; safe for concurrent use.

    `program` is the policy, `inventory` what is known beside it, `facts` both together, the
    policy's own word first. `diagnostics` are warnings and notes, and the inventory's malformed
    values: each of those is a missing fact to every decision that reads it.
    """

    def __init__(
        self,
        program: Program,
        *,
        inventory: Facts | None = None,
        diagnostics: Iterable[Diagnostic] = (),
        engine: EngineName = "compiled",
        program_digest: str | None = None,
    ) -> None:
        self.program = program
        self.inventory = Facts() if inventory is None else inventory
        self.diagnostics = tuple(diagnostics)
        if engine not in ENGINES:
            raise ValueError(f"there is no engine {engine!r}: choose one of {', '.join(ENGINES)}")
        self.engine: EngineName = engine
        self._program_digest = program_digest
        self._decide: Callable[[Request], Decision] = self._first

    def decide(
        self,
        request: Request | None = None,
        /,
        *,
        principal: Principal | str | None = None,
        operation: str = "",
        resource: Resource | None = None,
        args: Mapping[str, Any] = EMPTY,
        context: Mapping[str, Any] = EMPTY,
        signals: Mapping[str, Any] = EMPTY,
        on_behalf_of: Iterable[Principal | str] = (),
        session: str | None = None,
        labels: Iterable[str] = (),
        history: Iterable[Event] = (),
        action: Mapping[str, Any] | None = None,
    ) -> Decision:
        """The decision on a request, given whole or by its fields.

        What the policy does not know, or cannot evaluate, makes the decision stricter and is named
        in its `errors`. Raises `TypeError` or `ValueError` for fields that no request can have.
        """
        if type(request) is Request and request.action is None:
            return self._decide(request)
        if request is None:
            if principal is None:
                raise TypeError("a request needs a principal")
            request = Request(
                principal,
                operation,
                resource,
                args=args,
                context=context,
                signals=signals,
                on_behalf_of=on_behalf_of,
                session=session,
                labels=labels,
                history=history,
                action=action,
            )
        elif not isinstance(request, Request):
            raise TypeError("decide takes a Request, or a request's fields by name")
        return self._decide(request) if request.action is None else self._decide_action(request)

    def decide_many(self, requests: Iterable[Request]) -> list[Decision]:
        """The decisions on many requests, in their order."""
        listed = list(requests)
        for request in listed:
            if type(request) is not Request or request.action is not None:
                return [self.decide(each) for each in listed]
        return self.deciding.decide_many(listed)

    def explain(self, decision: Decision) -> str:
        """A decision in words: why, what it needs, and what would have to change."""
        from policylang.engines.explain import explain

        return explain(self.program, decision, self.facts)

    def with_inventory(self, inventory: InventorySource) -> Policy:
        """The same policy with other known facts. Raises `PolicyError` where they have errors."""
        from policylang.loader.loading import with_inventory

        return with_inventory(self, inventory)

    @cached_property
    def facts(self) -> Facts:
        """All that is known of resources and principals; what the policy declares wins."""
        return declared_facts(self.program).over(self.inventory)

    @cached_property
    def digest(self) -> str:
        """`sha256:` of what the policy means and of its inventory.

        Under one digest the same request always gives the same decision. Names of files, comments
        and order make no difference.
        """
        meaning = self.program_digest
        if not self.inventory.resources and not self.inventory.principals:
            return meaning
        both = f"{meaning}\n{_facts_digest(self.inventory)}".encode()
        return "sha256:" + hashlib.sha256(both).hexdigest()

    @property
    def program_digest(self) -> str:
        """`sha256:` of what the policy means, whatever the inventory."""
        if self._program_digest is None:
            from policylang.ir.codec import digest

            self._program_digest = digest(self.program)
        return self._program_digest

    @cached_property
    def graph(self) -> PermissionGraph:
        """Who may do what to which resources."""
        from policylang.engines.graph import PermissionGraph

        return PermissionGraph(self.program, self.facts)

    @cached_property
    def deciding(self) -> Engine:
        """The engine, made when something is first decided."""
        return _engine(self.engine, self.program, self.facts, self)

    def _first(self, request: Request) -> Decision:
        self._decide = self.deciding.decide
        return self._decide(request)

    def _decide_action(self, request: Request) -> Decision:
        from policylang.loader.actions import decide_action

        return decide_action(self.program, request, self._decide)

    def __repr__(self) -> str:
        return f"Policy({self.program.name!r}, {len(self.program.rules)} rules)"


def _engine(name: EngineName, program: Program, facts: Facts, decider: Decider) -> Engine:
    if name == "compiled":
        from policylang.engines.compiled import CompiledEngine

        return CompiledEngine(program, facts, decider)
    from policylang.engines.reference import Reference

    return Reference(program, facts, decider)


def _facts_digest(facts: Facts) -> str:
    """The order in which an inventory lists things makes no difference."""
    import msgspec

    encode = msgspec.json.Encoder(order="deterministic", decimal_format="number").encode
    lines = sorted(encode(each) for each in facts.resources.values())
    lines += sorted(encode(each) for each in facts.principals.values())
    return hashlib.sha256(b"\n".join(lines)).hexdigest()
