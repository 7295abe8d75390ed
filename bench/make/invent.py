"""Names, texts, journals and numbers of a catalogue that nobody has: `words.toml` and chance make them.

Each is a function of its rank, so that the same rank is the same keyword, author or journal in every catalogue.
"""

from __future__ import annotations

import hashlib
import re
import struct
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

LANGUAGES = ("en", "es", "pt", "de", "fr", "ru", "zh")
SHARES = (0, 71, 79, 86, 90, 94, 98)  # from which percentile on a journal is in the language
_RAW = struct.Struct("<40I112H")
_U32 = float(1 << 32)


# -- chance: one hash a record gives all numbers ----------------------------------------------------------------------


class Dice:
    """Numbers drawn for one record: of 32 bits where a Zipf tail matters, of 16 elsewhere."""

    __slots__ = ("at", "here", "raw")

    def __init__(self, key: str) -> None:
        self.raw = _RAW.unpack(hashlib.shake_128(key.encode()).digest(_RAW.size))
        self.at = 0
        self.here = 39

    def zipf(self, size: int, flat: float) -> int:
        """Return a rank below `size`, the first most often; the first `flat` ranks are about equally frequent."""
        self.at += 1
        return int(flat * ((size + flat) / flat) ** (self.raw[self.at - 1] / _U32) - flat)

    def below(self, size: int) -> int:
        """Return a number from 0 to size - 1, for sizes up to 65,536; the numbers come round after 112 draws."""
        self.here = self.here + 1 if self.here < 151 else 40
        return self.raw[self.here] * size >> 16

    def of(self, values: Any) -> Any:
        """Return one of the values."""
        return values[self.below(len(values))]


def mixed(number: int) -> int:
    """Return 64 well mixed bits of the number (splitmix64)."""
    number = (number + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return number ^ (number >> 31)


def _words() -> dict[str, Any]:
    """Return the lists of `words.toml`: a text is cut at its bars or blanks."""
    found = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    return {name: _listed(value) for name, value in found.items()}


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _listed(one) for name, one in value.items()}
    if isinstance(value, str):
        return value.replace("\n", "").split("|") if "|" in value else value.split()
    return value


w = SimpleNamespace(**_words())
_CLASSES = [tuple(line.split(" ", 1)) for line in w.lcc]


# -- text -------------------------------------------------------------------------------------------------------------


@cache
def clauses(language: str) -> tuple[list[str], list[str]]:
    """Return the openings and the ends that the sentences of a language are put together from."""
    if language == "en":
        return _english(w.english_starts, 14000), _joined(_english(w.english_tails, 9000), " ")
    own = {name: getattr(w, name)[language] for name in ("subjects", "verbs", "objects", "tails")}
    gap = "" if language == "zh" else " "
    starts = [f"{s}{gap}{v}{gap}{o}" for s in own["subjects"] for v in own["verbs"] for o in own["objects"]]
    return starts, _joined(own["tails"], gap)


def _joined(tails: list[str], gap: str) -> list[str]:
    return [tail if tail[0] in ",，" else gap + tail for tail in tails]


def _english(templates: list[str], count: int) -> list[str]:
    """Return clauses, each with adjectives and nouns of its own."""
    return [templates[n % len(templates)].format_map(_parts(mixed(n), n)) for n in range(count)]


def _parts(chance: int, n: int) -> dict[str, str]:
    adjectives, nouns = w.adjectives, w.nouns
    several, many = len(adjectives), len(nouns)
    chance, a = divmod(chance, several)
    chance, b = divmod(chance, many)
    chance, c = divmod(chance, many)
    chance, d = divmod(chance, many)
    return {
        "an": f"{adjectives[a]} {nouns[b]}",
        "bn": f"{adjectives[(a * 7 + n) % several]} {nouns[c]}",
        "m": nouns[d],
        "M": nouns[d].capitalize(),
        "n": nouns[(b + c) % many],
        "v": w.english_verbs[chance % len(w.english_verbs)].replace("_", " "),
    }


