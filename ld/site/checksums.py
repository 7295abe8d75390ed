"""Checksums of many files at once; a file that has been compared with its checksum is not read again."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from ld.errors import SiteError

CORES = os.cpu_count() or 1
_MOST = 10_000
_Stamp = tuple[int, int, int, int]
_lock = threading.Lock()
_compared: dict[_Stamp, str] = {}  # what was seen to be whole, the latest last; a forked child knows it too


def sha256(path: Path) -> str:
    """Return the SHA-256 of the file in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digests(paths: list[Path], threads: int = CORES, of: Callable[[Path], str] = sha256) -> Generator[tuple[Path, str]]:
    """Yield each file with its checksum, the largest first; stops when the caller does."""
    ordered = sorted(paths, key=lambda path: path.stat().st_size, reverse=True)
    if threads == 1:  # without an executor, whose threads would hold up the end of the program
        yield from ((path, of(path)) for path in ordered)
        return
    pool = ThreadPoolExecutor(threads)
    try:
        yield from zip(ordered, pool.map(of, ordered), strict=True)
    finally:
        pool.shutdown(cancel_futures=True)


def compare(folder: Path, expected: Mapping[str, str], threads: int = CORES) -> None:
    """Raise SiteError where a file is missing or differs from its checksum.

    A file that is known to be whole - on the same device, as large and as old as when it was compared - is not read
    again: generations share files by hard links.
    """
    stamps = {folder / name: _stamp(folder / name) for name in expected}
    wanted = {folder / name: digest for name, digest in expected.items()}
    unknown = [path for path, digest in wanted.items() if _compared.get(stamps[path]) != digest]
    with closing(digests(unknown, threads)) as found:
        for path, digest in found:
            if digest != wanted[path]:
                raise SiteError(f"{path}: differs from its checksum in the manifest: roll back or publish again")
            _remember(stamps[path], digest)


def _stamp(path: Path) -> _Stamp:
    if not path.is_file():
        raise SiteError(f"{path}: missing from its generation: roll back or publish again")
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _remember(stamp: _Stamp, digest: str) -> None:
    with _lock:
        _compared[stamp] = digest
        while len(_compared) > _MOST:
            del _compared[next(iter(_compared))]
