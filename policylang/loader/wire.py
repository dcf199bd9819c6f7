"""Requests in JSON, for those who use policylang as a library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policylang.loader.errors import RequestError
from policylang.model import wire
from policylang.model.request import Request


def request_from_json(document: str | bytes | Mapping[str, Any]) -> Request:
    """The request that JSON text, or a document read from it, says.

    Strict: raises `RequestError`, which names the field, for unknown keys, keys given twice, `NaN`,
    and whatever no request can have. In text a number with a point becomes a `Decimal`.
    """
    try:
        is_text = isinstance(document, (str, bytes))
        return wire.request(wire.loads(document) if is_text else document)  # type: ignore[arg-type]
    except wire.WireError as error:
        raise RequestError(str(error)) from None
