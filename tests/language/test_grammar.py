"""The grammar is LALR(1) without conflicts, and the lists of words agree with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from lark import Lark
from lark.exceptions import GrammarError
from lark.lexer import Lexer

from policylang.diagnostics.span import Source
from policylang.language import parse
from policylang.language.lexer import tokenise
from policylang.language.tables import grammar_text, tables
from policylang.language.words import DECLARATION_STARTS, NEVER_MEMBERS
from tests.language.outline import outline
from tests.language.sentences import TEXTS

OUTLINES = Path(__file__).parent / "outlines"


def test_strict_mode_accepts_the_grammar() -> None:
    """Strict mode turns every conflict into an error. The parser's tables are made with it."""
    assert tables().actions
    with pytest.raises(GrammarError, match="Shift/Reduce"):
        Lark('start: start "+" start | "x"', parser="lalr", lexer=NoLexer, strict=True)


@pytest.mark.skipif(find_spec("interegular") is None, reason="Lark compares terminals with it only")
def test_strict_mode_accepts_the_terminals() -> None:
    lark = Lark(grammar_text(), parser="lalr", start="module", strict=True)
    assert lark.parse("policy t role A").data == "more"


def test_our_lexer_finds_the_terminals_of_the_grammar() -> None:
    lark = Lark(grammar_text(), parser="lalr", start="module")
    patterns = {t.name: t.pattern for t in lark.terminals if not t.name.startswith("__")}
    for name, texts in TEXTS.items():
        for text in texts:
            assert re.fullmatch(patterns[name].to_regexp(), text), (name, text)
            tokens = tokenise(text, tables().keywords, tables().signs)
            assert (tokens.kinds[0], tokens.ends[0]) == (name, len(text))
    for text, kind in (tables().keywords | tables().signs).items():
        assert patterns[kind].value == text
        assert tokenise(text, tables().keywords, tables().signs).kinds[0] == kind


class NoLexer(Lexer):
    def __init__(self, lexer_conf: object) -> None: ...

    def lex(self, lexer_state: object, parser_state: object) -> Iterator[Any]:
        return iter(())


def test_words_are_keywords() -> None:
    kinds = tables().keyword_kinds
    assert kinds >= DECLARATION_STARTS
    assert kinds >= NEVER_MEMBERS
    assert all(text == kind.lower() for text, kind in tables().keywords.items())


def test_every_word_and_node_stands_in_an_outline() -> None:
    from policylang.language import nodes

    shown = "".join(path.read_text(encoding="utf-8") for path in OUTLINES.glob("*.txt"))
    words = set(re.findall(r"[a-z]+", shown))
    assert set(tables().keywords) - words - {"policy"} == set()
    classes = {
        name
        for name, value in vars(nodes).items()
        if isinstance(value, type) and hasattr(value, "__struct_fields__")
    }
    unused = {"Span", "Struct", "Comment", "Module", "Name", "Lit", "MemberLit"}
    assert {name for name in classes - unused if name not in shown} == set()


def test_the_tree_of_a_policy_has_places_inside_its_text() -> None:
    text = "policy t\nallow anyone to a on T\n    when (not formerly a) since b within 1h\n"
    module = parse(Source("t.pol", text)).module
    rule = module.declarations[0]
    assert text[rule.span.start : rule.span.end] == text[9:].strip()
    assert outline(rule).startswith("RuleDecl effect=allow")
