"""Lints over policies in which everything bears on everything: soon done, and not without end."""

from __future__ import annotations

from collections import Counter
from time import process_time

import pytest

from policylang import check_text

HEAD = "policy t\nuse std.risk\nresource Env { b: Bool }\noperation read on Env is Read\n"
MANY = 1500
ENOUGH = 10.0
"""Seconds; each took more than a minute when it was quadratic or worse."""


def ring(size: int) -> str:
    roles = "".join(
        f"role R{i}\noperation o{i} on Env is Write, confers R{(i + 1) % size}\n"
        f"allow R{i} to o{i} on Env\n"
        for i in range(size)
    )
    return HEAD + roles + "agent k in R0\nallow anyone to read on Env when resource.b\n"


def each_hidden(size: int) -> str:
    return HEAD + "".join(
        f'deny any agent to read on Env "x{i}"\n'
        f'allow any agent to read on Env "x{i}" when resource.b\n'
        for i in range(size)
    )


def all_named(size: int) -> str:
    names = [f"a{i}" for i in range(size)]
    agents = "".join(f"agent {name}\n" for name in names)
    return f"{HEAD}{agents}allow {', '.join(names)} to read on Env when resource.b\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ring(MANY), {"P0408": 100, "P0025": 1}),
        (each_hidden(MANY), {"P0402": MANY}),
        (all_named(MANY), {}),
    ],
    ids=["ring", "hidden", "named"],
)
def test_lints_end_soon(text: str, expected: dict[str, int]) -> None:
    start = process_time()
    found = Counter(d.code for d in check_text(text).diagnostics)
    assert process_time() - start < ENOUGH
    assert {code: n for code, n in found.items() if code != "P0404"} == expected
