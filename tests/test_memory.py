"""Results are remembered within bounds, and forgotten together."""

from __future__ import annotations

import importlib
import itertools
import threading
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import _lru_cache_wrapper
from types import BuiltinMethodType
from typing import Any

import pytest
from conftest import BASE, SEED
from test_doctests import NAMES

from ld import memo
from ld.memo import Memory, Shelf, cached, remembered
from ld.site.documents import Document, Documents
from ld.site.generation import Generation


def test_it_forgets_when_it_is_full() -> None:
    made: list[int] = []

    def twice(n: int) -> int:
        made.append(n)
        return 2 * n

    double = Memory(twice, most=3)

    assert [double[n] for n in (1, 2, 3, 1, 4, 1)] == [2, 4, 6, 2, 8, 2]
    assert made == [1, 2, 3, 4, 1]
    assert len(double) <= 3


def test_long_keys_are_not_kept() -> None:
    length: Memory[str, int] = Memory(len)
    pair: Memory[tuple[str, str], int] = Memory(len)

    assert length["x" * 1_000] == 1_000
    assert pair["x" * 400, "y" * 400] == 2
    assert not length and not pair


@pytest.mark.parametrize("remember", [remembered, cached(), cached(3)])
def test_all_is_forgotten_when_another_vocabulary_is_used(remember: Callable[[Any], Any]) -> None:
    made: list[str] = []

    @remember
    def upper(text: str) -> str:
        made.append(text)
        return text.upper()

    assert upper("a") + upper("a") == "AA"
    memo.forget()
    assert upper("a") == "A"
    assert made == ["a", "a"]


def keeper(found: object) -> object:
    """What remembers the results of a function of ours; None where nothing does."""
    if type(found) is BuiltinMethodType:  # a remembered function is a method of its memory
        found = found.__self__
    cached = type(found) is _lru_cache_wrapper and found.__module__.startswith("ld.")
    return found if type(found) is Memory or cached else None


def test_no_module_remembers_what_cannot_be_forgotten() -> None:
    """What a module keeps for all is made by `ld.memo`: what else would tell it that the vocabulary is another one?"""
    kept = [
        (f"{name}: {found}", keeper(found))
        for name in NAMES
        for found in vars(importlib.import_module(name)).values()
        if keeper(found) is not None
    ]
    known = [getattr(clear, "__self__", None) for clear in memo._clear]

    assert len(kept) > 20
    assert not [what for what, one in kept if not any(one is other for other in known)]


# -- texts in so many bytes --------------------------------------------------------------------------------------------


def test_a_shelf_gives_back_what_was_put_there() -> None:
    shelf = Shelf[str](1 << 16)
    shelf.put("a", "one")
    shelf.put("a", "two")
    shelf.put("b", "")

    assert (shelf.get("a"), shelf.get("b"), shelf.get("c")) == ("one", "", None)


def test_what_is_asked_for_stays_and_the_rest_goes() -> None:
    shelf = Shelf[int](1 << 16)
    shelf.put(-1, "asked for")
    for n in range(10_000):
        shelf.put(n, "text")
        assert shelf.get(-1) == "asked for"

    assert shelf.get(0) is None
    assert shelf.get(9_999) == "text"


def test_what_would_fill_the_shelf_is_not_put_there() -> None:
    shelf = Shelf[str](1000)
    shelf.put("small", "x")
    shelf.put("large", "x" * 1000)

    assert (shelf.get("small"), shelf.get("large")) == ("x", None)


@pytest.mark.parametrize("text", ["", "x" * 100, "数" * 1000, "𝄞" * 5000])
def test_a_shelf_has_its_bytes_and_no_more_whoever_fills_it(text: str) -> None:
    """Sixteen threads fill it ten times over; what the process then has more is within the bound."""
    most = 2 << 20
    each = 10 * most // (150 + 2 * len(text)) // 16
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        shelf = Shelf[tuple[int, str]](most)

        def fill(thread: int) -> None:
            for n in range(each):
                shelf.put((thread, f"subject/{n}"), f"{text}{n}")

        threads = [threading.Thread(target=fill, args=(n,)) for n in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        more = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()

    there = [one for one in itertools.product(range(16), range(each)) if shelf.get((one[0], f"subject/{one[1]}"))]
    assert there
    assert most / 3 < more < most


def test_what_one_thread_has_read_of_shared_things_all_have(
    generation: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One store of them a process, however many threads; and where it holds next to nothing, documents are the same."""
    asked: list[int] = []
    numbered = Documents._numbered

    def counted(self: Documents, number: int) -> Document | None:
        asked.append(number)
        return numbered(self, number)

    monkeypatch.setattr(Documents, "_numbered", counted)
    documents = Documents(generation.path, BASE)
    record = next(one for one in documents.records() if one.path == f"record/{SEED}")

    def around() -> list[str]:
        with closing(documents):
            return documents.around(record)

    def read() -> list[str]:
        with ThreadPoolExecutor(1) as other:
            return other.submit(around).result()

    first, times = read(), len(asked)
    assert read() == first
    assert times > 3
    assert len(asked) - times <= 1  # the journal, which is asked for as a whole document

    monkeypatch.setattr("ld.site.documents._TOLD", Shelf(1000))
    assert read() == first
    documents.close()
