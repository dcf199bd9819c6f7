"""A source's text to its tree, with all that is wrong with it.

The loop is the textbook's LALR driver over Lark's tables, with four parallel stacks: states, values, where
each value's text begins, and how deep its tree is. It never recurses, so no input can exhaust Python's
stack; a tree deeper than `MAX_DEPTH` is an error, so that whoever walks a tree may recurse.

After an error the stacks are cut back to the module, and the loop goes on at the next token that starts a
declaration (recovery.py). Every token is shifted or skipped once, and the number of errors is bounded: the
time is linear in the text.
"""

from __future__ import annotations

from bisect import bisect_left
from threading import Lock
from typing import Any, Final

from msgspec import Struct

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.diagnostics.span import Source, Span
from policylang.language import nodes
from policylang.language.docs import Docs
from policylang.language.expected import unexpected
from policylang.language.flaws import Flaw
from policylang.language.lexer import END, Tokens, tokenise
from policylang.language.literals import LITERAL_KINDS, string_value
from policylang.language.recovery import leads_line, lost_names, next_declaration
from policylang.language.situation import shifts
from policylang.language.tables import Tables, tables
from policylang.language.words import settle_keywords

MAX_DEPTH: Final = 100
"""The deepest tree: parentheses, `not`s, sums, types inside one another."""

MAX_ERRORS: Final = 100
"""So many syntax errors of one file are reported; then the rest of it is not read."""

_one_at_a_time = Lock()


class Parsed(Struct, frozen=True):
    """The tree of what could be read, and the problems, in the order of the text."""

    module: nodes.Module
    diagnostics: tuple[Diagnostic, ...]


def parse(source: Source) -> Parsed:
    """The tree of a source. Never raises, whatever the text; see `Module` for what a broken file gives."""
    table = tables()
    tokens = tokenise(source.text, table.keywords, table.signs)
    settle_keywords(tokens.kinds, table.keyword_kinds)
    # The tables' builder keeps the state of the module that it builds.
    with _one_at_a_time:
        run = _Run(source, table, tokens)
        run.module()
        return run.result()


