"""The registry of diagnostic codes: what each is called, and how severe it is by default.

One line a code, in its range; each has its page `docs/reference/diagnostics/CODE.md`. A code is
never used again for something else.

| range | about |
|---|---|
| P00xx | reading files, and syntax |
| P01xx | names and modules |
| P02xx | types |
| P03xx | rules, waivers, signals, history |
| P04xx | lints: warnings about what is allowed but hardly meant |
| P05xx | inventories and requests |
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from policylang.diagnostics.diagnostic import Severity


class Code(Struct, frozen=True):
    """`title` is a few lower-case words, without any text of the user's."""

    title: str
    severity: Severity = "error"


# fmt: off
CODES: Final[dict[str, Code]] = {
    # ── P00xx: reading files, and syntax ─────────────────────────────────────────────────
    # ── P01xx: names and modules ─────────────────────────────────────────────────────────
    # ── P02xx: types ─────────────────────────────────────────────────────────────────────
    # ── P03xx: rules, waivers, signals, history ──────────────────────────────────────────
    # ── P04xx: lints ─────────────────────────────────────────────────────────────────────
    # ── P05xx: inventories and requests ──────────────────────────────────────────────────
}
# fmt: on
