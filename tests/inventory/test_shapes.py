"""The fast way to read YAML gives what the parser gives, or nothing."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from policylang.diagnostics.diagnostic import Diagnostic
from policylang.diagnostics.span import Source
from policylang.inventory import yaml_shapes, yaml_text
from policylang.inventory.yaml_shapes import read_shapes


@pytest.fixture(autouse=True)
def short_texts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_shapes, "WORTH_IT", 0)


def fast(text: str) -> Any:
    return read_shapes(text, yaml_text._example, yaml_text.plain)


def slow(text: str) -> Any:
    """`ERROR` where the parser refuses the text."""
    try:
        return yaml_text._Reader(Source("i.yaml", text)).document()[0]
    except (yaml_text.YamlError, yaml.YAMLError):
        return "ERROR"


def same(left: Any, right: Any) -> bool:
    """Equal, and of equal types all the way down."""
    return repr(left) == repr(right)


def agree(text: str) -> bool:
    """Whether the fast way had an answer; where it had, the parser gives the same."""
    found = fast(text)
    assert found is None or same(found, slow(text)), text
    return found is not None


SCALARS = st.sampled_from(
    [
        "prod",
        "dev",
        "e-1",
        "a.b",
        "7",
        "-7",
        "0",
        "007",
        "1.5",
        "1e3",
        "true",
        "True",
        "no",
        "null",
        "~",
        "Null",
        "a-b",
        "a/b",
        "x_1",
        "-",
        "--",
        "---",
        "-a",
        "a-",
        "'7'",
        "''",
        "'a''b'",
        '"x"',
        '""',
        '"a\\n"',
        '"#"',
        "a:b",
        "a:",
        "b,c",
        "[]",
        "{}",
        "*x",
        "&x",
        "!x",
        "|x",
        "|",
        "|+",
        ">x",
        ">",
        "%x",
        "@x",
        "`x",
        "é",
        ".inf",
        ".nan",
        "<<",
    ]
) | st.sampled_from(
    ["a b", "'a b'", "'x: y'", "a  b", "a - b", "a #b", "a: b", "", " ", "x\n    y", "|\n      t\n"]
)
KEYS = st.sampled_from(["id", "type", "stage", "'q'", "a b", "k: j", "1"])
FLOW = st.dictionaries(KEYS, SCALARS, min_size=1, max_size=3).map(
    lambda d: "{" + ", ".join(f"{k}: {v}" for k, v in d.items()) + "}"
)
BLOCK = st.lists(st.tuples(KEYS, SCALARS | FLOW), min_size=1, max_size=3).map(
    lambda pairs: "\n    ".join(f"{k}: {v}" for k, v in pairs)
)
ENTRIES = st.lists(FLOW | BLOCK | SCALARS, min_size=1, max_size=4).flatmap(
    lambda shapes: st.lists(st.sampled_from(shapes), min_size=1, max_size=6)
)
BREAKS = st.sampled_from(["\n", "\n\n", "\n  # note\n", "\n# note\n", " # note\n", "\n---\n"])


@settings(max_examples=600)
@given(entries=ENTRIES, line=BREAKS, indent=st.sampled_from(["", "  "]))
def test_agrees_with_the_parser(entries: list[str], line: str, indent: str) -> None:
    text = "resources:\n" + "".join(f"{indent}- {entry}{line}" for entry in entries)
    agree(text)
    agree(text + "principals:\n" + "".join(f"{indent}- {entry}\n" for entry in entries))


@given(
    st.lists(
        st.fixed_dictionaries(
            {"type": st.sampled_from(["A", "B"]), "id": st.text(max_size=6)},
            optional={
                "parents": st.lists(st.just({"type": "A", "id": "1"}), max_size=2),
                "attributes": st.dictionaries(
                    st.sampled_from(["stage", "n"]),
                    st.text(max_size=5) | st.integers() | st.booleans() | st.none(),
                ),
            },
        ),
        min_size=1,
        max_size=8,
    ),
    st.booleans(),
)
def test_agrees_on_what_tools_write(entries: list[dict[str, Any]], flow: bool) -> None:
    text = yaml.safe_dump({"resources": entries}, default_flow_style=None if flow else False)
    agree(text)


@settings(max_examples=600)
@given(st.data())
def test_agrees_on_altered_texts(data: st.DataObject) -> None:
    entries = [
        f"  - {{type: A, id: e-{n}, attributes: {{stage: dev, n: {n}}}}}\n" for n in range(4)
    ]
    text = "resources:\n" + "".join(entries)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text) - 1))
        new = data.draw(st.sampled_from(list("-:{}[]#'\" \n\t&*!|,a1\\")))
        cut = data.draw(st.integers(0, 1))
        text = text[:at] + new + text[at + cut :]
    agree(text)


@pytest.mark.parametrize(
    "text",
    [
        "resources:\n- {type: A, id: a}\n- {type: A, id: b}\n",
        "# head\n---\n\nresources:\n  - type: A\n    id: 'a'\n  - type: A\n    id: 'b'\n",
        "resources:\n  - {a: 1}\nprincipals:\n  - {b: x y}\n  - {b: y z}\n",
        "resources:\n  - a: 1 # one\n  - a: 2 # one\n",
        "resources:\n  - [a, b]\n  - [c, no]\n",
    ],
)
def test_reads_what_it_should(text: str) -> None:
    assert agree(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "resources: []\n",
        "other:\n  - a\n",
        "resources:\n  - a\nresources:\n  - b\n",
        "resources:\n  - &x a\n  - *x\n",
        "resources:\n  - {a: 1, a: 2}\n",
        'resources:\n  - {a: "x\n  - y"}\n',
        "resources:\n  - a\n---\nresources:\n  - b\n",
        "resources:\n  - !x a\n",
        "resources:\n  - a\r\n  - b\r\n",
        "resources:\n  - a: |\n      text\n  - a: |\n      text\n",
        "resources:\n  - a: |+\n\n  - a: |+\n\n",
        "resources:\n  - a: .nan\n  - a: .inf\n",
    ],
)
def test_leaves_the_rest_to_the_parser(text: str) -> None:
    assert fast(text) is None


def test_many_shapes_are_left_to_the_parser() -> None:
    text = "resources:\n" + "".join(f"  - {{key_{n}: 1}}\n" for n in range(100))
    assert fast(text) is None
    assert len(slow(text)["resources"]) == 100


def test_places_are_found_all_the_same() -> None:
    text = "resources:\n" + "".join(f"  - {{type: A, id: e{n}}}\n" for n in range(50))
    document = yaml_text.read_yaml(Source("i.yaml", text))
    assert not isinstance(document, Diagnostic)
    assert document.place(("resources", 49, "id")) == "i.yaml:51:19"
