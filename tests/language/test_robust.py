"""No text whatever crashes the parser or makes it slow, and every error is reported."""

from __future__ import annotations

from random import Random
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policylang.diagnostics.span import Source
from policylang.language import format_source, parse
from policylang.language.parser import MAX_DEPTH, MAX_ERRORS, Parsed
from policylang.language.tables import tables
from tests.language.sentences import declarations, spread

HEAD = "policy t\n"
WORDS = [*tables().keywords, *tables().signs, "a", "B", '"x"', "1", "5m", "#", '"', "\\", "\n", "@"]


def checked(text: str) -> Parsed:
    """The parse, with what must hold of any."""
    source = Source("t.pol", text)
    parsed = parse(source)
    assert len(parsed.diagnostics) <= MAX_ERRORS + 1
    for diagnostic in parsed.diagnostics:
        assert diagnostic.span is not None
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        assert diagnostic.message
    for declaration in parsed.module.declarations:
        assert 0 <= declaration.span.start < declaration.span.end <= len(text)
    return parsed


@given(st.text(max_size=200))
@example("\x00")
@example("\ud800")
@example("\ufeff\ufeff")
@example("policy t\r#\r")
@example('"\\')
@example("policy t\nallow anyone to a on T when 'x\n")
@example("policy t policy t policy")
@settings(max_examples=400)
def test_any_text(text: str) -> None:
    checked(text)
    checked(HEAD + text)


@given(st.lists(st.sampled_from(WORDS), max_size=60))
@settings(max_examples=600)
def test_any_words(words: list[str]) -> None:
    text = HEAD + " ".join(words)
    parsed = checked(text)
    if not parsed.diagnostics:
        assert format_source(Source("t.pol", text)) is not None


@given(st.integers(0, 10**9), st.integers(0, 10**9))
@settings(max_examples=400)
def test_any_change_of_a_policy(seed: int, place: int) -> None:
    random = Random(place)
    tokens = [token for part in declarations(seed) for token in part]
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(tokens))
        change = random.randrange(4)
        if change == 0:
            del tokens[at]
        elif change == 1:
            tokens.insert(at, random.choice(WORDS))
        elif change == 2:
            tokens[at] = random.choice(WORDS)
        else:
            tokens[at] = tokens[at][: random.randrange(len(tokens[at]) + 1)]
        tokens = tokens or ["x"]
    checked(HEAD + spread(random, tokens, comments=True))


@given(st.integers(0, 10**9), st.integers(0, 2))
@settings(max_examples=200)
def test_what_follows_an_error_is_read(seed: int, broken: int) -> None:
    parts = declarations(seed)
    before = [" ".join(part) for part in parts[:broken]]
    text = HEAD + "\n".join([*before, "allow Developer deploy on Environment", "role Good"])
    parsed = checked(text)
    assert parsed.diagnostics
    last = parsed.module.declarations[-1]
    assert text[last.span.start : last.span.end] == "role Good"


def test_errors_are_capped_with_a_note() -> None:
    parsed = checked(HEAD + "role a\n" * (MAX_ERRORS + 20))
    assert [d.code for d in parsed.diagnostics[:-1]] == ["P0020"] * MAX_ERRORS
    assert parsed.diagnostics[-1].code == "P0025"
    assert parsed.diagnostics[-1].severity == "note"


def test_a_hundred_bad_characters_hide_no_success() -> None:
    parsed = checked(HEAD + "; " * 5000 + "\nallow anyone to a on T")
    assert any(diagnostic.severity == "error" for diagnostic in parsed.diagnostics)


NESTED = {
    "parentheses": ("(", "x", ")"),
    "negation": ("not ", "x", ""),
    "quantifiers": ("any x in xs: ", "x", ""),
    "calls": ("f(", "x", ")"),
    "sums": ("x + ", "x", ""),
    "lists": ("x in [" + "[", "x", "]"),
    "history": ("formerly a where ", "x", " within 1h"),
}


@pytest.mark.parametrize("shape", NESTED)
def test_deep_nesting_is_an_error(shape: str) -> None:
    opening, middle, closing = NESTED[shape]
    text = (
        f"{HEAD}allow anyone to a on T when {opening * 10_000}{middle}{closing * 10_000}\nrole Good"
    )
    parsed = checked(text)
    assert parsed.diagnostics
    assert "RoleDecl" in {type(node).__name__ for node in parsed.module.declarations}


def test_deep_types_are_an_error() -> None:
    for opening, closing in (("(", ")"), ("Set<", ">")):
        parsed = checked(f"{HEAD}signal x: {opening * 10_000}Int{closing * 10_000}\nrole Good")
        assert [d.code for d in parsed.diagnostics] == ["P0016"]
        assert len(parsed.module.declarations) == 1


def test_nesting_within_the_limit_is_fine() -> None:
    depth = MAX_DEPTH - 10
    text = f"{HEAD}allow anyone to a on T when {'(' * depth}x{')' * depth}\n"
    assert checked(text).diagnostics == ()
    assert format_source(Source("t.pol", text)) is not None


HOSTILE = {
    "parentheses": lambda n: HEAD + "allow anyone to a on X when " + "(" * n,
    "negations": lambda n: HEAD + "allow anyone to a on X when " + "not " * (n // 4),
    "conjunctions": lambda n: HEAD + "allow anyone to a on X when " + "a and " * (n // 6) + "a",
    "whens": lambda n: HEAD + "allow anyone to a on X " + "when a " * (n // 7),
    "quotes": lambda n: HEAD + '"' * n,
    "single quotes": lambda n: HEAD + "' " * (n // 2),
    "open strings": lambda n: HEAD + '"a\n' * (n // 3),
    "backslashes": lambda n: HEAD + '"' + "\\" * n,
    "hashes": lambda n: HEAD + "#" * n,
    "documentation": lambda n: HEAD + "## a\n" * (n // 5) + "role A",
    "bars": lambda n: HEAD + "signal x: a" + "|a" * (n // 2),
    "braces": lambda n: HEAD + "resource X { " * (n // 13),
    "starts": lambda n: HEAD + "allow " * (n // 6),
    "one line": lambda n: HEAD + "foo " + "agent x " * (n // 8),
    "spaces": lambda n: HEAD + " " * n,
    "one word": lambda n: HEAD + "a" * n,
    "one number": lambda n: HEAD + "1" * n,
    "points": lambda n: HEAD + "." * n,
    "times": lambda n: HEAD + "@1:" * (n // 3),
    "NULs": lambda n: HEAD + "\0" * n,
    "look-alikes": lambda n: HEAD + "а " * (n // 2),
    "semicolons": lambda n: HEAD + ";" * n,
    "foreign comments": lambda n: HEAD + "/*" * (n // 2),
    "errors": lambda n: HEAD + "allow A to on C when resource.x == 1\n" * (n // 39),
    "rules": lambda n: HEAD + "allow A to b on C when resource.x == 1\n" * (n // 39),
}


@pytest.mark.parametrize("shape", HOSTILE)
def test_time_is_linear(shape: str) -> None:
    """Four times the text takes no more than eight times as long (quadratic would be sixteen)."""
    small, large = (_seconds(HOSTILE[shape](size)) for size in (50_000, 200_000))
    assert large < 8 * small + 0.15, (small, large)


def _seconds(text: str) -> float:
    best = float("inf")
    for _ in range(2):
        source = Source("t.pol", text)
        begin = process_time()
        parse(source)
        best = min(best, process_time() - begin)
    return best
