"""Makes a failing policy and request small, by leaving out whatever the failure does not need."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from policylang.model import wire
from policylang.model.request import Request
from policylang.testing.programs import Draft, DraftModule

Fails = Callable[[Draft, Request], bool]
"""Whether a policy and a request still show the failure; False where they are no longer valid."""


def smallest(draft: Draft, request: Request, fails: Fails) -> tuple[Draft, Request]:
    """A policy and a request that still fail, and of which no single part can be left out."""
    shrinking = True
    while shrinking:
        shrinking = False
        for smaller in _smaller_drafts(draft):
            if fails(smaller, request):
                draft, shrinking = smaller, True
                break
        for less in _smaller_requests(request):
            if fails(draft, less):
                request, shrinking = less, True
                break
    return draft, request


def _smaller_drafts(draft: Draft) -> Iterator[Draft]:
    for at, module in enumerate(draft.modules):
        for number, text in enumerate(module.declarations):
            for shorter in (None, *_shorter(text)):
                yield _with(draft, at, _replaced(module, number, shorter))


def _shorter(text: str) -> Iterator[str]:
    """A declaration without one of its lines, or without one half of an `and` or `or`."""
    lines = text.split("\n")
    for index in range(len(lines) - 1, -1, -1):
        if len(lines) > 1:
            yield "\n".join(lines[:index] + lines[index + 1 :])
        for word in (" and ", " or "):
            parts = lines[index].split(word)
            for dropped in range(len(parts) if len(parts) > 1 else 0):
                line = word.join(parts[:dropped] + parts[dropped + 1 :])
                head = (
                    ""
                    if dropped
                    else lines[index][: len(lines[index]) - len(lines[index].lstrip())]
                )
                keyword = lines[index].split()[0] + " " if not dropped else ""
                yield "\n".join([*lines[:index], head + keyword + line, *lines[index + 1 :]])


def _replaced(module: DraftModule, number: int, text: str | None) -> DraftModule:
    kept = list(module.declarations)
    kept[number : number + 1] = [] if text is None else [text]
    return replace(module, declarations=tuple(kept))


def _with(draft: Draft, at: int, module: DraftModule) -> Draft:
    return Draft((*draft.modules[:at], module, *draft.modules[at + 1 :]))


def _smaller_requests(request: Request) -> Iterator[Request]:
    for document in _without_a_part(json.loads(as_json(request))):
        try:
            yield wire.request(document)
        except ValueError:
            continue


def _without_a_part(document: Any) -> Iterator[Any]:
    """The document without one key or item, at any depth."""
    if isinstance(document, dict):
        for key in list(document):
            yield {k: v for k, v in document.items() if k != key}
            for inner in _without_a_part(document[key]):
                yield {**document, key: inner}
    elif isinstance(document, list):
        for index, item in enumerate(document):
            yield document[:index] + document[index + 1 :]
            for inner in _without_a_part(item):
                yield [*document[:index], inner, *document[index + 1 :]]


def as_json(document: Request | Any) -> str:
    """The JSON text of a request, or of anything made of what JSON can say."""
    plain = document.to_json() if isinstance(document, Request) else document
    return json.dumps(plain, ensure_ascii=False, indent=1, default=str)


def case_text(title: str, draft: Draft, request: Request, answers: dict[str, Any]) -> str:
    """What reproduces a disagreement: the policy, the request, and each engine's answer."""
    parts = [f"# {title}", "--- policy", draft.text, "--- request", as_json(request)]
    for name, answer in answers.items():
        parts += [f"--- {name}", as_json(answer)]
    return "\n".join(parts) + "\n"
