"""A JSON text becomes the documents in it, one after the other and in little memory, whatever its size.

It may be a list, an answer of a server with a list in it, or one document. msgspec finds where each value ends: it
says at which byte something stands behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import msgspec
from msgspec import Raw

from ld.errors import SourceError
from ld.readers.limits import JSON_BYTES
from ld.readers.share import BLOCK_BYTES

Path = tuple[str, ...]
_BEHIND = "JSON is malformed: trailing characters"
_BLANK = b" \t\r\n"
# What stands around the list of an answer is looked at up to this size: counts, and the query.
_AROUND_BYTES = 1 << 16
_scan = msgspec.json.Decoder(Raw).decode


class JsonText:
    """A JSON text while it is read: its signs and values, in their order. `begun` is what has been read of it."""

    def __init__(self, stream: BinaryIO, begun: bytes, place: str) -> None:
        self._stream = stream
        self._data = begun
        self._at = 0
        self._kept: int | None = None
        self._ended = False
        self._passed = self._line = self._column = 0
        self._place = place

    def sign(self) -> bytes:
        """Return the next sign that is not blank, without taking it; empty at the end."""
        while True:
            while (sign := self._data[self._at : self._at + 1]) and sign in _BLANK:
                self._at += 1
            if sign or not self._more():
                return sign

    def value(self) -> bytes:
        """Return the next value, as it came."""
        self.sign()
        while (end := self._end()) is None:
            pass
        data, self._at = self._data[self._at : end], end
        return data.rstrip(_BLANK)

    def members(self) -> Iterator[str]:
        """Yield the names in an object; whoever gets one must take its value."""
        self._take(b"{")
        more = not self._took(b"}")
        while more:
            if self.sign() != b'"':
                raise self._wrong("expected a name")
            name = msgspec.json.decode(self.value(), type=str)
            self._take(b":")
            yield name
            if more := not self._took(b"}"):
                self._take(b",")

    def items(self) -> Iterator[bytes]:
        """Yield the values in a list."""
        self._take(b"[")
        more = not self._took(b"]")
        while more:
            yield self.value()
            if more := not self._took(b"]"):
                self._take(b",")

    def keep(self) -> None:
        """Hold what comes from here on, until `kept` or `release`."""
        self.sign()
        self._kept = self._at

    def release(self) -> None:
        """Hold it no longer."""
        self._kept = None

    def kept(self) -> bytes:
        """Return what was held; raises SourceError where it is not UTF-8."""
        begin = self._kept or 0
        data = self._data[begin : self._at]
        self._kept = None
        try:
            data.decode()
        except UnicodeDecodeError as error:
            at = self._passed + begin + error.start
            raise SourceError(f"{self._place}: not UTF-8 at byte {at}: save the file as UTF-8") from None
        return data

    def _take(self, sign: bytes) -> None:
        if not self._took(sign):
            raise self._wrong(f"expected '{sign.decode()}'")

    def _took(self, sign: bytes) -> bool:
        there = self.sign() == sign
        self._at += there
        return there

    def _end(self) -> int | None:
        """Return where the value ends that begins here, None where more has been read to find out."""
        left = len(self._data) - self._at
        try:
            _scan(memoryview(self._data)[self._at :])
        except msgspec.DecodeError as error:
            said, _, byte = str(error).partition(" (byte ")
            at = int(byte.rstrip(")")) if byte else left
            if said == _BEHIND:
                return self._at + at - 1
            if at >= left and self._more():
                return None
            raise self._wrong(said.removeprefix("JSON is malformed: "), at) from None
        except RecursionError:
            where = f"{self._place}: is nested too deeply to hold catalogue records"
            raise SourceError(f"{where}{self._position(0)}: check the file") from None
        return None if self._more() else len(self._data)

    def _more(self) -> bool:
        """Read more of the text, at least as much as is held of it; return whether there was any."""
        if self._ended:
            return False
        begin = self._at if self._kept is None else self._kept
        if len(self._data) - begin > JSON_BYTES:
            limit = f"{JSON_BYTES >> 20} MiB"
            raise SourceError(f"{self._place}: one JSON value of more than {limit}: save it as JSON Lines")
        self._forget(begin)
        more = self._stream.read(max(BLOCK_BYTES, len(self._data)))
        self._data += more
        self._ended = not more
        return bool(more)

    def _forget(self, begin: int) -> None:
        """Let go of what has been taken, but for where it stood."""
        last = self._data.rfind(b"\n", 0, begin)
        self._line += self._data.count(b"\n", 0, begin)
        self._column = begin - last - 1 if last >= 0 else self._column + begin
        self._passed += begin
        self._at -= begin
        self._data = self._data[begin:]
        if self._kept is not None:
            self._kept = 0

    def _wrong(self, said: str, behind: int = 0) -> SourceError:
        """Return the error, which names line and column of the byte so far behind the place that is read."""
        return SourceError(f"{self._place}: not JSON: {said}{self._position(behind)}: is the file cut off?")

    def _position(self, behind: int) -> str:
        at = self._at + behind
        last = self._data.rfind(b"\n", 0, at)
        line = self._line + self._data.count(b"\n", 0, at) + 1
        return f" (line {line}, column {at - last if last >= 0 else self._column + at + 1})"


class Answer:
    """The documents in a JSON text, each as it came, and when all have been taken, what stands `around` their list.

    `paths` tell where answers keep them. An object without such a list is itself the one document.
    """

    def __init__(self, text: JsonText, paths: tuple[Path, ...]) -> None:
        self.around: dict[str, Raw] = {}
        self.count = 0
        self._text = text
        self._inner = {path[0]: path[-1] for path in paths}
        self._listed = False

    def __iter__(self) -> Iterator[bytes]:
        for document in self._documents():
            self.count += 1
            yield document

    def _documents(self) -> Iterator[bytes]:
        if self._text.sign() == b"[":
            yield from self._text.items()
            return
        self._text.keep()
        if self._text.sign() == b"{":
            for name in self._text.members():
                yield from self._member(name)
        else:
            self._text.value()
        if not self._listed:
            self.around = {}
            yield self._text.kept()

    def _member(self, name: str) -> Iterator[bytes]:
        inner, sign = self._inner.get(name), self._text.sign()
        if inner == name and sign == b"[":
            yield from self._list()
        elif inner is not None and sign == b"{" and not self._listed:
            for within in self._text.members():
                if within == inner and self._text.sign() == b"[":
                    yield from self._list()
                else:
                    self._look(within, self._text.value())
        else:
            value = self._text.value()
            if name not in self.around:  # what stands beside the list itself counts more
                self._look(name, value)

    def _list(self) -> Iterator[bytes]:
        self._text.release()
        if self._listed:
            self._text.value()
            return
        self._listed = True
        yield from self._text.items()

    def _look(self, name: str, value: bytes) -> None:
        if len(value) <= _AROUND_BYTES:
            self.around[name] = Raw(value)
