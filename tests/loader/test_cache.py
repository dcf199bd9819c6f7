"""The cache: found when nothing has changed, and never believed when anything is odd."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from policylang.loader import Policy, PolicyError, load
from policylang.loader import compiled_programs as programs
from policylang.loader.cache import KEEP, MAGIC, Cache
from policylang.model.request import Resource

POLICY = """\
policy shop
use std.risk
resource Box { size: Int }
operation open on Box is Read
allow any human to open on Box
    when resource.size > 99999999999999999999999
"""
UNREAD = "resource Bag { unread: Int }\n"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "shop.pol"
    path.write_text(POLICY)
    return path


def records(home: Path) -> list[Path]:
    return [p for p in (home / "cache" / "programs").glob("*") if not p.name.startswith(".")]


def only(home: Path) -> Path:
    (record,) = records(home)
    return record


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with every load that compiles."""
    from policylang.loader import checking

    seen: list[str] = []
    checked = checking.checked

    def spy(collected: object) -> object:
        seen.append("compiled")
        return checked(collected)  # type: ignore[arg-type]

    monkeypatch.setattr(checking, "checked", spy)
    return seen


def same(left: Policy, right: Policy) -> bool:
    return (
        left.program == right.program
        and left.digest == right.digest
        and [(d.code, d.message, d.span, d.help) for d in left.diagnostics]
        == [(d.code, d.message, d.span, d.help) for d in right.diagnostics]
    )


def test_the_second_load_compiles_nothing(policy: Path, parses: list[str]) -> None:
    policy.write_text(POLICY + UNREAD)
    first, second = load(policy), load(policy)
    assert parses == ["compiled"]
    assert same(first, second)
    assert first.diagnostics
    warning = second.diagnostics[0]
    assert warning.source is not None
    assert warning.span is not None
    assert "unread" in warning.source.line(warning.source.position(warning.span.start)[0])


@pytest.mark.parametrize("change", [" ", "# x\n", "resource Bag\n"])
def test_any_change_of_a_file_compiles_again(policy: Path, parses: list[str], change: str) -> None:
    load(policy)
    policy.write_text(POLICY + change)
    assert "Bag" not in change or any(t.name == "Bag" for t in load(policy).program.resource_types)
    load(policy)
    assert len(parses) == 2


def test_a_new_file_of_a_used_module_is_not_missed(tmp_path: Path, parses: list[str]) -> None:
    (tmp_path / "shop.pol").write_text("policy shop\nuse parts\n" + POLICY.split("\n", 1)[1])
    (tmp_path / "parts.pol").write_text("policy parts\nresource Part\n")
    allowed = load(tmp_path / "shop.pol")
    (tmp_path / "more.pol").write_text("policy parts\nuse std.risk\nresource More\n")
    again = load(tmp_path / "shop.pol")
    assert len(again.program.resource_types) == len(allowed.program.resource_types) + 1


