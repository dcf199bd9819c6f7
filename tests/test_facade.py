"""`import policylang`: few names, all of them there, nothing leaks, and little is loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import policylang

HEAVY = ("lark", "networkx", "pydantic", "yaml", "sqlalchemy", "hypothesis", "z3", "sqlglot")
NEVER = ("asyncio", "http.server", "unittest", "tree_sitter")
POLICY = "policy shop\nuse std.risk\nresource Box\noperation open on Box is Read\n"


def loaded_by(code: str, *arguments: str) -> set[str]:
    program = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    return set(json.loads(ran.stdout.splitlines()[-1]))


def test_at_most_twenty_names() -> None:
    assert len(policylang.__all__) <= 20
    assert sorted(policylang.__all__) == policylang.__all__


@pytest.mark.parametrize("name", policylang.__all__)
def test_every_name_is_there(name: str) -> None:
    value = getattr(policylang, name)
    assert value.__doc__
    assert value.__module__.startswith("policylang.")


def test_nothing_leaks() -> None:
    program = (
        "import json, policylang\n"
        "print(json.dumps(sorted(n for n in vars(policylang) if n[0] != '_')))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert json.loads(ran.stdout) == ["Any", "TYPE_CHECKING", "annotations"]
    assert set(policylang.__all__) <= set(dir(policylang))
    with pytest.raises(AttributeError, match="Guard"):
        policylang.Guard  # noqa: B018


def test_the_import_loads_next_to_nothing() -> None:
    own = {name for name in loaded_by("import policylang") if name.startswith("policylang")}
    assert own == {"policylang"}


def test_deciding_from_the_cache_loads_nothing_heavy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICYLANG_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "shop.pol").write_text(POLICY)
    (tmp_path / "i.json").write_text('{"resources": [{"type": "Box", "id": "b"}]}')
    code = (
        "import sys, policylang\n"
        "p = policylang.load(sys.argv[1], inventory=sys.argv[2])\n"
        "p.decide(principal='a', operation='open', resource=policylang.Resource('Box', 'b'))\n"
        'p.decide(policylang.request_from_json(\'{"principal":{"id":"a"},"operation":"o",'
        '"resource":{"type":"T","id":"t"}}\'))'
    )
    arguments = (str(tmp_path / "shop.pol"), str(tmp_path / "i.json"))
    assert "lark" in loaded_by(code, *arguments)
    again = loaded_by(code, *arguments)
    assert not again.intersection((*HEAVY, *NEVER))
    assert "policylang.language" not in again
