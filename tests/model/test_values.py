"""The wire's form of a value, type by type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylang.model import types as t
from policylang.model.values import INVALID, coerce

GOOD: list[tuple[t.Type, Any, Any]] = [
    (t.BOOL, True, True),
    (t.INT, 10**50, 10**50),
    (t.DECIMAL, 3, 3),
    (t.DECIMAL, Decimal("0.10"), Fraction(1, 10)),
    (t.DECIMAL, "2.50", Fraction(5, 2)),
    (t.DECIMAL, "4.0", 4),
    (t.DECIMAL, "-0.5", Fraction(-1, 2)),
    (t.STRING, "", ""),
    (t.TIME, "1970-01-01T00:00:01Z", 1_000_000_000),
    (t.TIME, "1970-01-01T01:00:00.5+01:00", 500_000_000),
    (t.TIME, "1969-12-31t23:59:59-00:00", -1_000_000_000),
    (t.DURATION, "10m", 600 * 10**9),
    (t.DURATION, "-1w", -604800 * 10**9),
    (t.DURATION, timedelta(seconds=90), 90 * 10**9),
    (t.SIZE, "2GiB", 2**31),
    (t.SIZE, 12, 12),
    (t.SIZE, "3KB", 3000),
    (t.PATH, "/a/../b", "/a/../b"),
    (t.URL, "https://acme.com/x", "https://acme.com/x"),
    (t.URL, "mailto:ana@acme.com", "mailto:ana@acme.com"),
    (t.IP, "10.0.0.1", (4, 10 * 2**24 + 1)),
    (t.IP, "::ffff:10.0.0.1", (4, 10 * 2**24 + 1)),
    (t.CIDR, "10.0.0.0/8", (4, 10 * 2**24, 8)),
    (t.CIDR, "::ffff:10.0.0.0/104", (4, 10 * 2**24, 8)),
    (t.CIDR, "2001:db8::/32", (6, 0x20010DB8 << 96, 32)),
    (t.EnumOf(("dev", "prod")), "prod", "prod"),
    (t.SetOf(t.INT), [1, 2, 2], frozenset({1, 2})),
    (t.SetOf(t.STRING), frozenset({"a"}), frozenset({"a"})),
    (t.ResourceOf("Env"), {"type": "Env", "id": "x"}, ("Env", "x")),
]

BAD: list[tuple[t.Type, Any]] = [
    (t.BOOL, 1),
    (t.BOOL, "true"),
    (t.INT, True),
    (t.INT, 1.0),
    (t.INT, "1"),
    (t.INT, Decimal(1)),
    (t.DECIMAL, 0.1),
    (t.DECIMAL, True),
    (t.DECIMAL, float("nan")),
    (t.DECIMAL, Decimal("NaN")),
    (t.DECIMAL, Decimal("Infinity")),
    (t.DECIMAL, Decimal("1e999999999")),
    (t.DECIMAL, "1e3"),
    (t.DECIMAL, "9" * 5000),
    (t.STRING, None),
    (t.TIME, "2025-12-15 03:12:00"),
    (t.TIME, "2025-13-01T00:00:00Z"),
    (t.TIME, "2025-02-30T00:00:00Z"),
    (t.TIME, "2025-01-01T24:00:00Z"),
    (t.TIME, "2025-01-01T00:00:00+24:00"),
    (t.TIME, "2025-01-01T00:00:00.1234567891Z"),
    (t.TIME, 0),
    (t.DURATION, "1h30m"),
    (t.DURATION, "10"),
    (t.DURATION, 600),
    (t.SIZE, -1),
    (t.SIZE, "2 GiB"),
    (t.SIZE, "2GIB"),
    (t.SIZE, True),
    (t.PATH, ""),
    (t.PATH, "a\0b"),
    (t.URL, "acme.com"),
    (t.URL, "https://"),
    (t.URL, "https://a b/"),
    (t.URL, "https://acme.com:99999/"),
    (t.URL, "https:\\\\acme.com"),
    (t.IP, "10.0.0.256"),
    (t.IP, "fe80::1%eth0"),
    (t.IP, 167772161),
    (t.CIDR, "10.0.0.1/8"),
    (t.CIDR, "10.0.0.0"),
    (t.CIDR, "10.0.0.0/255.0.0.0"),
    (t.CIDR, "10.0.0.0/33"),
    (t.EnumOf(("dev",)), "prod"),
    (t.SetOf(t.INT), [1, "2"]),
    (t.SetOf(t.INT), 1),
    (t.SetOf(t.STRING), "ab"),
    (t.ResourceOf("Env"), {"type": "Box", "id": "x"}),
    (t.ResourceOf("Env"), {"type": "Env", "id": 1}),
    (t.ResourceOf("Env"), {"type": "Env"}),
    (t.ResourceOf("Env"), {"type": "Env", "id": "x", "more": 1}),
    (t.ResourceOf("Env"), "x"),
]


@pytest.mark.parametrize(("type_", "raw", "value"), GOOD)
def test_reads(type_: t.Type, raw: Any, value: Any) -> None:
    read = coerce(type_, raw)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(("type_", "raw"), BAD)
def test_refuses(type_: t.Type, raw: Any) -> None:
    assert coerce(type_, raw) is INVALID


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
TYPES = st.recursive(
    st.sampled_from(list(t.PRIMITIVES.values()))
    | st.just(t.EnumOf(("a", "b")))
    | st.just(t.ResourceOf("Env")),
    lambda inner: inner.map(t.SetOf),
    max_leaves=3,
)


@given(TYPES, ANYTHING)
def test_never_raises_and_never_returns_a_float(type_: t.Type, raw: Any) -> None:
    value = coerce(type_, raw)
    assert value is INVALID or not isinstance(value, float)


@given(st.datetimes(timezones=st.just(UTC)))
def test_time_agrees_with_the_standard_library(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert coerce(t.TIME, whole.isoformat()) == int(whole.timestamp()) * 10**9


@given(st.integers(), st.integers(0, 10**12))
def test_decimals_are_exact(whole: int, part: int) -> None:
    text = f"{whole}.{part:012d}"
    sign = -1 if text.startswith("-") else 1
    assert coerce(t.DECIMAL, text) == whole + sign * Fraction(part, 10**12) or part >= 10**12


def test_types_are_shown_as_written() -> None:
    assert t.show(t.SetOf(t.EnumOf(("a", "b")))) == "Set<a | b>"
    assert t.show(t.ResourceOf("Env")) == "Env"


@pytest.mark.parametrize(
    ("type_name", "parent"),
    [("Environment", "environment"), ("RDSInstance", "rds_instance"), ("S3Bucket", "s3_bucket")],
)
def test_parents_are_read_in_snake_case(type_name: str, parent: str) -> None:
    assert t.parent_name(type_name) == parent
