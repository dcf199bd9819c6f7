"""Programs as bytes and back, and the digest of what a program means.

MessagePack has integers of 64 bits only, and the language's are unbounded: a program with a longer
one is written in a second form, in which every integer constant is text. The first byte says which.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from policylang.ir.expressions import Const
from policylang.ir.program import Clause, Program, Prove, Rule
from policylang.model.types import Field

_PLAIN: Final = b"P"
_LONG: Final = b"L"
_MARK: Final = "\0int:"
_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Program, strict=True)

_Item = TypeVar("_Item")


class CodecError(ValueError):
    """Bytes that are no program: truncated, tampered with, or of another version."""


def encode(program: Program) -> bytes:
    """The same program gives the same bytes."""
    try:
        return _PLAIN + _encoder.encode(program)
    except OverflowError:
        return _LONG + _encoder.encode(_mapped(program, _to_text))


def decode(data: bytes) -> Program:
    """Raises `CodecError` for whatever `encode` has not written."""
    form = bytes(data[:1])
    if form not in (_PLAIN, _LONG):
        raise CodecError("not an encoded program")
    try:
        program = _decoder.decode(memoryview(data)[1:])
        return program if form == _PLAIN else _mapped(program, _from_text)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise CodecError(f"not an encoded program: {error}") from error


def digest(program: Program) -> str:
    """`sha256:` of what the program means.

    Names of files and modules, places, documentation, tests and every order that changes no
    decision make no difference; ids of rules and their `because` do.
    """
    return "sha256:" + hashlib.sha256(encode(_meaning(program))).hexdigest()


def _meaning(program: Program) -> Program:
    bare: Program = _without_docs(program)
    return replace(
        bare,
        name="",
        modules=(),
        rules=_sorted(_rule(rule) for rule in bare.rules),
        limits=_sorted(
            replace(limit, at="", clauses=_clauses(limit.clauses)) for limit in bare.limits
        ),
        proves=_sorted(_prove(prove) for prove in bare.proves),
        tools=_sorted(replace(tool, at="") for tool in bare.tools),
        risks=_sorted(bare.risks),
        roles=_sorted(bare.roles),
        resource_types=_sorted(bare.resource_types),
        operations=_sorted(bare.operations),
        principal_attributes=_sorted(bare.principal_attributes),
        context=_sorted(bare.context),
        labels=_sorted(bare.labels),
        signals=_sorted(bare.signals),
        principals=_sorted(bare.principals),
        entities=_sorted(bare.entities),
        tests=(),
        sources=(),
    )


def _rule(rule: Rule) -> Rule:
    return replace(
        rule,
        who=_sorted(rule.who),
        what=_sorted(rule.what),
        where=_sorted(rule.where),
        clauses=_clauses(rule.clauses),
        at="",
    )


def _prove(prove: Prove) -> Prove:
    return replace(
        prove,
        who=_sorted(prove.who),
        what=_sorted(prove.what),
        where=_sorted(prove.where),
        clauses=_clauses(prove.clauses),
        at="",
    )


def _clauses(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """Their text is for explanations only."""
    return _sorted(replace(clause, text="") for clause in clauses)


def _sorted(items: Any) -> tuple[Any, ...]:
    found = tuple(items)
    return found if len(found) < 2 else tuple(sorted(found, key=encode_part))


def encode_part(part: object) -> bytes:
    """Bytes to sort by; longer integers than 64 bits are taken as text."""
    try:
        return _encoder.encode(part)
    except OverflowError:
        return _encoder.encode(_mapped(part, _to_text))


def _without_docs(program: Program) -> Program:
    """The declarations' documentation, and that of their attributes and parameters, is emptied."""
    return replace(
        program,
        risks=tuple(_undocumented(x) for x in program.risks),
        roles=tuple(_undocumented(x) for x in program.roles),
        resource_types=tuple(
            replace(_undocumented(x), attributes=_fields(x.attributes))
            for x in program.resource_types
        ),
        operations=tuple(
            replace(_undocumented(x), parameters=_fields(x.parameters)) for x in program.operations
        ),
        principal_attributes=_fields(program.principal_attributes),
        context=_fields(program.context),
        signals=_fields(program.signals),
        principals=tuple(_undocumented(x) for x in program.principals),
        entities=tuple(_undocumented(x) for x in program.entities),
        rules=tuple(_undocumented(x) for x in program.rules),
        limits=tuple(_undocumented(x) for x in program.limits),
    )


def _undocumented(item: Any) -> Any:
    return replace(item, doc="") if item.doc else item


def _fields(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    return _sorted(_undocumented(field) for field in fields)


def _mapped(node: _Item, scalar: Callable[[Any], Any]) -> _Item:
    """A copy in which `scalar` has been applied to every constant's value and field's default."""
    if isinstance(node, tuple):
        return tuple(_mapped(item, scalar) for item in node)  # type: ignore[return-value]
    if not isinstance(node, Struct):
        return node
    changes = {name: _mapped(getattr(node, name), scalar) for name in node.__struct_fields__}
    if isinstance(node, Const):
        changes["value"] = scalar(node.value)
    elif isinstance(node, Field):
        default = node.default
        changes["default"] = (
            tuple(scalar(item) for item in default)
            if isinstance(default, tuple)
            else scalar(default)
        )
    return type(node)(**changes)


def _to_text(value: Any) -> Any:
    if type(value) is int:
        return f"{_MARK}{value}"
    return _MARK + "s" + value if type(value) is str and value.startswith(_MARK) else value


def _from_text(value: Any) -> Any:
    if type(value) is not str or not value.startswith(_MARK):
        return value
    rest = value[len(_MARK) :]
    return rest[1:] if rest.startswith("s") else int(rest)


__all__ = ["CodecError", "decode", "digest", "encode", "encode_part"]
