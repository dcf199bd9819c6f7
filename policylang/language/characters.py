"""Characters that cannot stand in a policy, and letters that look like others."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from policylang.diagnostics.span import Span
from policylang.language.flaws import Flaw

_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff]"
)
_FORBIDDEN_ASCII: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FORBIDDEN_RUN: Final = re.compile(_FORBIDDEN.pattern + "++")
_MOST_REPORTED: Final = 100

ODD_WORD: Final = re.compile(r"(?:[A-Za-z0-9_]|[^\x00-\x7f“”„‟«»‘’‚‛′″])++")
"""A word of any alphabet."""

_LOOK_ALIKES: Final = str.maketrans(
    # Cyrillic, Greek, Armenian, Latin: after Unicode Technical Standard 39, confusables.txt.
    "аеорсухіјѕԁһԛԝӏвкмнтАВЕКМНОРСТУХІЈЅԌαοινρυχκωεηΑΒΕΖΗΙΚΜΝΟΡΤΥΧօոսհıɡɑȷ",
    "aeopcyxijsdhqwlbkmhtABEKMHOPCTYXIJSGaoivpuxkwenABEZHIKMNOPTYXonuhigaj",
)
_INVISIBLE: Final = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e")
QUOTES: Final = frozenset("'“”„‟«»‘’‚‛′″")
QUOTE: Final = re.compile("['\"“”„‟«»‘’‚‛′″]")
_SIGNS: Final = {
    "–": "-", "—": "-", "−": "-", "×": "*", "≤": "<=", "≥": ">=", "≠": "!=", "→": "=>", "⇒": "=>",
    "，": ",", "：": ":", "（": "(", "）": ")", "｛": "{", "｝": "}", "［": "[", "］": "]",
    "＝": "=", "＞": ">", "＜": "<",
}  # fmt: skip


def is_forbidden(character: str) -> bool:
    """Whether the character may stand nowhere: controls, also bidirectional, line separators."""
    return _FORBIDDEN.match(character) is not None


def run_of_forbidden(text: str, start: int) -> int:
    """Where the forbidden characters from `start` on end."""
    match = _FORBIDDEN_RUN.match(text, start)
    return match.end() if match else start


def forbidden(text: str) -> list[Flaw]:
    """One flaw for each forbidden character, the first hundred of them."""
    pattern = _FORBIDDEN_ASCII if text.isascii() else _FORBIDDEN
    flaws = []
    for match in pattern.finditer(text):
        flaws.append(_forbidden(match[0], match.start()))
        if len(flaws) == _MOST_REPORTED:
            break
    return flaws


def _forbidden(character: str, offset: int) -> Flaw:
    message = f"{describe(character)} cannot stand in a policy"
    if character == "\0":
        help = "remove the NUL byte; is this a text file?"
    elif unicodedata.bidirectional(character) in _BIDIRECTIONAL:
        help = "remove it: it makes text look different from what it says"
    else:
        help = "remove it; in a string, write an escape"
        if ord(character) < 0x10000 and not "\ud800" <= character <= "\udfff":
            help += f": `\\u{ord(character):04x}`"
    return Flaw("P0013", Span(offset, offset + 1), message, help=help)


_BIDIRECTIONAL: Final = frozenset(
    ["LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI", "L", "R", "AL"]
)


def describe(character: str) -> str:
    """`U+0430 CYRILLIC SMALL LETTER A`."""
    name = unicodedata.name(character, "")
    kind = "" if name else _CATEGORIES.get(unicodedata.category(character), "character")
    return f"U+{ord(character):04X} {name or kind}".strip()


_CATEGORIES: Final = {"Cc": "(a control character)", "Cs": "(half of a surrogate pair)"}


def plain_word(word: str, offset: int) -> tuple[Flaw | None, str]:
    """What is wrong with a word outside of ASCII, and the word that was meant ("" for none)."""
    odd = [(index, char) for index, char in enumerate(word) if not char.isascii()]
    index, first = next(
        ((index, char) for index, char in odd if not is_forbidden(char)), (0, word[0])
    )
    meant = "".join(map(_plain, word))
    if not meant.isidentifier() or not meant.isascii():
        meant = ""
    if all(is_forbidden(char) for _, char in odd):
        # Reported already, as a forbidden character.
        return None, meant
    span = Span(offset + index, offset + index + 1)
    return _explain(first, meant, span), meant


def _plain(character: str) -> str:
    if character.isascii():
        return character
    if character in _INVISIBLE or is_forbidden(character):
        return ""
    mapped = character.translate(_LOOK_ALIKES)
    if not mapped.isascii():
        mapped = unicodedata.normalize("NFKC", character)
    if not mapped.isascii():
        mapped = unicodedata.normalize("NFD", character)[0]
    return mapped if mapped.isascii() and (mapped.isalnum() or mapped == "_") else "?"


def _looks_like_ascii(character: str) -> bool:
    # NFKC: full-width and mathematical letters. An accent stays, and is seen.
    same = character.translate(_LOOK_ALIKES), unicodedata.normalize("NFKC", character)
    return any(text.isascii() for text in same)


def _explain(character: str, meant: str, span: Span) -> Flaw:
    what = describe(character)
    if character in _INVISIBLE:
        return Flaw(
            "P0014", span, f"{what} cannot be seen, and cannot stand in a name", help="remove it"
        )
    if unicodedata.category(character).startswith("Z"):
        return Flaw("P0013", span, f"{what} is not a plain space", help="write a plain space")
    plain = _plain(character)
    if plain != "?" and _looks_like_ascii(character):
        help = f"write `{meant}` in ASCII letters" if meant else f"write the ASCII letter `{plain}`"
        return Flaw(
            "P0014", span, f"{what} looks like the ASCII letter `{plain}`", "not ASCII", help
        )
    if character.isalnum():
        help = f"write `{meant}`" if meant else "names are made of ASCII letters, digits and `_`"
        return Flaw("P0014", span, f"{what} cannot stand in a name", "not ASCII", help)
    sign = _SIGNS.get(character)
    help = f"did you mean `{sign}`?" if sign else "remove it"
    return Flaw("P0013", span, f"{what} means nothing here", help=help)
