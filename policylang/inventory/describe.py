"""Reads what a document says of resources and principals, and checks it against the declarations.

All problems are found in one pass. A value that does not fit its declared type stays, with its
place, so that a decision that reads it takes it for a missing fact and says where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from policylang.diagnostics.suggest import did_you_mean
from policylang.inventory.document import Document, Path, Trouble
from policylang.inventory.schema import Attribute, Schema
from policylang.model.facts import Key
from policylang.model.request import EMPTY, KINDS, FrozenDict, freeze
from policylang.model.types import show

MAX_PARENTS = 64
"""Levels of parents that nest one another."""

NOWHERE: dict[str, str] = {}
"""The places of no malformed value: one for all, never changed."""

_TOP = ("resources", "principals")
_RESOURCE = frozenset(("type", "id", "parents", "attributes"))
_PRINCIPAL = frozenset(("id", "kind", "roles", "attributes"))


class Described(Struct):
    """What one place of a document says of a resource. `nested`: as somebody's parent."""

    document: Document
    path: Path
    key: Key
    attributes: FrozenDict
    parents: tuple[Key, ...]
    places: dict[str, str]
    nested: bool = False


class DescribedPrincipal(Struct):
    """What one place of a document says of a principal."""

    document: Document
    path: Path
    id: str
    kind: str | None
    roles: tuple[str, ...] | None
    attributes: FrozenDict
    places: dict[str, str]


