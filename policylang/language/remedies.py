"""Remedies for the common slips: one function each, in the order in which they are asked."""

from __future__ import annotations

from policylang.language.flaws import Flaw
from policylang.language.situation import Situation


def special(situation: Situation) -> Flaw | None:
    """A flaw of its own code, where the slip is known."""
    return None


def remedy(situation: Situation) -> str:
    """The help line of an unexpected token, or ""."""
    return ""
