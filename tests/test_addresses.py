"""Addresses and IRIs: both sides of every boundary."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from ld.values import addresses

# What turns the direction of an address, or is not seen in it, was pasted in by mistake.
PASTED = [
    *"\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2066\u2067\u2068\u2069\u206a\ufeff",
]
UNSEEN = [*"\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000\u200c\u200d\u2065"]


@pytest.mark.parametrize("sign", PASTED, ids=lambda sign: f"U+{ord(sign):04X}")
def test_what_is_pasted_into_an_address_without_being_seen_is_dropped(sign: str) -> None:
    assert addresses.url(f"http://exam{sign}ple.org/a{sign}b{sign}") == "http://example.org/ab"


@pytest.mark.parametrize("sign", UNSEEN, ids=lambda sign: f"U+{ord(sign):04X}")
def test_what_cannot_be_seen_never_stands_in_an_address(sign: str) -> None:
    found = addresses.url(f"http://example.org/a{sign}b")

    assert found == "http://example.org/a" + "".join(f"%{byte:02X}" for byte in sign.encode()) + "b"
    assert addresses.url(f"http://exam{sign}ple.org/") == ""


@pytest.mark.parametrize("sign", ["\u061b", "\u061d", "\u2010", "\u2030", "\u2070", "\ufe70"])
def test_the_letters_beside_them_stay(sign: str) -> None:
    assert addresses.url(f"http://example.org/{sign}") == f"http://example.org/{sign}"


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
        ("http://example.org/?a=1&amp;b=2", "http://example.org/?a=1&b=2"),
        ("http://example.org/?a=1&amp;amp;b", "http://example.org/?a=1&b"), ("http://example.org/?a=1&#38;b", "http://example.org/?a=1&b"),
        ("http://example.org/?a=1&copy=2", "http://example.org/?a=1&copy=2"),
        ("http://example.org/?a=1&lt;b", "http://example.org/?a=1&lt;b"),
        ("http://http://example.org/", "http://example.org/"), ("http://https://example.org/", "https://example.org/"),
        ("http:/http://example.org/", "http://example.org/"), ("http://example.org/http://a.b/", "http://example.org/http://a.b/"),
        ("http:// example.org/a", "http://example.org/a"), ("http:\\\\example.org", "http://example.org"),
        ("http:\\/\\/example.org\\/a", "http://example.org/a"), ("//example.org/a", "http://example.org/a"), ("//a", ""),
        ("WWW.example.org", "http://WWW.example.org"), ("wwww.example.org", ""), ("example.org/a", ""),
        ("http://" + "a." * 126 + "a", "http://" + "a." * 126 + "a"), ("http://" + "a." * 127, ""),
        ("http://a.b/" + "c" * 8000, "http://a.b/" + "c" * 8000), ("http://a.b/" + "c" * 8001, ""),
    ],
)  # fmt: skip
def test_an_address_becomes_an_iri_that_leads_to_the_same(raw: str, expected: str) -> None:
    assert addresses.url(raw) == expected


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
    assert addresses.is_iri(iri)
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
    assert not addresses.is_iri(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", "a%20b"), ("é", "é"), ("%", "%25"), ("%41", "%41"), ("%4", "%254"), ("\udc80", "%3F"), ("[#]", "[#]"),
        ("\u202e", "%E2%80%AE"),
    ],
)  # fmt: skip
def test_what_may_not_stand_in_an_iri_is_encoded(text: str, expected: str) -> None:
    assert addresses.repaired(text) == expected


@given(st.text())
def test_what_is_encoded_means_the_same(text: str) -> None:
    assert unquote(addresses.repaired("http://example.org/" + text)) == unquote(
        "http://example.org/" + text.encode("utf-8", "replace").decode()
    )


A, B = "http://a.example/x", "https://b.example/y"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (f"{A}; {B}", [A, B]), (f"{A};{B}", [A, B]), (f"{A}, {B}", [A, B]), (f"{A},{B}", [A, B]), (f"{A} {B}", [A, B]),
        (f"{A}\n{B}", [A, B]), (f"{A} | {B}", [A, B]), (f"{A}{B}", [A, B]), (f"{A} {A}", [A, A]), (f"{A} ; ", [A]),
        (f"{A}?u={B}", [f"{A}?u={B}"]), (f"{A}/{B}", [f"{A}/{B}"]), (f"{A}?u=1,{B}", [f"{A}?u=1,{B}"]),
        (f"{A}?u=1; {B}", [f"{A}?u=1", B]), (f"http://{A}", [A]), (f"URL: {A}", [A]), (f"Full text: {A}", [A]),
        (f"<{A}>", [A]), (f'"{A}"', [A]), (f"a.example; {B}", ["", B]),
        (f"a.example/x; {B}", [A, B]),
        ("doi:10.1000/x", ["https://doi.org/10.1000/x"]), ("doi.org/10.1000/x", ["https://doi.org/10.1000/x"]),
        ("10.1000/x", ["https://doi.org/10.1000/x"]), ("https://dx.doi.org/10.1000/x", ["https://dx.doi.org/10.1000/x"]),
        ("hdl:1234.5/6789", ["https://hdl.handle.net/1234.5/6789"]), ("hdl.handle.net/1/2", ["https://hdl.handle.net/1/2"]),
        ("mailto:a@b.example", [""]), ("a@b.example", [""]), ("http://a@b.example/", [""]), ("u", [""]), ("", []), (" ; ", []),
    ],
)  # fmt: skip
def test_each_address_of_a_value_is_one(raw: str, found: list[str]) -> None:
    assert [iri for _, iri in addresses.addresses(raw)] == found


def test_the_parts_of_a_value_that_are_no_addresses_are_told() -> None:
    assert addresses.addresses(f"a.example; {B}") == (("a.example", ""), (B, B))


def test_a_value_longer_than_any_address_is_none() -> None:
    assert addresses.addresses("http://a.example/" + " " * 9_983) == (("http://a.example/", "http://a.example/"),)
    assert addresses.addresses("http://a.example/" + " " * 9_984)[0][1] == ""


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("journal.example.org/a", "http://journal.example.org/a"), ("http//a.example/x", A), ("http:/a.example/x", A),
        ("http://http//a.example/x", A), ("http:///a.example/x", A), ("http.example/x", "http://http.example/x"),
        ("http://n/a", ""), ("http://localhost/a", ""), ("http://example", ""), ("http://a..example/x", ""),
        ("http://-a.example/x", ""), ("http://a-.example/x", ""), ("http://a.example:65535/x", "http://a.example:65535/x"),
        ("http://a.example:65536/x", ""), ("http://192.0.2.1/a", "http://192.0.2.1/a"), ("http://ä.example./", "http://ä.example./"),
        ("a.example", ""), ("index/a.example", ""), ("and/or", ""), ("a.example/x y", ""),
    ],
)  # fmt: skip
def test_an_address_has_a_host_that_can_be_on_the_web(raw: str, found: str) -> None:
    assert addresses.addresses(raw)[0][1] == found
