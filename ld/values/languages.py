"""Languages: names and codes become ISO 639-2/B codes and BCP 47 tags; texts are tagged only if they agree."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

import langcodes
from langcodes.tag_parser import LanguageTagError

from ld.memo import cached, remembered
from ld.values.vocab import vocabulary

_ISO639_2 = "http://id.loc.gov/vocabulary/iso639-2/"
_NOTHING = {"", "und", "undetermined", "unknown", "other", "n/a", "other languages"}
_SPECIAL = {"mul": "mul", "multiple languages": "mul", "multiple": "mul", "zxx": "zxx", "no linguistic content": "zxx"}
# The 20 languages whose bibliographic code (ISO 639-2/B, which id.loc.gov uses) differs from the terminological one.
_BIBLIOGRAPHIC = {
    "sqi": "alb", "hye": "arm", "eus": "baq", "mya": "bur", "zho": "chi", "ces": "cze", "nld": "dut", "fra": "fre",
    "kat": "geo", "deu": "ger", "ell": "gre", "isl": "ice", "mkd": "mac", "mri": "mao", "msa": "may", "fas": "per",
    "ron": "rum", "slk": "slo", "bod": "tib", "cym": "wel",
}  # fmt: skip
_QUALIFIER = re.compile(r"\s{0,9}\([^()]{0,80}\)$")
_WORD = re.compile(r"[^\W\d_]+")
_PARTED = bytes(byte if byte > 127 or chr(byte).isalpha() else 32 for byte in range(256))
_SCRIPTS = (
    ("Cyrl", re.compile("[\u0400-\u052f]")),
    ("Arab", re.compile("[\u0600-\u06ff\u0750-\u077f]")),
    ("Hebr", re.compile("[\u0590-\u05ff]")),
    ("Grek", re.compile("[\u0370-\u03ff]")),
    ("CJK", re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")),
    ("Thai", re.compile("[\u0e00-\u0e7f]")),
    ("Deva", re.compile("[\u0900-\u097f]")),
)
_NO_WORD = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # a NUL makes langcodes read beyond its tables
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_BEYOND_LATIN = re.compile("[\u0370-\u1dff\u3040-\ud7af]+")
_WRITTEN = {"grc": "Grek"}  # the likeliest script of Ancient Greek is the Cypriot syllabary, says CLDR
_CJK = {"Jpan", "Kore", "Hans", "Hant", "Hani", "Hrkt", "Kana", "Hira"}


def _code(name: str) -> str:
    """Return the ISO 639-2/B code (639-3 where there is none) for a name or code, empty where it names no language.

    >>> _code("English"), _code("deu"), _code("EN"), _code("Greek, Ancient (to 1453)"), _code("Undetermined")
    ('eng', 'ger', 'eng', 'grc', '')
    """
    text = name.strip().casefold()
    if text in _NOTHING or _NO_WORD.search(text):
        return ""
    if text in _SPECIAL:
        return _SPECIAL[text]
    known = vocabulary().code("languages", text)
    if known:
        return known["code"]
    tag = _tag_of(text)
    if not tag:
        return ""
    alpha3 = langcodes.Language.get(tag).to_alpha3(variant="T")
    return _BIBLIOGRAPHIC.get(alpha3, alpha3)


code = remembered(_code)


def _tag_of(text: str) -> str:
    """Return the tag of a name or code; a bare word of two or three letters is a code before it is a name."""
    if re.fullmatch(r"[a-z]{2,3}(?:[-_][a-z]{2,4})?", text):
        try:
            language = langcodes.Language.get(text.replace("_", "-"))
            if language.is_valid():
                language.to_alpha3()
                return str(langcodes.standardize_tag(language.language or ""))
        except (LanguageTagError, LookupError):
            return ""
    for attempt in (text, _QUALIFIER.sub("", text), text.split(";")[0].strip()):
        try:
            return str(langcodes.find(attempt).language or "")
        except LookupError:
            continue
    return ""


@remembered
def tag(iso639_2: str) -> str:
    """Return the shortest BCP 47 tag for the code ("ger" gives "de"), empty for mul, zxx and unknown codes."""
    if iso639_2 in ("", "mul", "zxx", "und"):
        return ""
    return str(langcodes.standardize_tag(iso639_2))


@remembered
def iri(iso639_2: str) -> str:
    """Return the IRI of the language at id.loc.gov, empty where ISO 639-2 has no code for it."""
    return _ISO639_2 + iso639_2 if vocabulary().code("iso639-2", iso639_2) else ""


def agrees(text: str, language: str) -> bool:
    """Determine whether nothing in the text speaks against its being in the language (a BCP 47 tag).

    The script must be one the language is written in; in eight words or more the language must not lose the vote of
    the stop words clearly (`vocab/codes/stopwords.csv`).
    """
    return bool(language) and _agreed((text[:2000], language))


def _agrees(question: tuple[str, str]) -> bool:
    sample, language = question
    return _script_agrees(sample, language) and _words_agree(sample, language)


# Reading and describing a record ask the same: so many questions are remembered, not more, as texts may be long.
_agreed = remembered(_agrees, most=10_000, longest=2_100)


def _script_agrees(sample: str, language: str) -> bool:
    beyond = "" if sample.isascii() else "".join(_BEYOND_LATIN.findall(sample))
    if not beyond:
        return _script(language) in ("Latn", "") or not _LATIN.search(sample)
    latin = len(_LATIN.findall(sample))
    found, most = "Latn", latin
    for name, letters in _SCRIPTS:
        count = len(letters.findall(beyond))
        if count > most:
            found, most = name, count
    return not most or _script(language) in (found, "")


@remembered
def _script(language: str) -> str:
    script = _WRITTEN.get(language) or langcodes.Language.get(language).maximize().script or ""
    return "CJK" if script in _CJK else script


def _words_agree(sample: str, language: str) -> bool:
    known, by_word = _stopwords()
    if language not in known:
        return True
    words = _words(sample[:800].casefold())
    if len(words) < 8:
        return True
    votes = Counter(chain.from_iterable(filter(None, map(by_word.get, words))))
    best = max(votes.values(), default=0)
    return votes[language] * 2 > best or best < 3


def _words(text: str) -> list[str]:
    """Return the runs of letters. Where only ASCII parts them they are split, three times faster than by `_WORD`."""
    words = text.encode("utf-8", "surrogatepass").translate(_PARTED).decode("utf-8", "surrogatepass").split()
    if "".join(words).isalpha():
        return words
    return [one for word in words for one in ((word,) if word.isalpha() else _WORD.findall(word))]


@cached()
def _stopwords() -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    """Return the languages that have stop words, and the languages of each stop word."""
    by_word: dict[str, tuple[str, ...]] = {}
    for row in vocabulary().rows("codes/stopwords.csv"):
        if row["language"] not in by_word.get(row["word"], ()):
            by_word[row["word"]] = (*by_word.get(row["word"], ()), row["language"])
    return frozenset(one for several in by_word.values() for one in several), by_word
