"""Languages: names and codes of all kinds become one code; a text is tagged only where nothing speaks against it."""

from __future__ import annotations

import pytest

from ld.values import languages
from ld.values.vocab import vocabulary

# The 20 languages that have two codes in ISO 639-2: bibliographic, terminological, ISO 639-1.
TWO_CODES = """
    alb sqi sq, arm hye hy, baq eus eu, bur mya my, chi zho zh, cze ces cs, dut nld nl, fre fra fr, geo kat ka,
    ger deu de, gre ell el, ice isl is, mac mkd mk, mao mri mi, may msa ms, per fas fa, rum ron ro, slo slk sk,
    tib bod bo, wel cym cy
"""


@pytest.mark.parametrize("codes", TWO_CODES.split(","), ids=str.strip)
def test_a_language_with_two_codes_has_the_bibliographic_one(codes: str) -> None:
    bibliographic, terminological, two_letters = codes.split()

    assert {languages.code(one) for one in codes.split()} == {bibliographic}
    assert languages.tag(bibliographic) == two_letters
    assert languages.iri(bibliographic) == f"http://id.loc.gov/vocabulary/iso639-2/{bibliographic}"
    assert languages.iri(terminological) == ""


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("English", "eng"), ("ENGLISH", "eng"), (" english ", "eng"), ("eng", "eng"), ("en", "eng"), ("EN", "eng"),
        ("en-GB", "eng"), ("en_GB", "eng"), ("pt-BR", "por"), ("zh-hans", "chi"), ("Deutsch", "ger"),
        ("French; English", ""), ("Greek, Ancient (to 1453)", "grc"), ("German (Austria)", "ger"),
        ("English (Old)", "ang"), ("Sorbian (Upper)", "hsb"), ("[English]", "eng"), ("English.", "eng"),
        ("scr", "hrv"), ("scc", "srp"), ("mol", "rum"), ("gsw", "gsw"), ("Greek", "gre"),
        ("mul", "mul"), ("Multiple languages", "mul"), ("multiple", "mul"), ("zxx", "zxx"), ("No linguistic content",
        "zxx"),
        ("", ""), ("und", ""), ("Undetermined", ""), ("unknown", ""), ("Other", ""), ("n/a", ""), ("Other languages",
        ""),
        # ISO 639 is asked, not CLDR
        ("Tagalog", "tgl"), ("tgl", "tgl"), ("tl", "tgl"), ("Filipino", "fil"), ("Serbo-Croatian", "hbs"), ("sh", "hbs"),
        ("hbs", "hbs"), ("Serbokroatisch", "hbs"), ("iw", "heb"), ("mo", "rum"), ("cmn", "cmn"), ("sr-Latn", "srp"),
        ("zh-Hant-TW", "chi"), ("es-419", "spa"), ("qaa", ""), ("qtz", ""),
        # codes that MARC has withdrawn, and names of its list
        ("cam", "khm"), ("gua", "grn"), ("iri", "gle"), ("tag", "tgl"), ("Slavic (Other)", "sla"), ("Tai (Other)", "tai"),
        ("Norwegian (Bokmål)", "nob"), ("Romance (Other)", "roa"), ("Moldavian", "rum"), ("Syriac", "syc"),
        # names in other languages, and none that only resemble one
        ("немецкий", "ger"), ("Allemand", "ger"), ("castellano", "spa"), ("中文", "chi"), ("Old English", "ang"),
        ("Latvian language", "lav"), ("English (US)", "eng"), ("bilingual", ""), ("Englis", ""), ("b", ""), ("日", ""),
        ("Hakka dialect", ""),
        ("Martian", ""), ("qq", ""), ("xyz-abcde", ""), ("en\x00", ""), ("en\x1f", "eng"), ("e\x1fn", ""), ("en\x7f",
        ""), ("en\x9f", ""),
        ("en\ud800", ""),
    ],
)  # fmt: skip
def test_a_name_or_code_becomes_a_code(name: str, code: str) -> None:
    assert languages.code(name) == code


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("tgl", "tl"),
        ("hbs", "sh"),
        ("heb", "he"),
        ("cmn", "cmn"),
        ("rum", "ro"),
        ("eng", "en"),
        ("ger", "de"),
        ("grc", "grc"),
        ("gsw", "gsw"),
        ("", ""),
        ("mul", ""),
        ("zxx", ""),
        ("und", ""),
    ],
)
def test_the_tag_is_the_shortest(code: str, tag: str) -> None:
    assert languages.tag(code) == tag


@pytest.mark.parametrize(
    ("code", "known"), [("eng", True), ("mul", True), ("zxx", True), ("cmn", False), ("deu", False), ("", False)]
)
def test_only_a_code_of_iso_639_2_has_an_iri(code: str, known: bool) -> None:
    assert languages.iri(code) == (f"http://id.loc.gov/vocabulary/iso639-2/{code}" if known else "")