def test_another_compiler_finds_nothing(
    policy: Path, parses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load(policy)
    monkeypatch.setattr(programs, "compiler_digest", lambda: b"another")
    load(policy)
    assert len(parses) == 2


def test_the_same_text_under_another_name_is_another_record(
    policy: Path, own_cache: Path, tmp_path: Path
) -> None:
    load(policy)
    copy = tmp_path / "copy.pol"
    copy.write_text(POLICY)
    assert load(copy).program.rules[0].at.startswith("copy.pol:")
    assert len(records(own_cache)) == 2


def test_a_policy_with_errors_is_never_stored(policy: Path, own_cache: Path) -> None:
    policy.write_text(POLICY + "use nothing\n")
    for _ in range(2):
        with pytest.raises(PolicyError):
            load(policy)
    assert not records(own_cache)


def test_every_flipped_byte_is_noticed(own_cache: Path) -> None:
    cache = Cache("trial")
    cache.store("ab", b"content of a record")
    path = own_cache / "cache" / "trial" / "ab"
    whole = path.read_bytes()
    assert cache.find("ab") == b"content of a record"
    for index in range(len(whole)):
        for bit in (1, 128):
            path.write_bytes(whole[:index] + bytes([whole[index] ^ bit]) + whole[index + 1 :])
            assert cache.find("ab") is None, index
    path.write_bytes(whole)
    assert cache.find("ab") == b"content of a record"


def test_every_truncation_and_extension_is_noticed(own_cache: Path) -> None:
    cache = Cache("trial")
    cache.store("ab", b"content of a record")
    path = own_cache / "cache" / "trial" / "ab"
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert cache.find("ab") is None, length
    path.write_bytes(whole + b"\0")
    assert cache.find("ab") is None


def test_a_flipped_byte_of_a_program_is_compiled_again(
    policy: Path, own_cache: Path, parses: list[str]
) -> None:
    first = load(policy)
    path = only(own_cache)
    whole = path.read_bytes()
    for count, index in enumerate(range(0, len(whole), max(1, len(whole) // 40)), start=2):
        path.write_bytes(whole[:index] + bytes([whole[index] ^ 1]) + whole[index + 1 :])
        assert same(load(policy), first)
        assert len(parses) == count


def test_a_record_is_not_believed_under_another_name(own_cache: Path) -> None:
    cache, other = Cache("trial"), Cache("other")
    cache.store("ab", b"yes")
    other.store("ab", b"no")
    folder = own_cache / "cache"
    os.replace(folder / "trial" / "ab", folder / "trial" / "cd")
    assert cache.find("cd") is None
    os.replace(folder / "other" / "ab", folder / "trial" / "ab")
    assert cache.find("ab") is None


def test_another_users_key_is_not_believed(own_cache: Path) -> None:
    cache = Cache("trial")
    cache.store("ab", b"yes")
    key = own_cache / "state" / "policylang" / "cache.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.write_bytes(b"x" * 32)
    assert cache.find("ab") is None


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_record_that_others_could_write(own_cache: Path, mode: int) -> None:
    cache = Cache("trial")
    cache.store("ab", b"yes")
    (own_cache / "cache" / "trial" / "ab").chmod(mode)
    assert cache.find("ab") is None


@pytest.mark.parametrize("mode", [0o770, 0o777, 0o702])
def test_a_folder_that_others_could_write(own_cache: Path, mode: int) -> None:
    cache = Cache("trial")
    cache.store("ab", b"yes")
    (own_cache / "cache" / "trial").chmod(mode)
    assert cache.find("ab") is None
    cache.store("cd", b"yes")
    assert not (own_cache / "cache" / "trial" / "cd").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_could_read_is_replaced(own_cache: Path, mode: int) -> None:
    cache = Cache("trial")
    cache.store("ab", b"yes")
    path = own_cache / "state" / "policylang" / "cache.key"
    old = path.read_bytes()
    path.chmod(mode)
    assert cache.find("ab") is None
    cache.store("ab", b"yes")
    assert cache.find("ab") == b"yes"
    assert path.read_bytes() != old


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_another_user_owns(own_cache: Path) -> None:
    cache = Cache("trial")
    cache.store("ab", b"yes")
    path = own_cache / "cache" / "trial" / "ab"
    os.chown(path, 12345, 12345)
    assert cache.find("ab") is None
    os.chown(path, 0, 0)
    os.chown(path.parent, 12345, 12345)
    assert cache.find("ab") is None


def test_a_link_in_place_of_a_record(own_cache: Path, tmp_path: Path) -> None:
    cache = Cache("trial")
    cache.store("ab", b"yes")
    path = own_cache / "cache" / "trial" / "ab"
    os.replace(path, tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert cache.find("ab") is None
    cache.store("ab", b"new")
    assert not path.is_symlink()
    assert (tmp_path / "elsewhere").read_bytes().endswith(b"yes")


def test_a_pipe_in_place_of_a_record_does_not_hang(own_cache: Path) -> None:
    cache = Cache("trial")
    cache.store("ab", b"yes")
    path = own_cache / "cache" / "trial" / "ab"
    path.unlink()
    os.mkfifo(path)
    assert cache.find("ab") is None


def test_a_well_signed_record_that_is_no_program(policy: Path, parses: list[str]) -> None:
    from policylang.loader.modules import collect

    key = programs.key_of(collect([policy]))
    for content in (b"", b"\x93\xc4\x01P\xa1x\x90", b"\xc1", b"\x93" * 5000):
        programs._PROGRAMS.store(key, content)
        assert load(policy).program.name == "shop"
    assert len(parses) == 4


@pytest.mark.parametrize("where", ["cache", "state"])
def test_a_place_that_cannot_be_written_fails_nothing(
    policy: Path, own_cache: Path, where: str
) -> None:
    (own_cache / where).write_text("a file, where a folder should be")
    assert load(policy).program.name == "shop"
    assert load(policy).program.name == "shop"


def test_no_home_fails_nothing(policy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POLICYLANG_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", staticmethod(homeless))
    assert load(policy).program.name == "shop"


def test_switched_off(policy: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(policy, cache=False)
    assert not records(own_cache)
    monkeypatch.setenv("POLICYLANG_NO_CACHE", "1")
    load(policy)
    assert not records(own_cache)
    monkeypatch.setenv("POLICYLANG_NO_CACHE", "0")
    load(policy)
    assert records(own_cache)


def test_concurrent_writers_leave_one_whole_record(own_cache: Path) -> None:
    cache = Cache("trial")
    contents = [bytes([65 + n]) * 50_000 for n in range(8)]
    seen: set[bytes | None] = set()

    def work(content: bytes) -> None:
        for _ in range(20):
            cache.store("ab", content)
            seen.add(cache.find("ab"))

    threads = [threading.Thread(target=work, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Two writers that both find no key may each make one; what either signed is then not there.
    assert seen <= {*contents, None}
    cache.store("ab", b"last")
    assert cache.find("ab") == b"last"
    assert [p.name for p in (own_cache / "cache" / "trial").iterdir()] == ["ab"]


def test_the_oldest_records_go(own_cache: Path) -> None:
    cache = Cache("trial")
    for number in range(KEEP + 5):
        cache.store(f"{number:04}", b"x")
        os.utime(own_cache / "cache" / "trial" / f"{number:04}", (number, number))
    left = sorted(p.name for p in (own_cache / "cache" / "trial").iterdir())
    assert len(left) == KEEP
    assert left[-1] == f"{KEEP + 4:04}"


def test_records_hold_data_alone(policy: Path, own_cache: Path) -> None:
    load(policy)
    content = only(own_cache).read_bytes()
    assert content.startswith(MAGIC)
    assert b"pickle" not in content
    assert b"\x80\x04" not in content[:80]


def test_decisions_are_the_same_from_the_cache(policy: Path) -> None:
    big, small = 10**30, 5
    for size in (big, small):
        box = Resource("Box", "b", size=size)
        first, second = (
            load(policy).decide(principal="ana", operation="open", resource=box) for _ in range(2)
        )
        assert first == second
