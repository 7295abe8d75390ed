"""Identifiers and IRIs: both sides of every boundary, check digits among them."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from ld.values import names

# -- identifiers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("10.1000/x", "10.1000/x"), ("10.100/x", ""), ("10.123456789/x", "10.123456789/x"), ("10.1234567890/x", ""),
        ("10.1000/", ""), ("10.1000", ""), ("11.1000/x", ""), ("10.1000/" + "x" * 400, "10.1000/" + "x" * 400),
        ("10.1000/" + "x" * 401, ""), ("10.1000/A.B", "10.1000/a.b"), (" 10.1000/x ", "10.1000/x"),
        ("10.1000/x.,;", "10.1000/x"), ("10.1000/x.y", "10.1000/x.y"), ("10.1000/a b", ""), ("10.1000/é", ""),
        ("10.1000/a\x07b", ""), ("10.1000/%3Cx%3E", "10.1000/<x>"), ("10.1000/a%20b", ""), ("10.1000/X%2FY",
        "10.1000/x/y"),
        ("https://doi.org/10.1000/x", "10.1000/x"), ("http://dx.doi.org/10.1000/x", "10.1000/x"),
        ("HTTPS://DOI.ORG/10.1000/x", "10.1000/x"), ("doi:10.1000/x", "10.1000/x"), ("DOI: 10.1000/x", "10.1000/x"),
        ("doi:  10.1000/x", ""), ("urn:doi:10.1000/x", "10.1000/x"), ("see doi:10.1000/x", ""),
        ("https://example.org/10.1000/x", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_doi_is_bare_and_in_lower_case(raw: str, expected: str) -> None:
    assert names.doi(raw) == expected


@pytest.mark.parametrize(
    ("doi", "iri"),
    [
        ("10.1000/x", "10.1000/x"), ("10.1000/<x>", "10.1000/%3Cx%3E"), ("10.1000/a#b?c", "10.1000/a%23b%3Fc"),
        ('10.1000/"{|}\\^`[]%', "10.1000/%22%7B%7C%7D%5C%5E%60%5B%5D%25"), ("10.1000/(a):b;c", "10.1000/(a):b;c"),
    ],
)  # fmt: skip
def test_a_doi_in_an_iri_has_its_reserved_characters_encoded(doi: str, iri: str) -> None:
    assert names.doi_iri(doi) == f"https://doi.org/{iri}"
    assert names.is_iri(names.doi_iri(doi))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2297-7775", "2297-7775"), ("22977775", "2297-7775"), ("2297‐7775", "2297-7775"), ("2297–7775", "2297-7775"),
        ("2297—7775", "2297-7775"), ("2297 7775", ""), ("2297--7775", ""), ("ISSN 2297-7775 (print)", "2297-7775"),
        ("0000-006X", "0000-006X"), ("0000-006x", "0000-006X"), ("0000-0060", ""), ("0000-0000", "0000-0000"),
        *[(f"2297-777{digit}", "") for digit in "012346789X"],
        ("12297-7775", ""), ("2297-77755", ""), ("229-7775", ""), ("", ""),
    ],
)  # fmt: skip
def test_an_issn_has_the_right_check_digit(raw: str, expected: str) -> None:
    assert names.issn(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("0306406152", "9780306406157"), ("0-306-40615-2", "9780306406157"), ("0 306 40615 2 (pbk.)", "9780306406157"),
        ("080442957X", "9780804429573"), ("080442957x", "9780804429573"), ("9780306406157", "9780306406157"),
        ("978-0-306-40615-7", "9780306406157"), ("978‐0‐306‐40615‐7", "9780306406157"),
        ("978–0–306–40615–7", "9780306406157"), ("9791090636071", "9791090636071"), ("9770306406158", ""),
        *[(f"030640615{digit}", "") for digit in "013456789X"],
        *[(f"978030640615{digit}", "") for digit in "012345689"],
        ("030640615", ""), ("03064061", ""), ("978030640615X", ""), ("", ""),
    ],
)  # fmt: skip
def test_an_isbn_has_13_digits_and_the_right_check_digit(raw: str, expected: str) -> None:
    assert names.isbn(raw) == expected


@pytest.mark.parametrize(
    ("raw", "digits"),
    [
        ("0000-0002-1825-0097", "0000-0002-1825-0097"), ("0000000218250097", "0000-0002-1825-0097"),
        ("https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("http://orcid.org/0000-0002-1825-0097/ ", "0000-0002-1825-0097"),
        ("0000-0002-1694-233X", "0000-0002-1694-233X"), ("0000-0002-1694-233x", "0000-0002-1694-233X"),
        *[(f"0000-0002-1825-009{digit}", "") for digit in "012345689X"],
        ("0000-0002-1825-0097 (Carberry)", ""), ("0000-0002-1825-00977", ""), ("0000-0002-1825-009", ""), ("", ""),
    ],
)  # fmt: skip
def test_an_orcid_has_the_right_check_digit(raw: str, digits: str) -> None:
    assert names.orcid(raw) == (f"https://orcid.org/{digits}" if digits else "")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("   85000002 //r88", "85000002"), ("84643014 //r88", "84643014"), ("sn 84006638", "sn84006638"),
        ("SN84006638", "sn84006638"), ("85-2", "85000002"), ("n78-890351", "n78890351"), ("2001-000002", "2001000002"),
        ("2001000002", "2001000002"), ("20010000021", ""), ("8500000", ""), ("abcd85000002", ""),
        ("abc85000002", "abc85000002"), ("85-x", ""), ("85-", ""), ("85-0000002", "850000002"), ("", ""),
    ],
)  # fmt: skip
def test_an_lccn_is_in_its_normalised_form(raw: str, expected: str) -> None:
    assert names.lccn(raw) == expected


# -- names in paths -----------------------------------------------------------------------------------------------------


def test_digests_and_numbers_stay_what_they_are() -> None:
    """They stand in IRIs and in databases of sites."""
    assert names.digest("a") == "ca978112"
    assert names.digest("a", 4) == "ca97"
    assert names.digest("\udc80") == names.digest("\udc80")
    assert names.number("a") == 2340832890917691671
    assert names.number("record/\udc80") >= 0


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_name_in_a_path_comes_back(name: str) -> None:
    encoded = names.encoded(name)

    assert names.decoded(encoded) == name
    assert not set(encoded) & set("/?#: ")


def test_what_stays_as_it_is_in_a_path() -> None:
    assert names.encoded("aZ09-._~") == "aZ09-._~"
    assert names.encoded("a/b c\udc80") == "a%2Fb%20c%3F"


# -- addresses and IRIs ------------------------------------------------------------------------------------------------

# What turns the direction of an address, or is not seen in it: a reader is shown another address than is followed.
UNSEEN = [
    *"\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2065\u2066\u2067\u2068\u2069\ufeff",
    *"\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000",
]  # fmt: skip


@pytest.mark.parametrize("sign", UNSEEN, ids=lambda sign: f"U+{ord(sign):04X}")
def test_what_cannot_be_seen_never_stands_in_an_address(sign: str) -> None:
    found = names.url(f"http://example.org/a{sign}b")

    assert found == "http://example.org/a" + "".join(f"%{byte:02X}" for byte in sign.encode()) + "b"
    assert names.url(f"http://exam{sign}ple.org/") == ""


@pytest.mark.parametrize("sign", ["\u061b", "\u061d", "\u2010", "\u202f\u2030"[1], "\u206a", "\ufe70"])
def test_the_letters_beside_them_stay(sign: str) -> None:
    assert names.url(f"http://example.org/{sign}") == f"http://example.org/{sign}"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("http://example.org", "http://example.org"), ("HTTPS://Example.org/A", "https://Example.org/A"),
        ("ftp://example.org/a", "ftp://example.org/a"), (" http://example.org/ ", "http://example.org/"),
        ("www.example.org/a", "http://www.example.org/a"), ("example.org", ""), ("mailto:a@example.org", ""),
        ("javascript:alert(1)", ""), ("file:///etc/passwd", ""), ("http://", ""), ("http:///a", ""),
        ("http://a@example.org/", ""), ("http://example.org/a@b", "http://example.org/a@b"),
        ("http://example.org/?a=b#c", "http://example.org/?a=b#c"), ("http://example.org?a", "http://example.org?a"),
        ("http://example.org#a", "http://example.org#a"), ("http://example.org/a#b#c", "http://example.org/a#b%23c"),
        ("http://example.org/a#b#c#d", "http://example.org/a#b%23c%23d"),
        ("http://example.org/[1]", "http://example.org/%5B1%5D"), ("http://[::1]/", ""),
        ("http://example.org/?a[]=1#[2]", "http://example.org/?a%5B%5D=1#%5B2%5D"),
        ("http://example.org/100%", "http://example.org/100%25"), ("http://example.org/%4", "http://example.org/%254"),
        ("http://example.org/%4g", "http://example.org/%254g"), ("http://example.org/%aF", "http://example.org/%aF"),
        ("http://example.org/a b", "http://example.org/a%20b"), ("http://exam ple.org/", ""),
        ("http://example.org/a\nb", "http://example.org/a%0Ab"), ('http://example.org/"', "http://example.org/%22"),
        ("http://example.org/<>{}|\\^`", "http://example.org/%3C%3E%7B%7D%7C%5C%5E%60"),
        ("http://example.org:80/", "http://example.org:80/"), ("http://example.org:port/", ""),
        ("http://exa<mple.org/", ""), ("http://müller.example/ü", "http://müller.example/ü"),
        ("http://example.org/\ue000", "http://example.org/%EE%80%80"),
        ("http://" + "a" * 253, "http://" + "a" * 253), ("http://" + "a" * 254, ""),
        ("http://a.b/" + "c" * 8000, "http://a.b/" + "c" * 8000), ("http://a.b/" + "c" * 8001, ""),
    ],
)  # fmt: skip
def test_an_address_becomes_an_iri_that_leads_to_the_same(raw: str, expected: str) -> None:
    assert names.url(raw) == expected


@pytest.mark.parametrize(
    "iri",
    [
        "a:b", "http://example.org", "http://example.org/", "http://example.org:80/a", "http://a:b@example.org/",
        "urn:isbn:9780306406157", "http://example.org/é", "http://example.org/%C3%A9", "http://example.org?a/b?c#d/e?f",
        "a" * 31 + ":b", "http:/a", "http:a//b", "file:///a", "http://example.org/\u00a0", "http://example.org/\ud7ff",
        "http://example.org/\uf900", "http://example.org/\ufdcf", "http://example.org/\ufdf0",
        "http://example.org/\uffef",
        "http://example.org/\U00010000", "http://example.org/\U0001fffd", "http://example.org/\U000e1000",
        "http://example.org/\U000efffd", "http://example.org/~!$&'()*+,;=:@", "x+y-z.1:b",
    ],
)  # fmt: skip
def test_what_is_an_iri_is_taken_by_a_strict_reader(iri: str) -> None:
    assert names.is_iri(iri)
    assert len(list(parse(f"<{iri}> <a:b> <a:c> .\n".encode(), RdfFormat.N_TRIPLES))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "", "a", ":b", "1a:b", "a:", "/a", "//a", "a b:c", "a:b c", "a:b<", 'a:"', "a:b\\", "a:{", "a:^", "a:`", "a:|",
        "a:%", "a:%4", "a:%zz", "a:[", "a:b#c#d", "http://example.org:port/", "http://[::1]/", "a" * 32 + ":b",
        "http://example.org/\u009f", "http://example.org/\ue000", "http://example.org/\uf8ff",
        "http://example.org/\ufdd0", "http://example.org/\ufdef", "http://example.org/\ufff0",
        "http://example.org/\U0001fffe", "http://example.org/\U000e0fff", "http://example.org/\U000f0000",
        "a:b\n", "\na:b", "http://a@b@c/",
    ],
)  # fmt: skip
def test_what_is_no_iri_is_not_written(text: str) -> None:
    assert not names.is_iri(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", "a%20b"), ("é", "é"), ("%", "%25"), ("%41", "%41"), ("%4", "%254"), ("\udc80", "%3F"), ("[#]", "[#]"),
        ("\u202e", "%E2%80%AE"),
    ],
)  # fmt: skip
def test_what_may_not_stand_in_an_iri_is_encoded(text: str, expected: str) -> None:
    assert names.repaired(text) == expected


@given(st.text())
def test_what_is_encoded_means_the_same(text: str) -> None:
    assert unquote(names.repaired("http://example.org/" + text)) == unquote(
        "http://example.org/" + text.encode("utf-8", "replace").decode()
    )
