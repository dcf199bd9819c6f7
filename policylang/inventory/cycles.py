"""Resources that contain themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policylang.model.facts import Key


def cycles(above: Mapping[Key, tuple[Key, ...]]) -> Iterator[list[Key]]:
    """One cycle for each knot of resources that contain one another, from its least resource on."""
    left = _in_or_above_cycles(above)
    seen: set[Key] = set()
    for start in sorted(left):
        if start in seen:
            continue
        way: list[Key] = []
        here = start
        while here not in seen:
            seen.add(here)
            way.append(here)
            here = min(parent for parent in above[here] if parent in left)
        if here in way:
            yield way[way.index(here) :]


def _in_or_above_cycles(above: Mapping[Key, tuple[Key, ...]]) -> set[Key]:
    """What is left when everything without a parent is taken away, again and again (Kahn 1962)."""
    waiting: dict[Key, int] = {}
    below: dict[Key, list[Key]] = {}
    free: list[Key] = []
    for key, parents in above.items():
        known = [parent for parent in parents if above.get(parent)]
        if not known:
            if parents:
                free.append(key)
            continue
        waiting[key] = len(known)
        for parent in known:
            below.setdefault(parent, []).append(key)
    while free:
        for key in below.get(free.pop(), ()):
            waiting[key] -= 1
            if not waiting[key]:
                del waiting[key]
                free.append(key)
    return set(waiting)
