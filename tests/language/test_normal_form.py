"""The text that a rule's id is made of, and the text of its parts."""

from __future__ import annotations

from typing import Any

import pytest

from policylang.diagnostics.span import Source
from policylang.language import format_clause, format_expr, normal_form, parse


def only(text: str) -> Any:
    parsed = parse(Source("t.pol", "policy t\n" + text))
    assert parsed.diagnostics == ()
    (declaration,) = parsed.module.declarations
    return declaration


SAME = [
    ("allow A, B to a, b on T, U", "allow B,\n A to b, a on U, T"),
    ("allow A to a on T when x unless y", "allow A to a on T unless y when x"),
    ("allow A to a on T", "## documented\nrule named: allow A # comment\n to a on T"),
    ('allow "a" to a on T "b"', r'allow "\u0061" to a on T "\u0062"'),
    ('allow A to a on T because "x"', r'allow A to a on T because "\u0078"'),
    ("allow A to a on T with b, c(d)", "allow A to a on T with c( d ), b"),
    (
        "require approval from A, B by 2 for R to a on T",
        "require approval by 2 from B, A for R to a on T",
    ),
    (
        "limit a on T by R to 3 per 1h when x unless y",
        "rule n: limit a on T by R to 3 per 1h unless y when x",
    ),
    ('prove "p" never allow A, B to a on T', 'prove "p" never allow B, A to a on T'),
]

OTHER = [
    ("allow A to a on T", "deny A to a on T"),
    ("allow A to a on T", "allow A to a on T when x"),
    ("allow A to a on T when x", "allow A to a on T unless x"),
    ("allow A to a on T when x and y", "allow A to a on T when y and x"),
    ('allow A to a on T because "x"', 'allow A to a on T because "y"'),
    ("allow a to a on T", 'allow "a" to a on T'),
    ("allow R to any A on T", "allow R to a on T"),
    ("allow A to a on T with b(c, d)", "allow A to a on T with b(d, c)"),
    ("limit a on T by R to 3 per 1h", "limit a on T by R to 3 per 1h each session"),
    ("require approval for A to a on T", "require approval by 1 for A to a on T"),
    ('allow A to a on T when x == "a"', 'allow A to a on T when x == "a "'),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_form(one: str, other: str) -> None:
    assert normal_form(only(one)) == normal_form(only(other))


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_two_forms(one: str, other: str) -> None:
    assert normal_form(only(one)) != normal_form(only(other))


def test_the_form_itself_is_kept() -> None:
    """Ids of unnamed rules are made of it, and stand in logs: a change here renames rules."""
    rule = only(
        'allow B, any agent to a, any R on T "x" under U "y", any when p has q and not (z == 1)'
    )
    assert normal_form(rule) == (
        'allow B, any agent to a, any R on T "x" under U "y", any when p has q and not (z == 1)'
    )


EXPRESSIONS = [
    "resource.stage == prod",
    "not (a or b) and c",
    "-1 + a * (b - 2) > 0.5",
    "any x in xs: x.y in [1, -2]",
    'resource under Environment "eu" and principal in SRE and principal is agent',
    "(not formerly a on resource) since b by principal within 2h",
    'sum(args.amount of denied a on any under T "x" by any agent where event.x == y within 1d) > 5',
    "previous is done anything within 5m and session saw private and size(xs) > blast(resource)",
    "x == @2025-01-01T00:00:00Z and y == 2GiB and z == true and s == []",
]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expressions_on_one_line(text: str) -> None:
    rule = only(f"allow anyone to a on T when {text.replace(' ', '  ')}".replace("  ", "\n"))
    assert format_expr(rule.clauses[0].expr) == text
    assert format_clause(rule.clauses[0]) == f"when {text}"


def test_clauses_on_one_line() -> None:
    rule = only('allow A to a on T with b, sandbox( c ) waiving R because "x"')
    assert [format_clause(clause) for clause in rule.clauses] == [
        "with b, sandbox(c)",
        "waiving R",
        'because "x"',
    ]
