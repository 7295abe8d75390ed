"""Results are remembered instead of computed again, within bounds: memory stays flat however many the records."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Generic, ParamSpec, TypeVar, cast

K = TypeVar("K")
V = TypeVar("V")
P = ParamSpec("P")

MOST = 50_000
# What has a longer text in it (an abstract given as a keyword) is hardly ever met again, and would fill the memory.
LONGEST = 500


class Memory(dict[K, V]):
    """A dictionary that makes the values it lacks; when it is full, it forgets everything and begins anew.

    >>> length = Memory(len)
    >>> length["four"], list(length)
    (4, ['four'])
    """

    __slots__ = ("longest", "make", "most")

    def __init__(self, make: Callable[[K], V], most: int = MOST, longest: int = LONGEST) -> None:
        super().__init__()
        self.make = make
        self.most = most
        self.longest = longest

    def __missing__(self, key: K) -> V:
        made = self.make(key)
        if _length(key) > self.longest:
            return made
        if len(self) >= self.most:
            self.clear()
        self[key] = made
        return made


def _length(key: object) -> int:
    """Return the number of letters in a key and its parts."""
    if isinstance(key, tuple):
        return sum(map(_length, key))
    return len(key) if isinstance(key, str) else 0


_clear: list[Callable[[], None]] = []


def remembered(make: Callable[[K], V], most: int = MOST, longest: int = LONGEST) -> Callable[[K], V]:
    """Return `make` as a function that remembers its results: a known argument costs one look-up."""
    memory = Memory(make, most, longest)
    _clear.append(memory.clear)
    return memory.__getitem__


def cached(most: int | None = None) -> Callable[[Callable[P, V]], Callable[P, V]]:
    """Return `functools.lru_cache` for a function of the program, with whatever arguments; None is for no bound.

    All of these are made here, so that `forget` knows them.
    """

    def decorate(function: Callable[P, V]) -> Callable[P, V]:
        made = lru_cache(most)(function)
        _clear.append(made.cache_clear)
        return cast(Callable[P, V], made)  # whose arguments the library's type does not know

    return decorate


def forget() -> None:
    """Forget the results of all remembered and cached functions: another vocabulary changes them."""
    for clear in _clear:
        clear()


class Shelf(Generic[K]):
    """Texts that are often asked for, up to a number of bytes; shared by all threads of a process.

    It has two halves: a text that is put or asked for goes into the younger, and when that is full, the older one is
    forgotten. So getting a text costs a look-up and no lock.
    """

    def __init__(self, most: int) -> None:
        self._half = most // 2
        self._reset()
        os.register_at_fork(after_in_child=self._reset)  # another thread of the parent may have held the lock

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._young: dict[K, str] = {}
        self._old: dict[K, str] = {}
        self._used = 0

    def get(self, key: K) -> str | None:
        """Return the text, None where it is not, or no longer, kept."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.put(key, found)
        return found

    def put(self, key: K, text: str) -> None:
        """Keep the text, unless it alone would fill the shelf."""
        size = sys.getsizeof(text) + _size(key) + _ENTRY
        if size > self._half:
            return
        with self._lock:
            if key in self._young:
                return
            if self._used + size > self._half:
                self._old, self._young, self._used = self._young, {}, 0
            self._young[key] = text
            self._used += size


# What a dictionary takes for an entry while it is fullest: hash, key and value, with room for half as many again.
_ENTRY = 100


def _size(key: object) -> int:
    """Return the number of bytes in a key and its parts."""
    return sys.getsizeof(key) + (sum(map(sys.getsizeof, key)) if isinstance(key, tuple) else 0)
