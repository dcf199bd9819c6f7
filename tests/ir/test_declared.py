"""The facts that a policy declares, in the form that engines read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylang.ir.declared import declared_facts, on_the_wire, time_text
from policylang.ir.expressions import Const, ConstSet, ResourceConst
from policylang.ir.program import EntityDecl, Fact, PrincipalDecl, Program
from policylang.model import values
from policylang.model.types import DECIMAL, DURATION, INT, SIZE, STRING, TIME, SetOf

_FIRST = values.time("0001-01-01T00:00:00+23:59")
_LAST = values.time("9999-12-31T23:59:59.999999999-23:59")


@given(st.integers(_FIRST, _LAST))
def test_every_time_reads_back_as_itself(nanoseconds: int) -> None:
    assert values.time(time_text(nanoseconds)) == nanoseconds


@pytest.mark.parametrize(
    ("constant", "value"),
    [
        (Const(5, INT), 5),
        (Const(2**70, INT), 2**70),
        (Const("1.50", DECIMAL), values.decimal("1.5")),
        (Const("a", STRING), "a"),
        (Const(600 * values.NANOSECONDS, DURATION), 600 * values.NANOSECONDS),
        (Const(2**31, SIZE), 2**31),
        (Const(values.time("2025-01-01T00:00:00.5Z"), TIME), values.time("2025-01-01T00:00:00.5Z")),
    ],
)
def test_a_literal_reads_back_as_its_value(constant: Const, value: object) -> None:
    assert values.coerce(constant.type, on_the_wire(constant)) == value


def test_a_set_and_a_resource() -> None:
    literal = ConstSet((Const(60 * values.NANOSECONDS, DURATION),), SetOf(DURATION))
    assert on_the_wire(literal) == ("60s",)
    assert on_the_wire(ResourceConst("Env", "eu")) == {"type": "Env", "id": "eu"}


def test_facts_of_entities_and_principals() -> None:
    entity = EntityDecl("Env", "eu", (ResourceConst("Account", "7"),), (Fact("n", Const(1, INT)),))
    principal = PrincipalDecl("kiro", "agent", ("Dev",), (Fact("team", Const("x", STRING)),))
    empty: list[tuple[()]] = [()] * 10
    program = Program("t", (), *empty[:8], (principal,), (entity,), (), (), (), (), ())
    facts = declared_facts(program)
    known = facts.resources[("Env", "eu")]
    assert (known.attributes, known.parents) == ({"n": 1}, (("Account", "7"),))
    assert ("Account", "7") in facts.resources
    who = facts.principals["kiro"]
    assert (who.kind, who.roles, who.attributes) == ("agent", ("Dev",), {"team": "x"})
