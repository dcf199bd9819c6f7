"""Did you mean: the nearest of the names that would have been right."""

from __future__ import annotations

from collections.abc import Iterable


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """The nearest candidate, or None where none is near enough to be meant.

    Near is one edit for every three letters, at least one; upper and lower case count as the same.
    Among equally near ones the first in alphabetical order.
    """
    allowed = max(1, len(name) // 3)
    folded = name.casefold()
    found: list[tuple[int, str]] = []
    for candidate in candidates:
        if candidate == name or abs(len(candidate) - len(name)) > allowed:
            continue
        distance = edits(folded, candidate.casefold(), allowed)
        if distance <= allowed and distance < max(len(candidate), 2):
            found.append((distance, candidate))
    return min(found)[1] if found else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """A help line, or empty."""
    near = closest(name, candidates)
    return f"did you mean `{near}`?" if near else ""


def edits(left: str, right: str, most: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours that turn one into the other.

    Optimal string alignment (Damerau 1964); stops early with a number above `most`.
    """
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        row = [i]
        for j, b in enumerate(right, start=1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, previous = previous, row
    return previous[-1]
