"""What a generated policy has declared so far, which is what its expressions and rules may name."""

from __future__ import annotations

from dataclasses import dataclass, field

from policylang.model.types import Field
from policylang.testing.vocabulary import STANDARD_RISKS

Pair = tuple[str, str]
"""An operation's name and the type it is on."""

SELF_TYPES = ("Policy", "Approvals", "AuditLog", "StateStore", "Enforcement")
SELF_OPERATIONS: dict[Pair, tuple[str, ...]] = {
    **{("read", name): ("Read",) for name in SELF_TYPES},
    **{("change", name): ("Permissions",) for name in SELF_TYPES},
    **{("delete", name): ("Permissions", "Destructive") for name in SELF_TYPES},
    ("approve", "Approvals"): ("Permissions",),
}
STANDARD_ADAPTIVE = ("Read", "Write", "Execution")


@dataclass(frozen=True)
class Features:
    """What a generated policy may use.

    `total`: only what has a value for every request that fits the declared types, so that no
    aggregate over no event, and no fact about a resource that the request does not carry, is read.
    """

    history: bool = True
    signals: bool = True
    limits: bool = True
    waivers: bool = True
    standard: bool = True
    extras: bool = True
    total: bool = False


@dataclass
class TypeSpec:
    name: str
    parents: tuple[str, ...]
    attributes: dict[str, Field]


@dataclass
class OperationSpec:
    name: str
    type: str
    parameters: dict[str, Field]
    risks: tuple[str, ...]


@dataclass
class DefineSpec:
    """A Bool-valued `define` of one parameter.

    `guards`: a `has` in it narrows, so that it cannot stand below a `not`.
    """

    name: str
    parameter: Field
    reads_context: bool
    guards: bool


@dataclass
class World:
    """Everything declared, by name, and the text of each declaration in order."""

    features: Features
    types: dict[str, TypeSpec] = field(default_factory=dict)
    operations: dict[Pair, OperationSpec] = field(default_factory=dict)
    modes: dict[str, str] = field(default_factory=dict)
    roles: list[str] = field(default_factory=list)
    principals: dict[str, str] = field(default_factory=dict)
    principal_attributes: dict[str, Field] = field(default_factory=dict)
    context: dict[str, Field] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    signals: dict[str, Field] = field(default_factory=dict)
    defines: list[DefineSpec] = field(default_factory=list)
    declarations: list[str] = field(default_factory=list)
    uses_self: bool = False
    cyclic: bool = False

    def risks_of(self, pair: Pair) -> tuple[str, ...]:
        spec = self.operations.get(pair)
        return SELF_OPERATIONS[pair] if spec is None else spec.risks

    def pairs(self) -> list[Pair]:
        """Every operation in force, those of `std.self` last."""
        return [*self.operations, *SELF_OPERATIONS]

    def is_deterministic(self, pair: Pair) -> bool:
        return any(self._mode(risk) == "deterministic" for risk in self.risks_of(pair))

    def _mode(self, risk: str) -> str:
        return self.modes.get(risk) or (
            "adaptive" if risk in STANDARD_ADAPTIVE else "deterministic"
        )

    def can_be_under(self, inner: str, outer: str) -> bool:
        """Whether the declared containment lets a resource of one type be under one of another."""
        seen, waiting = {inner}, [inner]
        while waiting:
            spec = self.types.get(waiting.pop())
            for parent in spec.parents if spec else ():
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
        return outer in seen


def standard_modes() -> dict[str, str]:
    """The classes of `std.risk`, each with its mode."""
    return {
        risk: "adaptive" if risk in STANDARD_ADAPTIVE else "deterministic"
        for risk in STANDARD_RISKS
    }
