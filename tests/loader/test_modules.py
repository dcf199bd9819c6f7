"""Which files are in force: those asked for, what they use, and what always is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policylang.loader import check, check_text, load
from policylang.loader.modules import collect, module_of, standard_modules, used_in

TYPES = "policy acme.types\nuse std.risk\nresource Box\noperation open on Box is Read\n"
RULES = "policy acme.rules\nuse acme.types\nallow anyone to open on Box\n"


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.pol"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def modules(path: Path | list[Path]) -> tuple[str, ...]:
    return load(path).program.modules


def test_a_file_and_what_it_uses(tmp_path: Path) -> None:
    write(tmp_path, rules=RULES, deep__er__types=TYPES, unused="policy unused\nresource Box\n")
    found = modules(tmp_path / "rules.pol")
    assert set(found) == {"acme.rules", "acme.types", "std.risk", "std.self"}
    assert found[0] == "acme.rules"


def test_a_module_above_the_file_is_not_found(tmp_path: Path) -> None:
    write(tmp_path, types=TYPES, below__rules=RULES)
    (problem,) = (d for d in check(tmp_path / "below/rules.pol").diagnostics if d.code == "P0190")
    assert problem.message == "there is no module `acme.types`"


def test_a_folder_is_one_program(tmp_path: Path) -> None:
    write(tmp_path, rules=RULES, types=TYPES, other="policy other\nresource Other\n")
    assert set(modules(tmp_path)) >= {"acme.rules", "acme.types", "other"}


def test_two_files_of_a_folder_are_one_module(tmp_path: Path) -> None:
    more = "policy acme.types\nresource Bag\noperation open on Bag is Read\n"
    write(tmp_path, rules=RULES, types=TYPES, more=more)
    for path in (tmp_path, tmp_path / "rules.pol"):
        types = {t.name for t in load(path).program.resource_types if not t.builtin}
        assert types == {"Box", "Bag"}


def test_several_paths(tmp_path: Path) -> None:
    write(tmp_path, a__types=TYPES, b__rules=RULES)
    assert set(modules([tmp_path / "a", tmp_path / "b/rules.pol"])) >= {"acme.rules", "acme.types"}


def test_the_same_file_twice_is_one(tmp_path: Path) -> None:
    write(tmp_path, types=TYPES)
    assert modules([tmp_path, tmp_path / "types.pol"])[0] == "acme.types"


def test_std_self_and_std_risk_are_always_there() -> None:
    result = check_text("policy nothing\n")
    assert result.program is not None
    assert set(result.program.modules) >= {"std.self", "std.risk"}
    assert [source.name for source in result.sources] == ["policy.pol"]


@pytest.mark.parametrize("name", sorted(standard_modules()))
def test_every_module_of_the_standard_library_loads(name: str) -> None:
    result = check_text(f"policy mine\nuse {name}\n")
    assert [d for d in result.diagnostics if d.severity == "error"] == []


@pytest.mark.parametrize(
    ("text", "code", "help"),
    [
        ("policy a\nuse std.rsik\n", "P0190", "did you mean `std.risk`?"),
        ("policy a\nuse std.nothing.like.it\n", "P0190", "the standard library has"),
        ("policy a\nuse acme.tpyes\n", "P0190", "did you mean `acme.types`?"),
        ("policy a\nuse a\n", "P0191", "move what they share"),
        ("policy std.risk.mine\n", "P0192", "another name"),
    ],
)
def test_module_problems(text: str, code: str, help: str, tmp_path: Path) -> None:
    write(tmp_path, a=text, types=TYPES)
    (problem,) = (d for d in check(tmp_path / "a.pol").diagnostics if d.severity == "error")
    assert problem.code == code
    assert help in problem.help
    assert problem.span is not None


def test_a_cycle_is_told_once_with_every_step(tmp_path: Path) -> None:
    write(tmp_path, a="policy a\nuse b\n", b="policy b\nuse c\n", c="policy c\nuse a\n")
    (problem,) = (d for d in check(tmp_path / "a.pol").diagnostics if d.severity == "error")
    assert problem.message.endswith("`a` uses `b` uses `c` uses `a`")
    assert len(problem.labels) == 2


def test_std_does_not_come_from_the_users_folder(tmp_path: Path) -> None:
    write(tmp_path, a="policy a\nuse std.risk\n", risk="policy std.risk\nrisk Mine adaptive\n")
    program = load(tmp_path / "a.pol").program
    assert "Mine" not in {risk.name for risk in program.risks}


def test_a_broken_file_that_nobody_uses_is_nobodys_problem(tmp_path: Path) -> None:
    write(tmp_path, rules=RULES, types=TYPES, broken="policy broken\nresource\n")
    (tmp_path / "latin.pol").write_bytes(b"policy \xff")
    assert load(tmp_path / "rules.pol").program.name == "acme.rules"


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,5}(\.[a-z][a-z0-9_]{0,5}){0,2}", fullmatch=True)
GAPS = st.lists(
    st.sampled_from([" ", "\t", "\n", "\r\n", "# use of\n", "\n# policy x\n"]), min_size=1
)


@given(name=NAMES, used=st.lists(NAMES, max_size=3), before=GAPS, gap=GAPS)
def test_the_quick_look_sees_every_use(
    name: str, used: list[str], before: list[str], gap: list[str]
) -> None:
    space = "".join(gap) + "\n"
    text = "".join(before) + f"\npolicy{space}{name}\n"
    text += "".join(f"\nuse{space}{module}\n" for module in used)
    assert module_of(text.encode()) == name
    assert used_in(text.encode()) >= set(used)


def test_what_is_read_once_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, rules=RULES, types=TYPES)
    files = collect([tmp_path, tmp_path / "rules.pol"]).files
    assert len({file.path for file in files}) == len(files)
    assert sum(file.root for file in files) == 2
