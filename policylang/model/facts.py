"""What is known beside the request: resources and principals, told by a policy or an inventory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from policylang.model.request import EMPTY, FrozenDict

Key = tuple[str, str]
"""A resource's type and id."""


class ResourceFacts(Struct, frozen=True):
    """A known resource; attribute values are in the wire's form. `places` of malformed values."""

    type: str
    id: str
    attributes: FrozenDict = EMPTY
    parents: tuple[Key, ...] = ()
    places: FrozenDict = EMPTY


class PrincipalFacts(Struct, frozen=True):
    """A known principal. None: nothing is said of it, so that the request's word counts."""

    id: str
    kind: str | None = None
    roles: tuple[str, ...] | None = None
    attributes: FrozenDict = EMPTY
    places: FrozenDict = EMPTY


class Facts:
    """Known resources and principals. Never changed once built; `over` gives a new one.

    Invariant: parents that are named but not themselves described are known resources too.
    """

    __slots__ = ("principals", "resources")

    def __init__(
        self,
        resources: Iterable[ResourceFacts] = (),
        principals: Iterable[PrincipalFacts] = (),
    ) -> None:
        self.resources: dict[Key, ResourceFacts] = {(r.type, r.id): r for r in resources}
        self.principals: dict[str, PrincipalFacts] = {p.id: p for p in principals}
        for resource in tuple(self.resources.values()):
            for parent in resource.parents:
                if parent not in self.resources:
                    self.resources[parent] = ResourceFacts(*parent)

    def over(self, weaker: Facts) -> Facts:
        """Both together: of one attribute, kind or roles what is said here wins; parents add up."""
        if not self.resources and not self.principals:
            return weaker
        merged = Facts()
        merged.resources.update(weaker.resources)
        merged.principals.update(weaker.principals)
        for key, resource in self.resources.items():
            below = weaker.resources.get(key)
            merged.resources[key] = resource if below is None else _joined(resource, below)
        for name, principal in self.principals.items():
            known = weaker.principals.get(name)
            merged.principals[name] = principal if known is None else _preferred(principal, known)
        return merged


def _joined(stronger: ResourceFacts, weaker: ResourceFacts) -> ResourceFacts:
    return ResourceFacts(
        stronger.type,
        stronger.id,
        _over(stronger.attributes, weaker.attributes),
        tuple(dict.fromkeys(stronger.parents + weaker.parents)),
        _kept(stronger.attributes, weaker.places, stronger.places),
    )


def _preferred(stronger: PrincipalFacts, weaker: PrincipalFacts) -> PrincipalFacts:
    return PrincipalFacts(
        stronger.id,
        weaker.kind if stronger.kind is None else stronger.kind,
        weaker.roles if stronger.roles is None else stronger.roles,
        _over(stronger.attributes, weaker.attributes),
        _kept(stronger.attributes, weaker.places, stronger.places),
    )


def _over(stronger: Mapping[str, Any], weaker: Mapping[str, Any]) -> FrozenDict:
    return FrozenDict({**weaker, **stronger})


def _kept(
    said: Mapping[str, Any], weaker: Mapping[str, Any], stronger: Mapping[str, Any]
) -> FrozenDict:
    """Places of the weaker side's malformed values that the stronger side does not replace."""
    return FrozenDict({**{k: v for k, v in weaker.items() if k not in said}, **stronger})
