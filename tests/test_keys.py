"""Keys of labels: what is one key and what is not, over all scripts; and that every IRI answers about itself."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from conftest import BASE
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse
from serving import Server, serving

from ld.formats.table import RECORD
from ld.publish.run import publish
from ld.settings import Settings
from ld.values import keys, names
from ld.web import create_app

# -- labels ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Natural history", "natural-history"), ("  Natural -- HISTORY. ", "natural-history"),
        ("Frontiers Media S.A.", "frontiers-media-s-a"), ("J.R. Smith", "j-r-smith"), ("R&D", "r-and-d"),
        ("Ångström", "ångström"), ("A\u030angstro\u0308m", "ångström"), ("Maße", "maße"), ("Łódź", "łódź"),
        ("Việt Nam", "việt-nam"), ("Й", "й"), ("数学", "数学"), ("काम", "काम"), ("กิน", "กิน"), ("שלום־עליכם", "שלום-עליכם"),
        ("H₂O", "h₂o"), ("x" * 120, "x" * 120),
    ],
)  # fmt: skip
def test_a_key_is_readable_and_keeps_marks_and_accents(label: str, key: str) -> None:
    assert keys.key(label) == key


@pytest.mark.parametrize(
    ("label", "readable"),
    [
        ("", ""), ("...", ""), ("🙂", ""), ("a ≠ b", "a-b"), ("5 €", "5"), ("C++", "c"), ("C#", "c"), ("a_b", "a-b"),
        (".NET", "net"), ("Lisp 1.5", "lisp-1-5"), ("Doe, Jane", "doe-jane"), ("Dupont, 1950-", "dupont-1950"),
        ("x" * 121, "x" * 120), ("数" * 100, "数" * 80), ("a\u200db", "a-b"),
    ],
)  # fmt: skip
def test_where_the_readable_part_lacks_something_a_hash_of_the_whole_follows(label: str, readable: str) -> None:
    assert keys.key(label) == f"{readable}~{names.digest(keys.folded(label))}"


SAME = [
    ("Quality control -- Mathematics.", "Quality control--Mathematics"), ("SOIL", "Soil"), ("Soil .", "soil"),
    ("Springer-Verlag", "Springer Verlag"), ("Springer – Verlag", "Springer Verlag"), ("1939 -1945", "1939-1945"),
    ("Example Pub. Inc.", "EXAMPLE PUB. INC."), ("Mu\u0308ller", "Müller"), ("Q & A", "Q and A"), ("J. R. R.", "J.R.R."),
    ("Doe, Jane, 1950- .", "Doe, Jane, 1950-"),
]  # fmt: skip
UNLIKE = [
    ("काम", "कीम"), ("राम", "रिम"), ("กิน", "กัน"), ("ดี", "ดู"), ("বই", "বউ"), ("bạn", "bàn"), ("bạn", "bán"),
    ("Müller", "Muller"), ("Maße", "Masse"), ("idé", "ide"), ("C", "C++"), ("C", "C#"), ("a ≠ b", "a ≈ b"),
    ("NET", ".NET"), ("x²", "x2"), ("5 18", "5.18"), ("a/b", "a b"), ("Doe, 1950-", "Doe, -1950"),
    ("Doe, 1950-", "Doe, 1950"), ("Doe, -1950", "Doe, 1950"), ("-ca. 1950", ", -ca. 1950"), ("پ", "ب"), ("می‌خواهم", "میخواهم"),
    ("x" * 130 + "a", "x" * 130 + "b"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_is_proven_the_same_has_one_key(one: str, other: str) -> None:
    assert keys.key(one) == keys.key(other)


@pytest.mark.parametrize(("one", "other"), UNLIKE)
def test_what_carries_meaning_tells_keys_apart(one: str, other: str) -> None:
    assert keys.key(one) != keys.key(other)


LETTERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
# What may fold or be lost: letters that compose, cases, stops, hyphens, marks, signs without width.
NEAR = st.text("aAäßẞıİeé\u0301\u0308ςσΣकाीิักน数가\u1100\u1161 .-–&,+#~/\u200d\u00ad²2", max_size=8)


@given(LETTERS | NEAR, LETTERS | NEAR)
@example("ΟΔΟΣ", "οδοσ")
@example("c~cedb1bac", "C++")
def test_equal_keys_are_of_labels_that_are_equal_after_folding(one: str, other: str) -> None:
    assert (keys.key(one) == keys.key(other)) == (keys.folded(one) == keys.folded(other))


@given(LETTERS | NEAR, LETTERS | NEAR)
def test_nothing_is_folded_but_what_is_stated(one: str, other: str) -> None:
    assert _stated(one) == _stated(other) or keys.key(one) != keys.key(other)


@given(LETTERS | NEAR)
def test_a_key_does_not_know_how_letters_are_composed(label: str) -> None:
    assert keys.key(unicodedata.normalize("NFD", label)) == keys.key(unicodedata.normalize("NFC", label))


def _stated(label: str) -> str:
    """The most that may be folded: canonical equivalence, case, "&", spaces, hyphens, dashes and stops."""
    lower = unicodedata.normalize("NFC", unicodedata.normalize("NFC", label).lower()).replace("&", " and ")
    between = (" " if one in ".-" or one.isspace() or unicodedata.category(one) == "Pd" else one for one in lower)
    return " ".join("".join(between).split())


@given(LETTERS | NEAR)
def test_a_key_can_stand_in_a_path(label: str) -> None:
    key = keys.key(label)

    assert key
    assert not set(key) & set("/?#%. _")
    assert key == unicodedata.normalize("NFC", key)
    assert len(names.encoded(key)) <= 3 * 240 + 9
    assert names.encoded(key).isascii()


# -- a site with names of many scripts ---------------------------------------------------------------------------------

SCRIPTS = [
    "काम", "कीम", "กิน", "กัน", "বই", "বউ", "bạn", "bàn", "Müller", "Muller", "数学", "かが", "ガ", "한국", "שלום", "می‌خواهم", "Й",
    "ΟΔΟΣ", "Łódź", "C", "C++", "C#", "a/b", "50%", "🙂", "Ქართული", "ሰላም", "தமிழ்", "မြန်မာ",
]  # fmt: skip
RECORDS = [
    {"id": f"s{n}/ü", "record_format": "marc", "format": ["Book"], "title": word, "author": [f"{word}, {other}, 1950-"],
     "author2": [word], "publisher": [word], "series": [word], "topic": [word], "collection": [word]}
    for n, (word, other) in enumerate(zip(SCRIPTS, [*SCRIPTS[1:], "x"], strict=True))
]  # fmt: skip


PARSED = {
    "nt": RdfFormat.N_TRIPLES, "ttl": RdfFormat.TURTLE, "trig": RdfFormat.TRIG, "rdf": RdfFormat.RDF_XML,
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server of that site."""
    with serving(tmp_path_factory.mktemp("scripts"), records=RECORDS) as running:
        yield running


