"""Text ⇄ tree: in goes a source, out come its tree with spans and comments, and all that is wrong with it.

Deliberately absent: what a name means. That is `semantics`.
"""

from __future__ import annotations

from policylang.language.parser import Parsed, parse

__all__ = ["Parsed", "parse"]
