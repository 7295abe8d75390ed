"""One day, month, season, year, decade or century, in the signs of `datewords`, becomes a value of EDTF."""

from __future__ import annotations

import re
from collections.abc import Callable

from ld.memo import remembered
from ld.values.edtf import real

_ORDINAL = r"(?:st|nd|rd|th|er|º|ª|\.)?"
_OF = r"(?:\s?(?:de|del|of|,|-|/|\.)\s?){0,2}\s?"
_Y = r"(\d{4})(?: (?:r|y)\.?)?"
_ROMAN = re.compile(r"m{1,2}(?:cm|cd|d?c{0,4})(?:xc|xl|l?x{0,4})(?:ix|iv|v?i{0,4})")
_VALUES = {"m": 1000, "d": 500, "c": 100, "l": 50, "x": 10, "v": 5, "i": 1}


def month_of(text: str) -> str:
    """Return the number of the month or season that is all the text names, empty where it names none."""
    match = re.fullmatch(r"@(\d\d)", text.strip())
    return match[1] if match else ""


def _point(text: str) -> str:
    """Return the value of EDTF, empty where the text is no date.

    >>> _point("23rd @05 1881"), _point("~1998"), _point("1990s"), _point("18th century"), _point("44 bce")
    ('1881-05-23', '1998~', '199X', '17XX', '-0043')
    """
    text = text.strip(" ,;:")
    about, text = text.startswith("~"), text.lstrip("~ ")
    unsure, text = text.endswith("?"), text.rstrip("? ").rstrip(".,")
    for pattern, value in _FORMS:
        if (match := pattern.fullmatch(text)) and (found := value(match)):
            return (
                found
                if "X" in found
                else found + ("%" if about and unsure else "~" if about else "?" if unsure else "")
            )
    return ""


point = remembered(_point)


def _day(y: str, m: str, d: str) -> str:
    """Return the day; the month alone where it has no such day."""
    if not 1 <= int(m) <= 12:
        return f"{y}-{m}" if 21 <= int(m) <= 24 else ""
    return f"{y}-{int(m):02}-{int(d):02}" if real(y, m, d) else f"{y}-{int(m):02}"


def _two_numbers(match: re.Match[str]) -> str:
    """Return the day of "17/08/2009"; of "03/04/2009", which is in March or in April, the year alone.

    With stops the day is always first.
    """
    first, second, year = int(match[1]), int(match[3]), match[4]
    if first > 12 >= second > 0 or match[2] == "." or first == second:
        return _day(year, str(second), str(first)) if 0 < first <= 31 and 0 < second <= 12 else ""
    if second > 12 >= first > 0:
        return _day(year, str(first), str(second)) if second <= 31 else ""
    return year if 0 < first <= 12 and 0 < second <= 12 else ""


def _century(match: re.Match[str]) -> str:
    number = match[1] or match[2]
    count = int(number) if number.isdigit() else _number(number)
    return f"{count - 1:02}XX" if 0 < count <= 21 else ""


def _decade(match: re.Match[str]) -> str:
    """Return the decade; "1900s" may be ten years or a hundred, so the hundred."""
    return f"{match[1][:2]}XX" if match[1].endswith("00") else f"{match[1][:3]}X"


def _roman(match: re.Match[str]) -> str:
    """Return the year in Roman numerals, as title pages have it ("M.DCC.XXII")."""
    letters = re.sub("[. ]", "", match[0])
    year = _number(letters) if len(letters) > 2 and _ROMAN.fullmatch(letters) else 0
    return str(year) if year >= 1400 else ""


def _roman_month(match: re.Match[str]) -> str:
    month = _number(match[2])
    return _day(match[3], str(month), match[1]) if 1 <= month <= 12 and 1 <= int(match[1]) <= 31 else ""


def _number(roman: str) -> int:
    """Return the number: a letter before a greater one is taken off."""
    numbers = [_VALUES[letter] for letter in roman]
    return sum(-n if n < max(numbers[at:]) else n for at, n in enumerate(numbers))


def _bce(match: re.Match[str]) -> str:
    """Return the year before the Common Era: EDTF has a year 0, which is 1 BCE."""
    return f"-{int(match[1]) - 1:04}" if int(match[1]) > 1 else ""


def _month(y: str, m: str) -> str:
    return f"{y}-{m}" if 1 <= int(m) <= 12 or 21 <= int(m) <= 24 else ""


