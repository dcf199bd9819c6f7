"""The canonical text: says the same, keeps every comment, and is its own canonical text."""

from __future__ import annotations

from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policylang.diagnostics.span import Source
from policylang.language import format_source, parse
from tests.language.sentences import declarations, spread
from tests.language.trees import bare_module

# A part said twice, or in the wrong place: the grammar alone does not exclude these.
NOT_GRAMMATICAL = {"P0022", "P0026"}


def written(seed: int, *, comments: bool) -> str:
    """A random policy in a random layout."""
    random = Random(seed)
    parts = [spread(random, part, comments=comments) for part in declarations(seed)]
    text = "policy t\n" + "\n".join(parts)
    codes = {diagnostic.code for diagnostic in parse(Source("t.pol", text)).diagnostics}
    assert codes <= NOT_GRAMMATICAL, text
    assume(not codes)
    return text


@given(st.integers(0, 10**9))
@settings(max_examples=500)
def test_meaning_and_comments_stay(seed: int) -> None:
    text = written(seed, comments=True)
    result = format_source(Source("t.pol", text))
    assert result is not None
    before, after = parse(Source("t.pol", text)).module, parse(Source("t.pol", result)).module
    assert bare_module(after) == bare_module(before)
    assert [c.text for c in after.comments] == [c.text for c in before.comments]


@given(st.integers(0, 10**9))
@settings(max_examples=500)
def test_idempotent(seed: int) -> None:
    text = written(seed, comments=True)
    once = format_source(Source("t.pol", text))
    assert once is not None
    assert format_source(Source("t.pol", once)) == once
    assert "\r" not in once
    assert not any(line != line.rstrip() for line in once.splitlines())
    assert "\n\n\n" not in once


@given(st.integers(0, 10**9))
@settings(max_examples=300)
def test_one_text_for_one_meaning(seed: int) -> None:
    random = Random(seed)
    parts = declarations(seed)
    text = written(seed, comments=False)
    other = "policy t\n" + "\n".join(spread(random, part, comments=False) for part in parts)
    squeezed = [
        None if result is None else result.replace("\n\n", "\n")
        for result in (format_source(Source("a.pol", text)), format_source(Source("b.pol", other)))
    ]
    assert squeezed[0] == squeezed[1]


@given(st.integers(0, 10**9))
@settings(max_examples=200)
def test_long_lines_are_broken_where_they_can_be(seed: int) -> None:
    result = format_source(Source("t.pol", written(seed, comments=False)))
    assert result is not None
    for line in result.splitlines():
        assert len(line) <= 100 or " and " not in line[40:100], line


def test_documentation_stays_with_its_declaration() -> None:
    text = "policy t\n\n\n  ## What it is.\n  ## More.\n  resource   A\n"
    result = format_source(Source("t.pol", text))
    assert result == "policy t\n\n## What it is.\n## More.\nresource A\n"


def test_nothing_is_formatted_that_does_not_parse() -> None:
    assert format_source(Source("t.pol", "policy t\nrole")) is None
    assert format_source(Source("t.pol", "role A")) is None
    assert format_source(Source("t.pol", "")) is None
