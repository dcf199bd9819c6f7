"""Finds the cycles in what refers to one another by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def find_cycles(edges: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """One shortest cycle for each group of names that reach one another, from its first name on.

    Tarjan's strongly connected components (1972), without recursion, then a breadth-first search.
    """
    cycles = []
    for component in _components(edges):
        start = min(component)
        cycle = _shortest(edges, start, component)
        if cycle:
            cycles.append(cycle)
    return sorted(cycles)


def _shortest(
    edges: Mapping[str, Iterable[str]], start: str, within: set[str]
) -> tuple[str, ...] | None:
    """A way from the start back to it, the start once; None where there is none."""
    paths: dict[str, tuple[str, ...]] = {start: (start,)}
    pending = [start]
    for current in pending:
        for target in sorted(edges.get(current, ())):
            if target == start:
                return paths[current]
            if target in within and target not in paths:
                paths[target] = (*paths[current], target)
                pending.append(target)
    return None


def _components(edges: Mapping[str, Iterable[str]]) -> list[set[str]]:
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[set[str]] = []
    for root in sorted(edges):
        if root in index:
            continue
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        work = [(root, iter(sorted(edges.get(root, ()))))]
        while work:
            name, targets = work[-1]
            for target in targets:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(sorted(edges.get(target, ())))))
                    break
                if target in on_stack:
                    low[name] = min(low[name], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == index[name]:
                    found.append(_popped(stack, on_stack, name))
    return found


def _popped(stack: list[str], on_stack: set[str], name: str) -> set[str]:
    component: set[str] = set()
    while name not in component:
        last = stack.pop()
        on_stack.discard(last)
        component.add(last)
    return component
