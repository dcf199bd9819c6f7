"""Random facts such as an inventory tells, for a program."""

from __future__ import annotations

from policylang.ir.program import Program
from policylang.model.facts import Facts, PrincipalFacts, ResourceFacts
from policylang.model.request import KINDS, FrozenDict
from policylang.model.types import Field
from policylang.testing import vocabulary
from policylang.testing.choices import Choices
from policylang.testing.pools import Pools


def inventory(choices: Choices, program: Program, *, fits: bool = False) -> Facts:
    """Facts about some resources and principals. `fits`: of the declared types."""
    pools = Pools(program)
    resources = []
    for declared in program.resource_types:
        if declared.builtin or (fits and declared.parents):
            continue
        for identifier in choices.some((*vocabulary.IDS, "inv"), 0, 2):
            attributes = _values(choices, pools, declared.attributes, fits)
            parents = [
                (
                    parent,
                    f"{identifier}_in"
                    if parent == declared.name
                    else pools.identifier(choices, parent),
                )
                for parent in declared.parents
                if choices.chance(50) and not fits
            ]
            resources.append(ResourceFacts(declared.name, identifier, attributes, tuple(parents)))
    return Facts(resources, _principals(choices, pools, program, fits))


def _principals(
    choices: Choices, pools: Pools, program: Program, fits: bool
) -> list[PrincipalFacts]:
    roles = [role.name for role in program.roles]
    return [
        PrincipalFacts(
            name,
            choices.pick((None, *KINDS)),
            tuple(choices.some(roles, 0, 2)) if choices.chance(60) else None,
            _values(choices, pools, program.principal_attributes, fits),
        )
        for name in choices.some((*pools.people, "known"), 0, 2)
    ]


def _values(choices: Choices, pools: Pools, fields: tuple[Field, ...], fits: bool) -> FrozenDict:
    out = {}
    for declared in fields:
        if choices.chance(50):
            wrong = not fits and choices.chance(6)
            value = choices.pick(vocabulary.WRONG) if wrong else pools.value(choices, declared.type)
            out[declared.name] = FrozenDict(value) if isinstance(value, dict) else value
    return FrozenDict(out)
