"""`policylang test`: what passes, what fails and why, coverage, JUnit."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

FAILING = """\
policy failing

use std.risk

resource Doc { level: Int = 1 }

operation read, drop on Doc is Read

agent kiro

rule low: allow kiro to read on Doc when resource.level < 3
rule two: require approval by 2 for kiro to drop on Doc

test "works"
    kiro read Doc "a" => allow
test "fails <&\\"\\u0000>"
    kiro read Doc "a" { level: 5 } => allow
test "asks for more"
    kiro drop Doc "a" => require approval from Nobody by 3 within 5m
role Nobody
"""


def test_all_pass(cli: Any) -> None:
    result = cli("test", "acme.pol")
    assert (result.code, result.err) == (0, "")
    assert result.out == "ok    looking is free\nok    production needs two\n2 passed\n"


def test_a_failure_says_what_was_expected_and_why(cli: Any) -> None:
    cli.write("failing.pol", FAILING)
    result = cli("test", "failing.pol")
    assert result.code == 1
    assert "expected allow, got deny\n      at failing.pol:16:1" in result.out
    assert "`when resource.level < 3` does not hold" in result.out
    assert "expected require approval from Nobody by 3 within 5 minutes, got require approval" in (
        result.out
    )
    assert result.out.endswith("1 passed, 2 failed\n")
    assert "\0" not in result.out


def test_json(cli: Any) -> None:
    cli.write("failing.pol", FAILING)
    body = cli("test", "failing.pol", "--format", "json", "--coverage").json
    assert (body["passed"], body["failed"]) == (1, 2)
    assert body["tests"][0]["decision"]["verdict"] == "allow"
    assert [row["id"] for row in body["coverage"]] == ["failing/low", "failing/two"]


def test_coverage(cli: Any) -> None:
    result = cli("test", "acme.pol", "--coverage")
    assert "2 of 6 rules and limits matter to a test" in result.out
    assert "no test: acme/odd  acme.pol:33:1" in result.out


def test_junit(cli: Any) -> None:
    cli.write("failing.pol", FAILING)
    assert cli("test", "failing.pol", "--junit", "out.xml").code == 1
    suites = ElementTree.parse(cli.folder / "out.xml").getroot()
    assert suites.attrib["tests"] == "3"
    assert suites.attrib["failures"] == "2"
    cases = suites.findall(".//testcase")
    assert [case.attrib["line"] for case in cases] == ["14", "16", "18"]
    assert [len(case.findall("failure")) for case in cases] == [0, 1, 1]
    assert cases[1].find("failure").attrib["message"] == "expected allow, got deny"  # type: ignore[union-attr]
    assert cli("test", "failing.pol", "--junit", "no/such/out.xml").code == 2


def test_several_paths_are_programs_of_their_own(cli: Any) -> None:
    cli.write("failing.pol", FAILING)
    result = cli("test", "acme.pol", "failing.pol")
    assert result.out.endswith("3 passed, 2 failed\n")


def test_a_folder_is_one_program(cli: Any) -> None:
    cli.write("p/a.pol", FAILING.partition("test ")[0])
    cli.write("p/b.pol", 'policy b\nuse failing\ntest "other file"\n  kiro read Doc "a" => allow\n')
    assert cli("test", "p").out == "ok    other file\n1 passed\n"


def test_the_tests_of_what_is_used_are_not_run(cli: Any) -> None:
    cli.write("p/a.pol", FAILING)
    cli.write("p/b.pol", 'policy b\nuse failing\ntest "mine"\n  kiro read Doc "a" => allow\n')
    assert cli("test", "p/b.pol").out == "ok    mine\n1 passed\n"


def test_many_tests_are_listed_on_demand(cli: Any) -> None:
    head = FAILING.partition("test ")[0]
    tests = "\n".join(f'test "t{n}"\n  kiro read Doc "a" => allow' for n in range(50))
    cli.write("many.pol", f"{head}{tests}\n")
    assert cli("test", "many.pol").out == "50 passed\n"
    assert cli("test", "many.pol", "--verbose").out.count("ok  ") == 50


def test_a_policy_without_tests_says_so(cli: Any) -> None:
    cli.write("none.pol", FAILING.partition("test ")[0])
    result = cli("test", "none.pol")
    assert (result.code, result.out) == (0, "0 passed\n")
    assert "there are no tests here" in result.err


def test_an_inventory_is_known_to_the_tests(cli: Any) -> None:
    cli.write("i.yaml", "resources: [{type: Doc, id: a, attributes: {level: 1}}]\n")
    cli.write("failing.pol", FAILING)
    result = cli("test", "failing.pol", "--inventory", "i.yaml")
    assert "2 passed, 1 failed" in result.out


def test_a_policy_with_errors_has_no_tests(cli: Any) -> None:
    cli.write("bad.pol", FAILING.replace("level < 3", "levle < 3"))
    result = cli("test", "bad.pol")
    assert (result.code, result.out) == (1, "")
    assert "did you mean `level`?" in result.err