def _iso(match: re.Match[str]) -> str:
    return _day(match[1], match[2], match[3]) if match[3] else _month(match[1], match[2])


def _compact(match: re.Match[str]) -> str:
    return _day(match[1], match[2], match[3]) if real(match[1], match[2], match[3]) else ""


def _year_first(match: re.Match[str]) -> str:
    return _day(match[1], match[3], match[4]) if real(match[1], match[3], match[4]) else ""


def _far_eastern(match: re.Match[str]) -> str:
    if not match[2]:
        return match[1]
    return _day(match[1], match[2], match[3]) if match[3] else _month(match[1], f"{int(match[2]):02}")


Form = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def _form(pattern: str, value: Callable[[re.Match[str]], str]) -> Form:
    return re.compile(pattern, re.ASCII), value


_FORMS: tuple[Form, ...] = (
    _form(_Y, lambda m: m[1]),
    _form(r"(\d{3}X|\d\dXX|1XXX|-0\d{3})", lambda m: m[1]),
    _form(r"(\d{4})-(\d\d)(?:-(\d\d))?(?:t\d\d:\d\d.{0,20})?", _iso),
    _form(r"(1[4-9]\d\d|20\d\d)(0[1-9]|1[0-2])([0-3]\d)", _compact),
    _form(rf"(?:the )?(\d{{1,2}}){_ORDINAL}{_OF}@(\d\d)\s?{_OF}{_Y}", lambda m: _day(m[3], m[2], m[1])),
    _form(rf"@(\d\d)\s?(\d{{1,2}}){_ORDINAL},? {_Y}", lambda m: _day(m[3], m[1], m[2])),
    _form(rf"@(\d\d)\s?{_OF}{_Y}", lambda m: f"{m[2]}-{m[1]}"),
    _form(rf"(\d{{4}}){_OF}@(\d\d)\s?", lambda m: f"{m[1]}-{m[2]}"),
    _form(rf"(\d{{4}}){_OF}@(\d\d)\s?{_OF}(\d{{1,2}}){_ORDINAL}", lambda m: _day(m[1], m[2], m[3])),
    _form(r"(\d{1,2})[./-]\s?([ivx]{1,4})[./-]\s?(\d{4})", _roman_month),
    _form(r"(1[78]\d\d)[, -]{1,3}(?:l'\s?)?an [ivx\d]{1,4}", lambda m: m[1]),  # of the French Republic
    _form(r"(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})", _two_numbers),
    _form(r"(\d{4})([./])(\d{1,2})\2(\d{1,2})", _year_first),
    _form(r"(0[1-9]|1[0-2])/(\d{4})", lambda m: f"{m[2]}-{m[1]}"),
    _form(r"(0[1-9])\.(\d{4})", lambda m: f"{m[2]}-{m[1]}"),
    _form(r"(\d{4})\.(0[1-9]|1[0-2])", lambda m: f"{m[1]}-{m[2]}"),
    _form(r"(?:\d/|\d{1,3}\.)(\d{4})", lambda m: m[1]),  # "4/2019": April, or the fourth issue
    _form(r"(\d{4})\.\d", lambda m: m[1]),
    _form(r"(\d{4}) ?(?:nian|nen|nyŏn)", lambda m: m[1]),
    _form(r"(\d{4}) ?[年년](?: ?(\d{1,2}) ?[月월](?: ?(\d{1,2}) ?[日일])?)?", _far_eastern),
    _form(r"(\d{3}0)\s?(?:'?s|-?er(?: jahre)?|-?е(?: годы| гг?)?|-tal(?:et)?)", _decade),
    _form(r"decade (\d{3}0)(?:'?s)?", _decade),
    _form(r"(?:(\d{1,2}|[ivx]{1,5})(?:st|nd|rd|th|:?e|er|º|\.|-й|-го)?\s?century|century ([ivx]{1,5}))", _century),
    _form(r"(\d{1,4}) bce", _bce),
    _form(r"(?:ce (\d{3,4})|(\d{3,4}) ce)", lambda m: (m[1] or m[2]).zfill(4)),
    _form(r"(19[2-4]\d)[-, ]{1,3}(?:a\. ?)?[ivx]{1,5}(?: ?e\. ?f)?", lambda m: m[1]),  # Italy's years of fascism
    _form(r"m[mdclxvi. ]{1,20}", _roman),
)  # fmt: skip
