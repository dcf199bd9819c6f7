"""Filed entries: one generated function for all that differ in their constants alone.

They are compiled place by place, when a request first leads there: of ten thousand rules, those
that nobody asks are never more than a number in a list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from policylang.engines.compiled.conditions import Writer
from policylang.engines.compiled.entries import Entry
from policylang.engines.compiled.known import Bail, Known
from policylang.engines.compiled.reads import Read
from policylang.engines.compiled.setup import Names, asked_of
from policylang.model.decision import Record

if TYPE_CHECKING:
    from policylang.engines.compiled.plan import Plan

_BUILTINS = (type, max, len, any, all, frozenset, Exception, str, int, bool, tuple, list)
PRIVATE: dict[str, Any] = {"__builtins__": {builtin.__name__: builtin for builtin in _BUILTINS}}
"""Generated code sees these builtins and no others."""

_PARAMETERS = ("request", "principal", "person", "thing", "given")


class Filed:
    """An entry under one place, and the `next` one there.

    `other`, `with_agent`: the record where it alone matches.
    """

    # Slots lie in the order of their names: what every request reads comes first.
    __slots__ = ("constants", "digit", "next", "other", "test", "with_agent")

    def __init__(
        self, test: Callable[..., bool], constants: Any, digit: int, next: Filed | None = None
    ) -> None:
        self.test = test
        self.constants = constants
        self.digit = digit
        self.next = next
        self.other: Record | None = None
        self.with_agent: Record | None = None


class Sown(Exception):
    """Entries have been compiled: to be judged again."""


def _leave(*facts: Any) -> bool:
    raise Bail


class Places:
    """Entries of one dimension by value.

    Where no request has led yet there is a seed alone: asking it puts the compiled entries in its
    place, and has the request judged again.
    """

    def __init__(
        self, shapes: Shapes, numbers: dict[Any, list[int]], *, by_principal: bool = False
    ) -> None:
        self._shapes = shapes
        self._numbers = numbers
        self._by_principal = by_principal
        sow = self._sow
        self.filed = {_beside(value): Filed(sow, value, 0) for value in numbers}

    def _sow(self, *facts: Any) -> bool:
        value, entry = facts[-1], None
        for number in reversed(self._numbers[value]):
            try:
                entry = self._shapes.compile(number, self._by_principal, entry)
            except (SyntaxError, RecursionError, MemoryError):
                # Nested deeper than Python compiles: whoever comes here is decided carefully.
                entry = Filed(_leave, None, 0)
        if entry is not None:
            self.filed[value] = entry
        raise Sown


def _beside(value: Any) -> Any:
    """A copy of a text, in memory beside the others that are made now.

    The program's own lies among its expressions, where each costs a page of its own.
    """
    return (value + " ")[:-1] if type(value) is str else value


class Shapes:
    """The functions of one plan's filed entries, by their text."""

    def __init__(self, plan: Plan, known: Known, names: Names) -> None:
        self._plan = plan
        self._known = known
        self._names = names
        self._functions: dict[str, Callable[..., bool]] = {}
        self.any_filed = bool(plan.index.filed or plan.index.always)
        self.hoisted: dict[tuple[str, str], Read] = {}
        names.scope["base"] = len(plan.entries) + 1

    def writer(
        self, provided: frozenset[str], given_reads: dict[tuple[str, str], Read] | None = None
    ) -> Writer:
        subject = self._plan.subject
        return Writer(
            self._known.schema,
            subject,
            self._names,
            has_facts=subject.type in self._known.types_with_facts,
            provided=provided,
            given_reads=given_reads,
        )

    @property
    def parameters(self) -> str:
        """What a shape is called with, but for the constants."""
        return ", ".join([*_PARAMETERS, *(read.variable for read in self.hoisted.values())])

    def compile(self, number: int, who_is_settled: bool, next: Filed | None) -> Filed:
        """The entry of that number, as it stands before the next one of its place."""
        writer = self.writer(frozenset(_PARAMETERS), self.hoisted)
        constants = writer.constants = []
        text = self._body(writer, self._plan.entries[number], who_is_settled)
        alone = len(constants) == 1
        if alone:
            text = text.replace("c[0]", "c")
        shape = self._functions.get(text)
        if shape is None:
            head = f"shape({self.parameters}, c)"
            shape = self._functions[text] = function(head, text.split("\n"), self._names)
        handed = [_beside(constant) for constant in constants]
        return Filed(shape, handed[0] if alone else tuple(handed), number + 1, next)

    def _body(self, writer: Writer, entry: Entry, who_is_settled: bool) -> str:
        for root, name in sorted(asked_of([entry]) - self.hoisted.keys()):
            writer.optional(root, name)
        condition = writer.condition(entry, who_is_settled=who_is_settled)
        return "\n".join([*writer.prologue(), f"return {condition}"])


def function(head: str, lines: list[str], names: Names) -> Any:
    """The function with that head and body."""
    text = "\n".join([f"def {head}:", *("    " + line for line in lines)])
    scope: dict[str, Any] = {}
    exec(compile(text, "<policylang>", "exec"), names.scope, scope)
    return scope[head.partition("(")[0]]
