"""The dates of a life in a heading: "1809-1882", "b. 1883", "active 16th century" (MARC 21 X00 $d, RDA 9.3)."""

from __future__ import annotations

import re

_ABOUT = (
    r"(?:(?:ca?\.?|circa|approximately|approx\.?|about|um|vers|environ|hacia|ок\.?|около|noin|omkr(?:ing)?\.?|cirka|asi|"
    r"not\s(?:before|after)|before|after|vor|nach)\s?)?"
)
_ERA = (
    r"(?:\s?(?:B\.\s?C(?:\.\s?E)?\.?|BCE?|A\.\s?D\.?|AD|C\.?E\.?|v\.\s?Chr\.?|n\.\s?Chr\.?|av\.\sJ\.-C\.|до н\. э\.|"
    r"A\.\s?H\.?|AH))?"
)
_MONTH = r"(?:\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?(?:\s\d{1,2})?)?"
_YEAR = (
    rf"{_ABOUT}(?:\d{{1,4}}|\d{{3}}0s|\d{{2}}\.\.|\d{{2,3}}[?]?)\??(?:/\d{{1,4}})?"
    rf"(?:\s(?:or|oder|ou|o|tai|eller)\s\d{{1,4}})?\??{_MONTH}{_ERA}"
)
_BORN = r"(?:b\.|born|geb(?:oren|\.)|née?(?:\sen)?|n\.|nar\.|ur\.|s\.|f\.|född|født|род(?:\.|ился|илась)|\*)\s?"
_DIED = r"(?:d\.|died|gest(?:orben|\.)|morte?(?:\sen)?|m\.|zemř\.|zm\.|k\.|död|død|ум(?:\.|ер|ерла)|†)\s?"
_ACTIVE = r"(?:active|activ\w*|aktiv|fl\.?|flor\.?|floruit|akt\.|wirkte|tätig)\s?"
_CENTURY = (
    r"(?:\d{1,2}|(?-i:[IVX]{1,5})(?=[\s.]))(?:st|nd|rd|th|\.|e|ème)?\s?(?:[-/–]|\s(?:or|oder|ou|to)\s)?\s?"
    r"(?:\d{1,2}(?:st|nd|rd|th|\.|e)?\s?)?"
    r"(?:cent(?:ury|uries|\.)?|Jh\.?|Jahrhundert|siècle|s\.|saec\.|sec\.|secolo|siglo|século|století|stol\.|wiek|w\.|"
    r"в\.|век|vuosisata|årh\.?|eeuw)\??(?:\s(?:B\.\s?C\.?|A\.\s?D\.?))?"
)
_DASH = r"\s?[-\u2010-\u2015]\s?"
_SPAN = (
    rf"(?:{_BORN}|{_DIED}|{_ACTIVE}){{0,2}}{_YEAR}(?:{_DASH}(?:{_DIED})?(?:{_YEAR}|\.{{2,4}})?)?"
    rf"|{_DASH}{_YEAR}|(?:{_ACTIVE})?{_CENTURY}(?:{_DASH}{_CENTURY})?"
)
_LIFE = re.compile(rf"(?:{_SPAN})\.?", re.IGNORECASE)
# Without a comma before them only years that cannot be anything else: "Stein, Lincoln D. 1960-".
_BETWEEN = r"\d{3,4}\s?[-–]\s?\d{3,4}\??|(?:\d{4}\??|\d\d\.\.)\s?[-–]\s?(?:\d{4}\??|\d\d\.\.|\.{4})?"
_BARE = re.compile(rf"^(.{{1,300}}?,.{{1,200}}?)[\s,]\s*\(?({_BETWEEN})\)?((?:\s\([^()]{{1,200}}\))?)\.?$")
_BRACKETED = re.compile(r"^(.{1,300}?)\s?\(([^()]{1,60})\)\.?$")
_PLAIN = re.compile(r"(?:\D{0,3}(?P<born>\d{3,4}))?\s?[-\u2010-\u2015]\s?(?:(?P<died>\d{3,4}))?\.?")
_BIRTH = re.compile(rf"{_BORN}(\d{{3,4}})\.?", re.IGNORECASE)
_DEATH = re.compile(rf"{_DIED}(\d{{3,4}})\.?", re.IGNORECASE)


def parted(name: str) -> tuple[str, str]:
    """Return the name without the dates of the life, and these.

    >>> parted("Darwin, Charles, 1809-1882."), parted("Orr, Eliza Ann, active 1838-1840"), parted("Stein, L. D. 1960-")
    (('Darwin, Charles', '1809-1882'), ('Orr, Eliza Ann', 'active 1838-1840'), ('Stein, L. D.', '1960-'))
    >>> parted("Catch-22"), parted("Smith, John, Jr."), parted("Agent 47, James")
    (('Catch-22', ''), ('Smith, John, Jr.', ''), ('Agent 47, James', ''))
    """
    if not any(map(str.isdigit, name)) and "century" not in name and "cent" not in name:
        return name, ""
    before, comma, last = name.rpartition(",")
    if comma and before.strip() and _LIFE.fullmatch(last.strip()):
        return before.strip(" ,"), last.strip().rstrip(".") if not last.strip().endswith("..") else last.strip()
    bare = _BARE.match(name)
    if bare:
        return (bare[1].strip(" ,") + bare[3]), bare[2].strip()
    bracketed = _BRACKETED.match(name)
    if bracketed and any(map(str.isdigit, bracketed[2])) and _LIFE.fullmatch(bracketed[2].strip()):
        return bracketed[1].strip(" ,"), bracketed[2].strip()
    return name, ""


def years(life: str) -> tuple[str, str]:
    """Return the years of birth and death, each empty where the text does not plainly say it.

    >>> years("1809-1882"), years("1930-"), years("-1545"), years("b. 1883"), years("d. ca. 1400"), years("active 1850")
    (('1809', '1882'), ('1930', ''), ('', '1545'), ('1883', ''), ('', ''), ('', ''))
    """
    match = _PLAIN.fullmatch(life)
    if match and not life[0].isalpha():
        born, died = match["born"] or "", match["died"] or ""
    else:
        born, died = ((one[1] if one else "") for one in (_BIRTH.fullmatch(life), _DEATH.fullmatch(life)))
    if born and died and not 0 <= int(died) - int(born) <= 130:
        return "", ""
    return born.zfill(4) if born else "", died.zfill(4) if died else ""
