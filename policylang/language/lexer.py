"""Text to tokens: their kinds and places, the comments, and what no token can be made of.

One regular expression finds the tokens; every quantifier in it is possessive, so the time is
linear in the text. What is wrong inside a token (a bad escape, a letter from another alphabet) is
a flaw, and the token that was meant is given to the grammar, so that one mistake is reported
once.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from policylang.diagnostics.span import Span
from policylang.language import characters, literals
from policylang.language.flaws import Flaw
from policylang.language.nodes import Comment

END: Final = "$END"

MAX_REPAIRS: Final = 1000
"""After so many places that no token can be made of, the rest is not read: no policy has them."""

_TOKEN: Final = re.compile(
    r"""[ \t\r\n]*+(?:
      ([A-Za-z_][A-Za-z0-9_]*+)(?![^\x00-\x7f])
    | (=>(?!=)|(?:[=!]=|<=|>=)(?!=)|[:,.?()\[\]{}+*]|-(?!>)|\|(?!\|)|<(?![>])|>|=(?![=<>]))
    | ("(?:[^"\\\n\r]++|\\[^\n\r])*+")
    | (\#[^\r\n]*+)
    | ([0-9](?:[0-9A-Za-z_]|\.(?=[0-9]))*+\.?+)(?![^\x00-\x7f])
    | (@(?:[0-9A-Za-z+.\-]|:(?=[0-9]))*+)
    | (\Z)
    | (.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_WORD, _SIGN, _STRING, _COMMENT, _NUMBER, _TIME, _END, _OTHER = range(1, 9)


class Tokens(Struct):
    """Parallel lists: `kinds[i]` stands at `starts[i]:ends[i]` of the text. Two `$END`s close them.

    `texts`: what is meant where that is not what is written, by index.

    """

    kinds: list[str]
    starts: list[int]
    ends: list[int]
    texts: dict[int, str]
    comments: list[Comment]
    flaws: list[Flaw]


def tokenise(text: str, keywords: dict[str, str], signs: dict[str, str]) -> Tokens:
    """Every token of the text. Keywords have their own kinds, also where they are names."""
    lexer = _Lexer(text, keywords, signs)
    lexer.run(1 if text.startswith("\ufeff") else 0)
    return lexer.tokens


class _Lexer:
    def __init__(self, text: str, keywords: dict[str, str], signs: dict[str, str]) -> None:
        self.text = text
        self.keywords = keywords
        self.signs = signs
        self.tokens = Tokens([], [], [], {}, [], characters.forbidden(text))
        self._repairs = 0
        self._line = (0, 0)

    def run(self, position: int) -> None:
        """Tokens from `position` on; after a repair the scan goes on behind it."""
        while position >= 0 and self._repairs < MAX_REPAIRS:
            position = self._scan(position)
        end = len(self.text)
        for _ in range(2):
            self._add(END, end, end)
        self.tokens.flaws.sort(key=lambda flaw: flaw.span.start)

    def _scan(self, position: int) -> int:
        """Scan to the end (-1), or to where a repair has to go on."""
        text, keywords, signs = self.text, self.keywords, self.signs
        tokens = self.tokens
        kind_of, start_of, end_of = (
            tokens.kinds.append,
            tokens.starts.append,
            tokens.ends.append,
        )
        for match in _TOKEN.finditer(text, position):
            group = match.lastindex
            assert group is not None
            start, end = match.span(group)
            if group == _WORD:
                word = match[_WORD]
                kind = keywords.get(word)
                if kind is None:
                    if "A" <= word[0] <= "Z":
                        kind = "TYPE"
                    else:
                        kind = "NAME"
                        if word != word.lower():
                            self._camel_case(word, start, end)
            elif group == _SIGN:
                kind = signs[match[_SIGN]]
            elif group == _COMMENT:
                tokens.comments.append(Comment(Span(start, end), match[_COMMENT].rstrip()))
                continue
            elif group == _STRING:
                kind = "STRING"
                if "\\" in match[_STRING]:
                    self._escapes(match[_STRING], start)
            elif group in (_NUMBER, _TIME):
                kind = self._number(match[group], start)
            elif group == _END:
                return -1
            else:
                return self._other(start)
            kind_of(kind)
            start_of(start)
            end_of(end)
        return -1

    def _add(self, kind: str, start: int, end: int, meant: str | None = None) -> None:
        if meant is not None:
            self.tokens.texts[len(self.tokens.kinds)] = meant
        self.tokens.kinds.append(kind)
        self.tokens.starts.append(start)
        self.tokens.ends.append(end)

    def _flaw(self, code: str, start: int, end: int, message: str, label: str, help: str) -> None:
        self.tokens.flaws.append(Flaw(code, Span(start, end), message, label, help))

    # ── words and numbers ────────────────────────────────────────────────────────────────

    def _camel_case(self, word: str, start: int, end: int) -> None:
        snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", word).lower()
        self._flaw(
            "P0020",
            start,
            end,
            f"`{word}` has capital letters inside",
            "a name is in lower_case",
            f"write `{snake}`",
        )

    def _escapes(self, text: str, start: int) -> None:
        flaws = literals.escape_flaws(text, start)
        if flaws:
            self.tokens.flaws += flaws
            self.tokens.texts[len(self.tokens.kinds)] = '""'

    def _number(self, text: str, start: int) -> str:
        kind, flaw = literals.classify(text, start)
        if flaw is not None:
            self.tokens.flaws.append(flaw)
            self.tokens.texts[len(self.tokens.kinds)] = literals.STAND_INS[kind]
        return kind

    # ── what is no token ─────────────────────────────────────────────────────────────────

    def _other(self, start: int) -> int:
        """Make the best of what begins at `start`; returns where to go on."""
        text = self.text
        character = text[start]
        if characters.is_forbidden(character):
            # Its flaw is there already.
            return characters.run_of_forbidden(text, start)
        self._repairs += 1
        if character == '"':
            return self._unterminated(start)
        if character in characters.QUOTES:
            return self._other_quotes(start)
        for written, kind, meant, message, help in _FOREIGN_SIGNS:
            if text.startswith(written, start):
                self._flaw("P0018", start, start + len(written), message, "", help)
                if meant is not None:
                    self._add(kind, start, start + len(written), meant)
                    return start + len(written)
                return self._foreign_comment(start, written)
        if character.isascii() and not (character.isalnum() or character == "_"):
            return self._stray(start)
        return self._odd_word(start)

    def _unterminated(self, start: int) -> int:
        end = self._line_end(start)
        self._flaw(
            "P0011",
            start,
            end,
            "this string has no end on its line",
            "the string begins here",
            'close it with `"`; a line break inside a string is written `\\n`',
        )
        self._add("STRING", start, end, '""')
        return end

    def _other_quotes(self, start: int) -> int:
        line_end = self._line_end(start)
        match = characters.QUOTE.search(self.text, start + 1, line_end)
        end = match.end() if match else line_end
        inner = self.text[start + 1 : match.start() if match else line_end].replace('"', '\\"')
        shown = inner if len(inner) <= 40 else inner[:40] + "…"
        self._flaw(
            "P0019",
            start,
            end,
            "a string stands in straight double quotes",
            characters.describe(self.text[start]),
            f'write `"{shown}"`',
        )
        self._add("STRING", start, end, '""')
        return end

    def _foreign_comment(self, start: int, opening: str) -> int:
        if opening == "//":
            return self._line_end(start)
        close = self.text.find("*/", start + 2)
        return len(self.text) if close < 0 else close + 2

    def _stray(self, start: int) -> int:
        character = self.text[start]
        end = start + 1
        while end < len(self.text) and self.text[end] == character:
            end += 1
        help = _STRAY_HELP.get(character, f"remove `{character}`")
        self._flaw("P0013", start, end, f"`{character}` means nothing here", "", help)
        return end

    def _odd_word(self, start: int) -> int:
        """A word with characters outside of ASCII: the word that was meant goes to the grammar."""
        match = characters.ODD_WORD.match(self.text, start)
        end = match.end() if match else start + 1
        word = self.text[start:end]
        flaw, meant = characters.plain_word(word, start)
        if flaw is not None:
            self.tokens.flaws.append(flaw)
        if meant:
            kind = self.keywords.get(meant) or ("TYPE" if meant[0].isupper() else "NAME")
            self._add(kind, start, end, meant)
        return end

    def _line_end(self, start: int) -> int:
        begin, end = self._line
        if not begin <= start <= end:
            match = _LINE_END.search(self.text, start)
            self._line = start, match.start() if match else len(self.text)
        return self._line[1]


_LINE_END: Final = re.compile(r"[\r\n]")

_FOREIGN_SIGNS: Final = (
    ("&&", "AND", "and", "`&&` is not an operator", "write `and`"),
    (
        "||",
        "OR",
        "or",
        "`||` is not an operator",
        "write `or`; between the members of an enum stands one `|`",
    ),
    ("===", "EQ", "==", "`===` is not an operator", "write `==`"),
    ("!==", "NE", "!=", "`!==` is not an operator", "write `!=`"),
    ("<>", "NE", "!=", "`<>` is not an operator", "write `!=`"),
    ("=<", "LE", "<=", "`=<` is not an operator", "write `<=`"),
    ("!", "NOT", "not", "`!` is not an operator", "write `not`"),
    ("->", "_ARROW", "=>", "`->` is not an arrow", "write `=>`"),
    ("//", "", None, "`//` does not start a comment", "a comment starts with `#`"),
    ("/*", "", None, "`/*` does not start a comment", "every line of a comment starts with `#`"),
)

_STRAY_HELP: Final = {
    ";": "remove it: a declaration ends where the next one begins",
    "`": "remove it: a name stands without quotes, a string in double quotes",
    "&": "write `and`",
    "/": 'there is no division; a path is a string: `"/srv/app"`',
    "%": "there is no remainder operator",
    "$": "remove it: a name stands without a sign before it",
    "\\": "remove it: a declaration goes on over line ends by itself",
    "^": "there is no such operator",
    "~": "write `like` to match a pattern",
}