class _Run:
    def __init__(self, source: Source, table: Tables, tokens: Tokens) -> None:
        self.source = source
        self.text = source.text
        self.table = table
        self.tokens = tokens
        self.builder = table.builder
        self.builder.begin(Docs(self.text, tokens.comments))
        self.flaws: list[Flaw] = []
        self.lost: list[str] = []
        self.seen_policy = False
        # Index into the tokens' flaws: those before it lie in declarations that are settled.
        self.settled = 0

    # ── the driver ───────────────────────────────────────────────────────────────────────

    def module(self) -> None:
        tokens, table, builder = self.tokens, self.table, self.builder
        kinds, starts, ends = tokens.kinds, tokens.starts, tokens.ends
        actions, gotos = table.actions, table.gotos
        states, values, begins, depths = self._fresh_stacks()
        self.seen_policy = kinds[0] == "POLICY"
        index = first = last_end = 0
        # The declaration is whole, though what follows it fits nowhere: reduce as if the text ended.
        closing = False
        while True:
            kind = END if closing else kinds[index]
            action = actions[states[-1]].get(kind)
            if action.__class__ is int:
                states.append(action)  # type: ignore[arg-type]
                values.append(self._value(index, kind))
                begins.append(starts[index])
                depths.append(0)
                last_end = ends[index]
                index += 1
            elif action is not None:
                size = action.size  # type: ignore[union-attr]
                if action.build is None:  # type: ignore[union-attr]
                    states.pop()
                    states.append(gotos[states[-1]][action.origin])  # type: ignore[union-attr]
                    continue
                if size:
                    children = values[-size:]
                    builder.start = begin = begins[-size]
                    depth = max(depths[-size:]) + action.deepens  # type: ignore[union-attr]
                    del states[-size:], values[-size:], begins[-size:], depths[-size:]
                else:
                    children, begin, depth = [], starts[index], 0
                builder.end = last_end
                value = action.build(children)  # type: ignore[union-attr]
                origin = action.origin  # type: ignore[union-attr]
                states.append(gotos[states[-1]][origin])
                begins.append(begin)
                if origin == "module":
                    self._declared(value, first, index)
                    values.append(None)
                    depths.append(0)
                    first = index
                    continue
                values.append(value)
                depths.append(depth)
                if depth > MAX_DEPTH:
                    self.flaws.append(_too_deep(begin))
                    if self._enough():
                        return
                    first = index = self._recover(first, index)
                    states, values, begins, depths = self._declared_stacks()
            elif kind == END and states[-1] == table.declared and not closing:
                return
            elif not closing and self._is_whole(states, index, first):
                closing = True
            else:
                closing = False
                self._unexpected(states, index, first)
                if self._enough():
                    return
                first = index = self._recover(first, index)
                states, values, begins, depths = self._declared_stacks()

    def _fresh_stacks(self) -> tuple[list[int], list[Any], list[int], list[int]]:
        if self.tokens.kinds[0] == "POLICY":
            return [self.table.start], [], [], []
        return self._declared_stacks()

    def _declared_stacks(self) -> tuple[list[int], list[Any], list[int], list[int]]:
        """As after a `policy` line, or after any whole declaration."""
        return [self.table.start, self.table.declared], [None], [0], [0]

    def _value(self, index: int, kind: str) -> Any:
        if kind[0] == "_":
            return None
        start, end = self.tokens.starts[index], self.tokens.ends[index]
        text = self.tokens.texts.get(index) or self.text[start:end]
        sort = LITERAL_KINDS.get(kind)
        if sort is None:
            return nodes.Name(Span(start, end), text)
        if sort == "string":
            return nodes.Lit(Span(start, end), "string", text, string_value(text))
        return nodes.Lit(Span(start, end), sort, text, text[1:] if sort == "time" else text)  # type: ignore[arg-type]

    # ── declarations, whole and broken ───────────────────────────────────────────────────

    def _declared(self, declaration: Any, first: int, index: int) -> None:
        """Keep a whole declaration, unless something inside it is wrong."""
        flawed = self._take_flaws(self.tokens.starts[index])
        if self.builder.flaws:
            self.flaws += self.builder.flaws
            self.builder.flaws = []
            flawed = True
        if declaration is None:
            return
        if flawed:
            self.lost += lost_names(self.text, self.tokens, first, index)
        else:
            self.builder.declarations.append(declaration)

    def _take_flaws(self, before: int) -> bool:
        flaws, begin = self.tokens.flaws, self.settled
        while self.settled < len(flaws) and flaws[self.settled].span.start < before:
            self.settled += 1
        return self.settled > begin

    def _recover(self, first: int, index: int) -> int:
        """The index of the token where the next declaration starts."""
        self.builder.flaws = []
        go_on = next_declaration(self.source, self.tokens, first, index)
        self._take_flaws(self.tokens.starts[go_on])
        self.lost += lost_names(self.text, self.tokens, first, go_on)
        return go_on

    def _enough(self) -> bool:
        return len(self.flaws) >= MAX_ERRORS

    def _is_whole(self, states: list[int], index: int, first: int) -> bool:
        """Whether the declaration could end here, and what follows is on a line of its own."""
        if states[-1] == self.table.declared or self.tokens.kinds[index] == END:
            return False
        return leads_line(self.source, self.tokens, first, index) and shifts(
            self.table, states, [END]
        )

    def _unexpected(self, states: list[int], index: int, first: int) -> None:
        kind = self.tokens.kinds[index]
        if kind == "POLICY" and states[-1] == self.table.declared:
            self.flaws.append(self._second_policy(index))
            self.seen_policy = True
            return
        if self._explained(index):
            return
        flaw = unexpected(self.table, self.text, self.tokens, states, index, first)
        self.flaws.append(flaw)

    def _explained(self, index: int) -> bool:
        """Whether the token's line holds a flaw that was found before, which it most likely comes from."""
        flaws = self.tokens.flaws
        if not flaws:
            return False
        start = self.tokens.starts[index]
        line_start = self.text.rfind("\n", 0, self.tokens.starts[max(index - 1, 0)]) + 1
        at = bisect_left(flaws, line_start, key=lambda flaw: flaw.span.start)
        return at < len(flaws) and self.text.find("\n", start, flaws[at].span.start) < 0

    def _second_policy(self, index: int) -> Flaw:
        span = Span(self.tokens.starts[index], self.tokens.ends[index])
        if self.seen_policy:
            help = "one file is one module: remove this line, or move what follows to a file of its own"
            return Flaw("P0015", span, "a second `policy` line", help=help)
        help = "move it above the first declaration"
        return Flaw("P0015", span, "the `policy` line is not the first declaration", help=help)

    # ── the result ───────────────────────────────────────────────────────────────────────

    def result(self) -> Parsed:
        builder = self.builder
        module = nodes.Module(
            Span(0, len(self.text)),
            builder.name,
            tuple(builder.declarations),
            tuple(self.tokens.comments),
            tuple(dict.fromkeys(self.lost)),
        )
        return Parsed(module, self._diagnostics())

    def _diagnostics(self) -> tuple[Diagnostic, ...]:
        flaws = self.flaws + self.tokens.flaws
        if not self.seen_policy:
            flaws.append(self._no_policy())
        flaws.sort(key=lambda flaw: (flaw.span.start, flaw.code))
        found = [self._diagnostic(flaw) for flaw in flaws[:MAX_ERRORS]]
        if len(flaws) >= MAX_ERRORS:
            found.append(self._diagnostic(_TOO_MANY, "note", found[-1].span))
        return tuple(found)

    def _no_policy(self) -> Flaw:
        help = "begin the file with the module's name: `policy acme.production`"
        if self.tokens.kinds[0] == END:
            return Flaw("P0015", Span(0, 0), "this file declares nothing", help=help)
        span = Span(self.tokens.starts[0], self.tokens.ends[0])
        return Flaw(
            "P0015", span, "this file has no `policy` line", "expected `policy` before this", help
        )

    def _diagnostic(
        self, flaw: Flaw, severity: Any = "error", span: Span | None = None
    ) -> Diagnostic:
        return Diagnostic(
            flaw.code, severity, flaw.message, self.source, span or flaw.span, flaw.label, flaw.help
        )


def _too_deep(begin: int) -> Flaw:
    return Flaw(
        "P0016",
        Span(begin, begin + 1),
        f"this is nested more than {MAX_DEPTH} levels deep",
        help="give a part of it a name with `define`, or split it into several clauses",
    )


_TOO_MANY: Final = Flaw(
    "P0025",
    Span(0, 0),
    f"more than {MAX_ERRORS} errors: what follows is not reported",
    help="correct the first ones, and check again",
)
