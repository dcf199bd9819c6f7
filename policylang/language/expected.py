"""What to say of a token that does not fit: what could stand there, what does, and the remedy."""

from __future__ import annotations

from typing import Final

from policylang.language import remedies
from policylang.language.flaws import Flaw
from policylang.language.lexer import END, Tokens
from policylang.language.situation import Situation, possible_kinds
from policylang.language.tables import Tables
from policylang.language.words import DECLARATION_STARTS, set_of

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

# The first group that is possible as a whole is named instead of its members.
_OPERANDS: Final = frozenset({"INT", "STRING", "_OPEN", "_LBRACKET", "COUNT", "PRINCIPAL"})
_LITERALS: Final = frozenset({"INT", "STRING", "_LBRACKET", "TRUE"})
_OPERATORS: Final = frozenset({"EQ", "AND", "CONTAINS"})
_IN_EXPRESSION: Final = set_of(
    "INT DECIMAL STRING DURATION BYTES TIME TRUE FALSE MINUS _LBRACKET _OPEN NAME TYPE NOT ANY "
    "ALL FORMERLY PREVIOUS COUNT DISTINCT SUM MIN MAX AVG SIZE BLAST PRINCIPAL RESOURCE ARGS "
    "CONTEXT SESSION SIGNAL EVENT INPUT"
)
_AFTER_OPERAND: Final = set_of(
    "EQ NE LT LE GT GE PLUS MINUS STAR CONTAINS LIKE UNDER IN HAS SINCE AND OR IS SAW _DOT"
)
_CLAUSES: Final = frozenset({"WHEN", "UNLESS", "WITH", "WAIVING", "BECAUSE"})

_AFTER: Final = {
    "whos": "after the principals",
    "who": "after the principal",
    "whats": "after the operations",
    "what": "after the operation",
    "wheres": "after the resources",
    "where": "after the resource",
    "signatures": "after the operations",
    "scope": "after the resources",
    "dotted": "after the module's name",
    "rule_name": "after the rule's name",
    "types": "after the list",
    "amount": "after the amount",
}

_MOST_LISTED: Final = 5


def unexpected(
    table: Tables, text: str, tokens: Tokens, states: list[int], index: int, first: int
) -> Flaw:
    """The flaw at the token `index`, which cannot follow; `first` starts the broken declaration."""
    possible = possible_kinds(table, states)
    situation = Situation(table, text, tokens, states, index, first, possible)
    special = remedies.special(situation)
    if special is not None:
        return special
    wanted = _wanted(situation)
    found = situation.found
    message = f"expected {wanted}, found {found}" if wanted else f"{found} does not fit here"
    return Flaw("P0010", situation.span(), message, "", remedies.remedy(situation))


def _wanted(situation: Situation) -> str:
    """What could stand there, in words; "" where that would be a long list."""
    left = set(situation.possible)
    groups = []
    if left >= _OPERANDS:
        groups.append("an expression")
        left -= _IN_EXPRESSION
    elif left >= _LITERALS:
        groups.append("a value")
        left -= _IN_EXPRESSION
    if left >= _OPERATORS:
        groups.append("an operator")
        left -= _AFTER_OPERAND
    if left >= _CLAUSES:
        groups.append("a clause")
        left -= _CLAUSES
    if len(left & DECLARATION_STARTS) > 10:
        groups.append(
            "the next declaration" if situation.index > situation.first else "a declaration"
        )
        left -= DECLARATION_STARTS | {END}
    names = [*_texts(situation, left), *groups]
    if len(names) > _MOST_LISTED:
        return ""
    return _listed(names) + _after(situation)


def _texts(situation: Situation, kinds: set[str]) -> list[str]:
    """Names of the kinds of token: literals and names first, then words, then signs."""
    written = {kind: f"`{text}`" for text, kind in situation.table.signs.items()}
    words = {kind: f"`{text}`" for kind, text in situation.keywords.items()}
    return [
        *sorted({_NAMED[kind] for kind in kinds if kind in _NAMED}),
        *sorted(words[kind] for kind in kinds if kind in words),
        *sorted(written[kind] for kind in kinds if kind in written),
    ]


def _listed(names: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _after(situation: Situation) -> str:
    phrase = _AFTER.get(situation.entered)
    return f" {phrase}" if phrase else ""
