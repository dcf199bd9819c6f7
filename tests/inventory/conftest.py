"""A policy to check inventories against."""

from __future__ import annotations

import pytest

from policylang.ir.program import Program
from policylang.loader import check_text

POLICY = """\
policy shop
use std.risk
resource Account
resource Environment in Account, Environment {
    stage: dev | staging | prod
    region: String
    size: Int
    cost: Decimal
    open: Bool
    tags: Set<String>
    owner: Account
    since: Time
    life: Duration
    disk: Size
    net: Cidr
}
role Developer
role SRE in Developer
principal { team: String, level: Int }
agent kiro in Developer
entity Environment "declared" in Environment "outer"
"""


@pytest.fixture(scope="session")
def program() -> Program:
    program = check_text(POLICY).program
    assert program is not None
    return program
