"""A decision: the verdict, and everything that it rests on.

The verdict is there at once; the rest is put together when it is asked for. A `Record` says what
the policy says and may be shared by many decisions; a `Decision` ties it to its request.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import total_ordering
from typing import Any, Protocol

from msgspec import Struct

from policylang.model.request import Request


@total_ordering
class Verdict(Enum):
    """Ordered by strictness: `ALLOW < REQUIRE_APPROVAL < DENY`."""

    ALLOW = "allow"
    REQUIRE_APPROVAL = "require_approval"
    DENY = "deny"

    @property
    def strictness(self) -> int:
        return _STRICTNESS[self]

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Verdict):
            return NotImplemented
        return _STRICTNESS[self] < _STRICTNESS[other]

    def __hash__(self) -> int:
        return id(self)


_STRICTNESS = {verdict: rank for rank, verdict in enumerate(Verdict)}


class MatchedRule(Struct, frozen=True, order=True):
    """A rule that counted. `effect` is `allow`, `require_approval`, `deny` or `limit`."""

    id: str
    effect: str
    at: str
    because: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "effect": self.effect,
            "at": self.at,
            "because": self.because,
        }


class Approval(Struct, frozen=True, order=True):
    """A requirement that must be met. `roles` empty: any human. `rule` says where it comes from:

    a rule's or limit's id, `floor:RISK` or `default:RISK`.
    """

    rule: str
    quorum: int
    roles: tuple[str, ...]
    within_seconds: int

    def to_json(self) -> dict[str, Any]:
        return {
            "quorum": self.quorum,
            "from": list(self.roles),
            "within_seconds": self.within_seconds,
            "rule": self.rule,
        }


class Obligation(Struct, frozen=True, order=True):
    """Something the enforcement point must do; arguments as written in the policy."""

    name: str
    args: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "args": list(self.args)}


class DecisionError(Struct, frozen=True, order=True):
    """A missing fact, by the rule that needed it; `rule` is `request` for the request's own."""

    rule: str
    message: str

    def to_json(self) -> dict[str, Any]:
        return {"rule": self.rule, "message": self.message}


class Record(Struct, frozen=True):
    """What the policy says of a request. Every tuple is sorted and free of duplicates.

    `rules`: all that matched. With a deny, `approvals` and `obligations` are empty.
    """

    verdict: Verdict
    mode: str
    risks: tuple[str, ...]
    rules: tuple[MatchedRule, ...] = ()
    approvals: tuple[Approval, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    errors: tuple[DecisionError, ...] = ()


class Decider(Protocol):
    """What a decision asks of the policy that made it."""

    @property
    def digest(self) -> str: ...

    def explain(self, decision: Decision) -> str: ...


class Decision(Struct, frozen=True, eq=False, gc=False):
    """The answer to a request.

    `effects`: for a raw action, one decision for each of its effects; else empty.
    """

    verdict: Verdict
    record: Record
    request: Request
    policy: Decider
    effects: tuple[Decision, ...] = ()

    @property
    def allowed(self) -> bool:
        return self.verdict is Verdict.ALLOW

    @property
    def mode(self) -> str:
        return self.record.mode

    @property
    def risks(self) -> tuple[str, ...]:
        return self.record.risks

    @property
    def rules(self) -> tuple[MatchedRule, ...]:
        return self.record.rules

    @property
    def approvals(self) -> tuple[Approval, ...]:
        return self.record.approvals

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        return self.record.obligations

    @property
    def errors(self) -> tuple[DecisionError, ...]:
        return self.record.errors

    @property
    def policy_digest(self) -> str:
        return self.policy.digest

    @property
    def request_digest(self) -> str:
        return self.request.digest()

    @property
    def id(self) -> str:
        """The same request under the same policy has the same id.

        Half of the request's digest, then a quarter of the policy's.
        """
        return f"dec-{self.request.digest()[7:39]}{self.policy.digest[7:23]}"

    def explain(self) -> str:
        """The decision in words that are understood at the first reading."""
        return self.policy.explain(self)

    def to_json(self) -> dict[str, Any]:
        """The decision's JSON form."""
        return {
            "verdict": self.verdict.value,
            "id": self.id,
            "request_digest": self.request_digest,
            "policy_digest": self.policy_digest,
            "mode": self.mode,
            "risks": list(self.risks),
            "rules": [rule.to_json() for rule in self.rules],
            "approvals": [approval.to_json() for approval in self.approvals],
            "obligations": [obligation.to_json() for obligation in self.obligations],
            "errors": [error.to_json() for error in self.errors],
            "effects": [effect.to_json() for effect in self.effects],
        }

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Decision):
            return NotImplemented
        mine: Mapping[str, Any] = self.to_json()
        return mine == other.to_json()

    def __hash__(self) -> int:
        return hash((self.record, self.request))
