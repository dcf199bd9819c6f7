"""**Fail closed**: any error, timeout or unknown leads to a stricter decision, never a looser one.

A malformed value is a fact that is missing. Whatever the well-typed value could have been, the
decision without it is at least as strict as the decision with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given, settings

from policylang.ir.program import Program
from policylang.model.decision import Verdict
from policylang.model.request import Event, Principal, Request, Resource
from policylang.model.types import Field
from policylang.testing.pools import Pools
from policylang.testing.requests import FITTING
from policylang.testing.strategies import Case, cases, examples

NO_TYPE_HAS_IT = {"no": "type", "has": "it"}


def _with(request: Request, where: str, name: str, value: Any) -> Request:
    """The request with another value of one fact; `...` leaves it out."""
    facts = {
        "args": request.args,
        "context": request.context,
        "signals": request.signals,
        "resource": request.resource.attributes,
        "principal": request.principal.attributes,
    }
    changed = {k: v for k, v in facts[where].items() if k != name}
    facts[where] = changed if value is ... else {**changed, name: value}  # type: ignore[assignment]
    resource, principal = request.resource, request.principal
    return Request(
        Principal(principal.id, principal.kind, principal.roles, facts["principal"]),
        request.operation,
        Resource(
            resource.type, resource.id, attributes=facts["resource"], parents=resource.parents
        ),
        args=facts["args"],
        context=facts["context"],
        signals=facts["signals"],
        on_behalf_of=request.on_behalf_of,
        session=request.session,
        labels=request.labels,
        history=request.history,
    )


def _given_facts(program: Program, request: Request) -> Iterator[tuple[str, Field]]:
    """Every fact of the request itself, with its declaration."""
    operation = next(
        o
        for o in program.operations
        if (o.name, o.resource_type) == (request.operation, request.resource.type)
    )
    type_ = next(t for t in program.resource_types if t.name == request.resource.type)
    declared: dict[str, tuple[tuple[Field, ...], Mapping[str, Any]]] = {
        "args": (operation.parameters, request.args),
        "context": (program.context, request.context),
        "signals": (program.signals, request.signals),
        "resource": (type_.attributes, request.resource.attributes),
        "principal": (program.principal_attributes, request.principal.attributes),
    }
    for where, (fields, facts) in declared.items():
        yield from ((where, field) for field in fields if field.name in facts)


@settings(max_examples=examples(60))
@given(cases(quality=FITTING, count=6))
def test_a_malformed_fact_never_loosens(case: Case) -> None:
    program, pools = case.trial.program, Pools(case.trial.program)
    for request in case.requests:
        for where, field in _given_facts(program, request):
            broken = _with(request, where, field.name, NO_TYPE_HAS_IT)
            verdict = case.trial.reference(broken).verdict
            for _ in range(3):
                value = pools.value(case.choices, field.type)
                whole = _with(request, where, field.name, value)
                shown = case.showing(whole, f"without a value: {where}.{field.name}")
                assert verdict >= case.trial.reference(whole).verdict, shown


def _with_past(request: Request, at: int, name: str, value: Any) -> Request:
    """The request with another argument of one past event."""
    event = request.history[at]
    changed = Event(
        event.principal,
        event.operation,
        event.resource,
        time=event.time,
        args={**event.args, name: value},
        outcome=event.outcome,
        on_behalf_of=event.on_behalf_of,
    )
    history = [*request.history[:at], changed, *request.history[at + 1 :]]
    return Request(
        request.principal,
        request.operation,
        request.resource,
        args=request.args,
        context=request.context,
        signals=request.signals,
        on_behalf_of=request.on_behalf_of,
        session=request.session,
        labels=request.labels,
        history=history,
    )


def _parameters(program: Program, event: Event) -> tuple[Field, ...]:
    wanted = (event.operation, event.resource.type)
    return next(o.parameters for o in program.operations if (o.name, o.resource_type) == wanted)


@settings(max_examples=examples(60))
@given(cases(quality=FITTING, count=6))
def test_a_malformed_fact_of_the_past_never_loosens(case: Case) -> None:
    program, pools = case.trial.program, Pools(case.trial.program)
    for request in case.requests:
        for at, event in enumerate(request.history):
            for field in _parameters(program, event):
                broken = _with_past(request, at, field.name, NO_TYPE_HAS_IT)
                verdict = case.trial.reference(broken).verdict
                value = pools.value(case.choices, field.type)
                whole = _with_past(request, at, field.name, value)
                shown = case.showing(whole, f"without a value: event {at}, args.{field.name}")
                assert verdict >= case.trial.reference(whole).verdict, shown


@settings(max_examples=examples(40))
@given(cases(quality=FITTING, count=6))
def test_a_needed_fact_that_is_missing_never_loosens(case: Case) -> None:
    for request in case.requests:
        expected = case.trial.reference(request).verdict
        for where, field in _given_facts(case.trial.program, request):
            # What is optional may be absent, and where there is a default that counts.
            if not field.optional and field.default is None:
                verdict = case.trial.reference(_with(request, where, field.name, ...)).verdict
                shown = case.showing(request, f"left out: {where}.{field.name}")
                assert verdict >= expected, shown


@settings(max_examples=examples(40))
@given(cases(count=20))
def test_an_erring_rule_only_tightens(case: Case) -> None:
    effects = {rule.id: rule.effect for rule in case.trial.program.rules}
    for request in case.requests:
        decision = case.trial.reference(request)
        matched = {rule.id for rule in decision.rules}
        for error in decision.errors:
            shown = case.showing(request, error)
            effect = effects.get(error.rule)
            if effect == "deny" or error.rule == "request":
                assert decision.verdict is Verdict.DENY, shown
            elif effect == "require_approval":
                assert decision.verdict is not Verdict.ALLOW, shown
            elif effect == "allow" and not request.on_behalf_of:
                assert error.rule not in matched, shown


@settings(max_examples=examples(40))
@given(cases(count=20))
def test_a_request_that_names_what_is_not_declared_is_denied(case: Case) -> None:
    for request in case.requests:
        odd = _with(request, case.choices.pick(("args", "context", "signals")), "nobody_said", 1)
        for decide in (case.trial.reference, case.trial.compiled):
            decision = decide(odd)
            assert decision.verdict is Verdict.DENY, case.showing(odd)
            assert (decision.mode, decision.risks) == ("deterministic", ()), case.showing(odd)
            assert "request" in {error.rule for error in decision.errors}, case.showing(odd)
