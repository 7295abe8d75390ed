"""Identifiers: both sides of every boundary, check digits among them."""

from __future__ import annotations

import pytest
from stdnum import isni

from ld.values import addresses, identifiers


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
        ("doi:  10.1000/x", "10.1000/x"), ("urn:doi:10.1000/x", "10.1000/x"), ("see doi:10.1000/x", ""),
        ("https://example.org/10.1000/x", ""), ("", ""),
        # however it is written
        ("doi.org/10.1000/x", "10.1000/x"), ("https://www.doi.org/10.1000/x", "10.1000/x"), ("DOI 10.1000/x", "10.1000/x"),
        ("info:doi/10.1000/x", "10.1000/x"), ("http://doi.org/doi:10.1000/x", "10.1000/x"), ("10.1000/x/", "10.1000/x"),
        ("doi:https://doi.org/10.1000/x", "10.1000/x"), ("//dx.doi.org/10.1000/x", "10.1000/x"),
        ("https://doi.org/https://doi.org/10.1000/x", "10.1000/x"), ("doi10.1000/x", "10.1000/x"),
        ("DOI=10.1000/x", "10.1000/x"), ("hdl:10.1000/x", "10.1000/x"), ("hdl:11.1000/x", ""), ("dog 10.1000/x", ""),
        ("https://doi.org/10.1000%2Fx", "10.1000/x"), ("https://doi.org/10.1000/x?a=b", "10.1000/x"),
        ("https://doi.org/10.1000/x#b", "10.1000/x"), ("10.1000/x?a", "10.1000/x?a"), ("10.1000/x#a", "10.1000/x#a"),
        ("10.1000\\/x", "10.1000/x"), ("https:\\/\\/doi.org\\/10.1000\\/x", "10.1000/x"),
        ("<https://doi.org/10.1000/x>", "10.1000/x"), ("[10.1000/x]", "10.1000/x"), ("“10.1000/x”", "10.1000/x"),
        ("(doi:10.1000/x)", "10.1000/x"), ("10.1000/x [doi]", "10.1000/x"), ("10.1000/x [pii]", ""),
        ("10.1000/x(1)", "10.1000/x(1)"), ("10.1000/x1)", "10.1000/x1"), ("10.1000/x; 10.1000/y", ""),
        ("10.1000.10/x", "10.1000.10/x"), ("10.1000./x", ""),
        # with what is not seen, ligatures and entities
        ("10.1000/fi\u200bne", "10.1000/fine"), ("\ufeff10.1000/x", "10.1000/x"), ("10.1000/\ufb01ne", "10.1000/fine"),
        ("10.1000/a–b", "10.1000/a-b"), ("10.1000/a&lt;b&gt;c", "10.1000/a<b>c"), ("10.1000/a&amp;lt;b", "10.1000/a<b"),
        ("10.1000/a&b", "10.1000/a&b"), ("10.1000/a&b;c", "10.1000/a&b;c"),
        # SICIs
        ("10.1175/1520-0477(1996)077<0437:TNYRP>2.0.CO;2", "10.1175/1520-0477(1996)077<0437:tnyrp>2.0.co;2"),
        ("10.1002/(SICI)1096(199601)99:1<1::AID-AJPA1>3.0.CO;2-#", "10.1002/(sici)1096(199601)99:1<1::aid-ajpa1>3.0.co;2-#"),
        ("https://doi.org/10.1002/(SICI)1%3C1::AID-S%3E3.0.CO;2-2", "10.1002/(sici)1<1::aid-s>3.0.co;2-2"),
    ],
)  # fmt: skip
def test_a_doi_is_bare_and_in_lower_case(raw: str, expected: str) -> None:
    assert identifiers.doi(raw) == expected