@cache
def species(rank: int) -> str:
    """Return the name of a plant or animal that nobody has seen yet."""
    syllables, chance = w.syllables, mixed(rank + 77)
    stem = "".join(syllables[(chance >> shift) % len(syllables)] for shift in (0, 7, 14)[: 2 + rank % 2])
    if rank < 400:
        return f"{stem.capitalize()} {w.epithets[rank % len(w.epithets)]}"
    return f"{stem.capitalize()}{syllables[rank % len(syllables)]} {syllables[(chance >> 21) % len(syllables)]}rensis"


def keyword(language: str, rank: int) -> str:
    """Return the keyword of that rank: the first are short and known, the last are combinations of three parts."""
    if language == "en":
        return _english_keyword(rank)
    heads, tails = w.keyword_heads[language], w.keyword_tails[language]
    gap = "" if language == "zh" else " "
    if rank < len(heads):
        return heads[rank]
    rank -= len(heads)
    many = len(heads) * len(tails)
    at = rank * 7919 % many
    base = f"{heads[at % len(heads)]}{gap}{tails[at // len(heads)]}"
    if rank < many:
        return base
    places = w.places[language]
    where = places[rank // many % len(places)]
    number = rank // (many * len(places))
    return f"{where}{gap}{base}{number or ''}" if gap == "" else f"{base}, {where}{f' {number}' if number else ''}"


def _english_keyword(rank: int) -> str:
    if rank < len(w.common):
        return w.common[rank]
    rank -= len(w.common)
    several, many = len(w.adjectives), len(w.nouns)
    if rank < many:
        return w.nouns[rank * 53 % many]
    block, at = divmod(rank - many, several * many)
    if block % 4 == 0 and rank % 5 == 0:
        return species(rank // 5)
    at = at * 7919 % (several * many)
    base = f"{w.adjectives[at % several]} {w.nouns[at // several]}"
    places = w.places["en"]
    return f"{base} in {places[block % len(places)]}" if block else base


def abstract(dice: Dice, language: str, keywords: list[str], place: str, kind: str) -> str:
    """Return some twelve sentences, one of them with figures of this record only."""
    starts, ends = clauses(language)
    chinese = language == "zh"
    stop, gap = ("。", "") if chinese else (".", " ")
    size, tails = len(starts), len(ends)
    count = 11 + dice.below(5) if language == "en" else (14 + dice.below(6) if not chinese else 24)
    below = dice.below
    sentences = [f"{starts[below(size)]}{ends[below(tails)]}{stop}" for _ in range(count)]
    sign = "=" if below(7) else "<"
    share = f"{1 + below(98)} %" if below(2) else f"{2 + below(3000):,}"
    sentences[count // 2] = dice.of(w.numbered[language]).format_map(
        {
            "a": keywords[0],
            "b": keywords[-1],
            "n": share,
            "s": kind,
            "p": place,
            "q": f"n = {20 + below(9000)}, p {sign} 0.0{1 + below(49)}",
        }
    )
    return gap.join(sentences)


def title(dice: Dice, language: str, keywords: list[str], place: str, kind: str) -> str:
    """Return a title that speaks of the first keywords."""
    first, second = keywords[0], keywords[1]
    template = dice.of(w.titles[language])
    return template.format_map({"a": first, "A": first[:1].upper() + first[1:], "b": second, "p": place, "s": kind})


# -- people, places, journals ------------------------------------------------------------------------------------------


@cache
def city(rank: int) -> str:
    """Return the name of a town that is on no map."""
    return w.city_starts[mixed(rank) % len(w.city_starts)] + w.city_ends[mixed(rank + 5000) % len(w.city_ends)]


@cache
def institution(language: str, rank: int) -> str:
    """Return a university with its town and country."""
    form = w.universities[language][mixed(rank + 31) % len(w.universities[language])]
    country = w.countries[mixed(rank + 99) % len(w.countries)]
    ending = "USA" if rank % 19 == 5 else country
    return f"{form.format(c=city(rank))}, {city(rank // 3)}, {ending}"


def person(culture: str, rank: int) -> str:
    """Return the printed name of an author; one in ten is inverted, some have initials only."""
    given, family = w.given[culture], w.family[culture]
    chance = mixed(rank * 8 + len(given))
    last = family[chance % len(family)]
    first = given[(chance >> 8) % len(given)]
    if rank > 2000:
        last += w.family_ends[(chance >> 16) % 5].format(family[(chance >> 20) % len(family)])
    form = (chance >> 28) % 20
    if culture == "ru" and form < 12:
        return f"{last} {first}"
    if form < 2:
        return f"{last}, {first}"
    initial = chr(65 + (chance >> 34) % 26)
    if form < 4:
        return f"{first[0]}. {initial}. {last}"
    return f"{first} {initial}. {last}" if form < 11 else f"{first} {last}"


def orcid(rank: int) -> str:
    """Return an ORCID iD with its check digit (ISO 7064 MOD 11-2)."""
    digits = f"{900000000 + rank * 7:015}"
    total = 0
    for digit in digits:
        total = (total + ord(digit) - 48) * 2
    check = (12 - total % 11) % 11
    number = digits + ("X" if check == 10 else str(check))
    return f"https://orcid.org/{number[:4]}-{number[4:8]}-{number[8:12]}-{number[12:]}"


def issn(serial: int) -> str:
    """Return the ISSN of a serial number, with its check digit (ISO 3297)."""
    digits = f"{1000000 + serial * 7919 % 8999993:07}"
    check = -sum((8 - place) * (ord(digit) - 48) for place, digit in enumerate(digits)) % 11
    return f"{digits[:4]}-{digits[4:]}{'X' if check == 10 else check}"


@cache
def publisher(language: str, rank: int) -> str:
    """Return the name of a publishing house or of a university that publishes."""
    if rank % 3 or language != "en":
        forms = w.universities[language]
        return forms[rank % len(forms)].format(c=city(rank * 11 + 3))
    press = w.presses[rank // 3 % len(w.presses)]
    block = rank // 3 // len(w.presses)
    return w.press_forms[block % len(w.press_forms)].format(press if block < 6 else f"{press} {city(rank)}")


@dataclass(slots=True)
class Journal:
    """A journal; `style` tells how it numbers and where it puts its articles."""

    title: str
    issn: str
    eissn: str
    publisher: str
    language: str
    prefix: str
    code: str
    host: str
    start: int
    style: int
    classes: list[tuple[str, str]]


@cache
def journal(rank: int) -> Journal:
    """Return the journal of that rank, always the same one."""
    chance = mixed(rank + 1234567)
    share = chance % 100 if rank > 5 else 0
    language = LANGUAGES[sum(share >= start for start in SHARES) - 1]
    fields = w.fields[language]
    about = (chance >> 8) % len(fields)
    name = _journal_title(language, rank, chance, fields[about])
    house = int((rank + 1) ** 0.85 * ((chance >> 20) % 1000) / 1000)
    owner = publisher(language, house)
    slug = re.sub(r"[^a-z]+", "-", _plain(owner).lower()).strip("-") or f"press{house}"
    kinds = [_CLASSES[(about + step * 7) % len(_CLASSES)] for step in range(1 + (chance >> 30) % 3)]
    return Journal(
        title=name,
        issn=issn(2 * rank) if (chance >> 33) % 3 else "",
        eissn=issn(2 * rank + 1),
        publisher=owner,
        language=language,
        prefix=f"10.99{house % 1000:03}",
        code=f"{'abcdefghijklmnopqrstuvwxyz'[rank % 26]}{slug[:3].strip('-')}{rank}",
        host=f"www.{slug[:40]}.example",
        start=1998 + (chance >> 36) % 24,
        style=(chance >> 44) % 10,
        classes=cast(list[tuple[str, str]], kinds),
    )


def _journal_title(language: str, rank: int, chance: int, about: str) -> str:
    """Return a title; those behind the first thousand ranks name their town, so that few are alike."""
    form = w.journals[language][(chance >> 14) % len(w.journals[language])]
    places = w.places[language]
    where = places[(chance >> 50) % len(places)]
    text = form.format(f=about, p=where)
    return text if rank < 150 else f"{text} ({city(rank)})"


def _plain(text: str) -> str:
    return text if text.isascii() else "".join(c for c in unicodedata.normalize("NFD", text) if c.isascii())
