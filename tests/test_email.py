"""E-mail addresses are published nowhere: no byte of a site has one, whatever field of whatever source had it."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import BASE
from hypothesis import given
from hypothesis import strategies as st

from ld.publish.run import publish
from ld.readers import read
from ld.readers.gate import key
from ld.record import Deleted, Record, Rejected
from ld.settings import Settings
from ld.site.generation import Generation
from ld.values.email import count, has_email, iri_without_email, masked, without_email
from ld.web.wsgi import create_app

FORMS = [
    "jane.doe@secret.example", "jane.doe%40secret.example", "jane.doe&#64;secret.example", "jane.doe (at) secret.example",
    "jane.doe＠secret.example", "jane.doe@sec\u00adret.example", "jané.doe@secret.example", "{jane,doe}@secret.example",
    "jane.doe [at] secret [dot] example", "jane.doe&amp;#64;secret.example", "jane.doe @ secret.org",
    "jane.doe@[192.168.0.1]", "jane.doe@xn--secret.xn--p1ai",
]  # fmt: skip


@pytest.mark.parametrize("address", FORMS)
def test_an_address_is_found_however_it_is_written(address: str) -> None:
    assert has_email(address)
    assert without_email(f"See {address} or not") == "See or not"
    assert "doe" not in masked(address)
    assert len(masked(address).encode()) == len(address.encode())


@pytest.mark.parametrize(
    "kept",
    ["@jane", "Jane @ home", "We met @ home.Then", "jane@localhost", "jane@example.x", "22@Barcelona", "R@K metrics.",
     "image@2x.png", "https://social.example/@jane", "https://social.example/@jane@other.example", "see (at) once", "100%40"],
)  # fmt: skip
def test_what_only_looks_like_an_address_stays(kept: str) -> None:
    assert not has_email(kept)
    assert without_email(kept) == masked(kept) == kept
    assert count(kept) == 0


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Jane Doe (jane@example.org)", "Jane Doe"), ("Jane Doe, jane@example.org", "Jane Doe"),
        ("<j.d+x-y_z@mail.example.co.uk>; Jane", "Jane"), ("Jane jane@example.org John", "Jane John"),
        ("Doe (e-mail: jane@example.org), Example University", "Doe, Example University"),
        ("Doe, jane@example.org, University", "Doe, University"), ("see (jane@example.org) (x)", "see (x)"),
        ("a@example.org, b@example.org; c", "c"), ("a@b.cd e\nf@g.hi j", "e\n j"),
    ],
)  # fmt: skip
def test_words_and_brackets_that_only_introduce_it_go_too(raw: str, expected: str) -> None:
    assert without_email(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("https://example.org/x?m=jane@example.org&n=1#f", "https://example.org/x?n=1#f"),
        ("https://example.org/?email=jane%40example.org", "https://example.org/"),
        ("http://jane@example.org/x", "http://example.org/x"), ("mailto:jane@example.org", ""),
        ("https://example.org/jane@example.org", ""), ("https://social.example/@jane", "https://social.example/@jane"),
    ],
)  # fmt: skip
def test_an_iri_loses_the_part_that_is_an_address_or_is_none(raw: str, expected: str) -> None:
    assert iri_without_email(raw) == expected


@given(
    st.text()
    | st.lists(st.sampled_from(["jane", "@", ".", "example.org", " ", "(at)", "é", "&#64;", "\\n"])).map("".join)
)
def test_what_is_masked_is_as_long_as_it_was(raw: str) -> None:
    assert len(masked(raw).encode("utf-8", "surrogatepass")) == len(raw.encode("utf-8", "surrogatepass"))


def test_an_escape_of_json_before_an_address_stays_whole() -> None:
    source = json.dumps({"a": "one\njane@example.org", "b": "jos\u00e9@example.org"})

    assert json.loads(masked(source)) == {"a": "one\n****@***********", "b": "*********@***********"}


# -- a whole site ------------------------------------------------------------------------------------------------------

MAIL = "jane.doe@secret.example"
ADDRESS = re.compile(rb"secret\.example|jane\.doe")


def solr(id_: str, **fields: object) -> str:
    names = """author author2 author_corporate author_additional title_alt title_old title_new description contents edition
    physical publisher series topic genre geographic era institution ctrlnum dissertation_note language format
    container_title container_reference publishDate dateSpan isbn issn lccn oclc_num collection"""
    every: dict[str, object] = {name: [f"Words of {name} {MAIL}", "Others"] for name in names.split()}
    url = [f"mailto:{MAIL}", f"https://example.org/?m={MAIL}", f"https://example.org/{MAIL}"]
    return json.dumps(every | {"id": id_, "title": f"A title {MAIL}", "url": url, MAIL: "x", **fields})


def doaj(id_: str, title: str) -> str:
    journal = {"title": f"J {MAIL}", "publisher": f"P {MAIL}", "language": [MAIL], "volume": MAIL, "number": MAIL}
    author = {"name": f"Jane Roe {MAIL}", "affiliation": f"U. E-mail: {MAIL}", "orcid_id": MAIL}
    bib = {
        "title": title, "abstract": f"<p>An abstract {MAIL.replace('@', '&amp;#64;')}</p>", "journal": journal,
        "author": [author, {"name": MAIL}], "keywords": [f"word {MAIL}", MAIL], "year": MAIL, "start_page": MAIL,
        "identifier": [{"type": "doi", "id": f"10.1234/{MAIL}"}], "link": [{"url": f"http://{MAIL}/x"}],
        "subject": [{"scheme": "LCC", "code": "Z", "term": f"T {MAIL}"}], "license": [{"type": MAIL}],
    }  # fmt: skip
    return json.dumps({"id": id_, "bibjson": bib})


OAI = f"""<doajArticle xmlns="http://doaj.org/features/oai_doaj/1.0/"><identifier>oai1</identifier>
<language>eng</language><publisher>P {MAIL}</publisher><journalTitle>J {MAIL}</journalTitle>
<publicationDate>2014-03-19</publicationDate><title language="eng">A title {MAIL}</title>
<title language="spa">Otro {MAIL}</title><authors><author><name>Jane {MAIL}</name></author></authors>
<abstract language="spa">Words {MAIL}</abstract><abstract language="eng">Otras {MAIL}</abstract>
<fullTextUrl>http://example.org/?{MAIL}</fullTextUrl><keywords><keyword>k {MAIL}</keyword></keywords></doajArticle>"""
STAFF_VIEW = f"id staff1\ntitle A title {MAIL}\nauthor Jane Roe {MAIL}\ndescription Words {MAIL}\ntopic t {MAIL}\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("mail")
    sources = folder / MAIL
    sources.mkdir()
    lines = [
        solr("s1"),
        solr(MAIL),
        solr("s2", record_format="marc"),
        solr("only", title=MAIL),
        "{" + f'"id": "{MAIL}' * 20,
    ]
    (sources / f"{MAIL}.jsonl").write_text("\n".join(lines) + "\n")
    (sources / "doaj.jsonl").write_text("\n".join([doaj("a1", f"A title {MAIL}"), doaj("a2", MAIL), doaj(MAIL, "x")]))
    (sources / "oai.xml").write_text(OAI)
    (sources / "staff.txt").write_text(STAFF_VIEW)
    settings = Settings(folder / "site", {"base": BASE}, {})
    manifest = publish([str(sources)], settings)
    assert manifest.account.withheld > 50
    return settings


