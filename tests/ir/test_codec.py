"""Programs as bytes and back; which differences change a digest, and which do not."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from policylang.ir import codec
from policylang.ir.expressions import Compare, Const
from policylang.ir.program import Clause, Program
from policylang.model.types import DECIMAL, INT, STRING
from policylang.testing.trials import compiled_texts

POLICY = """
policy shop
use std.risk
resource Shelf
resource Item in Shelf { price: Decimal = 5  stage: dev | prod  tags: Set<String> = ["a"] }
operation sell(n: Int) on Item is Financial
operation look on Item is Read
role Clerk
role Lead in Clerk
agent kiro in Clerk
context { ticket: String? }
signal odd: Decimal
entity Item "a" in Shelf "s" { price: 3 }
allow Clerk to look on Item when resource.stage == dev unless resource.price > 5
rule two: require approval from Lead by 2 for kiro to sell on Item when args.n > 3 because "big"
limit sell on Item by kiro to 3 per 1h
prove "never" never allow kiro to sell on Item
tool "tool:sell" is sell(n: input.n) on Item(input.id)
test "one" kiro look Item "a" { stage: dev } => allow
"""


def compiled(*texts: str) -> Program:
    return compiled_texts({f"{number}.pol": text for number, text in enumerate(texts)})


PROGRAM = compiled(POLICY)
BLOCKS = POLICY.strip().split("\n")


def test_a_program_comes_back_the_same() -> None:
    assert codec.decode(codec.encode(PROGRAM)) == PROGRAM


@given(st.integers(), st.text(), st.text(alphabet="\0int:s5-"))
def test_numbers_of_any_length_and_texts_of_any_kind_come_back(
    number: int, text: str, odd: str
) -> None:
    consts = [Const(number, INT), Const(2**80, INT), Const(text, STRING), Const(odd, STRING)]
    clauses = tuple(Clause("when", Compare("==", c, Const("1.5", DECIMAL)), "x") for c in consts)
    program = replace(PROGRAM, rules=(replace(PROGRAM.rules[0], clauses=clauses),))
    assert codec.decode(codec.encode(program)) == program


@given(st.binary())
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(codec.CodecError):
        codec.decode(data)


@given(st.data())
def test_a_damaged_program_is_refused_or_another(data: st.DataObject) -> None:
    encoded = codec.encode(PROGRAM)
    place = data.draw(st.integers(0, len(encoded) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda v: v != encoded[place]))
    damaged = encoded[:place] + bytes([value]) + encoded[place + 1 :]
    with contextlib.suppress(codec.CodecError):
        assert codec.decode(damaged) != PROGRAM
    with pytest.raises(codec.CodecError):
        codec.decode(encoded[:place])


@given(st.permutations(BLOCKS[1:]))
def test_the_order_of_declarations_does_not_change_the_digest(lines: list[str]) -> None:
    again = compiled("\n".join([BLOCKS[0], *lines]))
    assert codec.digest(again) == codec.digest(PROGRAM)
    assert again.rules == tuple(
        replace(r, at=a.at) for r, a in zip(PROGRAM.rules, again.rules, strict=True)
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("resource Shelf\n", "## A shelf.\nresource Shelf\n"),
        ('test "one" kiro look Item "a" { stage: dev } => allow', ""),
        ("allow Clerk", "\n\n\n# comment\nallow   Clerk"),
    ],
)
def test_what_does_not_change_the_digest(old: str, new: str) -> None:
    assert old in POLICY
    assert codec.digest(compiled(POLICY.replace(old, new))) == codec.digest(PROGRAM)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("price: Decimal = 5", "price: Decimal = 6"),
        ("unless resource.price > 5", "when resource.price > 5"),
        ("by 2", "by 3"),
        ('because "big"', 'because "large"'),
        ("role Lead in Clerk", "role Lead"),
        ("to 3 per 1h", "to 3 per 2h"),
        ("{ price: 3 }", "{ price: 4 }"),
        ("signal odd", "signal even"),
    ],
)
def test_what_changes_the_digest(old: str, new: str) -> None:
    assert old in POLICY
    assert codec.digest(compiled(POLICY.replace(old, new))) != codec.digest(PROGRAM)


def test_file_names_and_places_do_not_change_the_digest() -> None:
    assert codec.digest(compiled_texts({"other.pol": POLICY})) == codec.digest(PROGRAM)
    head, tail = "\n".join(BLOCKS[:12]), "policy shop\n" + "\n".join(BLOCKS[12:])
    split = compiled(head, tail)
    assert codec.digest(split) == codec.digest(PROGRAM)


def test_the_order_of_clauses_and_scopes_does_not_change_the_digest() -> None:
    types = "resource A { n: Int }\nresource B { n: Int }\noperation o on A, B is Read\n"
    base = "policy t\nuse std.risk\n" + types
    one = "any agent, any human to o on A, B when resource.n == 1 when resource.n != 2"
    other = "any human, any agent to o on B, A when resource.n != 2 when resource.n == 1"
    digests = {codec.digest(compiled(f"{base}allow {rule}\n")) for rule in (one, other)}
    assert len(digests) == 1
