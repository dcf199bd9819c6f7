"""A source's text to its tree, with all that is wrong with it.

The loop is the textbook's LALR driver over Lark's tables, with four parallel stacks: states,
values, where each value's text begins, and how deep its tree is. It never recurses, so no input
can exhaust Python's stack; a tree deeper than `MAX_DEPTH` is an error, so that whoever walks a
tree may recurse.

After an error the stacks are cut back to the module, and the loop goes on at the next token that
starts a declaration (recovery.py). Every token is shifted or skipped once, and the number of
errors is bounded: the time is linear in the text.
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
from policylang.language.stack import Stack
from policylang.language.tables import Reduction, Tables, tables
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
    """The tree of a source. Never raises, whatever the text; see `Module` for what a broken file
    gives."""
    table = tables()
    tokens = tokenise(source.text, table.keywords, table.signs)
    settle_keywords(tokens.kinds, table.keyword_kinds)
    # The tables' builder keeps the state of the module that it builds.
    with _one_at_a_time:
        try:
            run = _Run(source, table, tokens)
            run.module()
            return run.result()
        finally:
            table.builder.begin(lambda start: "")


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
        self.stack = Stack(table.start)
        # The next token, and the one that starts the declaration.
        self.index = self.first = 0
        self.last_end = 0

    # ── the driver ───────────────────────────────────────────────────────────────────────

    def module(self) -> None:
        """Read declaration after declaration, to the end of the text or to too many errors."""
        kinds, actions = self.tokens.kinds, self.table.actions
        self.seen_policy = kinds[0] == "POLICY"
        if not self.seen_policy:
            self._begin_anew()
        # The declaration is whole, though what follows fits nowhere: reduce as if the text ended.
        closing = False
        while len(self.flaws) < MAX_ERRORS:
            kind = END if closing else kinds[self.index]
            action = actions[self.stack.states[-1]].get(kind)
            if isinstance(action, int):
                self._shift(action, kind)
            elif action is not None:
                closing = self._reduce(action) and closing
            elif closing or not self._is_whole():
                if kind == END and not closing and self._between_declarations():
                    return
                closing = False
                self._unexpected()
                self._recover()
            else:
                closing = True

    def _shift(self, state: int, kind: str) -> None:
        start = self.tokens.starts[self.index]
        self.stack.push(state, self._value(kind), start, 0)
        self.last_end = self.tokens.ends[self.index]
        self.index += 1

    def _reduce(self, reduction: Reduction) -> bool:
        """Put a value in the place of its parts. False after an error."""
        stack, gotos = self.stack, self.table.gotos
        if reduction.build is None:
            states = stack.states
            states.pop()
            states.append(gotos[states[-1]][reduction.origin])
            return True
        children, begin, depth = stack.pop(reduction.size, self.tokens.starts[self.index])
        depth += reduction.deepens
        self.builder.start, self.builder.end = begin, self.last_end
        value = reduction.build(children)
        if reduction.origin == "module":
            self._declared(value)
            depth = 0
        stack.push(gotos[stack.states[-1]][reduction.origin], value, begin, depth)
        if depth <= MAX_DEPTH:
            return True
        self.flaws.append(_too_deep(begin))
        self._recover()
        return False

    def _begin_anew(self) -> None:
        """As after a `policy` line, or after any whole declaration."""
        self.stack = Stack(self.table.start)
        self.stack.push(self.table.declared, None, 0, 0)

    def _between_declarations(self) -> bool:
        return self.stack.states[-1] == self.table.declared

    def _value(self, kind: str) -> Any:
        """What a token is in the tree."""
        if kind[0] == "_":
            return None
        start, end = self.tokens.starts[self.index], self.tokens.ends[self.index]
        text = self.tokens.texts.get(self.index) or self.text[start:end]
        sort = LITERAL_KINDS.get(kind)
        if sort is None:
            return nodes.Name(Span(start, end), text)
        if sort == "string":
            return nodes.Lit(Span(start, end), sort, text, string_value(text))
        return nodes.Lit(Span(start, end), sort, text, text.removeprefix("@"))

    # ── declarations, whole and broken ───────────────────────────────────────────────────

    def _declared(self, declaration: Any) -> None:
        """Keep a whole declaration, unless something inside it is wrong."""
        first, self.first = self.first, self.index
        flawed = self._take_flaws()
        if self.builder.flaws:
            self.flaws += self.builder.flaws
            self.builder.flaws = []
            flawed = True
        if declaration is None:
            return
        if flawed:
            self.lost += lost_names(self.text, self.tokens, first, self.index)
        else:
            self.builder.declarations.append(declaration)

    def _take_flaws(self) -> bool:
        """Whether the tokens up to here brought flaws since the last time."""
        flaws, before = self.tokens.flaws, self.tokens.starts[self.index]
        begin = self.settled
        while self.settled < len(flaws) and flaws[self.settled].span.start < before:
            self.settled += 1
        return self.settled > begin

    def _recover(self) -> None:
        """Go on at the token where the next declaration starts."""
        first = self.first
        self.builder.flaws = []
        self.index = next_declaration(self.source, self.tokens, first, self.index)
        self._take_flaws()
        self.lost += lost_names(self.text, self.tokens, first, self.index)
        self.first = self.index
        self._begin_anew()

    def _is_whole(self) -> bool:
        """Whether the declaration could end here, and what follows is on a line of its own."""
        if self._between_declarations() or self.tokens.kinds[self.index] == END:
            return False
        return leads_line(self.source, self.tokens, self.first, self.index) and shifts(
            self.table, self.stack.states, [END]
        )

    def _unexpected(self) -> None:
        if self.tokens.kinds[self.index] == "POLICY" and self._between_declarations():
            self.flaws.append(self._second_policy())
            self.seen_policy = True
        elif not self._explained():
            states = self.stack.states
            self.flaws.append(
                unexpected(self.table, self.text, self.tokens, states, self.index, self.first)
            )

    def _explained(self) -> bool:
        """Whether a flaw found before, here or on the line before, is most likely the reason."""
        flaws, starts = self.tokens.flaws, self.tokens.starts
        if not flaws:
            return False
        start = starts[self.index]
        line_start = self.text.rfind("\n", 0, starts[max(self.index - 1, 0)]) + 1
        at = bisect_left(flaws, line_start, key=lambda flaw: flaw.span.start)
        return at < len(flaws) and self.text.find("\n", start, flaws[at].span.start) < 0

    def _second_policy(self) -> Flaw:
        span = Span(self.tokens.starts[self.index], self.tokens.ends[self.index])
        if self.seen_policy:
            help = "one file is one module: remove it, or move what follows to a file of its own"
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