@pytest.mark.parametrize(
    ("text", "codes", "unknown"),
    [
        ("English; Czech", "eng cze", ""), ("eng; ger", "eng ger", ""), ("engger", "eng ger", ""), ("ENGGERFRE", "eng ger fre", ""),
        ("grc/lat", "grc lat", ""), ("English and French", "eng fre", ""), ("en,fr", "eng fre", ""), ("eng ger", "eng ger", ""),
        ("eng-ger", "eng ger", ""), ("Deutsch und Englisch", "ger eng", ""), ("eng|eng", "eng", ""), ("English & Welsh", "eng wel", ""),
        ("English; Martian", "eng", "Martian"), ("Martian", "", "Martian"), ("engxyz", "", "engxyz"), ("enger", "", "enger"),
        ("german", "ger", ""), ("persan", "per", ""), ("Greek, Ancient (to 1453)", "grc", ""), ("Undetermined; eng", "eng", ""),
        ("und", "", ""), ("", "", ""), ("pt-BR", "por", ""), ("Serbian and Croatian", "hbs", ""),
        ("Creoles and Pidgins, English-based (Other)", "cpe", ""),
    ],
)  # fmt: skip
def test_several_languages_of_one_value_are_several(text: str, codes: str, unknown: str) -> None:
    found = languages.named(text)

    assert (" ".join(found.codes), " ".join(found.unknown)) == (codes, unknown)


def test_every_name_and_code_of_iso_639_2_is_known() -> None:
    for row in vocabulary().rows("codes/iso639-2.csv"):
        if row["code"] not in ("und", "mis", "qaa-qtz"):
            assert languages.code(row["code"]) == row["code"]
            name = row["label"].split("; ")[0]
            # "ga" is a code before it is a name; what MARC calls Syriac is Classical Syriac in ISO 639
            assert languages.code(name) == {"Ga": "gle", "Syriac": "syc"}.get(name, row["code"])


# -- does a text agree with its language -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "agreeing"),
    [
        ("Война и мир", {"ru", "uk", "bg", "sr"}), ("كتاب", {"ar", "fa", "ur"}), ("ספר", {"he", "yi"}),
        ("Βιβλίο", {"el", "grc"}), ("本", {"ja", "zh", "ko"}), ("ほん", {"ja", "zh", "ko"}), ("책", {"ja", "zh", "ko"}),
        ("หนังสือ", {"th"}), ("किताब", {"hi", "mr", "ne"}), ("A book", {"en", "de", "pl", "sr", "tr", "vi"}), ("Ọ̀ṣun",
        {"en", "de", "pl", "sr", "tr", "vi"}),
    ],
)  # fmt: skip
def test_the_script_must_be_one_that_the_language_is_written_in(text: str, agreeing: set[str]) -> None:
    every = {"ru", "uk", "bg", "sr", "ar", "fa", "ur", "he", "yi", "el", "grc", "ja", "zh", "ko", "th", "hi", "mr",
    "ne",
             "en", "de", "pl", "tr", "vi"}  # fmt: skip

    assert {language for language in every if languages.agrees(text, language)} == agreeing


@pytest.mark.parametrize(
    ("text", "language", "agrees"),
    [
        ("мир abc", "ru", False), ("мир abcd", "ru", False), ("мира abc", "ru", True), ("мира abc", "en", False),
        ("мир abc", "en", True), ("12345", "ru", True), ("12345", "en", True), ("!…“”", "ru", True), ("", "ru", True),
        ("Rat i mir", "sr", True), ("Rat i mir", "sh", True), ("Война и мир", "hr", False), ("Rat i mir", "ru", False),
        ("x", "", False), ("мир книга abc", "el", False), ("Ԥ", "ru", True), ("ꙮ", "ru", True),
        # scripts that are not told apart speak against Latin no more than nothing does
        ("ഗ്രന്ഥം", "ml", True), ("A" + "ж" * 2000 + "a" * 3000, "ru", True), ("a" * 1999 + "ж" * 3000, "en", True),
    ],
)  # fmt: skip
def test_the_commonest_script_decides(text: str, language: str, agrees: bool) -> None:
    assert languages.agrees(text, language) is agrees


SEVEN = "the house of the man and wald"
EIGHT = "the house of the man and the wald"


@pytest.mark.parametrize(
    ("text", "language", "agrees"),
    [
        (SEVEN, "de", True), (EIGHT, "de", False), (EIGHT, "en", True), (EIGHT, "ru", False),
            # of a language without stop words it is only asked whether the text is English
            (EIGHT, "fi", False), ("talo ja metsä ja suuri the of the", "fi", True),
        # two stop words are too few to vote, three are enough
        ("the house of wald berg tal see fluss", "de", True), ("the house of the wald berg tal see", "de", False),
        # to lose is to have half of the best or less
        ("the of and to der die x y", "de", False), ("the of and der die x y z", "de", True),
        ("der die das und the of x y", "de", True), ("der die das und the of x y", "en", False),
        ("THE HOUSE OF THE MAN AND THE WALD", "de", False), ("the_house-of.the,man;and the 1 wald", "de", False),
        ("l'homme the of the and the x y z", "fr", False),
        # only the beginning is looked at
        ("x " * 400 + EIGHT, "de", True), ("x " * 390 + EIGHT, "de", False),
    ],
)  # fmt: skip
def test_from_eight_words_on_stop_words_have_a_vote(text: str, language: str, agrees: bool) -> None:
    assert languages.agrees(text, language) is agrees


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a b", ["a", "b"]), ("it's", ["it", "s"]), ("naïve—über", ["naïve", "über"]), ("x1y", ["x", "y"]),
        ("a_b", ["a", "b"]),
        ("„Wort“", ["Wort"]), ("12 34", []), ("", []), ("a\ud800b", ["a", "b"]), ("中文，字", ["中文", "字"]),
    ],
)  # fmt: skip
def test_words_are_runs_of_letters(text: str, words: list[str]) -> None:
    assert languages._words(text) == words
