"""Facts laid over one another; verdicts and decisions as values."""

from __future__ import annotations

from policylang.model.decision import (
    Approval,
    Decision,
    DecisionError,
    MatchedRule,
    Obligation,
    Record,
    Verdict,
)
from policylang.model.facts import Facts, PrincipalFacts, ResourceFacts
from policylang.model.request import FrozenDict, Request, Resource


class Policy:
    digest = "sha256:00"

    def explain(self, decision: Decision) -> str:
        return f"because {decision.verdict.value}"


def test_the_stronger_word_counts_attribute_by_attribute_and_parents_add_up() -> None:
    declared = Facts(
        [ResourceFacts("E", "x", FrozenDict(stage="prod"), (("A", "1"),))],
        [PrincipalFacts("kiro", "agent", None, FrozenDict(team="a"))],
    )
    told = Facts(
        [
            ResourceFacts(
                "E",
                "x",
                FrozenDict(stage=7, region="eu"),
                (("A", "2"), ("A", "1")),
                FrozenDict(stage="i.yaml:1:1", region="i.yaml:2:1"),
            ),
            ResourceFacts("E", "y"),
        ],
        [PrincipalFacts("kiro", "human", ("SRE",), FrozenDict(team="b", level=2))],
    )
    both = declared.over(told)
    resource = both.resources["E", "x"]
    assert resource.attributes == {"stage": "prod", "region": "eu"}
    assert resource.parents == (("A", "1"), ("A", "2"))
    assert resource.places == {"region": "i.yaml:2:1"}
    assert {("A", "1"), ("A", "2"), ("E", "y")} <= both.resources.keys()
    principal = both.principals["kiro"]
    assert (principal.kind, principal.roles) == ("agent", ("SRE",))
    assert principal.attributes == {"team": "a", "level": 2}
    assert Facts().over(told) is told


def test_verdicts_are_ordered_by_strictness() -> None:
    assert sorted(Verdict, reverse=True) == [Verdict.DENY, Verdict.REQUIRE_APPROVAL, Verdict.ALLOW]
    assert max(Verdict.ALLOW, Verdict.DENY) is Verdict.DENY
    assert Verdict.DENY.strictness == 2
    assert Verdict.ALLOW.__lt__("deny") is NotImplemented
    assert len({Verdict.ALLOW, Verdict("allow")}) == 1


def test_a_decision_tells_everything() -> None:
    record = Record(
        Verdict.REQUIRE_APPROVAL,
        "deterministic",
        ("Destructive",),
        (MatchedRule("m/r", "require_approval", "m.pol:1:1", "why"),),
        (Approval("m/r", 2, ("SRE",), 1800),),
        (Obligation("snapshot", ("x",)),),
        (DecisionError("m/q", "`x` is missing"),),
    )
    request = Request("kiro", "delete", Resource("E", "x"))
    decision = Decision(record.verdict, record, request, Policy())
    told = decision.to_json()
    assert told["approvals"] == [
        {"quorum": 2, "from": ["SRE"], "within_seconds": 1800, "rule": "m/r"}
    ]
    assert told["obligations"] == [{"name": "snapshot", "args": ["x"]}]
    assert told["errors"] == [{"rule": "m/q", "message": "`x` is missing"}]
    assert told["rules"][0]["because"] == "why"
    assert told["request_digest"] == request.digest()
    assert not decision.allowed
    assert decision.explain() == "because require_approval"
    again = Decision(record.verdict, record, request, Policy())
    assert again == decision
    assert hash(again) == hash(decision)
    assert decision != "deny"
    assert decision.id.startswith("dec-")
    assert decision.id == again.id
