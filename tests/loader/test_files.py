"""Bad files: each gives a clear diagnostic with its place, and never a policy."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from policylang.inventory import reading
from policylang.loader import PolicyError, check, load

GOOD = "policy shop\nuse std.risk\nresource Box\noperation open on Box is Read\n"


def codes(path: Path | list[Path]) -> list[str]:
    return [d.code for d in check(path).diagnostics if d.severity == "error"]


def missing(folder: Path) -> Path:
    return folder / "nowhere.pol"


def empty_folder(folder: Path) -> Path:
    (folder / "notes.txt").write_text("no policy")
    return folder


def hidden_only(folder: Path) -> Path:
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "shop.pol").write_text(GOOD)
    return folder


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.pol")
    return folder / "pipe.pol"


def pipe_in_folder(folder: Path) -> Path:
    (folder / "shop.pol").write_text(GOOD)
    os.mkfifo(folder / "pipe.pol")
    return folder


def device(folder: Path) -> Path:
    return Path("/dev/zero")


def unix_socket(folder: Path) -> Path:
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(folder / "s.pol"))
    server.close()
    return folder / "s.pol"


def link_in_a_circle(folder: Path) -> Path:
    (folder / "a.pol").symlink_to("b.pol")
    (folder / "b.pol").symlink_to("a.pol")
    return folder


def dangling_link(folder: Path) -> Path:
    (folder / "shop.pol").write_text(GOOD)
    (folder / "gone.pol").symlink_to("nowhere.pol")
    return folder


def latin(folder: Path) -> Path:
    (folder / "latin.pol").write_bytes(b"policy shop # caf\xe9\n")
    return folder / "latin.pol"


def nul(folder: Path) -> Path:
    (folder / "nul.pol").write_bytes(b"policy shop\n\0\n")
    return folder / "nul.pol"


def nul_in_name(folder: Path) -> Path:
    return Path("a\0b.pol")


def utf16(folder: Path) -> Path:
    (folder / "wide.pol").write_bytes("policy shop".encode("utf-16"))
    return folder / "wide.pol"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (missing, "P0001"),
        (empty_folder, "P0002"),
        (hidden_only, "P0002"),
        (pipe, "P0003"),
        (pipe_in_folder, "P0003"),
        (device, "P0003"),
        (unix_socket, "P0003"),
        (link_in_a_circle, "P0003"),
        (dangling_link, "P0001"),
        (latin, "P0004"),
        (utf16, "P0004"),
        (nul, "P0006"),
        (nul_in_name, "P0003"),
    ],
)
def test_bad_file(make: Callable[[Path], Path], code: str, tmp_path: Path) -> None:
    path = make(tmp_path)
    found = codes(path)
    assert found
    assert set(found) == {code}
    with pytest.raises(PolicyError) as refused:
        load(path)
    assert code in str(refused.value)
    assert refused.value.diagnostics[0].help


def test_the_offset_of_what_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "latin.pol"
    path.write_bytes(b"\xef\xbb\xbfpolicy caf\xe9\n")
    (problem,) = check(path).diagnostics
    assert "offset 13" in problem.message
    assert problem.source is not None
    assert problem.span is not None
    assert problem.source.at(problem.span) == f"{path}:1:11"


def test_a_file_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "long.pol"
    path.write_text(GOOD)
    assert reading.read_bytes(str(path), "long.pol", limit=len(GOOD)) == GOOD.encode()
    refused = reading.read_bytes(str(path), "long.pol", limit=len(GOOD) - 1)
    assert not isinstance(refused, bytes)
    assert refused.code == "P0005"


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> int:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "shop.pol"
    path.write_text(GOOD)
    monkeypatch.setattr(reading.os, "open", refuse)
    (problem,) = [d for d in check(path).diagnostics if d.source and d.source.name == str(path)]
    assert problem.code == "P0003"
    assert "permission denied" in problem.message


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace(" ", "\t").encode(),
        GOOD.encode() + b"# " + b"x" * 10_000_000 + b"\n",
    ],
    ids=["bom", "crlf", "tabs", "10 MB"],
)
def test_odd_but_good_files(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "shop.pol"
    path.write_bytes(data)
    assert codes(path) == []
    assert load(path).program.name == "shop"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n", b"# nothing\n"])
def test_an_empty_file_is_no_policy(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "empty.pol"
    path.write_bytes(data)
    assert codes(path)


def test_a_folder_that_is_named_like_a_policy(tmp_path: Path) -> None:
    (tmp_path / "inner.pol").mkdir()
    (tmp_path / "inner.pol" / "shop.pol").write_text(GOOD)
    assert codes(tmp_path / "inner.pol") == []


def test_links_stay_in_the_folder(tmp_path: Path) -> None:
    outside, policies = tmp_path / "outside", tmp_path / "policies"
    for folder in (outside, policies):
        folder.mkdir()
    (policies / "shop.pol").write_text(GOOD)
    (outside / "other.pol").write_text("policy other\nresource Other\n")
    (policies / "link.pol").symlink_to(outside / "other.pol")
    (policies / "folder").symlink_to(outside)
    result = check(policies)
    assert result.program is not None
    assert "other" not in result.program.modules
    assert [d.code for d in result.diagnostics if d.code == "P0007"] == ["P0007"]


def test_a_link_inside_of_the_folder_is_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "..data").mkdir()
    (tmp_path / "..data" / "shop.pol").write_text(GOOD)
    (tmp_path / "shop.pol").symlink_to("..data/shop.pol")
    assert codes(tmp_path) == []


def test_all_problems_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.pol").write_bytes(b"policy a \xff\n")
    (tmp_path / "b.pol").write_text("policy b\nuse std.nothing\nuse gone\n")
    (tmp_path / "c.pol").write_text("policy c\nresource 7\n")
    found = codes(tmp_path)
    assert found.count("P0190") == 2
    assert "P0004" in found
    assert len(found) >= 4
