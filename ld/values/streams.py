"""Byte streams: counted while they are read, and unpacked where they are gzip or Zstandard."""

from __future__ import annotations

import gzip
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from isal import igzip, isal_zlib
from zstandard import ZstdDecompressor, ZstdError

from ld.errors import SourceError

Raw = io.IOBase | tempfile.SpooledTemporaryFile[bytes]
HEAD = 1 << 16
_DAMAGED = cast(type[Exception], isal_zlib.error)
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
# So little of a Zstandard file at a time that no bomb in it fills the memory.
_PIECE = 2048


@contextmanager
def unpacked(raw: Raw, place: str, on_bytes: Callable[[int], None] | None = None) -> Iterator[io.BufferedReader[Any]]:
    """Give the content of the stream; `on_bytes` is told how many bytes were read from it as it is.

    Raises SourceError, while it is read, where packed content is cut off or damaged.
    """
    with _buffered(_Counted(raw, on_bytes)) as stream:
        mark = stream.peek(4)[:4]
        try:
            if mark[:2] == _GZIP:
                opened = igzip.IGzipFile(fileobj=stream, mode="rb")  # type: ignore[no-untyped-call]
                with opened as packed, _buffered(packed) as plain:
                    yield plain
            elif mark == _ZSTD:
                with _buffered(_Unpacked(stream)) as plain:
                    yield plain
            else:
                yield stream
        except (gzip.BadGzipFile, EOFError, _DAMAGED) as error:
            raise SourceError(f"{place}: not a whole gzip file: {error}: fetch or pack it again") from None
        except ZstdError as error:
            raise SourceError(f"{place}: not a whole zstd file: {error}: fetch or pack it again") from None


def _buffered(packed: Any) -> io.BufferedReader[Any]:
    return io.BufferedReader(cast(io.RawIOBase, packed), HEAD)


class _Unpacked(io.RawIOBase):
    """The content of a Zstandard file, frame after frame (RFC 8878 §3.1). Raises ZstdError where it is cut off."""

    def __init__(self, packed: io.BufferedReader[Any]) -> None:
        self._packed = packed
        self._frame = ZstdDecompressor().decompressobj()
        self._begun = False
        self._unread = b""
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            data = self._unread or self._packed.read(_PIECE)
            if not data:
                if self._begun and not self._frame.eof:
                    raise ZstdError("it is cut off")
                return 0
            if self._frame.eof:
                self._frame = ZstdDecompressor().decompressobj()
            self._begun = True
            self._ready = memoryview(self._frame.decompress(data))
            self._unread = self._frame.unused_data
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size


class _Counted(io.RawIOBase):
    """A stream that tells how many bytes were read from it."""

    def __init__(self, raw: Raw, on_bytes: Callable[[int], None] | None) -> None:
        self.raw = raw
        self.on_bytes = on_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as the source goes: a pipe gives less at a time than it has."""
        filled, view = 0, memoryview(buffer)
        while filled < len(view):
            data = self.raw.read(len(view) - filled)
            if not data:
                break
            view[filled : filled + len(data)] = data
            filled += len(data)
        if self.on_bytes and filled:
            self.on_bytes(filled)
        return filled
