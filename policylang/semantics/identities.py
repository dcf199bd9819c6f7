"""Ids of rules, limits and claims: their names, or a hash that survives reformatting."""

from __future__ import annotations

import hashlib
from typing import Final, Union

from policylang.diagnostics.span import Span
from policylang.language import nodes, normal_form
from policylang.semantics.names import Here

SHORT: Final = 8
LONG: Final = 32

Ruled = Union[nodes.RuleDecl, nodes.LimitDecl, nodes.ProveDecl]


class Identities:
    """`module/name`, or `module/` and eight hexadecimal digits of the normal form's SHA-256.

    Where different normal forms share the eight digits, all of them get more.
    """

    def __init__(self, declarations: list[tuple[Here, Ruled]]) -> None:
        self._hashes: dict[tuple[str, Span], str] = {}
        meanings: dict[str, set[str]] = {}
        for here, node in declarations:
            if name_of(node) is not None:
                meanings.setdefault(self._named(here, node), set()).add("")
                continue
            digits = hashlib.sha256(normal_form(node).encode()).hexdigest()
            self._hashes[here.source.name, node.span] = digits
            meanings.setdefault(f"{here.module}/{digits[:SHORT]}", set()).add(digits)
        self._shared = {id_ for id_, found in meanings.items() if len(found) > 1}

    def of(self, here: Here, node: Ruled) -> str:
        if name_of(node) is not None:
            return self._named(here, node)
        digits = self._hashes[here.source.name, node.span]
        short = f"{here.module}/{digits[:SHORT]}"
        return f"{here.module}/{digits[:LONG]}" if short in self._shared else short

    def _named(self, here: Here, node: Ruled) -> str:
        name = name_of(node)
        return f"{here.module}/{name.text if name else ''}"


def name_of(node: Ruled) -> nodes.Name | None:
    return None if isinstance(node, nodes.ProveDecl) else node.name
