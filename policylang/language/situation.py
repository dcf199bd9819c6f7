"""Where a syntax error happened, as remedies look at it."""

from __future__ import annotations

from msgspec import Struct

from policylang.diagnostics.span import Span
from policylang.language.lexer import END, Tokens

_LONGEST_SHOWN = 40


class Situation(Struct, frozen=True):
    """`index`: the token that does not fit. `first`: where the broken declaration starts. `possible`: the

    kinds of token that would fit. `entered`: the grammar's symbol that was read last.
    """

    text: str
    tokens: Tokens
    index: int
    first: int
    possible: frozenset[str]
    entered: str

    def kind(self, distance: int = 0) -> str:
        """The kind of the token so far away, "" outside of the declaration."""
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
