"""Text and tree: a source to its tree and all that is wrong with it, and a tree back to text.

Deliberately absent: what a name means. That is `semantics`.
"""

from __future__ import annotations

from policylang.language.formatter import format_source
from policylang.language.normal_form import format_clause, format_expr, normal_form
from policylang.language.parser import Parsed, parse

__all__ = ["Parsed", "format_clause", "format_expr", "format_source", "normal_form", "parse"]
