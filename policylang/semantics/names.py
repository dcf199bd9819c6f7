"""Names: what is declared where, and what a file can see of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final, Literal

from msgspec import Struct

from policylang.diagnostics.diagnostic import Label
from policylang.diagnostics.span import Source, Span
from policylang.diagnostics.suggest import did_you_mean
from policylang.language.nodes import Name
from policylang.model.types import Type
from policylang.semantics.modules import Modules
from policylang.semantics.report import Report
from policylang.semantics.unit import SELF, Unit

Sort = Literal[
    "type",
    "role",
    "risk",
    "principal",
    "label",
    "signal",
    "define",
    "rule",
    "operation",
    "attribute of principals",
    "context key",
    "entity",
    "tool",
]

TITLES: Final[dict[str, str]] = {"type": "resource type", "risk": "risk class"}
UNKNOWN: Final[dict[str, str]] = {
    "type": "P0101",
    "role": "P0102",
    "risk": "P0103",
    "principal": "P0104",
    "label": "P0106",
    "signal": "P0107",
    "define": "P0108",
}


class Declared(Struct, frozen=True, eq=False):
    """One declaration. `span` is that of its name; `node` the tree node that says what it is."""

    name: str
    here: Here
    span: Span
    node: Any


class Names:
    """The declarations of all modules, by sort and name. The first of one name stands."""

    __slots__ = ("_tables", "heres")

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, Declared]] = {}
        self.heres: list[Here] = []

    def declare(self, sort: Sort, name: str, span: Span, here: Here, node: Any) -> None:
        """Adds a declaration, or says that there is one of that name already."""
        table = self._tables.setdefault(sort, {})
        first = table.get(name)
        if first is None:
            table[name] = Declared(name, here, span, node)
            return
        here.error(
            "P0110",
            f"the {title(sort)} `{name}` is declared twice",
            span,
            label="declared again",
            labels=(Label(first.here.source, first.span, "first declared here"),),
            help=""
            if first.here.module == here.module
            else f"`{first.here.module}` declares it: choose another name",
        )

    def declare_unless_there(
        self, sort: Sort, name: str, span: Span, here: Here, node: Any
    ) -> None:
        self._tables.setdefault(sort, {}).setdefault(name, Declared(name, here, span, node))

    def get(self, sort: Sort, name: str) -> Declared | None:
        return self._tables.get(sort, {}).get(name)

    def all(self, sort: Sort) -> Iterator[Declared]:
        """In the order of their names."""
        table = self._tables.get(sort, {})
        return (table[name] for name in sorted(table))


def title(sort: str) -> str:
    return TITLES.get(sort, sort)


class Here:
    """One file's view of the names, and its way to report problems."""

    def __init__(self, unit: Unit, modules: Modules, names: Names, report: Report) -> None:
        self.unit = unit
        self.source: Source = unit.source
        self.module = unit.module
        self.builtin = unit.module == SELF
        self.parameter_types: dict[Span, Type | None] = {}
        self._names = names
        names.heres.append(self)
        self._report = report
        self._visible = modules.visible[unit.module]
        self._incomplete = unit.module in modules.incomplete

    def find(self, sort: Sort, name: Name) -> Declared | None:
        """The declaration that a name means here. Unknown or hidden ones are reported."""
        found = self._names.get(sort, name.text)
        if found is None:
            self._unknown(sort, name)
        elif not self.sees(sort, found):
            self.error(
                "P0109",
                f"the {title(sort)} `{name.text}` belongs to `{found.here.module}`, "
                "which is not used here",
                name.span,
                label="not visible",
                help=f"add `use {found.here.module}`",
            )
        return found

    def knows(self, sort: Sort, name: str) -> bool:
        """Whether there is such a name anywhere in the program."""
        return self._names.get(sort, name) is not None

    def visible(self, sort: Sort) -> list[str]:
        """The names of that sort that can be used here."""
        return [found.name for found in self._names.all(sort) if self.sees(sort, found)]

    def error(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        label: str = "",
        help: str = "",
        labels: tuple[Label, ...] = (),
    ) -> None:
        self._report.error(code, message, self.source, span, label=label, help=help, labels=labels)

    def may_be_lost(self, name: str) -> bool:
        """Whether a name may stand in a text that could not be read, here or in a lost module.

        Whoever reads that text reports it; nothing more is said here, and no program comes out.
        """
        lost = self._incomplete or any(name in here.unread for here in self._names.heres)
        if lost:
            self._report.incomplete = True
        return lost

    @cached_property
    def unread(self) -> frozenset[str]:
        """The words outside of every declaration that was read."""
        text = self.source.text
        tree = self.unit.tree
        known = [*(d.span for d in tree.declarations), *(c.span for c in tree.comments)]
        if tree.name:
            known.append(tree.name.span)
        words: set[str] = set()
        position = 0
        for span in sorted(known):
            if span.start > position:
                words.update(_WORD.findall(text, position, span.start))
            position = max(position, span.end)
        words.update(_WORD.findall(text, position))
        return frozenset(words - {"policy"}) if tree.name else frozenset(words)

    def sees(self, sort: Sort, found: Declared) -> bool:
        """Whether a declaration is visible here."""
        if found.here.module in self._visible or self.builtin:
            return True
        return sort == "type" and found.here.builtin

    def _unknown(self, sort: Sort, name: Name) -> None:
        if self.may_be_lost(name.text):
            return
        self.error(
            UNKNOWN[sort],
            f"there is no {title(sort)} `{name.text}`",
            name.span,
            label="not found",
            help=did_you_mean(name.text, self.visible(sort)) or self._other_sort(sort, name.text),
        )

    def _other_sort(self, sort: Sort, name: str) -> str:
        others: tuple[Sort, ...] = ("type", "role", "risk", "principal")
        for other in others:
            if other != sort and self._names.get(other, name):
                return f"`{name}` is a {title(other)}"
        return _HOW_TO_DECLARE.get(sort, "").format(name=name)


_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HOW_TO_DECLARE: Final = {
    "type": "declare it: `resource {name}`",
    "role": "declare it: `role {name}`",
    "risk": "declare it, or `use std.risk` for the standard risk classes",
    "principal": "declare it, as in `agent {name}`, or write its id in quotes",
    "label": "declare it: `label {name}` (`private` and `untrusted` come with `std.risk`)",
    "signal": "declare it: `signal {name}: Decimal`",
    "define": "declare it: `define {name}(…) = …`",
}
