"""Pages: what a source writes into its fields for first and last page becomes a first page, a last page, both in one.

Only what is certain is taken apart: "1-22" is a range, "e2019-045" and "16-1" are numbers of their own.
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from ld.memo import cached, remembered
from ld.values import text
from ld.values.vocab import vocabulary

_ROMAN = re.compile(r"(?=[ivxlcdm])m{0,4}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})", re.IGNORECASE)
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_NUMBER = re.compile(r"([^\W\d_]{0,3}|[0-9]{1,6}\.[a-z])([0-9]{1,9})([a-z]?)", re.IGNORECASE)
_SURE_SIGN = re.compile(r"\s*(?:[\u2012-\u2015\u2212~]|-{2,}|\s-|-\s)\s*")
_LONGEST = 500
_LIST = re.compile(r"\s*[,;+&]\s*")
_LABEL = re.compile(r"([^\W\d_]{1,10}\.?)\s*(?=[0-9]|[ivxlcdm]+\b)", re.IGNORECASE)
_DIGITS = re.compile(r"[1-9][0-9]{0,8}")


class Pages(Struct, frozen=True):
    """First page, last page, both as one text; `problem` says what was left out of the values, empty for nothing.

    The range sign of the text is a hyphen, as BIBO and schema.org write it, and an en dash where a page itself has
    a hyphen.
    """

    start: str = ""
    end: str = ""
    text: str = ""
    problem: str = ""


def _read(values: tuple[str, str]) -> Pages:
    """Return the pages of the two fields of a source, either of which may hold both.

    >>> _read(("16-1", "16-4")), _read(("123", "5")).end, _read(("1-22", "")).start
    (Pages(start='16-1', end='16-4', text='16-1–16-4', problem=''), '125', '1')
    """
    if max(map(len, values)) > _LONGEST:
        return Pages(problem="too long for pages: left out")
    first, last = map(_plain, values)
    if "" in (first, last):
        found = _one(first or last, only_last=not first)
        filler = any(raw.strip() and not page for raw, page in zip(values, (first, last), strict=True))
        return replace(found, problem="written where there is no page: left out") if filler else found
    return _both(first, last)


read = remembered(_read)


def _plain(raw: str) -> str:
    """Return the value without the word for page before it, empty where it says that there are none."""
    value = text.value(raw).replace("\u2010", "-").replace("\u2011", "-").strip(" ,;:")
    if value.casefold() in _fillers():
        return ""
    label = _LABEL.match(value)
    if label and label[1].casefold() in vocabulary().codes("page_words") and (label[0] != label[1] or "." in label[1]):
        value = value[label.end() :]
    return value.strip("- ")


@cached()
def _fillers() -> frozenset[str]:
    rows = vocabulary().codes("fillers")
    return frozenset(value for value, row in rows.items() if row["kind"] == "pages")


def _one(value: str, only_last: bool) -> Pages:
    """Return the pages of the one value there is: a range, or one page or article number."""
    both = _range(value)
    if both:
        return _joined(*both)
    if only_last:
        return Pages(end=value)
    parts = [part for part in _LIST.split(value) if part]
    ranges = [_range(part) or (part, "") for part in parts]
    listed = len(parts) > 1 and all(_value(first) for first, _ in ranges)
    return Pages(ranges[0][0] if listed else value, "", value)


def _both(first: str, last: str) -> Pages:
    """Return the pages of two values; a whole range in one of them must agree with the other."""
    opened, closed = _range(first), _range(last)
    if closed and first in (closed[0], last):
        return _joined(*closed)
    if opened and last == opened[1]:
        return _joined(*opened)
    end = _completed(first, last)
    if _before(end, first):
        return Pages(first, "", first, "a last page that comes before the first: left out")
    return _joined(first, end)


def _range(value: str) -> tuple[str, str] | None:
    """Return both ends of a range, None where the value is none, or may be a number with a hyphen in it."""
    parts = _SURE_SIGN.split(value)
    sure = len(parts) == 2
    if len(parts) == 1:
        parts = value.split("-")
    if len(parts) != 2 or not all(parts):
        return None
    first, last = parts
    if not _alike(first, last):
        return None
    if sure:
        last = _completed(first, last)
    return None if _before(last, first) else (first, last)


def _alike(first: str, last: str) -> bool:
    """Determine whether two numbers count the same: both roman, or digits behind the same letters."""
    if _roman(first) and _roman(last):
        return True
    one, two = _NUMBER.fullmatch(first), _NUMBER.fullmatch(last)
    if not one or not two or (len(two[2]) > 1 and two[2].startswith("0") and not one[2].startswith("0")):
        return False
    return one[1].casefold() == two[1].casefold()


def _completed(first: str, last: str) -> str:
    """Return the last page with the digits that were left out because the first has them: 123 and 5 are 123 and 125."""
    short = _DIGITS.fullmatch(first) and re.fullmatch("[0-9]{1,8}", last) and len(last) < len(first)
    if not short:
        return last
    whole = first[: -len(last)] + last
    return whole if int(whole) > int(first) else last


def _before(last: str, first: str) -> bool:
    """Determine whether the last page certainly comes before the first."""
    one, two = _value(first), _value(last)
    return one is not None and two is not None and one[0] == two[0] and two[1] < one[1]


def _value(page: str) -> tuple[str, int] | None:
    """Return how a page counts, and its number; None where it is not one number."""
    if _roman(page):
        return "roman", _roman(page)
    match = _NUMBER.fullmatch(page)
    return (match[1].casefold(), int(match[2])) if match else None


def _roman(page: str) -> int:
    """Return the value of a roman numeral, 0 where it is none."""
    if not _ROMAN.fullmatch(page):
        return 0
    values = [_VALUES[letter] for letter in page.lower()]
    return sum(-one if one < two else one for one, two in zip(values, [*values[1:], 0], strict=True))


def _joined(start: str, end: str) -> Pages:
    if start == end:
        return Pages(start, end, start)
    sign = "\u2013" if "-" in start + end else "-"
    return Pages(start, end, f"{start}{sign}{end}")
