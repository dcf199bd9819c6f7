"""What to say of a token that does not fit: what was found, what could stand there, and the remedy.

The LALR state knows which tokens can follow; reading them out is a matter of words. A token counts as
possible only if the reductions before it lead to a shift, which a table with merged lookaheads does not
promise; so each is tried on a copy of the top of the stack.
"""

from __future__ import annotations

from typing import Final

from policylang.diagnostics.span import Span
from policylang.language import remedies
from policylang.language.flaws import Flaw
from policylang.language.lexer import END, Tokens
from policylang.language.situation import Situation
from policylang.language.tables import Reduction, Tables
from policylang.language.words import DECLARATION_STARTS

_NAMED: Final = {
    "NAME": "a name",
    "TYPE": "a Capitalised name",
    "STRING": "a string",
    "INT": "a number",
    "DECIMAL": "a number",
    "DURATION": "a duration",
    "BYTES": "a size",
    "TIME": "a time",
    END: "the end of the file",
}

_OPERATORS: Final = frozenset(
    [
        "EQ",
        "NE",
        "LT",
        "LE",
        "GT",
        "GE",
        "PLUS",
        "MINUS",
        "STAR",
        "CONTAINS",
        "LIKE",
        "UNDER",
        "IN",
        "HAS",
        "SINCE",
        "AND",
        "OR",
    ]
)
_OPERANDS: Final = frozenset(
    [
        "INT",
        "DECIMAL",
        "STRING",
        "DURATION",
        "BYTES",
        "TIME",
        "TRUE",
        "FALSE",
        "MINUS",
        "_LBRACKET",
        "_OPEN",
        "NAME",
        "TYPE",
        "NOT",
        "ANY",
        "ALL",
        "FORMERLY",
        "PREVIOUS",
        "COUNT",
        "DISTINCT",
        "SUM",
        "MIN",
        "MAX",
        "AVG",
        "SIZE",
        "BLAST",
        "PRINCIPAL",
        "RESOURCE",
        "ARGS",
        "CONTEXT",
        "SESSION",
        "SIGNAL",
        "EVENT",
        "INPUT",
    ]
)
_LITERALS: Final = frozenset(
    [
        "INT",
        "DECIMAL",
        "STRING",
        "DURATION",
        "BYTES",
        "TIME",
        "TRUE",
        "FALSE",
        "MINUS",
        "_LBRACKET",
        "NAME",
    ]
)

_AFTER: Final = {
    "whos": "after the principals",
    "whats": "after the operations",
    "wheres": "after the resources",
    "signatures": "after the operations",
    "scope": "after the resources",
    "dotted": "after the module's name",
    "rule_name": "after the rule's name",
}

_MOST_LISTED: Final = 4


def unexpected(
    table: Tables, text: str, tokens: Tokens, states: list[int], index: int, first: int
) -> Flaw:
    """The flaw at the token `index`, which cannot follow; `first` starts the broken declaration."""
    possible = _possible(table, states)
    situation = Situation(
        text=text,
        tokens=tokens,
        index=index,
        first=first,
        possible=possible,
        entered=table.entered[states[-1]],
    )
    span = Span(tokens.starts[index], max(tokens.ends[index], tokens.starts[index]))
    special = remedies.special(situation)
    if special is not None:
        return special
    wanted = _wanted(table, situation)
    found = situation.found
    message = f"expected {wanted}, found {found}" if wanted else f"{found} cannot stand here"
    return Flaw("P0010", span, message, "not expected here", remedies.remedy(situation))


def _possible(table: Tables, states: list[int]) -> frozenset[str]:
    return frozenset(kind for kind in table.actions[states[-1]] if _shifts(table, states, kind))


def _shifts(table: Tables, states: list[int], kind: str) -> bool:
    """Whether the token would be shifted, after the reductions that it causes."""
    base, top = len(states), []  # type: ignore[var-annotated]
    while True:
        state = top[-1] if top else states[base - 1]
        action = table.actions[state].get(kind)
        if action is None:
            return kind == END and state == table.declared
        if not isinstance(action, Reduction):
            return True
        over = action.size - len(top)
        del top[max(0, len(top) - action.size) :]
        base -= max(0, over)
        below = top[-1] if top else states[base - 1]
        top.append(table.gotos[below][action.origin])


def _wanted(table: Tables, situation: Situation) -> str:
    """What could stand there, in words."""
    possible = set(situation.possible)
    names = []
    for group, name in (
        (_OPERANDS, "an expression"),
        (_LITERALS, "a value"),
        (_OPERATORS - {"MINUS", "PLUS", "STAR"}, "an operator"),
    ):
        if group <= possible or (name == "an operator" and {"EQ", "AND"} <= possible):
            possible -= group | {"PLUS", "MINUS", "STAR"}
            names.append(name)
    starts = possible & DECLARATION_STARTS
    declaration = len(starts) > 10
    if declaration:
        possible -= DECLARATION_STARTS | {END, "RULE"}
    names = [*_texts(table, possible), *names]
    if declaration and len(names) < _MOST_LISTED:
        names.append("the next declaration")
    if not names or len(names) > 2 * _MOST_LISTED:
        return ""
    return _listed(names) + _after(situation)


def _texts(table: Tables, kinds: set[str]) -> list[str]:
    """Words of the language first, in alphabetical order; then signs and kinds of token."""
    written = {kind: f"`{text}`" for text, kind in (table.keywords | table.signs).items()}
    words = sorted(written[kind] for kind in kinds if kind in written and kind[0] != "_")
    signs = sorted(written[kind] for kind in kinds if kind in written and kind[0] == "_")
    others = sorted({_NAMED[kind] for kind in kinds if kind in _NAMED})
    return others + words + signs


def _listed(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    return ", ".join(names[:-1]) + " or " + names[-1]


def _after(situation: Situation) -> str:
    phrase = _AFTER.get(situation.entered)
    return f" {phrase}" if phrase else ""
