"""How generated code reads a fact: one lookup, its type checked at the read.

Whatever is absent, malformed or odd raises `Bail`, so that generated code only ever computes with
facts that are there. An attribute that a policy asks `has` of, or that is optional, may be absent:
then its variable is None.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from policylang.engines.compiled.known import Bail
from policylang.model.types import EnumOf, Field, Prim, SetOf, Type
from policylang.model.values import INVALID, coerce

SOURCES = {
    "args": ("args", "args = request.args"),
    "context": ("context", "context = request.context"),
    "signal": ("signals", "signals = request.signals"),
}
"""Per root: the dict that its facts are in, and the line that fetches it."""

_SCALARS = {
    "Bool": "type({x}) is not bool",
    "Int": "type({x}) is not int",
    "String": "type({x}) is not str",
    "Path": 'type({x}) is not str or not {x} or "\\0" in {x}',
}
"""Tests that hold for a value of the wrong type, where the wire's form is the inside form."""

Bind = Callable[[Any], str]
"""Puts an object into the generated code's names, and says which one."""


class Read:
    """One fact in a variable. `may_be_absent` is settled before the lines are asked for."""

    def __init__(self, root: str, name: str, field: Field, variable: str) -> None:
        self.root = root
        self.name = name
        self.field = field
        self.variable = variable
        self.may_be_absent = field.optional and field.default is None

    @property
    def counts(self) -> bool:
        """Whether having read it says that the request's dict has that key."""
        return not self.may_be_absent and self.field.default is None

    def known_lines(self, node: str) -> list[str]:
        """Read it off a node, where it is in the inside form already."""
        fetch = f"{self.variable} = {node}.a_{self.name}"
        if self.may_be_absent:
            return [fetch]
        return [fetch, f"if {self.variable} is None: raise Bail"]

    def told_lines(self, source: str, bind: Bind) -> list[str]:
        """Read it from a dict that came with the request."""
        x, name = self.variable, repr(self.name)
        checks = self._checks(bind)
        if self.field.default is not None:
            return [f"{x} = {source}.get({name}, {bind(_default(self.field))})", *checks]
        if not self.may_be_absent:
            # A key that is not there raises as well.
            return [f"{x} = {source}[{name}]", *checks]
        return [
            f"{x} = {source}.get({name})",
            f"if {x} is None:",
            f"    if {name} in {source}: raise Bail",
            "else:",
            *("    " + check for check in checks),
        ]

    def _checks(self, bind: Bind) -> list[str]:
        x, type_ = self.variable, self.field.type
        match type_:
            case Prim(name) if name in _SCALARS:
                return [f"if {_SCALARS[name].format(x=x)}: raise Bail"]
            case EnumOf(members):
                return [f"if {x} not in {bind(frozenset(members))}: raise Bail"]
            case SetOf(EnumOf(members)):
                odd = f"type({x}) is not tuple or not {bind(frozenset(members))}.issuperset({x})"
                return [f"if {odd}: raise Bail"]
            case SetOf(Prim("String")):
                # Joining raises TypeError where an element is no text.
                return [f'if type({x}) is not tuple or "".join({x}) is None: raise Bail']
        return [f"{x} = {bind(exactly(type_))}({x})"]


def _default(field: Field) -> Any:
    """In the wire's form: it is checked and read like what a request gives."""
    default: Any = field.default
    return tuple(default) if isinstance(default, (list, tuple)) else default


@lru_cache(maxsize=1024)
def exactly(type_: Type) -> Callable[[Any], Any]:
    """Reads the wire's form of a type; raises `Bail` for whatever does not fit."""

    def read_exactly(raw: Any) -> Any:
        value = coerce(type_, raw)
        if value is INVALID:
            raise Bail
        return value

    return read_exactly
