"""Where reading goes on after a syntax error, and what was lost.

The next declaration begins at a keyword that starts one, in a position where it does so: many of
these words stand inside declarations too (`any agent`, `never allow`, `resource.stage`). So the
token before and the token after must fit, unless it starts a line that is indented no more than
the broken declaration. `agent`, `human` and `service` also start the actor of a test; they count
only at the start of a line that is indented no more than the broken declaration.
"""

from __future__ import annotations

from typing import Final

from policylang.diagnostics.span import Source
from policylang.language.lexer import END, Tokens
from policylang.language.literals import string_value
from policylang.language.words import set_of

_WHO: Final = frozenset({"ANYONE", "ANY", "TYPE", "NAME", "STRING"})
_AFTER: Final[dict[str, frozenset[str]]] = {
    "POLICY": frozenset({"NAME"}),
    "USE": frozenset({"NAME"}),
    "RESOURCE": frozenset({"TYPE", "NAME"}),
    "OPERATION": frozenset({"NAME", "TYPE"}),
    "RISK": frozenset({"TYPE", "NAME"}),
    "ROLE": frozenset({"TYPE", "NAME"}),
    "AGENT": frozenset({"NAME", "STRING", "TYPE"}),
    "HUMAN": frozenset({"NAME", "STRING", "TYPE"}),
    "SERVICE": frozenset({"NAME", "STRING", "TYPE"}),
    "PRINCIPAL": frozenset({"_LBRACE"}),
    "CONTEXT": frozenset({"_LBRACE"}),
    "LABEL": frozenset({"NAME"}),
    "SIGNAL": frozenset({"NAME"}),
    "ENTITY": frozenset({"TYPE", "NAME"}),
    "DEFINE": frozenset({"NAME", "TYPE"}),
    "TOOL": frozenset({"STRING"}),
    "RULE": frozenset({"NAME"}),
    "ALLOW": _WHO,
    "DENY": _WHO,
    "REQUIRE": frozenset({"APPROVAL"}),
    "LIMIT": frozenset({"ANY", "ANYTHING", "NAME"}),
    "PROVE": frozenset({"STRING"}),
    "TEST": frozenset({"STRING"}),
    "SANDBOX": frozenset({"NAME"}),
}
_NOT_BEFORE: Final = set_of(
    "GIVEN ANY NEVER ALWAYS DEFAULT FLOOR THEN _ARROW IS ON BY EACH FOR _DOT EQ NE LT LE GT "
    "GE AND OR NOT PLUS MINUS STAR WHEN UNLESS WHERE _ASSIGN _COMMA _OPEN _LBRACKET _PIPE "
    "CONTAINS LIKE UNDER IN WITH"
)
_EFFECTS: Final = frozenset({"ALLOW", "DENY", "REQUIRE", "LIMIT"})
_ACTORS: Final = frozenset({"AGENT", "HUMAN", "SERVICE"})


def next_declaration(source: Source, tokens: Tokens, first: int, index: int) -> int:
    """The index of the token that starts the next declaration, or that of the end.

    `first`: where the broken declaration starts; `index`: the token that did not fit.

    """
    at = max(index, first + 1)
    kinds = tokens.kinds
    if kinds[first] == "RULE" and index <= first + 2 and kinds[index] in _EFFECTS:
        # `rule x allow …`: the rest belongs to the broken rule.
        at = index + 1
    while kinds[at] != END and not _starts(source, tokens, first, at):
        at += 1
    return min(at, len(kinds) - 2)


def _starts(source: Source, tokens: Tokens, first: int, at: int) -> bool:
    kinds = tokens.kinds
    expected = _AFTER.get(kinds[at])
    if expected is None or kinds[at + 1] not in expected:
        return False
    if kinds[at] in _ACTORS or kinds[at - 1] in _NOT_BEFORE:
        return leads_line(source, tokens, first, at)
    return True


def leads_line(source: Source, tokens: Tokens, first: int, at: int) -> bool:
    """Whether the token starts a line that is indented no more than the declaration at `first`."""
    if at == 0:
        return True
    line, column = source.position(tokens.starts[at])
    before, _ = source.position(tokens.ends[at - 1])
    _, broken_column = source.position(tokens.starts[first])
    return line > before and column <= broken_column


def lost_names(text: str, tokens: Tokens, first: int, end: int) -> list[str]:
    """The names that the broken declaration at `first` declares, as far as can be told."""
    kinds = tokens.kinds
    span = range(first + 1, end)
    if kinds[first] in (
        "RESOURCE",
        "RISK",
        "ROLE",
        "AGENT",
        "HUMAN",
        "SERVICE",
        "SIGNAL",
        "DEFINE",
        "ENTITY",
    ):
        names = [*span[:1], *(at for at in span if kinds[at + 1] == "_COLON")]
    elif kinds[first] in ("PRINCIPAL", "CONTEXT"):
        names = [at for at in span if kinds[at + 1] == "_COLON"]
    elif kinds[first] == "LABEL":
        names = list(span)
    elif kinds[first] == "OPERATION":
        on = next((at for at in span if kinds[at] == "ON"), end)
        names = list(range(first + 1, on))
    else:
        names = []
    return [_name(text, tokens, at) for at in names if kinds[at] in ("NAME", "TYPE", "STRING")]


def _name(text: str, tokens: Tokens, at: int) -> str:
    written = tokens.texts.get(at) or text[tokens.starts[at] : tokens.ends[at]]
    return string_value(written) if tokens.kinds[at] == "STRING" else written
