"""What is written about a date becomes signs, one for each meaning, whatever the language and the digits.

The words stand in `vocab/codes/months.csv`, `date_words.csv` and `eras.csv`; the grammar of the signs in `dates`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import partial

from ld.errors import VocabError
from ld.memo import cached
from ld.values.vocab import Row, Vocabulary, vocabulary

# Meanings that a word has wherever it stands; those of "and", "or" and "to" ("a", "o", "i") depend on what is around.
SIGNS = {
    "about": "~", "between": " between ", "before": " before ", "after": " after ", "not before": " not-before ",
    "not after": " not-after ", "since": " since ", "copyright": "©", "that is": " i.e. ", "nothing more": " ",
    "century": " century ", "decade": " decade ", "part": " ", "before the common era": " bce ",
    "of the common era": " ce ", "still going": " -9999",
    "or later": " or-later", "or earlier": " or-earlier",
}  # fmt: skip
# Those that have a meaning only between two dates.
JOINING = frozenset(["and", "or", "to"])
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－∼〜～", "-") | {"℗": "©", "Ⓟ": "©", "／": "/", "’": "'"})
_COPYRIGHT = re.compile(r"(?:\(?(?<![^\W_])[cp]\)?|\(?©+\)?)\s{0,2}(?=\[?\d{4})")
_CIRCA = re.compile(r"(?<![^\W_])c\s?(?=1[0-7]\d\d)")  # no copyright is so old
_TILDE = re.compile(r"(?<=\d)\s?~\s?(?=\d)")
_DIGITS = re.compile(r"[^\x00-\x7f]")
_NUMERALS = "〇一二三四五六七八九"
_YEAR_IN_NUMERALS = re.compile(f"(?<![零十{_NUMERALS}])[零{_NUMERALS}]{{4}}(?![零十{_NUMERALS}])")
_UNKNOWN_DIGITS = (
    (re.compile(r"(?<![\d\]])(1[0-9]\d|20\d|0\d\d)[-ux_?]\??(?![\dux_?])"), r"\1X"),
    (re.compile(r"(?<!\d)(\d\d)\[?(?:--|uu|xx|__|\?\?)\]?\??(?![\dux_?])"), r"\1XX"),
    (re.compile(r"(?<!\d)1(?:---|uuu|xxx|___|\?\?\?)\??(?![\dux_?-])"), "1XXX"),
    (re.compile(r"(?<!\w)uuuu(?!\w)"), "XXXX"),
)


def signs(raw: str) -> str:
    """Return the text with signs for its words, brackets and stops as they are.

    >>> signs("[ca. März 1998]"), signs("between 199- and ٢٠٠١")
    ('[~ @03 1998]', 'between 199X and 2001')
    """
    text = ascii_digits(raw).lower().translate(_DASHES)
    text = _COPYRIGHT.sub("©", _CIRCA.sub("~ ", _TILDE.sub("-", text)))
    text = _words().sub(_sign, text)
    text = re.sub(r"\s+", " ", _eras().sub(_year_of_era, text)).strip()
    for pattern, known in _UNKNOWN_DIGITS:
        text = pattern.sub(known, text)
    return text


def check(tables: Vocabulary) -> None:
    """Read the tables of words and eras: a mistake in them is told with its line."""
    for row in tables.rows("codes/date_words.csv"):
        if row["means"] not in SIGNS and row["means"] not in JOINING:
            known = ", ".join([*SIGNS, *sorted(JOINING)])
            raise VocabError(f"{row[':line']}: '{row['word']}' means '{row['means']}': name one of {known}")
    for row in tables.rows("codes/months.csv"):
        if not 1 <= number(row, "number") <= 12 and not 21 <= number(row, "number") <= 24:
            raise VocabError(f"{row[':line']}: {row['number']} is no month, nor a season (21 to 24)")
    for row in tables.rows("codes/eras.csv"):
        for column in ("first", "last", "from"):
            number(row, column, 1)


def number(row: Row, column: str, default: int | None = None) -> int:
    """Return the number in that column; the default, where there is one, for an empty cell."""
    if not row[column] and default is not None:
        return default
    if not re.fullmatch("[0-9]{1,4}", row[column]):
        raise VocabError(f"{row[':line']}: '{row[column]}' in the column {column} is no number of up to four digits")
    return int(row[column])


def words(means: str) -> str:
    """Return a regular expression of the words with that meaning, as letters of no longer word."""
    found = sorted((word for word, row in vocabulary().codes("date_words").items() if row["means"] == means), key=len)
    return rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, reversed(found)))})(?![^\W\d_])\.?"


def ascii_digits(text: str) -> str:
    """Return the text with the digits of all scripts as ASCII ones; "二〇〇二" is four digits, "十二" is none.

    >>> ascii_digits("۱۳۵۸ ２００２ 二〇〇二")
    '1358 2002 2002'
    """
    if text.isascii():
        return text
    return _YEAR_IN_NUMERALS.sub(_numerals, _DIGITS.sub(_digit, text))


def _digit(match: re.Match[str]) -> str:
    return str(unicodedata.decimal(match[0], match[0]))


def _numerals(match: re.Match[str]) -> str:
    return "".join(str(_NUMERALS.index(char.replace("零", "〇"))) for char in match[0])


def _sign(match: re.Match[str]) -> str:
    return _by_word().get(match[0], "") or _by_word().get(match[0].rstrip("."), match[0])


@cached()
def _by_word() -> dict[str, str]:
    """Return the sign of each word."""
    months = {word: f"@{row['number']} " for word, row in vocabulary().codes("months").items()}
    rows = vocabulary().codes("date_words")
    return months | {word: SIGNS[row["means"]] for word, row in rows.items() if row["means"] in SIGNS}


@cached()
def _words() -> re.Pattern[str]:
    longest = sorted(_by_word(), key=len, reverse=True)
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, longest))})(?![^\W\d_])\.?")


@cached()
def _eras() -> re.Pattern[str]:
    """Return the pattern of an era with the number of a year, or with the first and the last of several."""
    names = "|".join(map(re.escape, sorted(vocabulary().codes("eras"), key=len, reverse=True)))
    count = r"(\d{1,3}(?!\d)|元|[一二三四五六七八九十百]{1,4})"
    return re.compile(rf"(?<!\w)({names})\s?{count}(?:-{count}(?!\d*年))?")


def _year_of_era(match: re.Match[str]) -> str:
    """Return the year of the Common Era, where the era had so many; the text as it is where it had not."""
    row = vocabulary().codes("eras")[match[1]]
    numbers = [int(one) if one.isdecimal() else _number(one) for one in match.groups()[1:] if one]
    years = [number(row, "first") + one - 1 for one in numbers]
    certain = numbers[0] >= number(row, "from", 1) and max(years) <= number(row, "last", 9999)
    return f" {'-'.join(map(str, years))}" if certain else match[0]


def _number(numerals: str) -> int:
    """Return what the Chinese numerals below 200 count ("元" is the first)."""
    if numerals == "元":
        return 1
    hundreds, _, rest = numerals.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = partial(_NUMERALS.find)
    return (
        100 * bool(hundreds or "百" in numerals)
        + (10 * (value(tens) if tens else 1) if ten else 0)
        + max(value(ones), 0) * bool(ones)
    )
