"""Lowers `tool` declarations: a raw call bound to an operation on a resource."""

from __future__ import annotations

import re
from typing import Final

from policylang.diagnostics.diagnostic import Label
from policylang.diagnostics.suggest import did_you_mean
from policylang.ir.expressions import Expr
from policylang.ir.program import Tool, ToolArgument
from policylang.language import nodes
from policylang.model.types import STRING, Field
from policylang.semantics import expressions
from policylang.semantics.frame import TOOL_ROOTS, Frame
from policylang.semantics.names import Declared
from policylang.semantics.places import Places
from policylang.semantics.reach import Reaches
from policylang.semantics.schema import Schema
from policylang.semantics.scopes import check_operation
from policylang.semantics.static import an, assignable

KEY: Final = re.compile(r"mcp:[^/\s]+/\S+|tool:\S+")


def tools(schema: Schema, reaches: Reaches, places: Places) -> tuple[Tool, ...]:
    lowered = [_tool(schema, reaches, found, places) for found in schema.names.all("tool")]
    return tuple(tool for tool in lowered if tool is not None)


def _tool(schema: Schema, reaches: Reaches, found: Declared, places: Places) -> Tool | None:
    node: nodes.ToolDecl = found.node
    here = found.here
    places.put("tool", found.name, here.source, found.span)
    _check_key(found)
    frame = Frame(schema, here, reaches, TOOL_ROOTS, "a `tool`")
    id_ = _read(frame, node.id, Field("id", STRING), "the resource's id")
    if here.find("type", node.type) is None:
        return None
    type_name = node.type.text
    if not check_operation(schema, here, node.operation, [type_name]):
        return None
    operation = schema.operations[type_name, node.operation.text]
    parameters = {p.name: p for p in operation.parameters}
    args = _bound(
        frame, node.args, parameters, "parameter", operation.name, f"{type_name}.{operation.name}"
    )
    attributes = _bound(
        frame, node.attributes, schema.fields[type_name], "attribute", type_name, type_name
    )
    at = here.source.at(node.span)
    if id_ is None:
        return None
    return Tool(node.key.value, operation.name, type_name, id_, args, attributes, at)


def _check_key(found: Declared) -> None:
    if not KEY.fullmatch(found.name):
        found.here.error(
            "P0314",
            f"`{found.name}` is not a tool's key",
            found.span,
            label="would never be called",
            help="write `mcp:SERVER/TOOL` or `tool:NAME`",
        )


def _bound(
    frame: Frame,
    written: tuple[nodes.NamedExpr, ...],
    declared: dict[str, Field],
    sort: str,
    owner: str,
    key: str,
) -> tuple[ToolArgument, ...]:
    lowered: dict[str, ToolArgument] = {}
    first: dict[str, nodes.NamedExpr] = {}
    for node in written:
        name = node.name.text
        again = first.setdefault(name, node)
        if again is not node:
            frame.error(
                "P0110",
                f"`{name}` is given twice",
                node.name.span,
                label="again",
                labels=(Label(frame.here.source, again.name.span, "first here"),),
            )
        field = declared.get(name)
        if field is None:
            _report_unknown(frame, node.name, declared, sort, owner, key)
            continue
        expr = _read(frame, node.value, field, f"`{name}`")
        if expr is not None:
            lowered[name] = ToolArgument(name, expr)
    return tuple(lowered[name] for name in sorted(lowered))


def _report_unknown(
    frame: Frame,
    name: nodes.Name,
    declared: dict[str, Field],
    sort: str,
    owner: str,
    key: str,
) -> None:
    if frame.here.may_be_lost(name.text) or frame.schema.misses([key], name.text):
        return
    frame.error(
        "P0204" if sort == "parameter" else "P0203",
        f"`{name.text}` is not {'a' if sort == 'parameter' else 'an'} {sort} of `{owner}`",
        name.span,
        label="not found",
        help=did_you_mean(name.text, declared),
    )


def _read(frame: Frame, node: nodes.ExprNode, field: Field, what: str) -> Expr | None:
    typed = expressions.value(frame, node, field.type)
    if not typed.known:
        return None
    if assignable(typed.type, field.type):
        return typed.expr
    frame.error(
        "P0213",
        f"{what} is {an(field.type)}, and this is {an(typed.type)}",
        node.span,
        label=f"not {an(field.type)}",
    )
    return None
