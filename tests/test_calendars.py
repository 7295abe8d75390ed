"""Years that may be of another calendar, or are too early for what they date, are not asserted; the remark says why."""

from __future__ import annotations

import pytest

from ld.values import dates
from ld.values.calendars import Kind, doubt, unread

ARABIC, PERSIAN, HEBREW, THAI, NEPALI, LATIN, GERMAN = "ara", "per", "heb", "tha", "nep", "lat", "ger"


@pytest.mark.parametrize(
    ("raw", "languages", "format", "said"),
    [
        ("1423", (ARABIC,), "book", False), ("1450", (ARABIC,), "book", False), ("1451", (ARABIC,), "book", True),
        ("1423", (GERMAN,), "book", True), ("1423", (), "book", True), ("1985", (ARABIC,), "book", True),
        ("1403", (PERSIAN,), "book", False), ("1423", (GERMAN, ARABIC), "book", False),
        ("1423 [2002 or 2003]", (ARABIC,), "book", True), ("[1345 or 1346]", (ARABIC,), "manuscript", False),
        ("1999", (NEPALI,), "book", True), ("2000", (NEPALI,), "book", False), ("2060 [2003]", (NEPALI,), "book", True),
        ("1399", (GERMAN,), "book", False), ("1400", (GERMAN,), "book", True), ("1399", (GERMAN,), "manuscript", True),
        ("1399", (), "manuscript", False), ("1399", (LATIN,), "book", True), ("1399", (LATIN, ARABIC), "manuscript", False),
        ("1604", (), "academicarticle", False), ("1605", (), "academicarticle", True), ("1390", (), "article", False),
        ("-0043", (), "book", True), ("13XX", (ARABIC,), "manuscript", False), ("1956", (HEBREW,), "book", True),
        ("1385", ("ben",), "book", False), ("2545 [2002]", (THAI,), "book", True), ("١٤٢٣", (), "book", False),
        ("१९९०", (), "book", False), ("1341", ("chi",), "book", True),
    ],
)  # fmt: skip
def test_a_year_that_may_be_of_another_calendar_is_not_asserted(
    raw: str, languages: tuple[str, ...], format: str, said: bool
) -> None:
    date = dates.transcribed(raw)

    assert date
    assert (not doubt(date, raw, Kind(languages, format, copied=True))) == said


def test_the_script_of_the_title_tells_where_no_language_is_told() -> None:
    date = dates.parse("1423")

    assert date
    assert "Hijri" in doubt(date, "1423", Kind(title="كتاب"))
    assert not doubt(date, "1423", Kind(title="Ein Buch"))


def test_dates_that_are_no_copies_are_in_doubt_only_where_they_are_early() -> None:
    """Who writes ISO 8601 writes years of the Common Era."""
    late, early = dates.parse("2010"), dates.parse("1423")

    assert late and early
    assert not doubt(late, "2010", Kind((NEPALI,)))
    assert doubt(late, "2010", Kind((NEPALI,), copied=True))
    assert doubt(early, "1423", Kind((ARABIC,)))


@pytest.mark.parametrize(
    ("raw", "languages", "told"),
    [
        ("5730", (HEBREW,), "Hebrew"), ("710", (HEBREW,), "Hebrew"), ("2545", (THAI,), "Buddhist"), ("๒๕๔๕", (), "Buddhist"),
        ("2083", (NEPALI,), "Bikram Samvat"), ("2535", (PERSIAN,), "Imperial Persian"), ("7158", ("rus",), "Byzantine"),
        ("5730", (GERMAN,), "a year after 2028"), ("3412", (), "a year after 2028"), ("n.d.", (HEBREW,), "names no date"),
        ("9999", (), "names no date"),
    ],
)  # fmt: skip
def test_a_remark_tells_which_calendar_is_likely(raw: str, languages: tuple[str, ...], told: str) -> None:
    assert dates.transcribed(raw) is None
    assert told in unread(raw, Kind(languages, copied=True))
