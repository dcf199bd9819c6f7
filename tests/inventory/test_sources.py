"""Where facts come from: files, mappings, callables, databases, and several of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylang.inventory import SqlInventory, load_inventory
from policylang.ir.program import Program
from policylang.model.facts import Facts
from policylang.model.types import DECIMAL
from policylang.model.values import coerce

EU: dict[str, Any] = {
    "type": "Environment",
    "id": "eu",
    "parents": [{"type": "Account", "id": "7"}],
    "attributes": {"stage": "prod", "size": 3, "tags": ["a", "b"]},
}


def facts(source: Any, program: Program) -> Facts:
    found, problems = load_inventory(source, program)
    assert problems == ()
    return found


def test_json_yaml_mapping_and_callable_say_the_same(program: Program, tmp_path: Path) -> None:
    data = {"resources": [EU], "principals": [{"id": "ana", "kind": "human", "roles": ["SRE"]}]}
    (tmp_path / "i.json").write_text("\ufeff" + json.dumps(data))
    (tmp_path / "i.yaml").write_text(
        "resources:\r\n- type: Environment\r\n  id: eu\r\n  parents: [{type: Account, id: '7'}]\r\n"
        "  attributes: {stage: prod, size: 3, tags: [a, b]}\r\n"
        "principals:\r\n- {id: ana, kind: human, roles: [SRE]}\r\n"
    )

    def mapping() -> dict[str, Any]:
        return data

    def stream() -> Iterator[dict[str, Any]]:
        yield from data["resources"]
        yield from data["principals"]

    sources = [tmp_path / "i.json", str(tmp_path / "i.yaml"), data, mapping, stream]
    first, *others = (facts(source, program) for source in sources)
    assert first.resources["Environment", "eu"].parents == (("Account", "7"),)
    assert first.resources["Environment", "eu"].attributes["tags"] == ("a", "b")
    assert ("Account", "7") in first.resources
    assert first.principals["ana"].roles == ("SRE",)
    for other in others:
        assert other.resources == first.resources
        assert other.principals == first.principals


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "{}", "resources:\nprincipals: []\n"])
def test_an_empty_inventory(text: str, program: Program, tmp_path: Path) -> None:
    (tmp_path / "i.yaml").write_text(text)
    assert facts(tmp_path / "i.yaml", program).resources == {}


def test_what_is_not_said_is_not_known(program: Program) -> None:
    told = facts({"principals": [{"id": "ana"}]}, program).principals["ana"]
    assert (told.kind, told.roles) == (None, None)
    told = facts({"principals": [{"id": "ana", "roles": []}]}, program).principals["ana"]
    assert told.roles == ()


def test_yaml_means_what_it_says(program: Program, tmp_path: Path) -> None:
    texts = ["no", "on", "Yes", "010", "0x1F", "1_000", "12:30:45", "2020-01-01", "+5", ".5"]
    scalars = {**{text: text for text in texts}, "'7'": "7", '"true"': "true", "! x": "x"}
    for written, meant in scalars.items():
        text = (
            f"resources:\n  - type: Environment\n    id: e\n    attributes: {{region: {written}}}\n"
        )
        (tmp_path / "i.yaml").write_text(text)
        told = facts(tmp_path / "i.yaml", program).resources["Environment", "e"]
        assert told.attributes["region"] == meant


def test_decimals_are_exact(program: Program, tmp_path: Path) -> None:
    exact = "0.10000000000000000001"
    entry = '{"resources": [{"type": "Environment", "id": "e", "attributes": {"cost": %s}}]}'
    for name in ("i.yaml", "i.json"):
        text = entry % exact
        (tmp_path / name).write_text(text)
        cost = facts(tmp_path / name, program).resources["Environment", "e"].attributes["cost"]
        assert cost == Decimal(exact)
        assert coerce(DECIMAL, cost) == coerce(DECIMAL, exact)


def test_aliases(program: Program, tmp_path: Path) -> None:
    (tmp_path / "i.yaml").write_text(
        "resources:\n"
        "  - {type: Environment, id: a, parents: [&top {type: Account, id: '7'}]}\n"
        "  - {type: Environment, id: b, parents: [*top]}\n"
    )
    assert facts(tmp_path / "i.yaml", program).resources["Environment", "b"].parents


def test_nested_parents_are_described_too(program: Program) -> None:
    inner = {"type": "Environment", "id": "in", "parents": [EU]}
    found = facts({"resources": [inner, EU]}, program)
    assert found.resources["Environment", "eu"].attributes["stage"] == "prod"
    assert found.resources["Environment", "in"].parents == (("Environment", "eu"),)


def test_values_cannot_be_changed_afterwards(program: Program) -> None:
    source = {"resources": [json.loads(json.dumps(EU))]}
    found = facts(source, program)
    source["resources"][0]["attributes"]["tags"].append("c")
    told = found.resources["Environment", "eu"].attributes
    assert told["tags"] == ("a", "b")
    with pytest.raises(TypeError):
        told["stage"] = "dev"


def environment(id: str = "eu", **more: Any) -> dict[str, Any]:
    return {"resources": [{"type": "Environment", "id": id, **more}]}


def test_several_sources_add_up(program: Program) -> None:
    left = environment(parents=[{"type": "Account", "id": "7"}], attributes={"stage": "prod"})
    right = environment(parents=[{"type": "Environment", "id": "x"}], attributes={"size": 1})
    told = facts([left, right], program).resources["Environment", "eu"]
    assert told.parents == (("Account", "7"), ("Environment", "x"))
    assert told.attributes == {"stage": "prod", "size": 1}
    again = environment(attributes={"stage": "prod"})
    assert facts([left, again], program).resources["Environment", "eu"].attributes


@pytest.mark.parametrize(
    ("left", "right", "what"),
    [
        ({"stage": "prod"}, {"stage": "dev"}, "`stage`"),
        ({"size": 1}, {"size": True}, "`size`"),
        ({"cost": 1}, {"cost": "1"}, "`cost`"),
        ({"tags": ["a", "b"]}, {"tags": ["a"]}, "`tags`"),
    ],
)
def test_sources_that_contradict_one_another(
    left: Any, right: Any, what: str, program: Program, tmp_path: Path
) -> None:
    for name, attributes in (("l.json", left), ("r.json", right)):
        (tmp_path / name).write_text(json.dumps(environment(attributes=attributes)))
    _, problems = load_inventory([tmp_path / "l.json", tmp_path / "r.json"], program)
    (problem,) = (d for d in problems if d.code == "P0514")
    assert what in problem.message
    assert str(tmp_path / "l.json") in problem.message
    assert str(tmp_path / "r.json") in problem.message
    assert problem.labels[0].source.name == str(tmp_path / "l.json")


@pytest.mark.parametrize(
    ("left", "right"),
    [({"kind": "human"}, {"kind": "service"}), ({"roles": ["SRE"]}, {"roles": ["Developer"]})],
)
def test_principals_that_contradict_one_another(left: Any, right: Any, program: Program) -> None:
    sources = [{"principals": [{"id": "ana", **each}]} for each in (left, right)]
    _, problems = load_inventory(sources, program)
    assert [d.code for d in problems] == ["P0514"]


def test_roles_in_another_order_are_the_same(program: Program) -> None:
    one, two = ["SRE", "Developer"], ["Developer", "SRE"]
    facts([{"principals": [{"id": "ana", "roles": roles}]} for roles in (one, two)], program)


@pytest.mark.parametrize("error", [ValueError("no\nmore"), KeyError("x"), OSError(5, "gone")])
def test_a_callable_that_fails(error: Exception, program: Program) -> None:
    def broken() -> dict[str, Any]:
        raise error

    _, (problem,) = load_inventory([EU_ONLY, broken], program)
    assert problem.code == "P0516"
    assert "broken" in problem.message


EU_ONLY = {"resources": [EU]}


@pytest.mark.parametrize("said", [None, 7, "text", [7], [{"typ": "x"}]])
def test_a_callable_that_gives_nonsense(said: Any, program: Program) -> None:
    _, problems = load_inventory(lambda: said, program)
    assert problems


# ── databases ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def database() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.executescript("""
        create table things (type, id, parent_type, parent_id, stage, size, cost, open, tags);
        insert into things values
            ('Environment', 1, 'Account', 7, 'prod', 3, 0.1, 1, '["a","b"]'),
            ('Environment', 1, 'Environment', 'x', 'prod', 3, 0.1, 1, '["a","b"]'),
            ('Environment', 'two', null, null, 'dev', null, null, 0, null);
        create table people (id, kind, roles, team);
        insert into people values ('ana', 'human', '["SRE"]', 'billing'), ('bob', null, null, null);
    """)
    return connection


def test_a_database(database: sqlite3.Connection, program: Program) -> None:
    source = SqlInventory(
        database, resources="select * from things", principals="select * from people"
    )
    found = facts(source, program)
    one = found.resources["Environment", "1"]
    assert one.parents == (("Account", "7"), ("Environment", "x"))
    assert one.attributes["tags"] == ("a", "b")
    assert one.attributes["open"] is True
    assert coerce(DECIMAL, one.attributes["cost"]) == coerce(DECIMAL, "0.1")
    assert set(found.resources["Environment", "two"].attributes) == {"stage", "open"}
    assert found.principals["ana"].roles == ("SRE",)
    assert (found.principals["bob"].kind, found.principals["bob"].roles) == (None, None)


def test_sqlalchemy_says_the_same(program: Program, tmp_path: Path) -> None:
    sqlalchemy = pytest.importorskip("sqlalchemy")
    path = tmp_path / "things.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table things (type, id, stage)")
        connection.execute("insert into things values ('Environment', 'e', 'prod')")
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    query = "select type, id, stage from things"
    with engine.connect() as live:
        for source in (engine, live):
            found = facts(SqlInventory(source, resources=query), program)
            assert found.resources["Environment", "e"].attributes == {"stage": "prod"}
    engine.dispose()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("select * from nothing", "P0516"),
        ("select type, id, id from things", "P0516"),
        ("select id from things limit 1", "P0505"),
        ("select type, id, stage as stgae from things where id = 'two'", "P0507"),
        ("select type, id, 'Account' as parent_type from things where id = 'two'", "P0505"),
        ("select type, id, 'x' as stage from things where id = 'two'", "P0513"),
        ("select type, id, size as tags from things limit 1", "P0513"),
        ("select type, id, 2 as open from things where id = 'two'", "P0513"),
        ("select type, id, stage from things where id = 'two' union all "
         "select type, id, 'prod' from things where id = 'two'", "P0511"),
    ],
)  # fmt: skip
def test_queries_that_are_wrong(
    query: str, code: str, database: sqlite3.Connection, program: Program
) -> None:
    _, problems = load_inventory(SqlInventory(database, resources=query, name="cmdb"), program)
    assert code in [d.code for d in problems]
    assert "cmdb" in problems[0].message


# ── for all inputs ───────────────────────────────────────────────────────────────────────

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["resources", "principals", "type", "id", "parents", "attributes", "roles", "kind"]
            )
            | st.text(max_size=3),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(data=ANYTHING)
def test_nothing_raises(data: Any, program: Program) -> None:
    found, problems = load_inventory(lambda: {"resources": data, "principals": data}, program)
    assert isinstance(found, Facts)
    assert problems or not data or data == {}


@given(text=st.text(alphabet="resourcnipal:[]{}-&*!|>'\"#%@` \n\t,?.0123", max_size=60))
def test_no_text_raises(text: str, program: Program, tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name in ("any.yaml", "any.json"):
        (folder / name).write_text(text)
        load_inventory(folder / name, program)
