"""What generated code calls: operations on facts that are there, or `Bail`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NoReturn

from policylang.engines.compiled.known import Bail
from policylang.model import addresses


def bail() -> NoReturn:
    raise Bail


def there(value: Any) -> Any:
    if value is None:
        raise Bail
    return value


@lru_cache(maxsize=4096)
def plain_glob(pattern: str) -> tuple[str, str]:
    """What a pattern comes to, and its text: `prefix suffix exact inside`, or `glob`."""
    tokens = addresses.glob_tokens(pattern)
    inner = tokens[1:-1] if len(tokens) > 1 else ()
    if addresses.ONE in tokens or addresses.ANY in inner:
        return "glob", pattern
    text = "".join(token for token in tokens if token != addresses.ANY)
    starts, ends = tokens[:1] == (addresses.ANY,), tokens[-1:] == (addresses.ANY,)
    if starts and ends:
        return ("inside", text) if text else ("glob", pattern)
    return ("suffix" if starts else "prefix" if ends else "exact"), text


@lru_cache(maxsize=4096)
def parts_of(path: str) -> tuple[str, ...] | None:
    return addresses.path_parts(path)


def path_below(inner: str, outer: tuple[str, ...]) -> bool:
    """Whether a path is one that is given by its parts, or below it."""
    parts = addresses.path_parts(inner)
    if parts is None:
        raise Bail
    if (parts[:1] == ("/",)) != (outer[:1] == ("/",)):
        return False
    return parts[: len(outer)] == outer


def path_under(inner: str, outer: str) -> bool:
    below = addresses.path_under(inner, outer)
    if below is None:
        raise Bail
    return below


def ip_under(inner: Any, outer: Any) -> bool:
    return addresses.ip_under(inner, outer)


def host_under(text: str, domain: str, of_url: bool) -> bool:
    host = addresses.url_host(text) if of_url else addresses.normal_host(text)
    above = addresses.normal_host(domain)
    if host is None or above is None:
        raise Bail
    return addresses.host_under(host, above)


NAMES: dict[str, Any] = {
    "Bail": Bail,
    "bail": bail,
    "there": there,
    "like": addresses.like,
    "path_below": path_below,
    "path_under": path_under,
    "ip_under": ip_under,
    "host_under": host_under,
}
