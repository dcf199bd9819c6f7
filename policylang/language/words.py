"""Which keywords are read as plain names: settled between the lexer and the grammar.

Keywords are reserved, except directly after `.` or `has`, directly before `:`, and as enum
members. The first two show in the neighbouring tokens. A member stands where an operand or a
literal is due, and there no other keyword but a few can stand, so the token before decides,
helped by the token after:

1. after `.` or `has`, and before `:`, every keyword is a name;
2. beside `|` every keyword is a member;
3. after `[`, after `=`, and after the `:` of an attribute or argument (not of `rule name:`) it is
   a member;
4. after an operator, `(`, `when`, `unless` or `where`, and after a `,` inside `(` or `[`, it is a
   member if what comes next can follow an operand: so `when resource.kind == allow` keeps its
   member, while in `when resource.kind ==` with the next line `allow Developer to …` the missing
   operand is what is reported.

Never a member: `not any all formerly true false` and the roots. `count(`, `size(` and the other
functions stay functions, and `previous is` stays the operator.

The pass looks at each token once, so its time is linear in the number of tokens.
"""

from __future__ import annotations

from typing import Final


def set_of(kinds: str) -> frozenset[str]:
    """Token kinds, written with spaces between them."""
    return frozenset(kinds.split())


NEVER_MEMBERS: Final = set_of(
    "NOT ANY ALL FORMERLY TRUE FALSE PRINCIPAL RESOURCE ARGS CONTEXT SESSION SIGNAL EVENT INPUT"
)

DECLARATION_STARTS: Final = set_of(
    "POLICY USE RESOURCE OPERATION RISK ROLE AGENT HUMAN SERVICE PRINCIPAL CONTEXT LABEL "
    "SIGNAL ENTITY DEFINE TOOL RULE ALLOW DENY REQUIRE LIMIT PROVE TEST SANDBOX"
)

_FUNCTIONS: Final = set_of("COUNT DISTINCT SUM MIN MAX AVG SIZE BLAST")

_OPERATORS: Final = set_of("EQ NE LT LE GT GE CONTAINS LIKE UNDER PLUS MINUS STAR AND OR")

BEFORE_OPERAND: Final = _OPERATORS | {"NOT", "WHEN", "UNLESS", "WHERE", "_OPEN"}

_BEFORE_LITERAL: Final = frozenset({"_LBRACKET", "_ASSIGN", "_COLON"})

_TRIGGERS: Final = BEFORE_OPERAND | _BEFORE_LITERAL | {"_COMMA"}

_AFTER_OPERAND: Final = (
    _OPERATORS
    | DECLARATION_STARTS
    | set_of(
        "IN HAS SINCE WITHIN PER WHEN UNLESS WITH WAIVING BECAUSE _CLOSE _RBRACKET _RBRACE "
        "_COMMA $END"
    )
)

_OPENING: Final = frozenset({"_OPEN", "_LBRACKET", "_LBRACE"})
_CLOSING: Final = frozenset({"_CLOSE", "_RBRACKET", "_RBRACE"})


def settle_keywords(kinds: list[str], keywords: frozenset[str]) -> None:
    """Rewrite in place, to `NAME`, the kinds of those keywords that are plain names.

    `kinds` ends with two `$END`s.

    """
    brackets: list[str] = []
    before = ""
    for index, kind in enumerate(kinds):
        if kind in keywords:
            if _is_name(kinds, index, kind, before, brackets):
                kinds[index] = kind = "NAME"
        elif kind in _OPENING:
            brackets.append(kind)
        elif kind in _CLOSING and brackets:
            brackets.pop()
        before = kind


def _is_name(kinds: list[str], index: int, kind: str, before: str, brackets: list[str]) -> bool:
    after = kinds[index + 1]
    if before == "_DOT" or before == "HAS" or after == "_COLON":
        return True
    if kind in NEVER_MEMBERS:
        return False
    if before == "_PIPE" or after == "_PIPE":
        return True
    return before in _TRIGGERS and _is_member(kinds, index, kind, before, brackets)


def _is_member(kinds: list[str], index: int, kind: str, before: str, brackets: list[str]) -> bool:
    after = kinds[index + 1]
    if (kind in _FUNCTIONS and after == "_OPEN") or (kind == "PREVIOUS" and after == "IS"):
        return False
    if before == "_COLON":
        return index < 3 or kinds[index - 3] != "RULE"
    if before in _BEFORE_LITERAL:
        return after != "TYPE"
    inner = brackets[-1] if brackets else ""
    if before == "_COMMA" and inner not in ("_OPEN", "_LBRACKET"):
        return False
    if before == "_OPEN" and index > 1 and kinds[index - 2] == "COUNT":
        return False
    return _can_follow_operand(kinds, index + 1, inner)


def _can_follow_operand(kinds: list[str], index: int, inner: str) -> bool:
    kind, after = kinds[index], kinds[index + 1]
    if after == "_DOT":
        return False
    if inner == "_LBRACE" and (kind == "NAME" or after == "_COLON"):
        return True
    return kind in _AFTER_OPERAND
