"""The LALR tables: Lark makes them from `grammar.lark`; `parser.py` runs them.

Lark's own loop is not used: ours keeps spans and depth on the stack, skips unit reductions, and
starts afresh at the next declaration after an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Final

from msgspec import Struct

from policylang.language.builder import Builder

END: Final = "$END"


class Reduction(Struct, frozen=True):
    """`build` None: a unit reduction that leaves the value as it is.

    `deepens`: the value is one level deeper than the deepest of its parts.

    """

    size: int
    origin: str
    build: Callable[[list[Any]], Any] | None
    deepens: bool


class Tables(Struct, frozen=True):
    """`actions`: state → token kind → next state, or what to reduce; `gotos`: state → nonterminal →
    state.

    `declared` is the state between two declarations. `entered` says which symbol leads to a state.
    `keywords` and `signs`: text → token kind.

    """

    actions: list[dict[str, int | Reduction]]
    gotos: list[dict[str, int]]
    entered: list[str]
    start: int
    declared: int
    keywords: dict[str, str]
    keyword_kinds: frozenset[str]
    signs: dict[str, str]
    builder: Builder


def grammar_text() -> str:
    """The grammar, as Lark reads it."""
    return files("policylang.language").joinpath("grammar.lark").read_text("utf-8")


@cache
def tables() -> Tables:
    """The tables, made once a process (about 130 ms)."""
    from lark import Lark
    from lark.lexer import Lexer

    class NoLexer(Lexer):
        def __init__(self, lexer_conf: object) -> None: ...

        def lex(self, lexer_state: object, parser_state: object) -> Iterator[Any]:
            return iter(())

    builder = Builder()
    lark = Lark(
        grammar_text(),
        parser="lalr",
        lexer=NoLexer,
        start="module",
        strict=True,
        maybe_placeholders=True,
        transformer=builder,
    )
    conf = lark.parse_interactive("").parser_state.parse_conf
    reductions: dict[Any, Reduction] = {}
    count = len(conf.states)
    numbers = {state: number for number, state in enumerate(conf.states)}
    actions: list[dict[str, int | Reduction]] = [{} for _ in range(count)]
    gotos: list[dict[str, int]] = [{} for _ in range(count)]
    entered = [""] * count
    for state, row in conf.states.items():
        here = numbers[state]
        for symbol, (_, argument) in row.items():
            if type(argument) is not type(state):
                if argument not in reductions:
                    reductions[argument] = _reduction(argument, conf.callbacks[argument])
                actions[here][symbol] = reductions[argument]
                continue
            target = numbers[argument]
            entered[target] = symbol
            (actions if _is_terminal(symbol) else gotos)[here][symbol] = target
    texts = {
        terminal.pattern.value: terminal.name
        for terminal in lark.terminals
        if terminal.pattern.type == "str"
    }
    keywords = {text: kind for text, kind in texts.items() if text[0].isalpha()}
    builder.keywords = frozenset(keywords)
    return Tables(
        actions=actions,
        gotos=gotos,
        entered=entered,
        start=numbers[conf.start_state],
        declared=numbers[conf.end_state],
        keywords=keywords,
        keyword_kinds=frozenset(keywords.values()),
        signs={text: kind for text, kind in texts.items() if text not in keywords},
        builder=builder,
    )


def _is_terminal(symbol: str) -> bool:
    return symbol.isupper() or symbol == END


def _reduction(rule: Any, build: Callable[[list[Any]], Any]) -> Reduction:
    origin = rule.origin.name
    unit = rule.options.expand1 and len(rule.expansion) == 1 and rule.alias is None
    return Reduction(
        size=len(rule.expansion),
        origin=origin,
        build=None if unit else build,
        deepens=not origin.startswith("__"),
    )
