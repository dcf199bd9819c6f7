"""Checks every `define` on its own: its types, what it reads, and that it is not recursive."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from policylang.diagnostics.diagnostic import Label
from policylang.ir.expressions import Var
from policylang.language import nodes
from policylang.semantics import expressions
from policylang.semantics.calls import IN_DEFINE, too_long
from policylang.semantics.cycles import find_cycles
from policylang.semantics.frame import DEFINE_ROOTS, Frame
from policylang.semantics.names import Declared
from policylang.semantics.reach import Reaches
from policylang.semantics.schema import Schema
from policylang.semantics.static import WRONG, Typed
from policylang.semantics.type_names import resolve_type


def check_defines(schema: Schema, reaches: Reaches, called: set[str]) -> None:
    """`called`: those that something uses; there it shows what may be absent."""
    _report_cycles(schema)
    too_long_ones = {found.name for found in schema.extents.too_long}
    for found in schema.extents.too_long:
        found.here.error("P0016", *too_long(found.span), help="call fewer `define`s in it")
    # What is too long is not looked into either.
    defines = [d for d in schema.names.all("define") if d.name not in too_long_ones]
    inner: set[str] = set()
    for found in defines:
        _check(schema, reaches, found, inner)
    for found in defines:
        if found.name not in called and found.name not in inner:
            _check(schema, reaches, found, set(), lenient=False)


def _check(
    schema: Schema,
    reaches: Reaches,
    found: Declared,
    called: set[str],
    *,
    lenient: bool = True,
) -> None:
    node: nodes.DefineDecl = found.node
    frame = Frame(
        schema,
        found.here,
        reaches,
        DEFINE_ROOTS,
        IN_DEFINE,
        lenient=lenient,
        called=called,
    )
    variables: dict[str, Typed] = {}
    for parameter in node.parameters:
        variables.setdefault(parameter.name.text, _parameter(frame, parameter, node))
    expressions.guard(frame.but(variables=variables), [(True, node.body)])


def _parameter(frame: Frame, node: nodes.Field, define: nodes.DefineDecl) -> Typed:
    expressions.check_variable(frame, node.name, "parameter")
    type_, optional = resolve_type(frame.here, node.type)
    if optional or node.default is not None:
        frame.error(
            "P0217",
            f"the parameter `{node.name.text}` of a `define` is always given",
            node.span,
            label="neither optional nor with a default",
            help="leave out the `?`" if optional else "leave out the default",
        )
    first = next(p for p in define.parameters if p.name.text == node.name.text)
    if first is not node:
        frame.error(
            "P0110",
            f"the parameter `{node.name.text}` is declared twice",
            node.name.span,
            label="declared again",
            labels=(Label(frame.here.source, first.name.span, "first declared here"),),
        )
    return WRONG if type_ is None else Typed(Var(node.name.text, type_), type_)


def _report_cycles(schema: Schema) -> None:
    """Every `define` that reaches itself through calls."""
    calls = {
        found.name: sorted(set(_calls(found.node.body))) for found in schema.names.all("define")
    }
    for cycle in find_cycles(calls):
        found = schema.names.get("define", cycle[0])
        assert found is not None
        through = [schema.names.get("define", name) for name in cycle[1:]]
        found.here.error(
            "P0114",
            f"the `define` `{cycle[0]}` calls itself",
            found.span,
            label="recursive",
            help=" calls ".join(f"`{name}`" for name in (*cycle, cycle[0])),
            labels=tuple(Label(f.here.source, f.span, "through this") for f in through if f),
        )


def _calls(node: object) -> Iterator[str]:
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, nodes.CallExpr):
            yield current.name.text
        if isinstance(current, Struct):
            pending.extend(getattr(current, name) for name in current.__struct_fields__)
        elif isinstance(current, tuple):
            pending.extend(current)
