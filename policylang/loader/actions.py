"""Decides raw actions: what they do to which resources, and the strictest decision on that.

A `tool` declaration says what a call of that tool is. Every other action is `Unknown` until
`effects_of` is told more.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from policylang.ir.declared import on_the_wire, time_text
from policylang.ir.expressions import Const, ConstSet, Expr, Input, ResourceConst, Var
from policylang.ir.program import Program, Tool, ToolArgument
from policylang.model import missing, wire
from policylang.model.decision import Decider, Decision, DecisionError, Record, Verdict
from policylang.model.request import EMPTY, FrozenDict, Request, Resource
from policylang.model.types import DURATION, TIME
from policylang.model.values import INVALID, MAX_DIGITS, NANOSECONDS, coerce

Decide = Callable[[Request], Decision]


class Effect(Struct, frozen=True):
    """One thing that an action does. `resource` None: nobody knows what it does.

    `errors` say what of a call is missing that should be there.
    """

    operation: str = ""
    resource: Resource | None = None
    args: FrozenDict = EMPTY
    errors: tuple[str, ...] = ()


def decide_action(program: Program, request: Request, decide: Decide) -> Decision:
    """The decision on a request that carries a raw action, effect by effect.

    An action that is none (an unknown kind or key) is denied, and the error says why.
    """
    action = request.action or EMPTY
    try:
        wire.raw_action(action)
    except wire.WireError as error:
        return _refused(request, str(error), decide(request).policy)
    effects = effects_of(program, action)
    if not _guards_unknown(program) and any(effect.resource is None for effect in effects):
        return _refused(request, _UNGUARDED, decide(request).policy, ("Unknown",))
    decisions = tuple(_decided(effect, request, decide) for effect in effects)
    record = _together([decision.record for decision in decisions])
    return Decision(record.verdict, record, request, decisions[0].policy, decisions)


_UNGUARDED = (
    "nobody knows what the action does, and the policy's own `Unknown` does not ask for approval: "
    "`use std.risk`"
)


def _guards_unknown(program: Program) -> bool:
    """Whether `Unknown` is what the language says of it, also where a policy declares its own."""
    return any(
        risk.name == "Unknown"
        and risk.mode == "deterministic"
        and risk.floor.verdict in ("require_approval", "deny")
        for risk in program.risks
    )


def effects_of(program: Program, action: Mapping[str, Any]) -> tuple[Effect, ...]:
    """What an action does; never nothing."""
    key = tool_key(action)
    tool = next((tool for tool in program.tools if tool.key == key), None) if key else None
    if tool is None:
        return (Effect(),)
    return (bound(program, tool, action.get("arguments", EMPTY)),)


def tool_key(action: Mapping[str, Any]) -> str | None:
    """The key under which a `tool` declaration names the call: `mcp:SERVER/TOOL`, `tool:NAME`."""
    if action["kind"] == "tool" and isinstance(action["name"], str):
        return f"tool:{action['name']}"
    server, tool = action.get("server"), action.get("tool")
    # A server's name with a `/` could pass for another server's tool.
    if isinstance(server, str) and isinstance(tool, str) and "/" not in server:
        return f"mcp:{server}/{tool}"
    return None


def bound(program: Program, tool: Tool, arguments: Any) -> Effect:
    """The operation that a `tool` declaration makes of a call.

    An argument or attribute whose input is missing is left out. Without an id, nobody knows what
    the call does.
    """
    reading = _Reading(tool.key, arguments)
    id, reasons = reading.id(tool.id)
    if id is None:
        return Effect(errors=reasons)
    args = reading.values(tool.args, _parameters(program, tool))
    attributes = reading.values(tool.attributes, ())
    resource = Resource(tool.resource_type, id, attributes=attributes)
    return Effect(tool.operation, resource, FrozenDict(args), tuple(sorted(reading.reasons)))


def _parameters(program: Program, tool: Tool) -> tuple[str, ...]:
    """The operation's parameters that a call has to give."""
    wanted = (tool.operation, tool.resource_type)
    for operation in program.operations:
        if (operation.name, operation.resource_type) == wanted:
            fields = operation.parameters
            return tuple(f.name for f in fields if not f.optional and f.default is None)
    return ()


