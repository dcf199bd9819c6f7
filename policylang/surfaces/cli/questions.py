"""Questions to the permission graph: what the commands that ask them share."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from policylang.surfaces.cli import streams
from policylang.surfaces.cli.failure import Failure
from policylang.surfaces.cli.formats import add_format, pretty
from policylang.surfaces.cli.policies import loaded

if TYPE_CHECKING:
    from policylang.engines.graph import PermissionGraph

T = TypeVar("T")


class Answered(Protocol):
    def to_json(self) -> dict[str, Any]: ...

    def to_text(self) -> str: ...


def add_policy(parser: ArgumentParser) -> None:
    parser.add_argument("policy", metavar="POLICY", help="a policy file, or a folder of them")


def add_question_options(parser: ArgumentParser) -> None:
    parser.add_argument("--inventory", metavar="FILE", help="known resources and principals")
    add_format(parser)


def graph_of(options: Namespace) -> PermissionGraph:
    return loaded(options.policy, options.inventory).graph


def asked(question: Callable[[], T]) -> T:
    """The answer; a question that cannot be understood is wrong usage."""
    from policylang.engines.graph import QuestionError

    try:
        return question()
    except QuestionError as error:
        raise Failure(str(error)) from None


def show(answer: Answered, options: Namespace) -> int:
    body = answer.to_text() if options.format == "text" else pretty(answer.to_json())
    streams.result(body)
    return 0
