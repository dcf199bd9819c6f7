"""Remedies for the common slips, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from policylang.diagnostics.span import Span
from policylang.diagnostics.suggest import did_you_mean
from policylang.language.flaws import Flaw
from policylang.language.literals import TIME_UNITS
from policylang.language.situation import Situation
from policylang.language.words import BEFORE_OPERAND, DECLARATION_STARTS, NEVER_MEMBERS, set_of

_CLAUSES: Final = frozenset({"WHEN", "UNLESS", "WITH", "WAIVING", "BECAUSE"})
_COMPARISONS: Final = set_of("EQ NE LT LE GT GE CONTAINS LIKE UNDER")
_CLOSERS: Final = {"_CLOSE": ")", "_RBRACKET": "]", "_RBRACE": "}"}

# ── flaws of their own ───────────────────────────────────────────────────────────────────


def special(situation: Situation) -> Flaw | None:
    """A flaw with its own code, where the slip is known."""
    for look in _SPECIAL:
        flaw = look(situation)
        if flaw is not None:
            return flaw
    return None


def _not_there_yet(situation: Situation) -> Flaw | None:
    word = situation.word()
    if word not in ("sandbox", "secret") or situation.entered != "module":
        return None
    if situation.kind(1) != "NAME" or situation.kind(2) != "_LBRACE":
        return None
    help = "leave it out"
    if word == "sandbox":
        help = "demand one with `with sandbox(…)` on a rule"
    message = f"`{word}` declarations are not there yet"
    return Flaw("P0024", situation.span(), message, "", help)


def _spaced_unit(situation: Situation) -> Flaw | None:
    # `per 1 h` fails at the number, `> 1 h` behind it.
    at = 0 if situation.kind() == "INT" else -1
    if situation.kind(at) != "INT" or situation.kind(at + 1) not in ("NAME", "TYPE"):
        return None
    number, unit = situation.word(at), situation.word(at + 1)
    span = Span(situation.span(at).start, situation.span(at + 1).end)
    if unit in TIME_UNITS:
        help = f"write `{number}{TIME_UNITS[unit]}`"
        return Flaw("P0017", span, f"a duration has no space before `{unit}`", "", help)
    if unit in _SIZE_UNITS:
        help = f"write `{number}{unit}`"
        return Flaw("P0017", span, f"a size has no space before `{unit}`", "", help)
    return None


_SIZE_UNITS: Final = set_of("B KB MB GB TB KiB MiB GiB TiB")


def _single_equals(situation: Situation) -> Flaw | None:
    if situation.kind() != "_ASSIGN" or "EQ" not in situation.possible:
        return None
    return Flaw("P0018", situation.span(), "`=` does not compare", "", "write `==`")


def _capital_member(situation: Situation) -> Flaw | None:
    """`stage: Dev | Prod`, `resource.stage == Prod`."""
    if situation.kind(-1) != "TYPE":
        return None
    in_type = situation.kind() == "_PIPE"
    as_operand = situation.possible == {"STRING"} and situation.kind(-2) in BEFORE_OPERAND
    if not in_type and not as_operand:
        return None
    word = situation.word(-1)
    help = f"write `{word.lower()}`"
    if situation.kind() == "_DOT":
        help = f"an attribute is read from a root: `resource.{situation.word(1)}`"
    elif as_operand:
        help += f', or name a resource: `{word} "id"`'
    message = f"`{word}` is Capitalised, and the members of an enum are in lower_case"
    return Flaw("P0020", situation.span(-1), message, "", help)


def _wrong_case(situation: Situation) -> Flaw | None:
    word, kind = situation.word(), situation.kind()
    if kind == "TYPE" and "NAME" in situation.possible and situation.fits("NAME"):
        message = f"`{word}` is Capitalised, and what stands here is in lower_case"
        return Flaw("P0020", situation.span(), message, "", f"write `{_snake(word)}`")
    lower = kind == "NAME" and "TYPE" in situation.possible and "NAME" not in situation.possible
    if lower and situation.fits("TYPE"):
        message = f"`{word}` is in lower_case, and what stands here is Capitalised"
        return Flaw("P0020", situation.span(), message, "", f"write `{_camel(word)}`")
    return None


def _snake(word: str) -> str:
    if word.isupper():
        return word.lower()
    parts = [f"_{char.lower()}" if char.isupper() else char for char in word]
    return "".join(parts).lstrip("_")


def _camel(word: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in word.split("_"))


def _reserved(situation: Situation) -> Flaw | None:
    word = situation.word()
    if not word.isidentifier() or situation.kind() in ("NAME", "TYPE"):
        return None
    as_operand = situation.kind(-1) in BEFORE_OPERAND
    if as_operand and situation.kind() in _CLAUSES | (DECLARATION_STARTS - NEVER_MEMBERS):
        return None
    if "NAME" in situation.possible and situation.fits("NAME"):
        help = f"choose another name, such as `{word}_`"
        if situation.kind(-1) in BEFORE_OPERAND | {"_PIPE", "_LBRACKET", "_ASSIGN", "_COLON"}:
            message = f"`{word}` is a word of the language, and cannot be the member of an enum"
        else:
            message = f"`{word}` is a word of the language, and cannot be a name here"
        return Flaw("P0021", situation.span(), message, "reserved", help)
    return None


_SPECIAL: Final[tuple[Callable[[Situation], Flaw | None], ...]] = (
    _not_there_yet,
    _spaced_unit,
    _single_equals,
    _capital_member,
    _wrong_case,
    _reserved,
)

# ── help lines ───────────────────────────────────────────────────────────────────────────


def remedy(situation: Situation) -> str:
    """The help line of an unexpected token, or ""."""
    for look in _REMEDIES:
        help = look(situation)
        if help:
            return help
    return ""


_SYNONYMS: Final = {
    "permit": "allow", "grant": "allow", "accept": "allow", "forbid": "deny", "block": "deny",
    "refuse": "deny", "reject": "deny", "disallow": "deny", "user": "human", "person": "human",
    "bot": "agent", "group": "role", "team": "role", "type": "resource", "class": "resource",
    "action": "operation", "op": "operation", "import": "use", "include": "use", "module": "policy",
    "package": "policy", "if": "when", "where": "when", "except": "unless", "reason": "because",
    "function": "define", "def": "define", "let": "define", "predicate": "define",
    "ensure": "prove", "assert": "prove", "every": "all", "some": "any", "everyone": "anyone",
    "everything": "anything", "matches": "like", "extends": "in", "for": "to", "can": "to",
    "may": "to", "of": "on", "after": "since", "null": "has", "is": "==", "equals": "==",
}  # fmt: skip


def _other_word(situation: Situation) -> str:
    word = situation.word()
    if not word.isidentifier():
        return ""
    words = [text for kind, text in situation.keywords.items() if kind in situation.possible]
    wanted = _SYNONYMS.get(word)
    if wanted in words:
        return f"write `{wanted}`"
    if situation.kind() != "NAME":
        return ""
    return did_you_mean(word, words)


def _stray_comma(situation: Situation) -> str:
    if situation.kind(-1) != "_COMMA" or situation.kind() in ("NAME", "TYPE", "STRING"):
        return ""
    return "remove the `,` before it, or go on with the list"


def _not_in(situation: Situation) -> str:
    if situation.kind() == "NOT" and situation.kind(1) in {"IN", "HAS", "LIKE"} | _COMPARISONS:
        word = situation.word(1)
        return f"`not` stands before the comparison: `not x {word} y`"
    return ""


def _chained(situation: Situation) -> str:
    found = situation.kind() in _COMPARISONS | {"IN", "HAS"}
    if found and "AND" in situation.possible and "EQ" not in situation.possible:
        return "a comparison has two sides: join two comparisons with `and`, or use parentheses"
    return ""


def _leading_dot(situation: Situation) -> str:
    if situation.kind() != "_DOT":
        return ""
    if situation.kind(1) in ("INT", "DURATION"):
        return f"a number has a digit before its point: `0.{situation.word(1)}`"
    return ""


def _unclosed(situation: Situation) -> str:
    for kind, sign in _CLOSERS.items():
        if kind in situation.possible and situation.helped_by(kind):
            return f"a `{sign}` is missing before it"
    return ""


_MISSING: Final = {
    "ON": 'say on what: `on Environment`, `on Environment "eu"` or `on any`',
    "NEVER": "say what must hold: `never allow`, `always deny` or `always require approval`",
    "DETERMINISTIC": "say how predictable it must be: `deterministic` or `adaptive`",
    "TO": "say what they do: `to deploy`, `to any Read` or `to anything`",
    "IS": "say how risky it is: `is Read`",
    "FOR": "say for whom: `for any agent to deploy on Environment`",
    "WITHIN": "every look into the past has a window: `within 1h`",
    "_ARROW": "say what it must decide: `=> deny`",
    "PER": "say in what time: `per 1h`",
    "APPROVAL": "write `require approval`",
    "AGO": "say when: `by kiro 10m ago`",
}


_LIMIT: Final = ("TO", "LIMIT")


def _missing(situation: Situation) -> str:
    for kind, help in _MISSING.items():
        if kind in situation.possible and kind != situation.kind():
            return "say how much: `to 3 per 1h`" if (kind, situation.opener) == _LIMIT else help
    return ""


def _missing_id(situation: Situation) -> str:
    if situation.possible != {"STRING"} or situation.kind(-1) != "TYPE":
        return ""
    return f'a resource is named by its type and its id: `{situation.word(-1)} "id"`'


def _missing_colon(situation: Situation) -> str:
    if "_COLON" not in situation.possible or situation.kind(-1) != "NAME":
        return ""
    return f"put a `:` after the name: `{situation.word(-1)}: …`"


def _no_declaration(situation: Situation) -> str:
    if situation.entered != "module":
        return ""
    return "a declaration starts with `allow`, `deny`, `resource`, `operation`, `role`, …"


_REMEDIES: Final[tuple[Callable[[Situation], str], ...]] = (
    _stray_comma,
    _not_in,
    _chained,
    _leading_dot,
    _unclosed,
    _other_word,
    _missing_colon,
    _missing_id,
    _missing,
    _no_declaration,
)
