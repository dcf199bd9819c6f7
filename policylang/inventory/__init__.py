"""Facts about resources and principals from files, databases and callables.

In: a source, and the declared types of a Program. Out: `Facts`, and what is wrong with the source,
with places in YAML and JSON. Deliberately absent: rules, and the request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policylang.inventory.loading import InventorySource, load_inventory
    from policylang.inventory.sql import SqlInventory

__all__ = ["InventorySource", "SqlInventory", "load_inventory"]

_HOMES = {"InventorySource": "loading", "SqlInventory": "sql", "load_inventory": "loading"}


def __getattr__(name: str) -> Any:
    """Imported when first asked for: a policy without an inventory needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
