"""The parser never crashes or hangs on arbitrary bytes; the checker never raises."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from policylang.diagnostics.span import Source
from policylang.language import format_source, parse
from policylang.language.nodes import Module, UseDecl
from policylang.semantics import analyse
from policylang.semantics.unit import Unit
from policylang.testing.programs import Drafted
from policylang.testing.strategies import drafts, examples
from policylang.testing.trials import standard_units, unit

_WRITTEN = """
policy use resource operation risk role agent human service principal entity label signal
context define tool sandbox secret rule allow deny require approval for from by within limit per
each then prove never always test given when unless with waiving because to on in is any anything
anyone under has and or not true false like contains formerly previous since count sum of distinct
where session saw event input args std.risk Env Dev a.b x name prod 1 2.5 10m 2GiB
@2025-12-15T03:00:00Z "a" "\\" \\ { } ( ) [ ] < > == != <= >= = => : , | ? + - * . # ## é А
"""
WORDS = (*_WRITTEN.split(), "\n", "\t", "\r\n", "\0", "\ufeff")


def _is_read(text: str, others: Sequence[Unit] = ()) -> None:
    """The text parses to a tree whose spans lie in it, and checks without an exception."""
    source = Source("x.pol", text)
    parsed = parse(source)
    assert isinstance(parsed.module, Module)
    for diagnostic in parsed.diagnostics:
        if diagnostic.span is not None:
            assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        assert diagnostic.message
    formatted = format_source(source)
    has_errors = any(d.severity == "error" for d in parsed.diagnostics)
    assert (formatted is None) == has_errors
    units = (*others, *standard_units(), Unit(source, parsed.module, True))
    analysis = analyse(units)
    # Invariant: a module that is not there has been reported by whoever looked for it.
    found = {one.module for one in units}
    used = {d.module.text for d in parsed.module.declarations if isinstance(d, UseDecl)}
    if analysis.program is None and used <= found:
        assert has_errors or any(d.severity == "error" for d in analysis.diagnostics)


@settings(max_examples=examples(300))
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    _is_read(text)


@settings(max_examples=examples(150))
@given(st.binary(max_size=200))
def test_any_bytes_are_read(data: bytes) -> None:
    _is_read(data.decode("utf-8", "replace"))


@settings(max_examples=examples(300))
@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_any_words_of_the_language_are_read(words: list[str]) -> None:
    _is_read("policy p\n" + " ".join(words))


@settings(max_examples=examples(150))
@given(drafts(), st.data())
def test_a_policy_with_a_slip_is_read(drafted: Drafted, data: st.DataObject) -> None:
    """A word left out, doubled or exchanged for another: what typing errors make."""
    words = drafted.draft.modules[-1].text.split(" ")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(words) - 1))
        words[at : at + 1] = data.draw(
            st.sampled_from(([], [words[at], words[at]], [data.draw(st.sampled_from(WORDS))]))
        )
    others = [unit(Source("o.pol", m.text), root=True) for m in drafted.draft.modules[:-1]]
    _is_read(" ".join(words), others)
