"""Hypothesis strategies: policies that pass `check`, and requests for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import settings, strategies

from policylang.model.request import Request
from policylang.testing.choices import Choices, DrawnChoices, RandomChoices
from policylang.testing.programs import EVERYTHING, Drafted, draft_policy
from policylang.testing.reduce import as_json
from policylang.testing.requests import Asker, Quality
from policylang.testing.trials import Trial, checked, trial
from policylang.testing.world import Features


def examples(count: int) -> int:
    """How many examples a test of `count` in the `ci` profile runs in the profile in use."""
    assert settings.default is not None
    return max(1, count * settings.default.max_examples // 100)


@strategies.composite
def drafts(draw: Callable[..., Any], features: Features = EVERYTHING) -> Drafted:
    """A random policy, as text, that passes `check`."""
    return checked(draft_policy(DrawnChoices(draw), features))


@dataclass(frozen=True, repr=False)
class Case:
    """A policy, checked, with requests for it, and choices for whatever else a test needs."""

    drafted: Drafted
    trial: Trial
    requests: tuple[Request, ...]
    choices: Choices

    def showing(self, request: Request, *more: object) -> str:
        """The policy and the request, for the message of a failure."""
        notes = "\n".join(map(str, more))
        return (
            f"{notes}\n{self.drafted.draft.text}\n{as_json(request)}\n{self.trial.inventory_text}"
        )

    def __repr__(self) -> str:
        return f"Case(\n{self.drafted.draft.text})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What hypothesis prints of it."""
        printer.text(repr(self))


@strategies.composite
def cases(
    draw: Callable[..., Any],
    features: Features = EVERYTHING,
    *,
    quality: Quality | None = None,
    count: int = 20,
) -> Case:
    """A policy with `count` requests of the given quality; of mixed quality, if unsaid.

    The policy shrinks; the requests come from one seed, which keeps examples small.
    """
    drafted = draw(drafts(features))
    choices = RandomChoices(draw(strategies.integers(0, 2**32 - 1)))
    fits = quality is not None and quality.fits
    tried = trial(drafted.draft, choices, fits=fits)
    asker = Asker(tried.program, tried.facts)
    requests = tuple(asker.ask(choices, quality) for _ in range(count))
    return Case(drafted, tried, requests, choices)