@pytest.mark.parametrize(
    ("doi", "iri"),
    [
        ("10.1000/x", "10.1000/x"), ("10.1000/<x>", "10.1000/%3Cx%3E"), ("10.1000/a#b?c", "10.1000/a%23b%3Fc"),
        ('10.1000/"{|}\\^`[]%', "10.1000/%22%7B%7C%7D%5C%5E%60%5B%5D%25"), ("10.1000/(a):b;c", "10.1000/(a):b;c"),
    ],
)  # fmt: skip
def test_a_doi_in_an_iri_has_its_reserved_characters_encoded(doi: str, iri: str) -> None:
    assert identifiers.doi_iri(doi) == f"https://doi.org/{iri}"
    assert addresses.is_iri(identifiers.doi_iri(doi))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2297-7775", "2297-7775"), ("22977775", "2297-7775"), ("2297‐7775", "2297-7775"), ("2297–7775", "2297-7775"),
        ("2297—7775", "2297-7775"), ("2297 7775", "2297-7775"), ("2297  7775", ""), ("no 2297 7775", ""), ("2297--7775", ""), ("ISSN 2297-7775 (print)", "2297-7775"),
        ("0000-006X", "0000-006X"), ("0000-006x", "0000-006X"), ("0000-0060", ""), ("0000-0000", ""), ("9999-9994", ""), ("1234-5679", "1234-5679"),
        *[(f"2297-777{digit}", "") for digit in "012346789X"],
        ("12297-7775", ""), ("2297-77755", ""), ("229-7775", ""), ("", ""),
    ],
)  # fmt: skip
def test_an_issn_has_the_right_check_digit(raw: str, expected: str) -> None:
    assert identifiers.issn(raw) == expected


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
    assert identifiers.isbn(raw) == expected


@pytest.mark.parametrize(
    ("raw", "digits"),
    [
        ("0000-0002-1825-0097", "0000-0002-1825-0097"), ("0000000218250097", "0000-0002-1825-0097"),
        ("https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("http://orcid.org/0000-0002-1825-0097/ ", "0000-0002-1825-0097"),
        ("https://sandbox.orcid.org/0000-0002-1825-0097", ""),
        ("0000-0002-1694-233X", "0000-0002-1694-233X"), ("0000-0002-1694-233x", "0000-0002-1694-233X"),
        *[(f"0000-0002-1825-009{digit}", "") for digit in "012345689X"],
        ("0000-0002-1825-0097 (Carberry)", "0000-0002-1825-0097"), ("0000-0002-1825-00977", ""), ("0000-0002-1825-009", ""), ("", ""),
    ],
)  # fmt: skip
def test_an_orcid_has_the_right_check_digit(raw: str, digits: str) -> None:
    assert identifiers.orcid(raw) == (f"https://orcid.org/{digits}" if digits else "")


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
    assert identifiers.lccn(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("0378-5955; 2529-850x", ["0378-5955", "2529-850X"]), ("0378-5955 (print) 2529-850X (online)", ["0378-5955",
        "2529-850X"]),
        ("0378-5955, 0378-5955", ["0378-5955"]), ("0378-5955; 0378-5954", ["0378-5955"]), ("0000-0000; 0378-5955",
        ["0378-5955"]),
        ("2529-850\u0425", ["2529-850X"]), ("٢٢٩٧-٧٧٧٥", ["2297-7775"]), ("２２９７－７７７５", ["2297-7775"]),
        ("ISSN 0378 5955", ["0378-5955"]), ("eISSN: 2529 850X", ["2529-850X"]), ("2297\u00ad-7775", ["2297-7775"]),
        ("9770378595007", []), ("99-0698931-9", []), ("", []),
    ],
)  # fmt: skip
def test_each_issn_of_a_value_is_one(raw: str, expected: list[str]) -> None:
    assert [*identifiers.issns(raw)] == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("0306406152 9780306406157", ["9780306406157"]), ("9780306406157, 9791090636071", ["9780306406157",
        "9791090636071"]),
        ("0-306-40615-2 (v. 1) 080442957X (set)", ["9780306406157", "9780804429573"]),
        ("9780306406157080442957X", ["9780306406157", "9780804429573"]), ("97803064061570804429571", [""]),
        ("978 0 306 40615 7 0 8044 2957 X", ["9780306406157", "9780804429573"]), ("978 0 306 40615 7", ["9780306406157"]),
        ("ISBN-10 0306406152", ["9780306406157"]), ("ISBN-13: 978-0-306-40615-7", ["9780306406157"]),
        ("ISBN 10 0306406152", ["9780306406157"]), ("ISBN0306406152", ["9780306406157"]),
        ("0306406152 : £12.50", ["9780306406157"]), ("0306406152pbk", ["9780306406157"]),
        ("97803064061577", [""]), ("0306406152X", [""]), ("0306406152 0306406153", ["9780306406157", ""]),
        ("080442957\u0425", ["9780804429573"]), ("۹۷۸۰۳۰۶۴۰۶۱۵۷", ["9780306406157"]),
        # nine digits are an SBN only where they are marked or parted as one
        ("306-40615-2", ["9780306406157"]), ("306 40615 2", ["9780306406157"]), ("SBN 306406152", ["9780306406157"]),
        ("306406152", [""]), ("306-40615-3", [""]),
        ("0000000000", [""]), ("123456789X", [""]), ("9790260000438", [""]), ("M-2306-7118-7", [""]), ("M-2306-7118-8", [""]), ("12345678", []), ("none", []), ("", []),
    ],
)  # fmt: skip
def test_each_isbn_of_a_value_is_one(raw: str, expected: list[str]) -> None:
    assert list(dict.fromkeys(number for _, number in identifiers.candidates(raw))) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("9790260000438", ["9790260000438"]), ("979-0-2600-0043-8 (score)", ["9790260000438"]),
        ("M-2306-7118-7", ["9790230671187"]), ("m 2306 7118 7", ["9790230671187"]), ("ISMN M230671187", ["9790230671187"]),
        ("M-2306-7118-8", []), ("9790260000439", []), ("9780306406157", []), ("9791090636071", []), ("AM230671187", []),
        ("97902600004381", []), ("M-2306-7118-7; 9790260000438", ["9790230671187", "9790260000438"]), ("", []),
    ],
)  # fmt: skip
def test_an_ismn_is_that_of_music_and_has_the_right_check_digit(raw: str, expected: list[str]) -> None:
    assert [*identifiers.ismns(raw)] == expected
    assert not any(number.startswith("9790") for number in identifiers.isbns(raw))


