"""What an expression can see where it stands: roots, variables, reach, and what `has` has told."""

from __future__ import annotations

from itertools import count
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from policylang.diagnostics.diagnostic import Label
from policylang.diagnostics.span import Source, Span
from policylang.ir.expressions import Expr
from policylang.semantics.names import Here
from policylang.semantics.reach import Reach, Reaches
from policylang.semantics.schema import Schema
from policylang.semantics.static import Typed

RULE_ROOTS: Final = frozenset(("principal", "resource", "args", "context", "session", "signal"))
DEFINE_ROOTS: Final = frozenset(("context",))
TOOL_ROOTS: Final = frozenset(("input",))


class Call(Struct, frozen=True, eq=False):
    """Where a `define` is being inlined: the file and span of the call."""

    source: Source
    span: Span


class Frame(Struct, frozen=True, eq=False):
    """What the fields say, where their names do not.

    `reach`: what `resource` and `args` can be. `event`: what `event.…` can be, in a pattern.
    `facts`: the `Has` and `HasParent` that hold here. `quiet`: report nothing, check no `has`.
    `call`: set while a `define` is inlined; its body has been checked on its own, so that only
    what depends on the call is reported. `since`: left of `since`. `value`: in an aggregate's
    value, where `args`, `resource` and `principal` are the event's. `lenient`: what may be absent
    is not asked for. `lost`: roots that cannot be told, because of another error. `called`:
    collects the `define`s that are used.
    """

    schema: Schema
    here: Here
    reaches: Reaches
    roots: frozenset[str]
    place: str
    reach: Reach | None = None
    event: Reach | None = None
    variables: dict[str, Typed] = {}
    facts: frozenset[Expr] = frozenset()
    quiet: bool = False
    call: Call | None = None
    since: bool = False
    value: bool = False
    lenient: bool = False
    lost: frozenset[str] = frozenset()
    called: set[str] | None = None
    numbers: Any = field(default_factory=count)

    def but(self, **changes: Any) -> Frame:
        return msgspec.structs.replace(self, **changes)

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
        """Reports what is wrong with the text itself; inside an inlined `define` it is known."""
        if not self.quiet and self.call is None:
            self.here.error(code, message, span, label=label, help=help, labels=labels)

    def error_here(self, code: str, message: str, span: Span, *, label: str, help: str) -> None:
        """Reports what is wrong where the text stands, so also in an inlined `define`."""
        if self.quiet or self.lenient:
            return
        labels = (
            ()
            if self.call is None
            else (Label(self.call.source, self.call.span, "through this call"),)
        )
        self.here.error(code, message, span, label=label, help=help, labels=labels)
