"""Which modules each module sees, and which of them nobody asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from policylang.language.nodes import UseDecl
from policylang.semantics.unit import RISK, SELF, Unit


class Modules(Struct, frozen=True):
    """`visible`: for each module, itself, all that it uses, directly or through others, and
    `std.self`, which is built in.

    `incomplete`: modules that use one that is not there, so that a name they lack may be in it.
    `risk_is_implicit`: only `std.self` uses `std.risk`; policies may then declare its names.
    """

    visible: dict[str, frozenset[str]]
    incomplete: frozenset[str]
    risk_is_implicit: bool


def survey(units: Sequence[Unit]) -> Modules:
    uses = _uses(units)
    built_in = uses.keys() & {SELF}
    visible = {name: reachable(uses, [name]) | built_in for name in uses}
    lost = frozenset(name for name, seen in visible.items() if not seen <= uses.keys())
    asked = {unit.module for unit in units if unit.root and unit.module != SELF}
    wanted = reachable({k: v for k, v in uses.items() if k != SELF}, asked)
    return Modules(visible, lost, RISK not in wanted)


def reachable(edges: dict[str, set[str]], starts: Iterable[str]) -> frozenset[str]:
    """The starts and everything that edges lead to from them."""
    found = set(starts)
    pending = list(found)
    while pending:
        for target in edges.get(pending.pop(), ()):
            if target not in found:
                found.add(target)
                pending.append(target)
    return frozenset(found)


def in_force(units: Sequence[Unit]) -> tuple[str, ...]:
    """Every module's name, those asked for first."""
    asked = {unit.module for unit in units if unit.root}
    return (*sorted(asked), *sorted({unit.module for unit in units} - asked))


def _uses(units: Sequence[Unit]) -> dict[str, set[str]]:
    uses: dict[str, set[str]] = {unit.module: set() for unit in units}
    for unit in units:
        for declaration in unit.tree.declarations:
            if isinstance(declaration, UseDecl):
                uses[unit.module].add(declaration.module.text)
    return uses