def test_every_iri_in_every_form_answers_about_itself(server: Server) -> None:
    """Each is fetched as it stands with urllib, which sends no letter that is not ASCII."""
    documents = _listed(server)
    lines = b"".join(_body(f"{url}.nt") for url in documents)
    found = {term.value for triple in parse(lines, RdfFormat.N_TRIPLES) for term in (triple.subject, triple.object)}
    own = sorted(iri for iri in found if iri.startswith(f"{server.url}/") and iri.endswith("#it"))

    assert len(documents) == len(RECORDS)
    assert len(own) > 5 * len(RECORDS)
    for iri in own:
        url = iri.partition("#")[0]
        assert f'<link rel="canonical" href="{url}">'.encode() in _body(url, "text/html")
        assert f'"{iri}"'.encode() in _body(url, "application/ld+json")
        for form, syntax in PARSED.items():
            assert iri in {triple.subject.value for triple in parse(_body(f"{url}.{form}"), syntax)}


def test_no_form_writes_an_iri_of_the_site_in_letters(server: Server) -> None:
    for url in _listed(server)[:8]:
        for form in RECORD:
            with urlopen(f"{url}.{form.key}") as response:
                text = response.read().decode() + str(response.headers)
            own = re.findall(rf"{re.escape(server.url)}/[^\s\"'<>,;]*", text)
            assert own
            assert not [iri for iri in own if not iri.isascii()]


