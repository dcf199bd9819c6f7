"""What goes into the analysis, and what comes out."""

from __future__ import annotations

from msgspec import Struct

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.diagnostics.span import Source
from policylang.ir.program import Program
from policylang.language.nodes import Module
from policylang.semantics.places import Places

SELF = "std.self"
RISK = "std.risk"


class Unit(Struct, frozen=True):
    """One file. `root`: asked for by the user, not merely used by another module."""

    source: Source
    tree: Module
    root: bool

    @property
    def module(self) -> str:
        """The name in the `policy` line; empty where that line is broken."""
        return self.tree.name.text if self.tree.name else ""


class Analysis(Struct, frozen=True):
    """`program` is None when there is any error, or a part of the text is missing."""

    program: Program | None
    diagnostics: tuple[Diagnostic, ...]
    places: Places
