"""Byte streams: what is packed comes out whole or is said to be damaged, and every byte that was read is counted."""

from __future__ import annotations

import gzip
import io
import re

import pytest
from zstandard import ZstdCompressor

from ld.errors import SourceError
from ld.values.streams import HEAD, unpacked

DATA = bytes(range(256)) * 1_000


def zstd(data: bytes) -> bytes:
    """The data as one frame of Zstandard."""
    return ZstdCompressor().compress(data)


class Drip(io.BytesIO):
    """A stream that gives seven bytes at a time, as a pipe may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(7 if size is None or size < 0 else min(size, 7))


@pytest.mark.parametrize(
    ("raw", "content"),
    [
        (DATA, DATA), (b"", b""), (b"\x1f", b"\x1f"), (b"\x28\xb5\x2f", b"\x28\xb5\x2f"), (gzip.compress(DATA), DATA),
        (gzip.compress(b""), b""), (gzip.compress(DATA) * 2, DATA * 2), (zstd(DATA), DATA), (zstd(b""), b""),
        (zstd(DATA) + zstd(b"") + zstd(b"x"), DATA + b"x"), (zstd(b"\0" * 3_000_000), b"\0" * 3_000_000),
    ],
    ids=range(11),
)  # fmt: skip
@pytest.mark.parametrize("kind", [io.BytesIO, Drip])
def test_the_content_comes_out_whole_and_every_byte_is_counted(
    raw: bytes, content: bytes, kind: type[io.BytesIO]
) -> None:
    counted: list[int] = []
    with unpacked(kind(raw), "x", counted.append) as stream:
        assert stream.peek(1)[:1] == content[:1]
        assert stream.read() == content

    assert sum(counted) == len(raw)
    assert 0 not in counted and max(counted, default=0) <= HEAD


@pytest.mark.parametrize("size", [1, 7, 2_048, 65_537])
def test_it_is_read_in_pieces_of_any_size(size: int) -> None:
    with unpacked(io.BytesIO(zstd(DATA) + zstd(DATA)), "x") as stream:
        assert b"".join(iter(lambda: stream.read(size), b"")) == DATA * 2


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (gzip.compress(DATA)[:-9], "gzip"), (gzip.compress(DATA)[:-1], "gzip"), (b"\x1f\x8bxxxxxxxxxxxxxxxx", "gzip"),
        (zstd(DATA)[:-9], "zstd"), (zstd(DATA)[:-1], "zstd"), (zstd(DATA) + zstd(DATA)[:-1], "zstd"),
        (zstd(DATA)[:4], "zstd"), (b"\x28\xb5\x2f\xfd" + b"\xff" * 20, "zstd"), (zstd(DATA) + b"junk", "zstd"),
    ],
    ids=range(9),
)  # fmt: skip
def test_what_is_cut_off_or_damaged_is_said_to_be(raw: bytes, kind: str) -> None:
    where = re.escape(f"here: not a whole {kind} file: ") + ".*: fetch or pack it again"
    with pytest.raises(SourceError, match=where), unpacked(io.BytesIO(raw), "here") as stream:
        stream.read()
