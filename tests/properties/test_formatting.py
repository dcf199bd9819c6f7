"""`fmt` is idempotent and preserves the meaning: the same program, the same comments."""

from __future__ import annotations

import re

from hypothesis import given, settings

from policylang.diagnostics.span import Source
from policylang.language import format_source, parse
from policylang.testing.programs import Drafted
from policylang.testing.strategies import drafts, examples
from policylang.testing.trials import compiled_draft, compiled_texts, meaning

_TEXT_OR_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*"|#.*)')


def _comments(text: str) -> list[str]:
    return [comment.text.strip() for comment in parse(Source("x.pol", text)).module.comments]


def _formatted(text: str) -> str:
    formatted = format_source(Source("x.pol", text))
    assert formatted is not None
    return formatted


@settings(max_examples=examples(60))
@given(drafts())
def test_formatting_twice_changes_nothing_more(drafted: Drafted) -> None:
    for module in drafted.draft.modules:
        once = _formatted(module.text)
        assert _formatted(once) == once


@settings(max_examples=examples(60))
@given(drafts())
def test_formatting_keeps_the_meaning_and_the_comments(drafted: Drafted) -> None:
    texts = {f"{module.name}.pol": _formatted(module.text) for module in drafted.draft.modules}
    for module in drafted.draft.modules:
        text = texts[f"{module.name}.pol"]
        assert sorted(_comments(text)) == sorted(_comments(module.text)), text
    before, after = compiled_draft(drafted.draft), compiled_texts(texts)
    assert meaning(after) == meaning(before), "\n".join(texts.values())


@settings(max_examples=examples(40))
@given(drafts())
def test_however_it_is_spaced_it_is_formatted_the_same(drafted: Drafted) -> None:
    for module in drafted.draft.modules:
        parts = _TEXT_OR_COMMENT.split(module.text)
        parts[::2] = [part.replace(" ", " \t  ") for part in parts[::2]]
        assert _formatted("".join(parts)) == _formatted(module.text)
