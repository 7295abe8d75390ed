"""What is made again and again is made once and remembered, within bounds: memory stays flat over all records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST = 50_000
# What has a longer text in it (an abstract given as a keyword) is hardly ever met again, and would fill the memory.
LONGEST = 500


class Memory(dict[K, V]):
    """A dictionary that makes what it does not have; when it is full it forgets everything and begins anew.

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
    """Return how many letters a key has, with those of its parts."""
    if isinstance(key, tuple):
        return sum(map(_length, key))
    return len(key) if isinstance(key, str) else 0


_functions: list[Memory[Any, Any]] = []


def remembered(make: Callable[[K], V], most: int = MOST) -> Callable[[K], V]:
    """Return a function that gives what `make` gives, and remembers it: a known argument costs a look-up."""
    memory = Memory(make, most)
    _functions.append(memory)
    return memory.__getitem__


def forget() -> None:
    """Forget what all remembered functions gave: another vocabulary says otherwise."""
    for memory in _functions:
        memory.clear()
