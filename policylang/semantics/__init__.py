"""What a policy means: from trees to a checked program, or to everything that is wrong with it.

In: the trees of all files and of the modules that they use. Out: an `ir.Program`, problems, and
the places of declarations. Deliberately absent: reading files, and deciding.
"""

from __future__ import annotations

from policylang.semantics.analyse import analyse
from policylang.semantics.unit import Analysis, Unit

__all__ = ["Analysis", "Unit", "analyse"]
