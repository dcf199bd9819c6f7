"""Checked programs in the cache: what they follow from, and how they are kept."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from policylang.diagnostics.diagnostic import Diagnostic, Label
from policylang.diagnostics.span import Source, Span
from policylang.inventory.reading import text_of
from policylang.ir import codec
from policylang.ir.program import Program
from policylang.loader.cache import Cache
from policylang.loader.files import PolicyFile
from policylang.loader.modules import Collected

_COMPILER = ("language", "semantics", "ir", "model", "diagnostics", "loader")
_PROGRAMS = Cache("programs")


class Compiled(Struct, frozen=True):
    """A program without errors, its warnings, and the digest of what it means."""

    program: Program
    diagnostics: tuple[Diagnostic, ...]
    digest: str


class _Place(Struct, frozen=True, array_like=True):
    file: str
    start: int
    end: int
    text: str


class _Told(Struct, frozen=True, array_like=True):
    """A diagnostic without the text of its files; an offset of -1 means the whole file."""

    code: str
    severity: str
    message: str
    place: _Place | None
    help: str
    places: tuple[_Place, ...]


class _Record(Struct, frozen=True, array_like=True):
    program: bytes
    digest: str
    told: tuple[_Told, ...]


_decoder = msgspec.msgpack.Decoder(_Record, strict=True)


def key_of(collected: Collected) -> str:
    """The digest of everything that the program and its warnings follow from."""
    parts: list[Any] = [compiler_digest()]
    parts += ((f.name, f.home, f.root, hashlib.sha256(f.data).digest()) for f in collected.files)
    parts.append(collected.headers)
    parts.append([(problem.code, problem.message) for problem in collected.problems])
    return hashlib.sha256(msgspec.msgpack.encode(parts)).hexdigest()


@cache
def compiler_digest() -> bytes:
    """Of everything that has a say in what a text means: a changed compiler finds nothing old."""
    import policylang

    package = Path(policylang.__file__).parent
    digest = hashlib.sha256()
    for name in _COMPILER:
        for path in sorted((package / name).rglob("*")):
            if path.suffix in (".py", ".lark"):
                data = path.read_bytes()
                digest.update(f"{path.relative_to(package).as_posix()}\n{len(data)}\n".encode())
                digest.update(data)
    return digest.digest()


def find(key: str, collected: Collected) -> Compiled | None:
    """What was compiled from the same files before."""
    data = _PROGRAMS.find(key)
    if data is None:
        return None
    try:
        with without_gc():
            record = _decoder.decode(data)
            program = codec.decode(record.program)
            told = _told_again(record.told, collected.files)
        return Compiled(program, told, record.digest)
    except (msgspec.MsgspecError, ValueError, KeyError):
        return None


def store(key: str, compiled: Compiled) -> None:
    record = (codec.encode(compiled.program), compiled.digest, _told(compiled.diagnostics))
    _PROGRAMS.store(key, msgspec.msgpack.encode(record))


@contextmanager
def without_gc() -> Iterator[None]:
    """Hundreds of thousands of new records, none of them garbage: collecting only costs time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _told(diagnostics: tuple[Diagnostic, ...]) -> tuple[_Told, ...]:
    return tuple(
        _Told(
            d.code,
            d.severity,
            d.message,
            _Place(d.source.name, *_offsets(d.span), d.label) if d.source else None,
            d.help,
            tuple(_Place(x.source.name, *_offsets(x.span), x.text) for x in d.labels),
        )
        for d in diagnostics
    )


def _offsets(span: Span | None) -> tuple[int, int]:
    return (span.start, span.end) if span else (-1, -1)


def _told_again(told: tuple[_Told, ...], files: tuple[PolicyFile, ...]) -> tuple[Diagnostic, ...]:
    source = _sources(files)
    return tuple(
        Diagnostic(
            item.code,
            item.severity,  # type: ignore[arg-type]
            item.message,
            source(item.place.file) if item.place else None,
            _span(item.place) if item.place else None,
            item.place.text if item.place else "",
            item.help,
            tuple(Label(source(p.file), _span(p) or Span(0, 0), p.text) for p in item.places),
        )
        for item in told
    )


def _span(place: _Place) -> Span | None:
    return None if place.start < 0 else Span(place.start, place.end)


def _sources(files: tuple[PolicyFile, ...]) -> Callable[[str], Source]:
    by_name = {file.name: file.data for file in files}
    made: dict[str, Source] = {}

    def source(name: str) -> Source:
        if name not in made:
            read = text_of(by_name[name], name) if name in by_name else Source(name, "")
            made[name] = read if isinstance(read, Source) else Source(name, "")
        return made[name]

    return source