def test_no_file_of_a_site_has_an_address_but_the_kept_sources(site: Settings) -> None:
    files = [path for path in site.site.rglob("*") if path.is_file() and path.name != "documents.sqlite"]

    assert len(files) > 20
    assert [str(path) for path in files if ADDRESS.search(path.read_bytes())] == []
    assert [str(path) for path in files if ADDRESS.search(str(path.relative_to(site.site)).encode())] == []


def addresses(site: Settings) -> Iterator[str]:
    """The addresses of all documents, in all forms, and of pages beside them."""
    live = Generation(site.site / "current")
    paths = [f"/{path}" for path in (*live.documents.paths(), *(one.path for one in live.documents.things()))]
    live.close()
    for path in paths:
        forms = ("html", "jsonld", "ttl", "nt", "rdf", "linkset")
        yield from (path, *(f"{path}.{form}" for form in forms))
        if path.startswith("/record/"):
            yield from (f"{path}.{form}" for form in ("bib", "ris", "csl.json"))
            yield from (f"{path}/source", f"{path}/why", f"{path}/why?format=json")
    yield from (f"/dump/{file.name}" for file in live.dumps.iterdir())
    yield from ("/", "/dataset", "/search?q=title", "/search?q=jane", "/dump/", "/browse/record", "/sitemap.xml")


def test_a_record_whose_id_is_an_address_is_known_by_a_hash_everywhere(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(solr(MAIL) + "\n" + solr("child", hierarchy_parent_id=[MAIL]) + "\n")
    one, other = (record for record in read(str(file)) if isinstance(record, Record))

    assert one.id == key(MAIL) == other.containers[-1].record
    assert not has_email(one.id)


def test_what_is_taken_out_is_remarked_and_the_remark_is_masked(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(
        solr("s1") + "\n" + solr("s2", title=MAIL) + "\n" + json.dumps({"id": MAIL, "topic": [MAIL]}) + "\n"
    )
    record, empty, untitled = read(str(file))

    assert isinstance(record, Record)
    assert isinstance(empty, Rejected)
    assert isinstance(untitled, Rejected)
    said = [(one.field, one.problem) for one in record.remarks]
    assert ("title", "an e-mail address in it: left out") in said
    assert ("abstract", "an e-mail address in it: left out") in said
    assert not any(has_email(text) for one in record.remarks for text in (one.field, one.problem, one.value))
    assert empty.reason.startswith("its title is only an e-mail address")
    assert untitled.id == key(MAIL)
    assert not has_email(untitled.excerpt + empty.excerpt)


def test_no_answer_of_a_site_has_an_address(site: Settings) -> None:
    client = create_app(site).test_client()
    asked = {address: client.get(quote(address, safe="/?=&%"), buffered=True) for address in addresses(site)}
    packed = {address: gzip.decompress(one.data) for address, one in asked.items() if address.endswith(".gz")}

    assert sum(response.status_code == 200 for response in asked.values()) > 100
    heads = {address: "".join(map(str, response.headers)).encode() for address, response in asked.items()}
    assert [one for one, response in asked.items() if ADDRESS.search(response.data) or ADDRESS.search(heads[one])] == []
    assert [address for address, data in packed.items() if ADDRESS.search(data)] == []
    assert len(packed) == 2
    source = asked["/record/s1/source"]
    assert source.headers["Shelfgraph-Masked"].startswith("e-mail addresses")
    assert len(source.data) == len(solr("s1"))
    assert json.loads(source.data)["title"] == f"A title {masked(MAIL)}"


def test_a_deletion_by_an_address_deletes_the_record(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(solr(MAIL) + "\n" + solr("s1") + "\n")
    settings = Settings(tmp_path / "site", {"base": BASE}, {})
    publish([str(file)], settings)

    assert publish([], settings, deletions=[Deleted("--delete", MAIL, "gone")]).account.deleted == 1
