"""Questions are read as written, and a wrong one says what was perhaps meant."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylang.engines.graph import PermissionGraph, QuestionError
from policylang.engines.graph.questions import read_question
from policylang.engines.graph.scopes import Target
from policylang.ir.expressions import WhatAnything, WhatOperation, WhatRisk
from policylang.model.facts import Facts, ResourceFacts
from tests.engines.graph.story import FACTS, STORY

GRAPH = PermissionGraph(STORY, FACTS)


@pytest.mark.parametrize(
    ("text", "what", "target"),
    [
        ("delete", WhatOperation("delete"), Target()),
        ("anything", WhatAnything(), Target()),
        ("any Read on any", WhatRisk("Read"), Target()),
        ("delete on Environment", WhatOperation("delete"), Target("Environment")),
        ('delete on Environment "a b"', WhatOperation("delete"), Target("Environment", "a b")),
        ("delete on Environment:eu", WhatOperation("delete"), Target("Environment", "eu")),
        ("delete on Environment eu", WhatOperation("delete"), Target("Environment", "eu")),
        (
            "any Destructive on Environment under Account:7",
            WhatRisk("Destructive"),
            Target("Environment", None, ("Account", "7")),
        ),
        (
            'any Destructive under Account "7"',
            WhatRisk("Destructive"),
            Target(None, None, ("Account", "7")),
        ),
        ("any Read under eu", WhatRisk("Read"), Target(None, None, ("Environment", "eu"))),
        (
            'query on Database "say \\"hi\\"" under Environment:eu',
            WhatOperation("query"),
            Target("Database", 'say "hi"', ("Environment", "eu")),
        ),
    ],
)
def test_a_question_is_read(text: str, what: object, target: Target) -> None:
    question = read_question(text, STORY, FACTS)
    assert (question.what, question.target) == (what, target)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected an operation"),
        ("delte on Environment", "did you mean `delete`"),
        ("any Destrutive", "did you mean `Destructive`"),
        ("any", "expected a risk class"),
        ("delete on Enviroment", "did you mean `Environment`"),
        ("delete on", "expected a resource type"),
        (
            "drop on Environment",
            "`drop` is not an operation on `Environment`; it is one on Database",
        ),
        ("delete in Environment", "`in` is not expected"),
        ("delete on Environment eu us", "`us` is not expected"),
        ('delete on Environment "eu', "not closed"),
        ("delete under nowhere", 'no resource with the id "nowhere" is known'),
        ("delete under", "end of the question"),
        ("delete under Account:", "expected an id"),
        ('delete on Environment "\\x"', "is not a string"),
        ("x" * 20_000, "10,000 characters"),
    ],
)
def test_a_wrong_question_says_why(text: str, message: str) -> None:
    with pytest.raises(QuestionError) as raised:
        GRAPH.who_can(text)
    assert message in str(raised.value)


def test_an_id_that_several_resources_have_is_not_guessed() -> None:
    facts = Facts([ResourceFacts("Account", "x"), ResourceFacts("Mailbox", "x")])
    with pytest.raises(QuestionError, match="several resources"):
        PermissionGraph(STORY, facts).who_can("send under x")


def test_a_place_that_cannot_contain_the_type_has_no_answer() -> None:
    assert GRAPH.who_can("send under Account:7").findings["kiro"] == {}


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                "any",
                "on",
                "under",
                ":",
                '"',
                "delete",
                "Environment",
                "Read",
                "anything",
                "eu",
                "\\",
            ]
        ),
        max_size=8,
    ).map(" ".join)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(QuestionError):
        assert GRAPH.who_can(text).question == f"who can {text}?"