@pytest.mark.parametrize(
    ("raw", "good"),
    [
        ("https://orcid.org/0000-0002-1825-0097?lang=en", True), ("0000–0002–1825–0097", True), ("orcid.org/0000-0002-1825-0097", True),
        ("https://orcid.org/my-orcid?orcid=0000-0002-1825-0097", True), ("https:\\/\\/orcid.org\\/0000-0002-1825-0097", True),
        ("0000 0002 1825 0097", True), ("ORCID: 0000-0002-1825-0097", True), ("https%3A%2F%2Forcid.org%2F0000-0002-1825-0097", True),
        ("0000-0002-1825-0097\u200b", True), ("0000-0002-1825-0097, 0000-0002-1825-0097", True),
        ("0000-0002-1825-0097 0000-0002-1694-233X", False), ("x0000-0002-1825-0097", False), ("0000-0002-1825-0098", False),
    ],
)  # fmt: skip
def test_an_orcid_is_read_however_it_is_written(raw: str, good: bool) -> None:
    assert identifiers.orcid(raw) == ("https://orcid.org/0000-0002-1825-0097" if good else "")


@pytest.mark.parametrize(
    ("number", "good"),
    [
        ("0000-0001-5000-0007", True), ("0000-0001-4999-9992", False), ("0000-0003-5000-0001", True),
        ("0000-0003-5000-001X", False), ("0009-0000-0000-0017", True), ("0009-0010-0000-0003", True),
        ("0009-0010-0000-0011", False), ("0000-0000-0000-0001", False),
    ],
)  # fmt: skip
def test_an_orcid_lies_in_the_blocks_of_orcid(number: str, good: bool) -> None:
    assert isni.is_valid(number.replace("-", ""))
    assert bool(identifiers.orcid(number)) is good


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("12345", "12345"), ("ocm00012345", "12345"), ("ocn123456789", "123456789"), ("on1234567890", "1234567890"),
        ("(OCoLC)12345", "12345"), ("(OCoLC)ocm00012345", "12345"), ("OCLC: 12345", "12345"), (" 12345 ", "12345"),
        ("0", ""), ("ocm", ""), ("12345a", ""), ("fst00959660", ""), ("1" * 14, "1" * 14), ("1" * 15, ""), ("", ""),
    ],
)  # fmt: skip
def test_an_oclc_number_has_digits_only(raw: str, expected: str) -> None:
    assert identifiers.oclc(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("hdl:1765/309", "1765/309"), ("hdl: 1234.5/6789", "1234.5/6789"), ("hdl.handle.net/1765/309", "1765/309"),
        ("http://hdl.handle.net/1765/309", "1765/309"), ("info:hdl/1765/309", "1765/309"), ("hdl:1765/a<b", "1765/a%3Cb"),
        ("1765/309", ""), ("hdl:1765", ""), ("hdl:a/309", ""), ("hdl:1765/a b", ""), ("hdl:1765/é", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_handle_leads_to_its_resolver(raw: str, expected: str) -> None:
    assert identifiers.handle(raw) == (f"https://hdl.handle.net/{expected}" if expected else "")
