"""Paths, hosts, networks and globs, compared by hand-worked cases and by simple oracles."""

from __future__ import annotations

import fnmatch
import ipaddress
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylang.model import addresses as a


@pytest.mark.parametrize(
    ("inner", "outer", "answer"),
    [
        ("/srv/app", "/srv", True),
        ("/srv", "/srv/", True),
        ("/srv2", "/srv", False),
        ("/srv/../etc/passwd", "/srv", False),
        ("//srv//./app", "/srv", True),
        ("/../../srv", "/srv", True),
        ("/", "/", True),
        ("/srv", "/", True),
        ("src/x", "src", True),
        ("src", ".", True),
        ("src/../../x", "src", None),
        ("/src", "src", False),
        ("src", "/", False),
        ("/srv", "../srv", None),
    ],
)
def test_path_under(inner: str, outer: str, answer: bool | None) -> None:
    assert a.path_under(inner, outer) is answer


@pytest.mark.parametrize(
    ("host", "domain", "answer"),
    [
        ("api.acme.com", "acme.com", True),
        ("acme.com", "acme.com", True),
        ("ACME.com.", "acme.com", True),
        ("evilacme.com", "acme.com", False),
        ("acme.com.evil.com", "acme.com", False),
        ("a\u200bcme.com", "acme.com", True),
        ("bücher.acme.com", "xn--bcher-kva.acme.com", True),
    ],
)
def test_host_under(host: str, domain: str, answer: bool) -> None:
    normal, above = a.normal_host(host), a.normal_host(domain)
    assert normal is not None
    assert above is not None
    assert a.host_under(normal, above) is answer


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "a..b",
        "a b",
        "ana@acme.com",
        "acme.com/x",
        "-a.com",
        "x" * 64 + ".com",
        "*.acme.com",
        "http://acme.com",
        "a." * 127 + "toolong",
        "\ud800.com",
    ],
)
def test_what_is_no_host(text: str) -> None:
    assert a.normal_host(text) is None


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://api.Acme.com:443/x?y", "api.acme.com"),
        ("https://acme.com@evil.com/", "evil.com"),
        ("https://[::1]/", "::1"),
        ("https://[::ffff:10.0.0.1]/", "10.0.0.1"),
        ("https://10.0.0.1/", "10.0.0.1"),
        ("https://evil.com\\@acme.com/", None),
        ("https://acme.com:port/", None),
        ("mailto:a@b.c", None),
        ("//acme.com/x", None),
        ("https://[::1/", None),
    ],
)
def test_url_host(url: str, host: str | None) -> None:
    assert a.url_host(url) == host


@given(st.ip_addresses(), st.ip_addresses(), st.integers(0, 128))
def test_networks_agree_with_the_standard_library(
    one: ipaddress.IPv4Address | ipaddress.IPv6Address,
    other: ipaddress.IPv4Address | ipaddress.IPv6Address,
    prefix: int,
) -> None:
    network = ipaddress.ip_network((other, min(prefix, other.max_prefixlen)), strict=False)
    inner, outer = a.ip(str(one)), a.cidr(str(network))
    assert inner is not None
    assert outer is not None
    mapped = getattr(one, "ipv4_mapped", None) or one
    if outer[0] == network.version and mapped is one:
        assert a.ip_under(inner, outer) is (one in network)
        assert a.ip_under(outer, outer)


def test_a_network_lies_in_a_wider_one_only() -> None:
    wide, narrow = a.cidr("10.0.0.0/8"), a.cidr("10.1.0.0/16")
    assert wide is not None
    assert narrow is not None
    assert a.ip_under(narrow, wide)
    assert not a.ip_under(wide, narrow)
    assert not a.ip_under((6, narrow[1]), wide)


@pytest.mark.parametrize(
    ("text", "pattern", "answer"),
    [
        ("/workspace/a/b", "/workspace/*", True),
        ("/workspac", "/workspace/*", False),
        ("a*b", r"a\*b", True),
        ("axb", r"a\*b", False),
        ("a?b", r"a\?b", True),
        ("a\\", "a\\\\", True),
        ("a\\", "a\\", True),
        ("abc", "a?c", True),
        ("ac", "a?c", False),
        ("", "", True),
        ("", "*", True),
        ("x", "", False),
        ("a\nb", "a*b", True),
        ("ABC", "abc", False),
        ("mississippi", "m*iss*pi", True),
        ("*any*", r"\*any\*", True),
    ],
)
def test_like(text: str, pattern: str, answer: bool) -> None:
    assert a.like(text, pattern) is answer


@given(st.text("ab?*"), st.text("ab?*"))
def test_like_agrees_with_fnmatch(text: str, pattern: str) -> None:
    assert a.like(text, pattern) is fnmatch.fnmatchcase(text, pattern)


def test_many_stars_stay_cheap() -> None:
    start = time.perf_counter()
    assert not a.like("a" * 2000, "*a" * 50 + "b")
    assert time.perf_counter() - start < 2


@given(st.text())
def test_nothing_raises(text: str) -> None:
    a.path_parts(text)
    a.ip(text)
    a.cidr(text)
    a.is_url(text)
    a.url_host(text)
    a.normal_host(text)
