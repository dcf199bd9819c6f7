"""Loads and checks policies: the entry points."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.diagnostics.order import in_order
from policylang.ir.codec import digest
from policylang.ir.program import Program
from policylang.loader import compiled_programs as programs
from policylang.loader.cache import is_off
from policylang.loader.compiled_programs import Compiled
from policylang.loader.errors import PolicyError
from policylang.loader.files import PolicyFile, only_errors
from policylang.loader.modules import Collected, collect
from policylang.loader.policy import EngineName, Policy
from policylang.model.facts import Facts

if TYPE_CHECKING:
    from policylang.inventory import InventorySource
    from policylang.loader.checking import CheckResult

MALFORMED = "P0513"

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def load(
    path: Paths,
    *,
    inventory: InventorySource | None = None,
    cache: bool = True,
    engine: EngineName = "compiled",
) -> Policy:
    """The policy of a file, of a folder (every `*.pol` below it), or of several of them.

    `inventory`: a path to YAML or JSON, a mapping, a callable, an `SqlInventory`, or a list of
    them. `cache`: remember the checked program between processes. `engine`: `compiled`, or the slow
    and obvious `reference`. Raises `PolicyError` where the policy or the inventory has any error.
    """
    collected = collect(_listed(path))
    compiled = _compiled(collected, cache)
    facts, problems = _inventory(inventory, compiled.program)
    _refuse_errors([*compiled.diagnostics, *problems], problems)
    return Policy(
        compiled.program,
        inventory=facts,
        diagnostics=(*compiled.diagnostics, *problems),
        engine=engine,
        program_digest=compiled.digest,
    )


def check(paths: Paths, *, inventory: InventorySource | None = None) -> CheckResult:
    """All problems of a policy, and of an inventory beside it, at once. Never raises for them."""
    return _with_inventory(_checked(collect(_listed(paths))), inventory)


def load_text(
    text: str,
    name: str = "policy.pol",
    *,
    inventory: InventorySource | None = None,
    engine: EngineName = "compiled",
) -> Policy:
    """The policy of a text, which may use `std.*`. Raises `PolicyError`."""
    result = _checked(_text(text, name))
    if result.program is None:
        raise PolicyError(result.diagnostics)
    policy = Policy(result.program, diagnostics=result.diagnostics, engine=engine)
    return policy if inventory is None else with_inventory(policy, inventory)


def check_text(
    text: str, name: str = "policy.pol", *, inventory: InventorySource | None = None
) -> CheckResult:
    """All problems of a text, which may use `std.*`."""
    return _with_inventory(_checked(_text(text, name)), inventory)


def with_inventory(policy: Policy, inventory: InventorySource) -> Policy:
    """The same policy with other known facts. Raises `PolicyError`."""
    facts, problems = _inventory(inventory, policy.program)
    kept = tuple(d for d in policy.diagnostics if not d.code.startswith("P05"))
    _refuse_errors([*kept, *problems], problems)
    return Policy(
        policy.program,
        inventory=facts,
        diagnostics=(*kept, *problems),
        engine=policy.engine,
        program_digest=policy._program_digest,
    )


def _compiled(collected: Collected, use_cache: bool) -> Compiled:
    if only_errors(collected.problems):
        raise PolicyError(_checked(collected).diagnostics)
    key = programs.key_of(collected) if use_cache and not is_off() else ""
    found = programs.find(key, collected) if key else None
    if found is not None:
        return found
    with programs.without_gc():
        result = _checked(collected)
        if result.program is None:
            raise PolicyError(result.diagnostics)
        compiled = Compiled(result.program, result.diagnostics, digest(result.program))
        if key:
            programs.store(key, compiled)
    return compiled


def _inventory(
    inventory: InventorySource | None, program: Program
) -> tuple[Facts, tuple[Diagnostic, ...]]:
    if inventory is None:
        return Facts(), ()
    from policylang.inventory import load_inventory

    with programs.without_gc():
        return load_inventory(inventory, program)


def _with_inventory(result: CheckResult, inventory: InventorySource | None) -> CheckResult:
    if inventory is None or result.program is None:
        return result
    _, problems = _inventory(inventory, result.program)
    return replace(result, diagnostics=tuple(in_order([*result.diagnostics, *problems])))


def _refuse_errors(everything: Iterable[Diagnostic], problems: Iterable[Diagnostic]) -> None:
    """A malformed value is a missing fact; every other error of an inventory refuses it."""
    if any(problem.code != MALFORMED for problem in only_errors(problems)):
        raise PolicyError(in_order(everything))


def _checked(collected: Collected) -> CheckResult:
    # The parser is not loaded where the cache has the program.
    from policylang.loader.checking import checked

    return checked(collected)


def _listed(paths: Paths) -> Sequence[str | os.PathLike[str]]:
    return [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)


def _text(text: str, name: str) -> Collected:
    data = text.encode("utf-8", "surrogatepass")
    return collect([], [PolicyFile(name, name, data)])
