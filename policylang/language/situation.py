"""Where a syntax error happened, as the words for it need to know."""

from __future__ import annotations

from msgspec import Struct

from policylang.diagnostics.span import Span
from policylang.language.lexer import END, Tokens
from policylang.language.tables import Reduction, Tables

_LONGEST_SHOWN = 40


class Situation(Struct, frozen=True):
    """`index`: the token that does not fit. `first`: where the broken declaration starts.

    `possible`: the kinds of token that would fit. `states`: the parser's stack.

    """

    table: Tables
    text: str
    tokens: Tokens
    states: list[int]
    index: int
    first: int
    possible: frozenset[str]

    def kind(self, distance: int = 0) -> str:
        """The kind of the token so far away, "" before the declaration and behind the end."""
        at = self.index + distance
        return self.tokens.kinds[at] if self.first <= at < len(self.tokens.kinds) else ""

    def word(self, distance: int = 0) -> str:
        """The text of the token so far away."""
        at = self.index + distance
        if not 0 <= at < len(self.tokens.kinds):
            return ""
        return self.text[self.tokens.starts[at] : self.tokens.ends[at]]

    def span(self, distance: int = 0) -> Span:
        at = self.index + distance
        return Span(self.tokens.starts[at], self.tokens.ends[at])

    def fits(self, kind: str) -> bool:
        """Whether a token of this kind in the place of the found one would let the next one fit."""
        return shifts(self.table, self.states, [kind, self.kind(1)])

    def helped_by(self, kind: str) -> bool:
        """Whether a token of this kind before the found one would let the found one fit."""
        return shifts(self.table, self.states, [kind, self.kind()])

    @property
    def keywords(self) -> dict[str, str]:
        """Token kind → text, of every keyword."""
        return {kind: text for text, kind in self.table.keywords.items()}

    @property
    def entered(self) -> str:
        """The grammar's symbol that was read last."""
        return self.table.entered[self.states[-1]]

    @property
    def opener(self) -> str:
        """The kind of the token that starts the declaration."""
        return self.tokens.kinds[self.first]

    @property
    def found(self) -> str:
        """The token, as a message shows it."""
        if self.kind() == END:
            return "the end of the file"
        word = self.word()
        if self.kind() == "STRING":
            return "a string"
        return f"`{word}`" if len(word) <= _LONGEST_SHOWN else f"`{word[:_LONGEST_SHOWN]}…`"


def possible_kinds(table: Tables, states: list[int]) -> frozenset[str]:
    """The kinds of token that can follow.

    A table with merged lookaheads allows reductions that lead nowhere: so each kind is tried out.

    """
    return frozenset(kind for kind in table.actions[states[-1]] if shifts(table, states, [kind]))


def shifts(table: Tables, states: list[int], kinds: list[str]) -> bool:
    """Whether the tokens would be taken one after the other. The stack itself stays as it is."""
    base = len(states)
    top: list[int] = []
    for kind in kinds:
        while True:
            state = top[-1] if top else states[base - 1]
            action = table.actions[state].get(kind)
            if not isinstance(action, Reduction):
                break
            base -= max(0, action.size - len(top))
            del top[max(0, len(top) - action.size) :]
            top.append(table.gotos[top[-1] if top else states[base - 1]][action.origin])
        if action is None:
            return kind == END and state == table.declared
        top.append(action)
    return True