def test_a_query_with_the_address_from_a_browser_finds_the_thing(server: Server) -> None:
    """A browser copies an address percent-encoded, as it stands in our pages."""
    for word in SCRIPTS:
        address = f"{server.url}/subject/{quote(keys.key(word), safe='')}"
        query = f"SELECT ?s WHERE {{ ?s <http://purl.org/dc/terms/subject> <{address}#it> }}"
        found = json.loads(_body(f"{server.url}/sparql?query={quote(query)}"))
        titles = [row["s"]["value"] for row in found["results"]["bindings"]]
        assert titles == [f"{server.url}/record/s{SCRIPTS.index(word)}%2F%C3%BC#it"]


def _listed(server: Server) -> list[str]:
    """The addresses of the sitemap."""
    return re.findall(r"<loc>(.*?/record/.*?)</loc>", _body(f"{server.url}/sitemap-1.xml").decode())


def _body(url: str, accept: str = "*/*") -> bytes:
    with urlopen(Request(url, headers={"Accept": accept})) as response:
        body: bytes = response.read()
    return body


# -- addresses as people type them -------------------------------------------------------------------------------------


def book(id_: str, **fields: Any) -> dict[str, Any]:
    return {"id": id_, "record_format": "marc", "format": ["Book"], "title": "A book", **fields}


TYPED = [
    book("1", author=["Müller, Jörg, 1950-"], topic=["Größe", "idé", "Muller", "Müller", "Łódź"]),
    book("2", author=["Doe, Jane"], collection=["One"], topic=["ide"]),
    book("3", author=["Roe, Ann"], collection=["One"], topic=["bạn", "bàn"]),
    book("4", author=["Roe, Ann"], collection=["Two"]),
]


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of a site whose things have accents and hashes."""
    site = tmp_path_factory.mktemp("typed")
    (site / "records.json").write_text(json.dumps(TYPED))
    settings = Settings(site, {"base": BASE, "verify": False}, {})
    publish([str(site / "records.json")], settings)
    app = create_app(settings)
    yield app.test_client()
    app.extensions["shelfgraph"].pools.close()


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("agent/muller-jorg-1950", "Müller, Jörg, 1950-"), ("agent/müller-jörg-1950.ttl", "Müller, Jörg, 1950-"),
        ("subject/grosse", "Größe"), ("subject/GRÖSSE", "Größe"), ("subject/Größe", "Größe"), ("subject/lodz.nt", "Łódź"),
        ("subject/MÜLLER", "Müller"), ("subject/mu\u0308ller", "Müller"), ("subject/ban", ""),
        ("agent/doe-jane", "one/Doe, Jane"), ("agent/roe-ann", ""), ("agent/one/roe-ann", "one/Roe, Ann"),
        ("agent/muller-jorg-1950~00000000", ""), ("subject/nothing", ""),
    ],
)  # fmt: skip
def test_an_address_without_accents_or_hash_leads_to_the_one_thing_it_can_mean(
    typed: FlaskClient, path: str, target: str
) -> None:
    """302: with the next record it may mean two things. Where it already does, or means none, there is nothing."""
    response = typed.get(f"/{quote(path)}")
    source, slash, label = target.rpartition("/")
    ending = "".join(re.findall(r"\.(?:ttl|nt)$", path))

    if not target:
        assert response.status_code == 404
        return
    assert response.status_code == 302
    expected = f"{path.partition('/')[0]}/{source}{slash}{quote(keys.key(label))}{ending}"
    assert response.headers["Location"] == BASE + expected
    assert typed.get(f"/{expected}").status_code == 200


@pytest.mark.parametrize("path", ["subject/muller", "subject/ide", "subject/müller"])
def test_an_address_that_is_a_thing_s_own_is_that_thing(typed: FlaskClient, path: str) -> None:
    assert typed.get(f"/{quote(path)}").status_code == 200