class _Reading:
    """The values of a binding's expressions over one call's arguments."""

    def __init__(self, key: str, arguments: Any) -> None:
        self.key = key
        self.arguments = arguments
        self.reasons: set[str] = set()

    def id(self, expr: Expr) -> tuple[str | None, tuple[str, ...]]:
        """The id, or why there is none."""
        value, reasons = self.evaluated(expr)
        return (value, ()) if type(value) is str else (None, tuple(sorted(reasons)))

    def values(self, given: Iterable[ToolArgument], needed: Container[str]) -> dict[str, Any]:
        """By name, in the wire's form. Why a needed one is not there goes into `reasons`."""
        read = {}
        for argument in given:
            raw = _ABSENT
            if isinstance(argument.value, Input):
                raw = self.given(argument.value)
            value, reasons = (raw, set()) if raw is not _ABSENT else self.evaluated(argument.value)
            if value is not _ABSENT:
                read[argument.name] = value
            elif argument.name in needed:
                self.reasons |= reasons
        return read

    def evaluated(self, expr: Expr) -> tuple[Any, set[str]]:
        """The value in the wire's form, and why it is none.

        `_ABSENT` where inputs are missing; None, which has no type, where one is malformed.
        """
        from policylang.engines.reference.expressions import Scene, Unknown, evaluate

        inputs: dict[str, Input] = {}
        plain = _with_variables(expr, inputs)
        absent = {each for each in inputs.values() if self.given(each) is _ABSENT}
        read = {name: self.input(each) for name, each in inputs.items()}
        try:
            # Invariant: a binding reads inputs and literals only: it sees no world, and no link.
            value = evaluate(plain, Scene(None, None, variables=read))  # type: ignore[arg-type]
            if not isinstance(value, Unknown):
                return _on_the_wire(value, expr), set()
        except (ArithmeticError, ValueError):
            return None, {self.named("a value cannot be worked out")}
        wrong = any(isinstance(read[n], Unknown) for n, e in inputs.items() if e not in absent)
        return (None if wrong else _ABSENT), set(value.reasons)

    def given(self, expr: Input) -> Any:
        """The argument as it was given."""
        value = self.arguments
        for name in expr.path:
            if not isinstance(value, Mapping) or name not in value:
                return _ABSENT
            value = value[name]
        return value

    def input(self, expr: Input) -> Any:
        """The argument read as its type, or why it cannot be."""
        from policylang.engines.reference.expressions import Unknown

        raw, path = self.given(expr), ".".join(("input", *expr.path))
        if raw is _ABSENT:
            return Unknown(frozenset((self.named(missing.absent(path)),)))
        value = coerce(expr.type, raw)
        wrong = Unknown(frozenset((self.named(missing.malformed(path, expr.type)),)))
        return wrong if value is INVALID else value

    def named(self, reason: str) -> str:
        return f"{reason} in the call of `{self.key}`"


_ABSENT: Any = object()


def _on_the_wire(value: Any, expr: Expr) -> Any:
    """What `coerce` reads as the same value."""
    type_ = getattr(expr, "type", None)
    if isinstance(expr, (Const, ConstSet, ResourceConst)):
        return on_the_wire(expr)
    if type_ == DURATION:
        seconds, rest = divmod(value, NANOSECONDS)
        return None if rest else f"{seconds}s"
    if type_ == TIME:
        return time_text(value)
    return decimal_text(value) if isinstance(value, Fraction) else value


def decimal_text(value: Fraction) -> str:
    """The exact decimal of a fraction made of decimals by `+`, `-` and `*`."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
        if places > MAX_DIGITS:
            raise ValueError("no decimal")
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _with_variables(node: Any, inputs: dict[str, Input]) -> Any:
    """The expression with a variable in place of each input; `inputs` gets them by its name."""
    if isinstance(node, Input):
        name = f"input {len(inputs)}"
        inputs[name] = node
        return Var(name, node.type)
    if isinstance(node, tuple):
        return tuple(_with_variables(item, inputs) for item in node)
    if not isinstance(node, Struct):
        return node
    names = node.__struct_fields__
    return replace(node, **{name: _with_variables(getattr(node, name), inputs) for name in names})


def _decided(effect: Effect, request: Request, decide: Decide) -> Decision:
    if effect.resource is None:
        decision = decide(request)
    else:
        decision = decide(_on(effect.operation, effect.resource, effect.args, request))
    if not effect.errors:
        return decision
    errors = {*decision.record.errors, *(DecisionError("request", e) for e in effect.errors)}
    record = replace(decision.record, errors=tuple(sorted(errors)))
    return Decision(record.verdict, record, decision.request, decision.policy)


def _on(operation: str, resource: Resource, args: FrozenDict, request: Request) -> Request:
    return Request(
        request.principal,
        operation,
        resource,
        args=args,
        context=request.context,
        signals=request.signals,
        on_behalf_of=request.on_behalf_of,
        session=request.session,
        labels=request.labels,
        history=request.history,
    )


def _together(records: Sequence[Record]) -> Record:
    """The strictest stands; everything that counts adds up."""
    if len(records) == 1:
        return records[0]
    verdict = max(record.verdict for record in records)
    denied = verdict is Verdict.DENY
    deterministic = any(record.mode == "deterministic" for record in records)
    return Record(
        verdict,
        "deterministic" if deterministic else "adaptive",
        _union(record.risks for record in records),
        _union(record.rules for record in records),
        () if denied else _union(record.approvals for record in records),
        () if denied else _union(record.obligations for record in records),
        _union(record.errors for record in records),
    )


def _union(parts: Iterable[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(sorted({item for part in parts for item in part}))


def _refused(
    request: Request, message: str, decider: Decider, risks: tuple[str, ...] = ()
) -> Decision:
    error = DecisionError("request", message)
    record = Record(Verdict.DENY, "deterministic", risks, errors=(error,))
    return Decision(Verdict.DENY, record, request, decider)
