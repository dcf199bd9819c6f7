"""The conformance suite: every case in `tests/cases`, on every engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase

import pytest

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.loader import PolicyError
from policylang.model.decision import Approval, Decision
from policylang.testing.runner import run
from tests.cases.asking import checked, decided, loaded
from tests.cases.reading import Check, Text, every_check

CHECKS = every_check()


def test_there_are_cases() -> None:
    assert len(CHECKS) > 1000


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_case(check: Check) -> None:
    problems = list(PROBLEMS[check.kind](check))
    if problems:
        told = "\n  ".join(problems)
        pytest.fail(f"{check.id}\n  {told}\n\n{_numbered(check.text)}", pytrace=False)


def _request(check: Check) -> Iterable[str]:
    unallowed = check.expected["verdict"] == "unallowed"
    try:
        decision = decided(check.text, check.request)
    except (PolicyError, AssertionError) as error:
        return [] if unallowed and isinstance(error, PolicyError) else [str(error)]
    if unallowed:
        return [f"decided: {_said(decision)}"] if decision.allowed else []
    wrong = _differences(decision, check.expected)
    if check.same is not None and not wrong:
        other = decided(check.same, check.request)
        if _said(other) != _said(decision):
            wrong.append(f"the other text decides otherwise: {_said(other)}")
    return [*wrong, f"decided: {_said(decision)}"] if wrong else []


def _differences(decision: Decision, expected: dict[str, str]) -> list[str]:
    wrong = []
    for name, value in ({"errors": "none"} | expected).items():
        if not FIELDS[name](decision, value):
            wrong.append(f"expected {name}: {value}")
    return wrong


def _rules_are(decision: Decision, value: str) -> bool:
    """Names stand for themselves, one each; what is left must fit the patterns, one each."""
    patterns = _listed(value, ",")
    rules = [(f"{rule.id} ({rule.effect})", rule.id) for rule in decision.rules]
    for pattern in sorted(patterns, key=lambda p: "*" in p):
        fitting = [r for r in rules if any(fnmatchcase(form, pattern) for form in r)]
        if not fitting:
            return False
        rules.remove(fitting[0])
    return not rules


def _errors_are(decision: Decision, value: str) -> bool:
    if value == "?":
        return True
    told = [f"{error.rule}: {error.message}" for error in decision.errors]
    if value == "*":
        return bool(told)
    words = _listed(value, "|")
    return all(any(word in text for text in told) for word in words) and all(
        any(word in text for word in words) for text in told
    )


def _approval(approval: Approval) -> str:
    roles = ", ".join(approval.roles) or "any"
    return f"{approval.quorum} of {roles} within {approval.within_seconds} ({approval.rule})"


def _obligations(decision: Decision) -> list[str]:
    return [f"{o.name}({', '.join(o.args)})" if o.args else o.name for o in decision.obligations]


FIELDS: dict[str, Callable[[Decision, str], bool]] = {
    "verdict": lambda d, v: d.verdict.value == v,
    "rules": _rules_are,
    "approvals": lambda d, v: sorted(map(_approval, d.approvals)) == sorted(_listed(v, ";")),
    "obligations": lambda d, v: sorted(_obligations(d)) == sorted(_listed(v, ";")),
    "errors": _errors_are,
    "mode": lambda d, v: d.mode == v,
    "risks": lambda d, v: list(d.risks) == _listed(v, ","),
    "because": lambda d, v: v in [rule.because for rule in d.rules],
}


def _listed(value: str, separator: str) -> list[str]:
    return [] if value == "none" else [part.strip() for part in value.split(separator)]


def _said(decision: Decision) -> dict[str, object]:
    """A decision without its digests and places, in the words that cases use."""
    return {
        "verdict": decision.verdict.value,
        "mode": decision.mode,
        "risks": list(decision.risks),
        "rules": [f"{rule.id} ({rule.effect})" for rule in decision.rules],
        "approvals": [_approval(approval) for approval in decision.approvals],
        "obligations": _obligations(decision),
        "errors": [f"{error.rule}: {error.message}" for error in decision.errors],
    }


def _value(check: Check) -> Iterable[str]:
    outcome, needle = check.expected["outcome"], check.expected["text"]
    try:
        decision = decided(check.text, check.request)
    except PolicyError as error:
        told = " ".join(_telling(problem) for problem in error.diagnostics)
        fine = outcome == "rejected" and needle in told
        return [] if fine else [f"expected {outcome} {needle}", f"rejected: {told}"]
    except AssertionError as error:
        return [str(error)]
    missing = [f"{error.rule}: {error.message}" for error in decision.errors]
    found = "true" if decision.allowed else "missing" if missing else "false"
    if found != outcome or not all(needle in text for text in missing):
        return [f"expected {outcome} {needle}", f"decided: {_said(decision)}"]
    return []


def _accepts(check: Check) -> Iterable[str]:
    return [f"error: {_placed(d)}" for d in checked(check.text).diagnostics if _is(d, "error")]


def _rejects(check: Check) -> Iterable[str]:
    result = checked(check.text)
    marked = _marked(check.text, "#!")
    errors = [d for d in result.diagnostics if _is(d, "error")]
    if not errors:
        return ["no error"]
    free = "..." in check.lines or not marked
    return _unmet(marked, errors, others=() if free else errors)


def _warns(check: Check) -> Iterable[str]:
    warnings = [d for d in checked(check.text).diagnostics if _is(d, "warning")]
    errors = [f"error: {_placed(d)}" for d in checked(check.text).diagnostics if _is(d, "error")]
    return [*errors, *_unmet(_marked(check.text, "#?"), warnings, others=())]


def _check(check: Check) -> Iterable[str]:
    found = checked(check.text).diagnostics
    errors = [d for d in found if _is(d, "error")]
    lines = [line for line in check.lines if line != "..."]
    if lines == ["clean"]:
        return [_placed(d) for d in found if not _is(d, "note")]
    if lines == ["ok"]:
        return [_placed(d) for d in errors]
    wanted = [_wanted(line) for line in lines]
    others = () if len(lines) != len(check.lines) else errors
    return _unmet([w for w in wanted if w], errors, others) if errors else ["no error"]


def _wanted(line: str) -> tuple[int, str] | None:
    match = re.fullmatch(r"error(?: at (\d+))?(?:: *(.*))?", line)
    assert match, f"`{line}` is not understood"
    return (int(match[1]), match[2] or "") if match[1] else None


def _unmet(
    wanted: Sequence[tuple[int, str]], found: Sequence[Diagnostic], others: Sequence[Diagnostic]
) -> list[str]:
    """What is wanted and not found, and what of `others` stands on a line that nobody named."""
    missing = [
        f"expected at line {line}: {word}"
        for line, word in wanted
        if not any(_line(d) == line and word in _telling(d) for d in found)
    ]
    lines = {line for line, _ in wanted}
    more = [f"not expected: {_placed(d)}" for d in others if _line(d) not in lines]
    shown = [f"found: {_placed(d)}" for d in found] if missing else []
    return [*missing, *more, *shown]


def _marked(text: Text, mark: str) -> list[tuple[int, str]]:
    return [
        (number, line.split(mark, 1)[1].strip())
        for number, line in enumerate(text.main.split("\n"), 1)
        if mark in line
    ]


def _is(diagnostic: Diagnostic, severity: str) -> bool:
    return diagnostic.severity == severity


def _line(diagnostic: Diagnostic) -> int:
    if diagnostic.source is None or diagnostic.span is None:
        return 0
    return diagnostic.source.position(diagnostic.span.start)[0]


def _telling(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.message} {diagnostic.label} {diagnostic.help}"


def _placed(diagnostic: Diagnostic) -> str:
    code = f"{diagnostic.severity}[{diagnostic.code}]"
    return f"{code} at line {_line(diagnostic)}: {_telling(diagnostic)}"


def _tests(check: Check) -> Iterable[str]:
    policy = loaded(check.text)
    outcomes = run(policy.program, policy, facts=policy.facts)
    found = sorted(f"{'pass' if o.passed else 'fail'} {o.case.name}" for o in outcomes)
    wanted = sorted(check.lines)
    return [f"{x}" for x in sorted(set(found) ^ set(wanted))]


PROBLEMS = {
    "request": _request,
    "value": _value,
    "accepts": _accepts,
    "rejects": _rejects,
    "warns": _warns,
    "check": _check,
    "tests": _tests,
}


def _numbered(text: Text) -> str:
    return "\n".join(
        f"{number:3} {line}" for number, line in enumerate(text.main.split("\n"), 1) if line
    )
