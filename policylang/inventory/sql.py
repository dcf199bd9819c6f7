"""Facts from a database: a query for resources, a query for principals.

Columns `type id parent_type parent_id` of resources and `id kind roles` of principals have their
meaning; every other column is the attribute of that name. `NULL` says nothing. A set is JSON text
such as `["a", "b"]`, so are `roles` and references to resources; a Bool may be 0 or 1, an id a
number. A resource with several parents has a row for each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.inventory.document import Document
from policylang.inventory.reading import problem
from policylang.inventory.schema import Attribute, Schema
from policylang.model.types import BOOL, ResourceOf, SetOf


class SqlInventory:
    """A source of facts: queries over a DB-API 2.0 connection (PEP 249) or an SQLAlchemy engine.

        SqlInventory(sqlite3.connect("cmdb.db"), resources="SELECT type, id, stage FROM servers")

    Queries are run each time the inventory is loaded. `name` is how diagnostics show it.
    """

    def __init__(
        self,
        connection: Any,
        *,
        resources: str | None = None,
        principals: str | None = None,
        name: str = "database",
    ) -> None:
        self.connection = connection
        self.resources = resources
        self.principals = principals
        self.name = name

    def read(self, schema: Schema) -> Document | Diagnostic:
        """What the queries say, in the form of an inventory."""
        try:
            data = {
                "resources": list(_resources(self._rows(self.resources), schema)),
                "principals": [_principal(row, schema) for row in self._rows(self.principals)],
            }
        except Exception as error:
            # Whatever a driver raises; no policy runs on half an inventory.
            told = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            help = "try the query by hand"
            return problem("P0516", f"`{self.name}` fails: {told}", self.name, help)
        return Document(self.name, data)

    def _rows(self, query: str | None) -> Iterable[dict[str, Any]]:
        if query is None:
            return []
        if hasattr(self.connection, "cursor"):
            return _dbapi_rows(self.connection, query)
        return _sqlalchemy_rows(self.connection, query)


def _dbapi_rows(connection: Any, query: str) -> list[dict[str, Any]]:
    cursor = connection.cursor()
    try:
        cursor.execute(query)
        names = [column[0] for column in cursor.description or ()]
        return [_row(names, values) for values in cursor.fetchall()]
    finally:
        cursor.close()


def _sqlalchemy_rows(connectable: Any, query: str) -> list[dict[str, Any]]:
    from sqlalchemy import text

    if hasattr(connectable, "execute"):
        result = connectable.execute(text(query))
        return [_row(list(result.keys()), values) for values in result.fetchall()]
    with connectable.connect() as connection:
        return _sqlalchemy_rows(connection, query)


def _row(names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    if len(set(names)) != len(names):
        raise ValueError("two columns have one name")
    return {
        name: _plain(value) for name, value in zip(names, values, strict=True) if value is not None
    }


def _plain(value: Any) -> Any:
    """The wire's form of what drivers give. A time without a zone is UTC."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    # A driver's binary float: its shortest decimal is what the database shows.
    return Decimal(repr(value)) if type(value) is float else value


def _resources(rows: Iterable[Mapping[str, Any]], schema: Schema) -> Iterator[dict[str, Any]]:
    """Rows that differ in the parent alone are one resource."""
    by_key: dict[tuple[Any, Any], dict[str, Any]] = {}
    for row in rows:
        key = (row.get("type"), _id(row.get("id")))
        declared = schema.attributes.get(str(key[0]), {})
        attributes = {k: _read(v, declared.get(k)) for k, v in row.items() if k not in _RESOURCE}
        parent = _parent(row)
        known = by_key.get(key)
        if known is not None and known["attributes"] == attributes and parent:
            known["parents"].append(parent)
            continue
        entry = {k: v for k, v in zip(("type", "id"), key, strict=True) if v is not None}
        entry |= {"parents": [parent] if parent else [], "attributes": attributes}
        by_key.setdefault(key, entry)
        yield entry


_RESOURCE = frozenset(("type", "id", "parent_type", "parent_id"))
_PRINCIPAL = frozenset(("id", "kind", "roles"))


def _parent(row: Mapping[str, Any]) -> dict[str, Any]:
    """A parent half told is handed on as it is, and refused."""
    told = {"type": row.get("parent_type"), "id": _id(row.get("parent_id"))}
    return {key: value for key, value in told.items() if value is not None}


def _principal(row: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    declared = schema.principal
    entry: dict[str, Any] = {"kind": row["kind"]} if "kind" in row else {}
    if "id" in row:
        entry["id"] = _id(row["id"])
    if "roles" in row:
        entry["roles"] = _decoded(row["roles"])
    attributes = {k: _read(v, declared.get(k)) for k, v in row.items() if k not in _PRINCIPAL}
    return entry | {"attributes": attributes}


def _id(value: Any) -> Any:
    """Numbers are common as ids in databases; as ids of resources they are text."""
    return str(value) if type(value) is int else value


def _read(value: Any, attribute: Attribute | None) -> Any:
    """What the column's declared type makes of it: databases have no sets, and some no Bool."""
    if attribute is None or attribute.fits(value):
        return value
    if isinstance(attribute.type, (SetOf, ResourceOf)):
        return _decoded(value)
    if attribute.type == BOOL and value in (0, 1):
        return bool(value)
    return value


def _decoded(value: Any) -> Any:
    """JSON text as what it says; what is none stays, and is malformed."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        return value
