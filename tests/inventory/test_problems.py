"""What is wrong with an inventory is told with its code, its place and its remedy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policylang.inventory import load_inventory
from policylang.ir.program import Program

# What the diagnostic points at is between ‹ and ›.
CASES = [
    ("resources:\n  - {type: ‹Enviroment›, id: e}\n", "P0506", "did you mean `Environment`?"),
    ("resources:\n  - {type: Environment, id: ‹7›}\n", "P0505", 'put it in quotes: "7"'),
    ("resources:\n  - {type: Environment, id: ‹''›}\n", "P0505", ""),
    ("resources:\n  - ‹{type: Environment}›\n", "P0505", ""),
    ("resources:\n  - ‹Environment›\n", "P0505", ""),
    ("resources: ‹{type: Environment}›\n", "P0505", ""),
    ("‹[]›", "P0505", "resources: […]"),
    ("‹reources›: []\n", "P0504", "did you mean `resources`?"),
    ("resources:\n  - {type: Account, id: a, ‹parent›: []}\n", "P0504", "did you mean `parents`?"),
    (
        "resources:\n  - {type: Environment, id: e, attributes: {‹stgae›: dev}}\n",
        "P0507",
        "did you mean `stage`?",
    ),
    (
        "resources:\n  - {type: Account, id: a, parents: [{type: ‹Environment›, id: e}]}\n",
        "P0508",
        "declare it: `resource Account in Environment`",
    ),
    (
        "resources:\n  - {type: Environment, id: e, parents: [{type: ‹Acount›, id: e}]}\n",
        "P0506",
        "did you mean `Account`?",
    ),
    (
        "resources:\n  - {type: Environment, id: e, parents: ‹[{type: Environment, id: e}]›}\n",
        "P0515",
        "take one of these parents away",
    ),
    (
        "resources:\n  - type: Environment\n    id: outer\n"
        "    parents: ‹[{type: Environment, id: declared}]›\n",
        "P0515",
        "",
    ),
    (
        "resources:\n  - {type: Account, id: a}\n  - ‹{type: Account, id: a}›\n",
        "P0511",
        "put both together",
    ),
    ("principals:\n  - {id: ana, kind: ‹humn›}\n", "P0510", "did you mean `human`?"),
    ("principals:\n  - {id: ana, kind: ‹[]›}\n", "P0510", "agent, human, service"),
    ("principals:\n  - {id: kiro, kind: ‹human›}\n", "P0512", "kind: agent"),
    ("principals:\n  - {id: ana, roles: [SRE, ‹Sre›]}\n", "P0509", "did you mean `SRE`?"),
    ("principals:\n  - {id: ana, attributes: {‹taem›: x}}\n", "P0507", "did you mean `team`?"),
    ("principals:\n  - {id: ana}\n  - ‹{id: ana}›\n", "P0511", ""),
    ("resources: [\n", "P0502", ""),
    ("resources: []\n‹resources›: []\n", "P0503", "keep one of them"),
    ("resources: ‹!!seq []›\n", "P0517", ""),
    ("resources:\n  - {‹<<›: {type: Account}, id: a}\n", "P0517", "write the keys out"),
    ("a: 1\n‹--- {}›\n", "P0517", ""),
    ("‹1›: 2\n", "P0517", ""),
]


def pointed(text: str) -> tuple[str, str]:
    before, rest = text.split("‹", 1) if "‹" in text else (text, "›")
    inside, after = rest.split("›", 1)
    return before + inside + after, inside


@pytest.mark.parametrize(("text", "code", "help"), CASES, ids=lambda x: str(x)[:40])
def test_yaml(text: str, code: str, help: str, program: Program, tmp_path: Path) -> None:
    text, inside = pointed(text)
    path = tmp_path / "inventory.yaml"
    path.write_text(text)
    _, problems = load_inventory(path, program)
    assert [d.code for d in problems] == [code]
    (problem,) = problems
    assert problem.severity == "error"
    assert help in problem.help
    assert problem.source is not None
    assert problem.source.name == str(path)
    assert problem.span is not None
    if inside and code not in ("P0517",):
        assert text[problem.span.start : problem.span.end] == inside


@pytest.mark.parametrize(("text", "code", "help"), CASES, ids=lambda x: str(x)[:40])
def test_the_same_in_json(
    text: str, code: str, help: str, program: Program, tmp_path: Path
) -> None:
    import yaml

    if code in ("P0502", "P0503", "P0517"):
        return
    text, inside = pointed(text)
    path = tmp_path / "inventory.json"
    path.write_text(json.dumps(yaml.safe_load(text), indent=2))
    _, problems = load_inventory(path, program)
    assert [d.code for d in problems] == [code]
    span = problems[0].span
    assert span is not None
    shown = path.read_text()[span.start : span.end]
    assert yaml.safe_load(shown) == yaml.safe_load(inside)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "P0502"),
        ("", "P0502"),
        ("{} {}", "P0502"),
        ('{"resources": [NaN]}', "P0502"),
        ('{"resources": [' + "9" * 5000 + "]}", "P0502"),
        ('{"resources": [1e99999999999999999999]}', "P0502"),
        ("[" * 100_000, "P0502"),
        ('{"resources": [], "resources": []}', "P0503"),
        ('{"resources": [{"type": "Account", "id": "a", "id": "b"}]}', "P0503"),
    ],
)
def test_json_that_is_none(text: str, code: str, program: Program, tmp_path: Path) -> None:
    path = tmp_path / "inventory.json"
    path.write_text(text)
    facts, problems = load_inventory(path, program)
    assert [d.code for d in problems] == [code]
    assert not facts.resources


MALFORMED = [
    ("stage", "prdo", "did you mean `prod`?"),
    ("stage", None, ""),
    ("region", 7, 'put it in quotes: "7"'),
    ("region", "\ud800", ""),
    ("size", "7", ""),
    ("size", True, ""),
    ("size", 1.0, ""),
    ("cost", "much", ""),
    ("cost", "1e5", ""),
    ("open", 1, ""),
    ("open", "yes", ""),
    ("tags", "a", ""),
    ("tags", [1], ""),
    ("tags", ["a", None], ""),
    ("owner", "a", ""),
    ("owner", {"type": "Environment", "id": "a"}, ""),
    ("since", "yesterday", ""),
    ("since", "2025-01-01", ""),
    ("life", 10, ""),
    ("disk", "2 GiB", ""),
    ("net", "10.0.0.1/8", ""),
]


@pytest.mark.parametrize(("name", "value", "help"), MALFORMED, ids=str)
def test_malformed_values_stay_with_their_place(
    name: str, value: Any, help: str, program: Program
) -> None:
    entry = {"type": "Environment", "id": "e", "attributes": {name: value, "region": "eu"}}
    entry["attributes"] = {"region": "eu", name: value}
    facts, (problem,) = load_inventory({"resources": [entry]}, program)
    assert problem.code == "P0513"
    assert problem.severity == "error"
    assert f"`{name}`" in problem.message
    assert f"resources[0].attributes.{name}" in problem.message
    assert help in problem.help
    told = facts.resources["Environment", "e"]
    assert told.places == {name: f"inventory 1, resources[0].attributes.{name}"}
    assert name in told.attributes


def test_malformed_values_of_principals(program: Program) -> None:
    source = {"principals": [{"id": "ana", "attributes": {"level": "high", "team": "x"}}]}
    facts, (problem,) = load_inventory(source, program)
    assert problem.code == "P0513"
    assert set(facts.principals["ana"].places) == {"level"}


def test_all_problems_at_once(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text(
        "resource: []\nresources:\n  - {type: X, id: a}\n  - {type: Account, idd: a}\n"
        "principals:\n  - {id: ana, kind: x, roles: [X]}\n"
    )
    _, problems = load_inventory(path, program)
    assert [d.code for d in problems] == ["P0504", "P0506", "P0505", "P0504", "P0510", "P0509"]


def test_very_many_problems_are_counted(program: Program) -> None:
    entries = [{"type": "Nothing", "id": str(n)} for n in range(500)]
    entries += [
        {"type": "Environment", "id": str(n), "attributes": {"size": "x"}} for n in range(500)
    ]
    _, problems = load_inventory({"resources": entries}, program)
    codes = [d.code for d in problems]
    assert codes.count("P0506") == codes.count("P0513") == 100
    assert problems[-1].message == "and 800 more problems of the inventory"


BOMB = "a: &a [x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "the aliases stand for too much"),
        ("resources: &r [*r]\n", "stands for nothing before it"),
        ("[" * 100 + "]" * 100, "nested deeper than 64 levels"),
        ("resources: *x\n", ""),
        ("a: .nan\n", "`.nan` is no number"),
        ("a: " + "9" * 5000 + "\n", "digits"),
        ("a: 1e99999999999999999999\n", "exponent"),
        ("%YAML 9.9\n---\na\n", ""),
        ("a: \x01\n", ""),
        ("\tx: 1\n", ""),
    ],
)
def test_yaml_that_is_refused(text: str, message: str, program: Program, tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text(text)
    _, problems = load_inventory(path, program)
    assert problems
    assert problems[0].code in ("P0502", "P0517")
    assert message in problems[0].message


@pytest.mark.parametrize("data", [b"resources: [] # \xe9", b"\0", b"\xff\xfea\0"])
def test_bytes_that_are_no_text(data: bytes, program: Program, tmp_path: Path) -> None:
    for name in ("inventory.yaml", "inventory.json"):
        (tmp_path / name).write_bytes(data)
        _, problems = load_inventory(tmp_path / name, program)
        assert [d.code for d in problems] in (["P0004"], ["P0006"])


def test_paths_that_are_no_file(program: Program, tmp_path: Path) -> None:
    assert [d.code for d in load_inventory(tmp_path, program)[1]] == ["P0003"]
    assert [d.code for d in load_inventory(tmp_path / "no.yaml", program)[1]] == ["P0001"]
    assert [d.code for d in load_inventory("a\0b.yaml", program)[1]] == ["P0003"]


@pytest.mark.parametrize("source", [42, None, [42], object()])
def test_what_is_no_source(source: Any, program: Program) -> None:
    _, problems = load_inventory(source, program)
    assert [d.code for d in problems] == ["P0501"]