class Reading:
    """Goes through one document; `resources`, `principals` and `troubles` are what it found."""

    def __init__(self, document: Document, schema: Schema) -> None:
        self.document = document
        self.schema = schema
        self.resources: list[Described] = []
        self.principals: list[DescribedPrincipal] = []
        self.troubles: list[Trouble] = []

    def read(self) -> None:
        data = self.document.data
        if data is None:
            return
        if not isinstance(data, Mapping):
            help = "write `resources: […]` and `principals: […]`"
            self.trouble("P0505", "an inventory is a mapping", (), help=help)
            return
        self.known_keys(data, _TOP, (), "an inventory")
        for index, item in self.items(data, "resources", ()):
            self.resource(item, ("resources", index), 0)
        for index, item in self.items(data, "principals", ()):
            self.principal(item, ("principals", index))

    # ── resources ────────────────────────────────────────────────────────────────────────

    def resource(self, item: Any, path: Path, depth: int) -> Key | None:
        """The key of a described resource; None where it cannot be told."""
        said = self.mapping(item, path, "a resource")
        if said is None:
            return None
        if not _RESOURCE.issuperset(said):
            self.known_keys(said, _RESOURCE, path, "a resource")
        type_, id = said.get("type"), said.get("id")
        if type(type_) is not str or type(id) is not str or not id:
            self.text(said, "type", path, "a resource")
            self.text(said, "id", path, "a resource")
            return None
        declared = self.schema.attributes.get(type_)
        if declared is None:
            self.undeclared("P0506", type_, "type", self.schema.attributes, (*path, "type"))
            return None
        if depth and len(said) == 2:
            return (type_, id)
        attributes, places = self.attributes(said, declared, path, type_)
        above = self.parents(said, type_, path, depth) if "parents" in said else ()
        self.resources.append(
            Described(self.document, path, (type_, id), attributes, above, places, depth > 0)
        )
        return (type_, id)

    def parents(self, said: Mapping[str, Any], type_: str, path: Path, depth: int) -> Any:
        if depth >= MAX_PARENTS:
            self.trouble("P0505", f"parents nest deeper than {MAX_PARENTS} levels", path)
            return ()
        allowed = self.schema.parents[type_]
        found: list[Key] = []
        for index, item in self.items(said, "parents", path):
            key = self.resource(item, (*path, "parents", index), depth + 1)
            if key is not None and key[0] in allowed:
                found.append(key)
            elif key is not None:
                self.not_allowed(type_, key[0], allowed, (*path, "parents", index))
        return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))

    def not_allowed(self, type_: str, parent: str, allowed: Iterable[str], path: Path) -> None:
        names = ", ".join(f"`{name}`" for name in sorted(allowed))
        self.trouble(
            "P0508",
            f"`{type_}` is not contained in `{parent}`",
            (*path, "type"),
            label="not a parent of it",
            help=f"it is declared in {names}"
            if names
            else f"declare it: `resource {type_} in {parent}`",
        )

    # ── principals ───────────────────────────────────────────────────────────────────────

    def principal(self, item: Any, path: Path) -> None:
        said = self.mapping(item, path, "a principal")
        if said is None:
            return
        if not _PRINCIPAL.issuperset(said):
            self.known_keys(said, _PRINCIPAL, path, "a principal")
        id = self.text(said, "id", path, "a principal")
        kind = self.kind(said, path, id)
        roles = self.roles(said, path) if "roles" in said else None
        declared = self.schema.principal
        attributes, places = self.attributes(said, declared, path, "principals")
        if id is not None:
            self.principals.append(
                DescribedPrincipal(self.document, path, id, kind, roles, attributes, places)
            )

    def kind(self, said: Mapping[str, Any], path: Path, id: str | None) -> str | None:
        if "kind" not in said:
            return None
        kind, here = said["kind"], (*path, "kind")
        if kind not in KINDS:
            near = did_you_mean(kind, KINDS) if isinstance(kind, str) else ""
            help = near or f"a principal is one of {', '.join(KINDS)}"
            self.trouble("P0510", f"{_quoted(kind)} is not a kind of principal", here, help=help)
            return None
        declared = self.schema.kinds.get(id) if id else None
        if declared not in (None, kind):
            self.trouble(
                "P0512",
                f"`{id}` is declared as `{declared}`, and here it is `{kind}`",
                here,
                label="contradicts the policy",
                help=f"write `kind: {declared}`, or change the declaration",
            )
        return str(kind)

    def roles(self, said: Mapping[str, Any], path: Path) -> tuple[str, ...]:
        found = []
        for index, role in self.items(said, "roles", path):
            if type(role) is str and role in self.schema.roles:
                found.append(role)
            else:
                here = (*path, "roles", index)
                self.undeclared("P0509", role, "role", self.schema.roles, here)
        return tuple(dict.fromkeys(found))

    # ── attributes ───────────────────────────────────────────────────────────────────────

    def attributes(
        self, said: Mapping[str, Any], declared: Mapping[str, Attribute], path: Path, owner: str
    ) -> tuple[FrozenDict, dict[str, str]]:
        """The values in the wire's form, and the places of malformed ones."""
        if "attributes" not in said:
            return EMPTY, NOWHERE
        given = self.mapping(said["attributes"], (*path, "attributes"), "`attributes`")
        if not given:
            return EMPTY, NOWHERE
        values: dict[str, Any] = {}
        places: dict[str, str] = {}
        for name, value in given.items():
            attribute = declared.get(name)
            if attribute is None:
                where = (*path, "attributes", name)
                what = (
                    f"attribute of `{owner}`"
                    if owner != "principals"
                    else "attribute of principals"
                )
                self.undeclared("P0507", name, what, declared, where, of_key=True)
                continue
            if type(value) is not str or not value.isascii():
                value = self.frozen(value, name)
            values[name] = value
            if not attribute.fits(value):
                places[name] = self.malformed(value, attribute, (*path, "attributes", name))
        return FrozenDict(values), places or NOWHERE

    def frozen(self, value: Any, name: str) -> Any:
        """Malformed where no request could have it either."""
        try:
            return freeze({name: value}, "attributes")[name]
        except (TypeError, ValueError, RecursionError):
            return None

    def malformed(self, value: Any, attribute: Attribute, path: Path) -> str:
        wanted = show(attribute.type)
        reason = "is empty" if value is None else f"is {_quoted(value)}"
        self.trouble(
            "P0513",
            f"`{path[-1]}` {reason}, and not a `{wanted}`",
            path,
            label=f"expected `{wanted}`",
            help=_remedy(value, attribute)
            or "until it is mended, every decision that reads it takes it for a missing fact",
        )
        return self.document.place(path)

    # ── shapes ───────────────────────────────────────────────────────────────────────────

    def mapping(self, item: Any, path: Path, what: str) -> Mapping[str, Any] | None:
        # A plain dict is tested first: asking the abstract class costs ten times as much.
        if type(item) is dict or isinstance(item, Mapping):
            return item
        self.trouble("P0505", f"{what} is a mapping", path, label="not a mapping")
        return None

    def items(self, said: Mapping[str, Any], key: str, path: Path) -> Iterable[tuple[int, Any]]:
        value = said.get(key)
        if value is None:
            return ()
        if type(value) is list:
            return enumerate(value)
        if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
            return enumerate(value)
        self.trouble("P0505", f"`{key}` is a list", (*path, key), label="not a list")
        return ()

    def text(self, said: Mapping[str, Any], key: str, path: Path, what: str) -> str | None:
        value = said.get(key)
        if type(value) is str and value:
            return value
        if key not in said:
            self.trouble("P0505", f"{what} needs the key `{key}`", path, label="not here")
        else:
            help = f'put it in quotes: "{value}"' if type(value) in (int, bool) else ""
            self.trouble("P0505", f"`{key}` must be text", (*path, key), help=help)
        return None

    def known_keys(
        self, said: Mapping[str, Any], known: Iterable[str], path: Path, what: str
    ) -> None:
        names = sorted(known)
        for key in said:
            if key not in names:
                help = did_you_mean(str(key), names) or f"the keys are {', '.join(names)}"
                self.trouble(
                    "P0504", f"`{key}` is not a key of {what}", (*path, key), help=help, of_key=True
                )

    def undeclared(
        self,
        code: str,
        name: Any,
        what: str,
        known: Iterable[str],
        path: Path,
        *,
        of_key: bool = False,
    ) -> None:
        article = "an" if what.startswith("a") else "a"
        self.trouble(
            code,
            f"{_quoted(name)} is not {article} {what}"
            if of_key
            else f"the policy declares no {what} {_quoted(name)}",
            path,
            label="not declared",
            help=did_you_mean(str(name), known),
            of_key=of_key,
        )

    def trouble(self, code: str, message: str, path: Path, **more: Any) -> None:
        self.troubles.append(Trouble(code, message, path, **more))


def _quoted(value: Any) -> str:
    text = str(value)
    return f"`{text if len(text) <= 60 else text[:57] + '…'}`"


def _remedy(value: Any, attribute: Attribute) -> str:
    """What was probably meant."""
    members = getattr(attribute.type, "members", ())
    if members and isinstance(value, str):
        return did_you_mean(value, members)
    if type(value) in (int, bool) and attribute.fits(str(value)):
        return f'put it in quotes: "{value}"'
    return ""
