"""Finds the shortest chain of reasons by which somebody comes to do something.

A step is a membership, a rule, or a role gained by doing an operation that `confers` it; the search
goes breadth first over the sets of roles gained so far, so that the first hit is the shortest.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx

from policylang.engines.graph.answers import Finding, Path, Reason, Step
from policylang.engines.graph.findings import ORDER, Statement
from policylang.engines.graph.network import memberships, who_node
from policylang.engines.graph.questions import Question, read_question
from policylang.engines.graph.scopes import Subject, waiver_cover, who_cover
from policylang.engines.graph.wording import who_text
from policylang.ir.expressions import Who, WhoAnyone, WhoKind, WhoRole

if TYPE_CHECKING:
    from policylang.engines.graph.permissions import PermissionGraph

_MOST_STATES = 2_000
Gained = tuple[Step, ...]


def shortest(graph: PermissionGraph, who: str, question: Question) -> Path:
    """The path for the first of the subjects that `who` names which has one."""
    subjects = graph.subjects.asked(who)
    paths = [_of_subject(graph, who, subject, question) for subject in subjects]
    found = [path for path in paths if path.found]
    if found:
        return min(found, key=lambda path: (len(path.steps), ORDER[path.verdict]))
    why = dict.fromkeys(line for path in paths for line in path.why)
    return Path(who, question.text, "deny", why=tuple(why))


def _of_subject(graph: PermissionGraph, who: str, subject: Subject, question: Question) -> Path:
    seen = {subject.roles}
    waiting: deque[tuple[Subject, Gained]] = deque([(subject, ())])
    refusals: tuple[str, ...] = ()
    while waiting and len(seen) < _MOST_STATES:
        acting, gained = waiting.popleft()
        findings = graph.findings([acting], question)[acting.name]
        best = min(findings.items(), key=_rank, default=None)
        if best is not None and best[1].loosest != "deny":
            return _told(graph, who, question, acting, gained, best)
        refusals = refusals or _refusals(findings)
        for following, step in _gains(graph, acting):
            if following.roles not in seen:
                seen.add(following.roles)
                waiting.append((following, gained + step))
    why = refusals or ("nothing answers to the question",)
    if waiting:
        why = (f"the search ended after {_MOST_STATES:,} combinations of gained roles", *why)
    return Path(who, question.text, "deny", why=why)


def _rank(item: tuple[str, Finding]) -> tuple[int, int, str]:
    return (ORDER[item[1].loosest], ORDER[item[1].strictest], item[0])


def _refusals(findings: dict[str, Finding]) -> tuple[str, ...]:
    lines = (
        f"{operation}: {reason.to_text()}"
        for operation, finding in findings.items()
        for reason in finding.denies
    )
    return tuple(dict.fromkeys(lines))[:10]


def _gains(graph: PermissionGraph, acting: Subject) -> list[tuple[Subject, Gained]]:
    """The subject after each operation that it can do and that confers a role."""
    conferring = [o for o in graph.program.operations if o.confers]
    found = []
    for operation in conferring:
        text = f"{operation.name} on {operation.resource_type}"
        question = read_question(text, graph.program, graph.facts)
        finding = graph.findings([acting], question)[acting.name][text]
        if finding.loosest == "deny":
            continue
        roles = graph.subjects.nested(operation.confers) | (acting.roles or frozenset())
        # No principal is mentioned by rules alone: what it gains does not change its id.
        after = Subject(acting.name, acting.sort, acting.kind, roles, acting.id)
        steps = _opening(graph, acting, text, finding)
        roles_text = ", ".join(operation.confers)
        found.append((after, (*steps, Step(text, "confers", roles_text))))
    return found


def _told(
    graph: PermissionGraph,
    who: str,
    question: Question,
    acting: Subject,
    gained: Gained,
    best: tuple[str, Finding],
) -> Path:
    label, finding = best
    steps = [*gained, *_opening(graph, acting, label, finding)]
    name, _, type_ = label.partition(" on ")
    operation = next(
        o for o in graph.program.operations if (o.name, o.resource_type) == (name, type_)
    )
    steps += [Step(label, "is", risk) for risk in operation.risks]
    steps += [_gate_step(reason) for reason in finding.floors]
    why = [f"unless {reason.to_text()}" for reason in finding.denies]
    why += [f"but {reason.to_text()}" for reason in finding.tightening]
    return Path(who, question.text, finding.loosest, tuple(steps), tuple(why))


def _gate_step(reason: Reason) -> Step:
    sort, _, risk = reason.rule.partition(":")
    return Step(risk, "is gated by", reason.requirement or reason.effect, f"{sort} of {risk}")


def _opening(graph: PermissionGraph, acting: Subject, label: str, finding: Finding) -> list[Step]:
    """From the subject through its roles to the operation, by the loosest opener."""
    opener = min(finding.openers, key=lambda r: (ORDER[r.effect], len(r.conditions), r))
    if not opener.at:
        return [Step(acting.name, opener.effect.replace("_", " "), label, opener.rule)]
    statement = next(s for s in graph.table.statements if s.id == opener.rule)
    steps, holder = _membership(graph, acting, statement)
    effect = {"allow": "is allowed to", "require_approval": "may with approval"}[opener.effect]
    because = opener.requirement and (f"({opener.requirement})",)
    conditions = (*(because or ()), *opener.conditions)
    return [*steps, Step(holder, effect, label, opener.rule, conditions, opener.at)]


def _membership(
    graph: PermissionGraph, acting: Subject, statement: Statement
) -> tuple[list[Step], str]:
    """How the subject comes under a rule's scope, in the fewest memberships."""
    cover = waiver_cover if statement.waives else who_cover
    covering = [who for who in statement.who if cover([who], acting) is not None]
    chains = [(_chain(graph, acting, who), who) for who in covering]
    steps, who = min(chains, key=lambda found: (len(found[0]), who_text(found[1])))
    return steps, who_text(who) if steps else acting.name


def _chain(graph: PermissionGraph, acting: Subject, who: Who) -> list[Step]:
    match who:
        case WhoAnyone():
            return []
        case WhoKind(kind):
            known = acting.kind == kind and acting.sort == "principal"
            return [Step(acting.name, "is", f"any {kind}")] if known else []
        case WhoRole():
            return _role_chain(graph, acting, who_node(who))
    return []


def _role_chain(graph: PermissionGraph, acting: Subject, target: tuple[str, ...]) -> list[Step]:
    start = ("principal", acting.id) if acting.id is not None else _start(acting)
    try:
        nodes = nx.shortest_path(memberships(graph.network), start, target)
    except (nx.NetworkXNoPath, nx.NodeNotFound):
        relation = "is perhaps in" if acting.roles is None else "has gained"
        return [Step(acting.name, relation, target[1])]
    names = [acting.name if n == 0 and node == start else node[1] for n, node in enumerate(nodes)]
    return [Step(a, "is in", b) for a, b in pairwise(names)]


def _start(acting: Subject) -> tuple[str, ...]:
    return ("role", acting.name.partition(" in ")[2])
