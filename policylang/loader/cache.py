"""Remembers checked programs between processes, so that a policy that has not changed loads fast.

A record is data alone (MessagePack, decoded strictly against the types), found under the digest
of everything that it follows from: the compiler, and the bytes of every file. It carries an
HMAC-SHA256 (RFC 2104) of that digest and of its content under a key that only this user can read,
kept apart from the cache. Whatever is odd, be it a file that was altered, cut off, or that somebody
else could have written, is taken for not being there. Nothing here ever fails a load.

`POLICYLANG_CACHE_DIR` is the cache's folder; else `$XDG_CACHE_HOME/policylang`, else
`~/.cache/policylang`. The key is in `$XDG_STATE_HOME/policylang`, else `~/.local/state/policylang`.
With `POLICYLANG_NO_CACHE=1` nothing is read or written.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

MAGIC = b"policylang-cache-1\n"
KEY_BYTES = 32
MAX_RECORD = 512 * 2**20
"""The longest record that is read, in bytes."""
KEEP = 200
"""Records that are kept of each sort; the ones longest unused go first."""

_MAC_BYTES = hashlib.sha256().digest_size


class Cache:
    """Records of one sort, such as `programs`. `find` and `store` never raise."""

    def __init__(self, sort: str) -> None:
        self.sort = sort

    def find(self, digest: str) -> bytes | None:
        """What was stored under a digest (hexadecimal), if it is there and to be trusted."""
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            folder = self._folder()
            key = _key(create=False) if folder and _is_ours(os.lstat(folder), "folder") else None
            if folder is None or key is None:
                return None
            path = folder / digest
            data = _read_own(path, MAX_RECORD)
            if data is None or not data.startswith(MAGIC):
                return None
            mac, content = memoryview(data)[len(MAGIC) :][:_MAC_BYTES], data[_HEAD:]
            if hmac.compare_digest(mac, self._mac(key, digest, content)):
                os.utime(path)
                return content
        return None

    def store(self, digest: str, content: bytes) -> None:
        """Puts a record there whole or not at all."""
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            folder = self._folder()
            if folder is None or len(content) > MAX_RECORD - _HEAD:
                return
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_ours(os.lstat(folder), "folder"):
                return
            key = _key(create=True)
            if key is not None:
                mac = self._mac(key, digest, content)
                _replace(folder / digest, MAGIC + mac + content)
                _prune(folder)

    def _folder(self) -> Path | None:
        home = _home("POLICYLANG_CACHE_DIR", "XDG_CACHE_HOME", ".cache")
        return None if home is None or is_off() else home / self.sort

    def _mac(self, key: bytes, digest: str, content: bytes) -> bytes:
        return hmac.digest(key, f"{self.sort}\n{digest}\n".encode() + content, "sha256")


_HEAD = len(MAGIC) + _MAC_BYTES


def is_off() -> bool:
    """Whether the environment says that nothing is to be cached."""
    return os.environ.get("POLICYLANG_NO_CACHE", "") not in ("", "0")


def _home(own: str, shared: str, fallback: str) -> Path | None:
    if own and os.environ.get(own):
        return Path(os.environ[own])
    base = os.environ.get(shared, "")
    # XDG Base Directory Specification: a relative path is to be ignored.
    folder = Path(base) if os.path.isabs(base) else Path.home() / fallback
    return folder / "policylang"


def _is_ours(status: os.stat_result, sort: str) -> bool:
    """Whether only this user can have written it; a link is none of ours."""
    kind = stat.S_ISDIR if sort == "folder" else stat.S_ISREG
    return (
        kind(status.st_mode)
        and status.st_uid == os.geteuid()
        and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )


def _read_own(path: Path, limit: int) -> bytes | None:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        return file.read() if _is_ours(status, "file") and status.st_size <= limit else None


def _key(*, create: bool) -> bytes | None:
    """The secret; a file that others could have read or written is replaced by a new one."""
    home = _home("", "XDG_STATE_HOME", ".local/state")
    if home is None:
        return None
    path = home / "cache.key"
    key = _readable_key(path)
    if key is None and create:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_ours(os.lstat(home), "folder"):
            _replace(path, secrets.token_bytes(KEY_BYTES))
            key = _readable_key(path)
    return key


def _readable_key(path: Path) -> bytes | None:
    try:
        private = not os.lstat(path).st_mode & 0o077
    except OSError:
        return None
    key = _read_own(path, KEY_BYTES) if private else None
    return key if key is not None and len(key) == KEY_BYTES else None


def _replace(path: Path, content: bytes) -> None:
    """Writes a file that only this user can read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(draft, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(draft, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise


def _prune(folder: Path) -> None:
    with os.scandir(folder) as entries:
        records = [(entry.stat(follow_symlinks=False).st_mtime, entry.path) for entry in entries]
    for _, path in sorted(records)[: max(0, len(records) - KEEP)]:
        with contextlib.suppress(OSError):
            os.unlink(path)
