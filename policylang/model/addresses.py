"""Paths, hosts and IP addresses: how `under` and `like` compare them.

Everything here is a pure function of text. `None` says that the text cannot be judged (a relative
path that climbs out, a host that is none); the caller makes a missing fact of it.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

Ip = tuple[int, int]
Cidr = tuple[int, int, int]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_HOST_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_\-]*[a-z0-9_])?")
_FORBIDDEN_IN_URL = re.compile(r"[\x00-\x20\x7f\\]")


def path_parts(text: str) -> tuple[str, ...] | None:
    """The parts after `.`, `..` and `//` are resolved; an absolute path starts with `/`.

    A relative path that climbs out gives None.
    """
    absolute = text.startswith("/")
    parts: list[str] = []
    for part in text.split("/"):
        if part in ("", "."):
            continue
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
        elif not absolute:
            return None
    return ("/", *parts) if absolute else tuple(parts)


def path_under(inner: str, outer: str) -> bool | None:
    """Whether `inner` is `outer` or below it; an absolute path is never under a relative one."""
    below, above = path_parts(inner), path_parts(outer)
    if below is None or above is None:
        return None
    if (below[:1] == ("/",)) != (above[:1] == ("/",)):
        return False
    return below[: len(above)] == above


def ip(text: str) -> Ip | None:
    """`(4 or 6, number)`; an IPv4-mapped IPv6 address is the IPv4 one. No zone."""
    if "%" in text or len(text) > 64:
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None) or address
    return (mapped.version, int(mapped))


def cidr(text: str) -> Cidr | None:
    """`(4 or 6, network number, prefix length)`; host bits must be zero."""
    if "%" in text or len(text) > 64 or "/" not in text:
        return None
    prefix = text.rsplit("/", 1)[1]
    if not (prefix.isascii() and prefix.isdigit()):
        return None
    try:
        network = ipaddress.ip_network(text, strict=True)
    except ValueError:
        return None
    number, length = int(network.network_address), network.prefixlen
    mapped = network.version == 6 and length >= 96 and number >> 32 == 0xFFFF
    if mapped:
        return (4, number & 0xFFFFFFFF, length - 96)
    return (network.version, number, length)


def ip_under(inner: Ip | Cidr, outer: Cidr) -> bool:
    """Whether an address, or a whole network, lies in a network."""
    bits = 32 if outer[0] == 4 else 128
    length = inner[2] if len(inner) == 3 else bits
    if inner[0] != outer[0] or length < outer[2]:
        return False
    shift = bits - outer[2]
    return inner[1] >> shift == outer[1] >> shift


def is_url(text: str) -> bool:
    """An absolute URL: a scheme, and where it has an authority, a host."""
    if not _SCHEME.match(text) or _FORBIDDEN_IN_URL.search(text):
        return False
    return url_host(text) is not None if "://" in text else True


@lru_cache(maxsize=4096)
def url_host(text: str) -> str | None:
    """The normalised host of an absolute URL, or None where there is none."""
    from urllib.parse import urlsplit

    if _FORBIDDEN_IN_URL.search(text):
        return None
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    return normal_host(host) if host and parts.scheme else None


@lru_cache(maxsize=4096)
def normal_host(text: str) -> str | None:
    """A host or domain in lower case, IDNA (RFC 5891) encoded, without the final dot."""
    host = text.lower().removesuffix(".")
    if not host.isascii():
        host = _idna(host) or ""
    if not host or len(host) > 253:
        return None
    address = ip(host.removeprefix("[").removesuffix("]"))
    if address is not None:
        return str(ipaddress.ip_address(address[1]) if address[0] == 4 else host)
    labels = host.split(".")
    return host if all(len(x) < 64 and _HOST_LABEL.fullmatch(x) for x in labels) else None


def _idna(host: str) -> str | None:
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return None


def host_under(host: str, domain: str) -> bool:
    """Whether a normalised host is a normalised domain or below it."""
    return host == domain or host.endswith("." + domain)


def like(text: str, pattern: str) -> bool:
    """Whether the whole of `text` matches the glob `pattern`.

    Greedy matching piece by piece, so that the time is at most the product of both lengths.
    """
    position, star, mark = 0, -1, 0
    tokens = glob_tokens(pattern)
    index = 0
    while position < len(text):
        token = tokens[index] if index < len(tokens) else None
        if token == ANY:
            star, mark = index, position
            index += 1
        elif token is not None and token in (ONE, text[position]):
            index, position = index + 1, position + 1
        elif star >= 0:
            mark += 1
            index, position = star + 1, mark
        else:
            return False
    return all(token == ANY for token in tokens[index:])


ANY = "*any*"
ONE = "?one?"


@lru_cache(maxsize=1024)
def glob_tokens(pattern: str) -> tuple[str, ...]:
    """The pattern's characters, with `ANY` for a star and `ONE` for a question mark."""
    tokens: list[str] = []
    characters = iter(pattern)
    for character in characters:
        if character == "\\":
            tokens.append(next(characters, "\\"))
        elif character == "*":
            if tokens[-1:] != [ANY]:
                tokens.append(ANY)
        else:
            tokens.append(ONE if character == "?" else character)
    return tuple(tokens)
