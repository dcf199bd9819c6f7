"""Filed entries: one generated function for all that differ in their constants alone.

They are compiled place by place, when a request first leads there: of ten thousand rules, those
that nobody asks are never more than a number in a list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from policylang.engines.compiled.conditions import Writer
from policylang.engines.compiled.entries import Entry
from policylang.engines.compiled.known import Known
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
    """An entry under one place. `agent`, `other`: the record where it alone matches."""

    __slots__ = ("agent", "constants", "digit", "other", "test")

    def __init__(self, test: Callable[..., bool], constants: Any, digit: int) -> None:
        self.test = test
        self.constants = constants
        self.digit = digit
        self.agent: Record | None = None
        self.other: Record | None = None


class Sown(Exception):
    """Entries have been compiled: to be judged again."""


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
        self.filed: dict[Any, tuple[Filed, ...]] = {
            value: (Filed(sow, value, 0),) for value in numbers
        }

    def _sow(self, *facts: Any) -> bool:
        value = facts[-1]
        self.filed[value] = tuple(
            self._shapes.filed(number, who_is_settled=self._by_principal)
            for number in self._numbers[value]
        )
        raise Sown


class Shapes:
    """The functions of one plan's filed entries, by their text."""

    def __init__(self, plan: Plan, known: Known, names: Names) -> None:
        self._plan = plan
        self._known = known
        self._names = names
        self._functions: dict[str, Callable[..., bool]] = {}
        self._filed: dict[int, Filed] = {}
        self.any_filed = bool(plan.index.filed or plan.index.always)
        self.hoisted: dict[tuple[str, str], Read] = {}
        names["base"] = len(plan.entries) + 1

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

    def filed(self, number: int, *, who_is_settled: bool) -> Filed:
        """One object for each entry, under however many values it is filed."""
        filed = self._filed.get(number)
        if filed is None:
            filed = self._filed[number] = self._compile(number, who_is_settled)
        return filed

    def _compile(self, number: int, who_is_settled: bool) -> Filed:
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
        return Filed(shape, constants[0] if alone else tuple(constants), number + 1)

    def _body(self, writer: Writer, entry: Entry, who_is_settled: bool) -> str:
        for root, name in sorted(asked_of([entry]) - self.hoisted.keys()):
            writer.optional(root, name)
        condition = writer.condition(entry, who_is_settled=who_is_settled)
        return "\n".join([*writer.prologue(), f"return {condition}"])


def function(head: str, lines: list[str], names: Names) -> Any:
    """The function with that head and body."""
    text = "\n".join([f"def {head}:", *("    " + line for line in lines)])
    scope: dict[str, Any] = {}
    exec(compile(text, "<policylang>", "exec"), names, scope)
    return scope[head.partition("(")[0]]
