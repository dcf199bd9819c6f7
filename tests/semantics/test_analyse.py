"""What holds of the analysis as a whole: nothing is said twice, nothing slips through."""

from __future__ import annotations

from pathlib import Path

import pytest

from policylang.diagnostics.span import Source
from policylang.language import parse
from policylang.semantics import Analysis, Unit, analyse
from policylang.semantics.cycles import find_cycles
from policylang.semantics.schema import snake_case
from policylang.testing.trials import standard_units

ROOT = Path(__file__).parents[2]
BASE = (
    "policy t\nuse std.risk\nresource Env { stage: dev | prod }\noperation deploy on Env is Write\n"
)


def analysed(*texts: str) -> Analysis:
    sources = [Source(f"{number}.pol", text) for number, text in enumerate(texts)]
    own = [Unit(source, parse(source).module, True) for source in sources]
    return analyse([*standard_units(), *own])


def codes(analysis: Analysis) -> list[str]:
    return [d.code for d in analysis.diagnostics if d.severity == "error"]


def test_the_example_of_the_house_style() -> None:
    found = analysed(BASE + "allow any human to deploy on Env\n    when resource.stgae == prod\n")
    [problem] = [d for d in found.diagnostics if d.severity == "error"]
    assert problem.code == "P0203"
    assert problem.message == "`stgae` is not an attribute of `Env`"
    assert problem.label == "not found"
    assert problem.help == "did you mean `stage`?"
    assert problem.source is not None
    assert problem.span is not None
    assert problem.source.at(problem.span) == "0.pol:6:19"
    assert problem.span.end - problem.span.start == 5


@pytest.mark.parametrize(
    "text",
    [
        "resource Host { stage dev | prod }\noperation stop on Host is Write",
        "role in Dev Host\nallow Dev to deploy on Env\nallow Host to deploy on Env",
        "operation Host\noperation stop on Host is Write",
        'context { host String }\nallow any human to deploy on Env when context.host == "x"',
    ],
)
def test_what_a_broken_declaration_may_have_said_is_not_missed_again(text: str) -> None:
    found = analysed(BASE + text + "\n")
    assert codes(found) == []
    assert found.program is None


def test_a_lost_module_leaves_no_program() -> None:
    found = analysed(BASE + "use org.lost\nallow Nobody to deploy on Env\n")
    assert (codes(found), found.program) == ([], None)


def test_other_errors_are_found_beside_a_broken_declaration() -> None:
    found = analysed(
        BASE + "role in in\nallow any human to deploy on Env when resource.stgae == prod\n"
    )
    assert codes(found) == ["P0203"]


def test_no_word_of_a_file_that_is_fine_counts_as_unread() -> None:
    """Else an unknown name could go unreported."""
    from policylang.semantics.modules import survey
    from policylang.semantics.names import Here, Names
    from policylang.semantics.report import Report

    texts = [*ROOT.glob("stdlib/**/*.pol"), *ROOT.glob("examples/**/*.pol")]
    assert len(texts) > 5
    for path in texts:
        source = Source(path.name, path.read_text())
        parsed = parse(source)
        if parsed.diagnostics:
            continue
        unit = Unit(source, parsed.module, True)
        here = Here(unit, survey([unit]), Names(), Report())
        assert here.unread == frozenset(), path


def test_an_empty_policy_is_a_program() -> None:
    found = analysed("policy empty\n")
    assert found.program is not None
    assert found.program.name == "empty"
    assert found.program.modules == ("empty", "std.risk", "std.self")
    assert [f.name for f in found.program.context] == ["time"]
    assert found.program.labels == ()


def test_places_are_where_the_names_stand() -> None:
    rule = "rule r: allow SRE to deploy on Env when resource.stage == dev"
    text = f'{BASE}role SRE\nagent kiro\n{rule}\nentity Env "x"\n'
    found = analysed(text)
    wanted = {
        ("type", "Env"): "Env",
        ("attribute", "Env.stage"): "stage",
        ("operation", "Env.deploy"): "deploy",
        ("role", "SRE"): "SRE",
        ("principal", "kiro"): "kiro",
        ("rule", "t/r"): rule,
        ("clause", "t/r#0"): "when resource.stage == dev",
        ("entity", 'Env "x"'): 'Env "x"',
        ("risk", "Read"): "Read",
    }
    for (sort, name), at in wanted.items():
        place = found.places.of(sort, name)  # type: ignore[arg-type]
        assert place is not None, name
        source, span = place
        assert source.text[span.start : span.end] == at
    assert found.places.of("rule", "t/none") is None


def test_rules_without_a_name_keep_their_ids() -> None:
    scope, is_dev, not_prod = "any human", "resource.stage == dev", "resource.stage != prod"
    one = f"allow {scope} to deploy on Env when {is_dev} when {not_prod}\n"
    other = f"# again\nallow {scope}\n  to deploy on Env when {not_prod}\n when {is_dev}\n"
    found = []
    for text in (one, other, one + other):
        program = analysed(BASE + text).program
        assert program is not None
        found.append([r.id for r in program.rules if r.id.startswith("t/")])
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 1
    assert len(found[0][0]) == len("t/") + 8


def test_the_order_of_files_changes_nothing() -> None:
    head = BASE + "role SRE\n"
    tail = "policy t\nallow SRE to deploy on Env\nrole Dev in SRE\n"
    one, other = analysed(head, tail), analysed(tail, head)
    assert one.program is not None
    assert other.program is not None
    assert [r.id for r in one.program.rules] == [r.id for r in other.program.rules]
    assert one.program.roles == other.program.roles


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("Environment", "environment"),
        ("RDSInstance", "rds_instance"),
        ("AwsAccount", "aws_account"),
        ("S3Bucket", "s3_bucket"),
        ("VPC", "vpc"),
        ("IAMRole2", "iam_role2"),
        ("K8sCluster", "k8s_cluster"),
    ],
)
def test_names_in_snake_case(name: str, read: str) -> None:
    assert snake_case(name) == read


def test_cycles_are_shown_once_and_from_their_first_name() -> None:
    edges = {"a": ["b", "x"], "b": ["c"], "c": ["a"], "d": ["d"], "e": ["a"]}
    assert find_cycles(edges) == [("a", "b", "c"), ("d",)]
    assert find_cycles({"a": ["b"], "b": []}) == []


def test_a_long_chain_of_roles() -> None:
    roles = "".join(f"role R{i} in R{i + 1}\n" for i in range(300)) + "role R300\n"
    found = analysed(BASE + roles)
    assert found.program is not None
    assert len(next(r for r in found.program.roles if r.name == "R0").ancestors) == 301
