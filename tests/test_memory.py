"""Results are remembered within bounds."""

from __future__ import annotations

from ld import memo
from ld.memo import Memory, remembered


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


def test_all_is_forgotten_when_another_vocabulary_is_used() -> None:
    made: list[str] = []

    @remembered
    def upper(text: str) -> str:
        made.append(text)
        return text.upper()

    assert upper("a") + upper("a") == "AA"
    memo.forget()
    assert upper("a") == "A"
    assert made == ["a", "a"]
