"""The grammar is LALR(1) without conflicts, and the lists of words agree with it."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from lark import Lark

from policylang.diagnostics.span import Source
from policylang.language import parse
from policylang.language.tables import grammar_text, tables
from policylang.language.words import DECLARATION_STARTS, NEVER_MEMBERS
from tests.language.outline import outline

OUTLINES = Path(__file__).parent / "outlines"


def test_strict_mode_accepts_the_grammar() -> None:
    # Strict mode turns every conflict into an error; with the package it also compares terminals.
    lexer = "contextual" if find_spec("interegular") else "basic"
    strict = find_spec("interegular") is not None
    lark = Lark(grammar_text(), parser="lalr", lexer=lexer, start="module", strict=strict)
    assert lark.parse("policy t role A").data == "more"


def test_no_conflict_is_resolved_silently() -> None:
    # Lark resolves a shift/reduce conflict by shifting, and says so at level DEBUG only.
    from lark.parsers.lalr_analysis import LALR_Analyzer

    lark = Lark(grammar_text(), parser="lalr", start="module")
    conf = lark.parser.parser_conf
    LALR_Analyzer(conf, strict=True).compute_lalr()


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
