"""Reads questions such as `any Destructive on Environment under Account:7`.

    question = ("anything" | "any" RISK | OPERATION) ["on" ("any" | TYPE [ID])] ["under" place]
    place    = TYPE ":" ID | TYPE ID | ID            # an ID alone must be known, and only once

IDs are JSON strings, or bare words without blanks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from policylang.diagnostics.suggest import did_you_mean
from policylang.engines.graph.scopes import Target, what_covers
from policylang.engines.graph.wording import quoted
from policylang.ir.expressions import What, WhatAnything, WhatOperation, WhatRisk
from policylang.ir.program import Operation, Program
from policylang.model.facts import Facts, Key

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^\s":]+|:)')
_LONGEST = 10_000


class QuestionError(ValueError):
    """A question that cannot be understood; the message says why and what was perhaps meant."""


class Question(Struct, frozen=True):
    """What is asked about: operations, and the part of the world they act on."""

    text: str
    what: What
    target: Target


class _Reader:
    """The tokens of a question, read from left to right."""

    def __init__(self, text: str) -> None:
        if len(text) > _LONGEST:
            raise QuestionError(f"a question may have {_LONGEST:,} characters at most")
        self._tokens = _tokens(text)

    def peek(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def next(self, expected: str) -> str:
        if not self._tokens:
            raise QuestionError(f"expected {expected} at the end of the question")
        return self._tokens.pop(0)

    def skip(self, word: str) -> bool:
        if self.peek() != word:
            return False
        self._tokens.pop(0)
        return True

    def id(self, expected: str) -> str:
        token = self.next(expected)
        return _unquoted(token) if token.startswith('"') else token


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise QuestionError('a `"` is not closed')
        tokens.append(match[1])
        position = match.end()
    return tokens


def _unquoted(token: str) -> str:
    try:
        text = json.loads(token)
    except json.JSONDecodeError:
        raise QuestionError(f"{token} is not a string") from None
    return str(text)


def read_question(text: str, program: Program, facts: Facts) -> Question:
    """The question in `text`. Raises `QuestionError`."""
    reader = _Reader(text)
    what = _what(reader, program)
    type_, id_ = _on(reader, program)
    under = _place(reader, program, facts) if reader.skip("under") else None
    if reader.peek():
        raise QuestionError(f"`{reader.peek()}` is not expected; after it stands {_HINT}")
    question = Question(text, what, Target(type_, id_, under))
    if not operations_of(question, program):
        _nothing_asked(question, program)
    return question


_HINT = '`on TYPE "id"` or `under TYPE "id"`, in this order'


def _what(reader: _Reader, program: Program) -> What:
    word = reader.next("an operation, `any RISK` or `anything`")
    if word == "anything":
        return WhatAnything()
    if word == "any":
        risk = reader.next("a risk class after `any`")
        _known("risk class", risk, [risk.name for risk in program.risks])
        return WhatRisk(risk)
    _known("operation", word, [o.name for o in program.operations])
    return WhatOperation(word)


def _on(reader: _Reader, program: Program) -> tuple[str | None, str | None]:
    if not reader.skip("on") or reader.skip("any"):
        return None, None
    type_ = _type(reader, program)
    if reader.skip(":") or reader.peek() not in ("", "under"):
        return type_, reader.id("an id")
    return type_, None


def _type(reader: _Reader, program: Program) -> str:
    name = reader.next("a resource type")
    _known("resource type", name, [t.name for t in program.resource_types])
    return name


def _place(reader: _Reader, program: Program, facts: Facts) -> Key:
    first = reader.peek()
    if first in {t.name for t in program.resource_types}:
        reader.next("a resource type")
        reader.skip(":")
        return first, reader.id("an id after the resource type")
    return _known_place(reader.id('`TYPE "id"` after `under`'), facts)


def _known_place(name: str, facts: Facts) -> Key:
    found = sorted(key for key in facts.resources if key[1] == name)
    if len(found) == 1:
        return found[0]
    if found:
        choices = ", ".join(f"{type_} {quoted(id_)}" for type_, id_ in found[:5])
        raise QuestionError(f"{quoted(name)} is the id of several resources: {choices}")
    ids = [id_ for _, id_ in facts.resources]
    raise QuestionError(f"no resource with the id {quoted(name)} is known{suggestion(name, ids)}")


def read_resource(text: str, program: Program, facts: Facts) -> Key:
    """A resource's type and id: `TYPE:ID`, `TYPE "ID"`, or the id of one that is known.

    Raises `QuestionError`.
    """
    reader = _Reader(text)
    key = _place(reader, program, facts)
    if reader.peek():
        raise QuestionError(f"`{reader.peek()}` is not expected after a resource")
    return key


def operations_of(question: Question, program: Program) -> list[Operation]:
    """The operations that the question asks about, in the program's order."""
    wanted = question.target.type
    return [
        operation
        for operation in program.operations
        if wanted in (None, operation.resource_type) and what_covers([question.what], operation)
    ]


def _nothing_asked(question: Question, program: Program) -> None:
    """An operation that its type does not have is a mistake; a risk class without one is not."""
    if not isinstance(question.what, WhatOperation):
        return
    name, type_ = question.what.name, question.target.type
    others = sorted({o.resource_type for o in program.operations if o.name == name})
    raise QuestionError(
        f"`{name}` is not an operation on `{type_}`; it is one on {', '.join(others[:5])}"
    )


def _known(sort: str, name: str, names: Sequence[str]) -> None:
    if name not in names:
        raise QuestionError(f"`{name}` is not a known {sort}{suggestion(name, names)}")


def suggestion(name: str, names: Iterable[str]) -> str:
    """`; did you mean …?` where a name is close, else nothing."""
    text = did_you_mean(name, sorted(set(names))) if len(name) <= 200 else ""
    return f"; {text}" if text else ""
