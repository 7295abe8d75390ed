"""Languages: names and codes become ISO 639-2/B codes and BCP 47 tags; texts are tagged only if they agree."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import chain

import langcodes
from langcodes.data_dicts import LANGUAGE_ALPHA3, VALIDITY
from msgspec import Struct

from ld.memo import cached, remembered
from ld.values.vocab import vocabulary

_ISO639_2 = "http://id.loc.gov/vocabulary/iso639-2/"
_NOTHING = {
    "", "und", "undetermined", "unknown", "other", "n/a", "na", "none", "other languages", "mis", "uncoded languages",
    "miscellaneous languages", "not applicable", "undefined", "|||", "???",
}  # fmt: skip
_SPECIAL = {
    "mul": "mul", "multiple languages": "mul", "multiple": "mul", "multilingual": "mul", "zxx": "zxx",
    "no linguistic content": "zxx",
}  # fmt: skip
# The 20 languages whose bibliographic code (ISO 639-2/B, which id.loc.gov uses) differs from the terminological one.
_BIBLIOGRAPHIC = {
    "sqi": "alb", "hye": "arm", "eus": "baq", "mya": "bur", "zho": "chi", "ces": "cze", "nld": "dut", "fra": "fre",
    "kat": "geo", "deu": "ger", "ell": "gre", "isl": "ice", "mkd": "mac", "mri": "mao", "msa": "may", "fas": "per",
    "ron": "rum", "slk": "slo", "bod": "tib", "cym": "wel",
}  # fmt: skip
# Names of languages are looked up in these languages, in this order: of two readings of a word the first is taken.
_NAMED_IN = """
en de fr es pt it nl sv da nb nn fi is et lv lt pl cs sk sl hr sr-Latn sr bs bg mk uk be ru hu ro el tr az kk uz ka hy
sq eu ca gl oc cy ga gd br mt la eo af lb fy rm fo ar fa ur he yi hi bn ta te ml mr gu pa ne si th vi id ms fil sw ja
ko zh zh-Hant
"""
_LONGEST = 1_000
_QUALIFIER = re.compile(r"\s{0,9}\([^()]{0,80}\)$")
_LANGUAGE_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z]{4})?(?:[-_](?:[a-z]{2}|[0-9]{3}))?")
_BETWEEN = re.compile(r"\s*[;,/|+&]\s*|\s+(?:and|und|et|y|e|en|og|och|ja|a|i|и|или|or|oder)\s+|\s+[-–—]\s+")
_WITHDRAWN = {"in", "iw", "ji", "jw", "mo"}  # codes of two letters that others have replaced
_PRIVATE = re.compile("q[a-t][a-z]")
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
# The ligatures with which libraries write one Cyrillic letter in two Latin ones (ALA-LC romanization).
_ROMANIZED = re.compile("[\ufe20\ufe21\u0361]")
_BEYOND_LATIN = re.compile("[\u0370-\u1dff\u3040-\ud7af]+")
_CJK = {"Jpan", "Kore", "Hans", "Hant", "Hani", "Hrkt", "Kana", "Hira"}


class Named(Struct, frozen=True):
    """The languages a text names, by ISO 639-2/B code (639-3 where there is none), and the words that name none."""

    codes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def _named(text: str) -> Named:
    """Return the languages that a text names: one name or code, or several in a list or glued together.

    >>> _named("English; Czech").codes, _named("engger").codes, _named("Greek, Ancient (to 1453)").codes
    (('eng', 'cze'), ('eng', 'ger'), ('grc',))
    """
    if len(text) > _LONGEST:
        return Named((), (text,))
    single = code(text)
    if single or is_unsaid(text):
        return Named((single,) if single else ())
    parts = [part for part in _BETWEEN.split(text.strip()) if part]
    if len(parts) < 2:
        parts = _glued(text.strip()) or parts
    codes = {part: code(part) for part in parts}
    unknown = tuple(part for part, found in codes.items() if not found and not is_unsaid(part))
    return Named(tuple(dict.fromkeys(filter(None, codes.values()))), unknown)


named = remembered(_named)


def _glued(text: str) -> list[str]:
    """Return the codes that stand together without a sign ("engger", "eng ger"), none where one of them is no code."""
    words = re.split(r"[\s-]+", text)
    if len(words) == 1 and len(text) % 3 == 0 and text.isascii() and (text.islower() or text.isupper()):
        words = [text[n : n + 3] for n in range(0, len(text), 3)]
    known = vocabulary().codes("iso639-2")
    return words if len(words) > 1 and all(len(word) < 4 and _of_code(word.lower()) in known for word in words) else []


def is_unsaid(text: str) -> bool:
    """Determine whether the text itself says that the language is not known ("Undetermined")."""
    return _folded(text) in _NOTHING


def _code(name: str) -> str:
    """Return the ISO 639-2/B code (639-3 where there is none) for a name or code, empty where it names no language.

    >>> _code("English"), _code("deu"), _code("EN"), _code("Greek, Ancient (to 1453)"), _code("Undetermined")
    ('eng', 'ger', 'eng', 'grc', '')
    """
    text = _folded(name.strip(" []."))
    if text in _NOTHING or len(text) < 2 or _NO_WORD.search(text):
        return ""
    if text in _SPECIAL:
        return _SPECIAL[text]
    known = vocabulary().code("languages", text)
    return known["code"] if known else _of_code(text) or _of_name(text)


code = remembered(_code)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _of_code(text: str) -> str:
    """Return the code of a code or BCP 47 tag ("en", "deu", "pt-br", "zh_hant"); a word of three letters may be one.

    The tables of ISO 639 are asked, not CLDR's: for CLDR Tagalog is Filipino, and Serbo-Croatian is Serbian.
    """
    match = _LANGUAGE_TAG.fullmatch(text)
    if not match:
        return ""
    alpha3 = LANGUAGE_ALPHA3.get(match[1], "") if len(match[1]) == 2 else match[1]
    alpha3 = _BIBLIOGRAPHIC.get(alpha3, alpha3)
    if vocabulary().code("iso639-2", alpha3):
        return alpha3
    withdrawn = vocabulary().code("languages", alpha3)
    if withdrawn:
        return withdrawn["code"]
    known = VALIDITY.match(alpha3) or alpha3 in LANGUAGE_ALPHA3.values()
    return alpha3 if known and not _PRIVATE.fullmatch(alpha3) else ""


def _of_name(text: str) -> str:
    """Return the code of a name, with or without what stands in brackets behind it or the word "language".

    >>> _of_name("english (old)"), _of_name("english (us)"), _of_name("greek language")
    ('ang', 'eng', 'gre')
    """
    name, _, qualifier = text.rstrip(")").partition(" (")
    for attempt in (
        text,
        f"{qualifier} {name}",
        _QUALIFIER.sub("", text),
        text.removesuffix(" language"),
        text.removesuffix(" languages"),
    ):
        found = _names().get(attempt) or _further_names().get(attempt)
        if found:
            return found
    return ""


@cached()
def _names() -> dict[str, str]:
    """Return the codes by name, as ISO 639-2 has the names."""
    names: dict[str, str] = {}
    for row in vocabulary().rows("codes/iso639-2.csv"):
        for label in row["label"].split("; "):
            for name in (label, _QUALIFIER.sub("", label), _turned(label), _turned(_QUALIFIER.sub("", label))):
                names.setdefault(_folded(name), row["code"])
    return {name: found for name, found in names.items() if len(name) > 1}


@cached()
def _further_names() -> dict[str, str]:
    """Return the codes by the names of CLDR in the usual languages; it takes long, and few sources need them."""
    from language_data.name_data import CODE_TO_NAMES

    names: dict[str, str] = {}
    codes = {tag: found for tag in CODE_TO_NAMES if (found := _of_code(tag.lower()))}
    for tag, found in codes.items():
        named = CODE_TO_NAMES[tag]
        for name in (named.get("en", ""), named.get(tag, "")):
            names.setdefault(_folded(name), found)
    for language in _NAMED_IN.split():
        for tag, found in codes.items():
            if language in CODE_TO_NAMES[tag]:
                names.setdefault(_folded(CODE_TO_NAMES[tag][language]), found)
    return {name: found for name, found in names.items() if len(name) > 1}


def _turned(label: str) -> str:
    """Return "Old English" for "English, Old"."""
    last, comma, first = label.partition(", ")
    return f"{first} {last}" if comma else label


@remembered
def tag(iso639_2: str) -> str:
    """Return the shortest BCP 47 tag for the code ("ger" gives "de"), empty for mul, zxx and unknown codes."""
    return "" if iso639_2 in ("", "mul", "zxx", "und", "mis") else _two_letters().get(iso639_2, iso639_2)


@cached()
def _two_letters() -> dict[str, str]:
    """Return the codes of two letters by those of three; of two for one language the one that is in force."""
    found: dict[str, str] = {}
    for two, three in LANGUAGE_ALPHA3.items():
        if len(two) == 2 and two not in _WITHDRAWN:
            found[_BIBLIOGRAPHIC.get(three, three)] = two
    return found


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


# Reading and mapping a record ask the same questions; only a few are remembered, as texts may be long.
_agreed = remembered(_agrees, most=10_000, longest=2_100)


def _script_agrees(sample: str, language: str) -> bool:
    if not sample.isascii() and _ROMANIZED.search(sample):
        return False  # Cyrillic in Latin letters: no language is written like that
    beyond = "" if sample.isascii() else "".join(_BEYOND_LATIN.findall(sample))
    if not beyond:
        return _written_in(language, "Latn") or not _LATIN.search(sample)
    latin = len(_LATIN.findall(sample))
    found, most = "Latn", latin
    for name, letters in _SCRIPTS:
        count = len(letters.findall(beyond))
        if count > most:
            found, most = name, count
    return not most or _written_in(language, found)


def _written_in(language: str, script: str) -> bool:
    """Determine whether the language is written in the script, or nothing is known of that."""
    scripts = _scripts(language)
    return not scripts or script in scripts


@remembered
def _scripts(language: str) -> tuple[str, ...]:
    """Return the scripts a language is written in: those of `vocab/codes/scripts.csv`, else the likeliest of CLDR."""
    row = vocabulary().code("scripts", language)
    likely = langcodes.Language.get(language, normalize=False).maximize().script or ""
    return tuple("CJK" if one in _CJK else one for one in (row["scripts"].split() if row else [likely]) if one)


def _words_agree(sample: str, language: str) -> bool:
    known, by_word = _stopwords()
    words = _words(sample[:800].casefold())
    if len(words) < 8:
        return True
    votes = Counter(chain.from_iterable(filter(None, map(by_word.get, words))))
    if language not in known:  # a grammar of Latin may have a title in English
        return votes["en"] < 4 or votes["en"] * 4 < len(words)
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
