"""A record becomes a citation: BibTeX, RIS, CSL-JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import BASE
from flask.testing import FlaskClient
from msgspec.structs import replace

from ld.formats.bibtex import bibtex
from ld.formats.csl import csl
from ld.formats.ris import ris
from ld.publish.run import publish
from ld.settings import Settings
from ld.summary import Agent, Named, Summary, Text, Within
from ld.web import create_app

URL = "https://data.example.org/record/x1"
ARTICLE = Summary(
    title=Text("Of mice & men: 100% {true}", "en"),
    kind="ScholarlyArticle",
    people=[Agent("Rachel Matthews", ("author",)), Agent("Doe, Jane", ("author",), family="Doe", given="Jane")],
    published="2019-04",
    pages="12-20",
    page_start="12",
    page_end="20",
    doi="10.5555/a_b{c",
    containers=[
        Within("issue", "journal/1234-5679/volume/4/issue/2", "Journal, vol. 4, no. 2", "2"),
        Within("volume", "journal/1234-5679/volume/4", "Journal, vol. 4", "4"),
        Within("journal", "journal/1234-5679", "Journal", issns=("1234-5679",)),
    ],
)


def test_bibtex_of_an_article() -> None:
    assert bibtex(ARTICLE, URL) == (
        "@article{x1,\n"
        "  title = {{Of mice \\& men: 100\\% \\{true\\}}},\n"
        "  author = {Rachel Matthews and Doe, Jane},\n"
        "  journal = {Journal},\n"
        "  volume = {4},\n"
        "  number = {2},\n"
        "  pages = {12--20},\n"
        "  year = {2019},\n"
        "  month = apr,\n"
        "  doi = {10.5555/a_b%7Bc},\n"
        "  issn = {1234-5679},\n"
        "  url = {https://data.example.org/record/x1},\n"
        "}\n"
    )


def test_ris_of_an_article() -> None:
    assert ris(ARTICLE, URL).split("\r\n") == [
        "TY  - JOUR",
        "TI  - Of mice & men: 100% {true}",
        "AU  - Rachel Matthews",
        "AU  - Doe, Jane",
        "T2  - Journal",
        "VL  - 4",
        "IS  - 2",
        "SP  - 12",
        "EP  - 20",
        "PY  - 2019",
        "DA  - 2019/04",
        "SN  - 1234-5679",
        "DO  - 10.5555/a_b{c",
        "UR  - https://data.example.org/record/x1",
        "ER  - ",
        "",
    ]


def test_csl_of_an_article_keeps_whole_names_literal() -> None:
    (item,) = json.loads(csl(ARTICLE, URL))

    assert item == {
        "id": "https://data.example.org/record/x1",
        "type": "article-journal",
        "title": "Of mice & men: 100% {true}",
        "author": [{"literal": "Rachel Matthews"}, {"family": "Doe", "given": "Jane"}],
        "issued": {"date-parts": [[2019, 4]]},
        "container-title": "Journal",
        "volume": "4",
        "issue": "2",
        "page": "12-20",
        "ISSN": "1234-5679",
        "DOI": "10.5555/a_b{c",
        "URL": "https://data.example.org/record/x1",
    }


def test_no_value_opens_a_line_or_a_field_of_its_own() -> None:
    """BibTeX counts braces and knows no escaped ones: such as are no pairs are named."""
    evil = replace(ARTICLE, title=Text("A\r\nER  - \r\nTY  - BOOK} },\n url = {x"))

    assert [line[:2] for line in ris(evil, URL).splitlines()].count("TY") == 1
    assert bibtex(evil, URL).count("\n") == bibtex(ARTICLE, URL).count("\n")
    assert r"\textbraceright{} \textbraceright{}, url = \textbraceleft{}x" in bibtex(evil, URL)


@pytest.mark.parametrize(
    ("record", "entry", "ris_type", "csl_type", "inside"),
    [
        ("a1", "@article{a1,", "TY  - JOUR", "article-journal", "Example Journal"),
        ("b1", "@book{b1,", "TY  - BOOK", "book", None),
        ("c1", "@incollection{c1,", "TY  - CHAP", "chapter", "The example of species: an annotated edition"),
        ("t1", "@phdthesis{t1,", "TY  - THES", "thesis", None),
        ("d1", "@misc{d1,", "TY  - DATA", "dataset", None),
        ("j1", "@misc{j1,", "TY  - JFULL", "periodical", None),
    ],
)
def test_every_type_of_record_is_cited_as_what_it_is(
    client: FlaskClient, record: str, entry: str, ris_type: str, csl_type: str, inside: str | None
) -> None:
    (item,) = json.loads(client.get(f"/record/{record}.csl.json").text)

    assert client.get(f"/record/{record}.bib").text.startswith(f"{entry}\n  title = {{{{")
    assert client.get(f"/record/{record}.ris").text.startswith(f"{ris_type}\r\nTI  - ")
    assert (item["type"], item.get("container-title")) == (csl_type, inside)
    assert item["title"]


# -- a record that has all there is ------------------------------------------------------------------------------------

WHOLE = Summary(
    title=Text(r"a\b ~c^d #1  $2"),
    kind="Chapter",
    people=[
        Agent("Jane Doe", ("author",), family="Doe", given="Jane"), Agent("Jane Doe", ("author",), family="Doe", given="Jane"),
        Agent("Mononym", ("author", "editor"), family="Mononym"), Agent("Max", ("editor",), given="Max"),
        Agent("Nobody", ("contributor",)),
    ],
    publishers=[Named(Text("A & B"), "organization/a"), Named(Text(""), ""), Named(Text("C"), "")],
    published="1995-04-30", pages="1-2", page_start="1", page_end="2", doi=r"10.1/a{b}\c", isbns=["9780306406157", "x"],
    issns=["2297-7775"], urls=[r"https://a.example/{1}\2", "https://b.example/"], tags=["en", "de"], volume="7",
    keywords=[Text("soil"), Text("Erde", "de")], abstract=Text("One\ntwo"),
    containers=[Within("work", "record/b1", "A book & more", issns=())],
)  # fmt: skip


def test_all_of_bibtex() -> None:
    assert bibtex(WHOLE, "https://x.example/record/a%20b:c-d_é") == (
        "@incollection{a20b:c-d,\n"
        "  title = {{a\\textbackslash{}b \\textasciitilde{}c\\textasciicircum{}d \\#1 \\$2}},\n"
        "  author = {Doe, Jane and Mononym},\n"
        "  editor = {Mononym and Max},\n"
        "  booktitle = {A book \\& more},\n"
        "  volume = {7},\n"
        "  pages = {1--2},\n"
        "  year = {1995},\n"
        "  month = apr,\n"
        "  publisher = {A \\& B, C},\n"
        "  doi = {10.1/a%7Bb%7D%5Cc},\n"
        "  isbn = {9780306406157},\n"
        "  issn = {2297-7775},\n"
        "  url = {https://a.example/%7B1%7D%5C2},\n"
        "}\n"
    )
    assert bibtex(replace(WHOLE, kind="Thesis"), "x/é").startswith("@phdthesis{record,\n")
    assert "  series = {A book \\& more},\n" in bibtex(replace(WHOLE, kind="Unheard"), URL)


def test_all_of_ris() -> None:
    assert ris(WHOLE, URL).split("\r\n") == [
        "TY  - CHAP", "TI  - a\\b ~c^d #1 $2", "AU  - Doe, Jane", "AU  - Mononym", "ED  - Mononym", "ED  - Max",
        "T2  - A book & more", "VL  - 7", "SP  - 1", "EP  - 2", "PY  - 1995", "DA  - 1995/04/30", "PB  - A & B",
        "PB  - C",
        "SN  - 2297-7775", "DO  - 10.1/a{b}\\c", "UR  - https://a.example/{1}\\2", "UR  - https://b.example/",
        "LA  - en",
        "LA  - de", "KW  - soil", "KW  - Erde", "AB  - One two", "ER  - ", "",
    ]  # fmt: skip
    assert "SN  - 9780306406157" in ris(replace(WHOLE, issns=[]), URL)
    assert ris(Summary(title=Text("T"), kind="x"), URL) == f"TY  - GEN\r\nTI  - T\r\nUR  - {URL}\r\nER  - \r\n"


def test_all_of_csl() -> None:
    data = csl(WHOLE, URL)

    assert json.loads(data) == [{
        "id": URL, "type": "chapter", "title": r"a\b ~c^d #1  $2",
        "author": [{"family": "Doe", "given": "Jane"}, {"literal": "Mononym"}],
        "editor": [{"literal": "Mononym"}, {"literal": "Max"}], "issued": {"date-parts": [[1995, 4, 30]]},
        "container-title": "A book & more", "volume": "7", "ISSN": "2297-7775", "page": "1-2", "publisher": "A & B, C",
        "DOI": r"10.1/a{b}\c", "ISBN": "9780306406157", "URL": r"https://a.example/{1}\2", "language": "en",
        "abstract": "One\ntwo", "keyword": "soil, Erde",
    }]  # fmt: skip
    assert data.endswith(b"]\n")
    assert json.loads(csl(Summary(title=Text("T"), kind="x"), URL)) == [
        {"id": URL, "type": "document", "title": "T", "URL": URL}
    ]


def test_the_number_of_the_volume_that_it_stands_in_goes_before_its_own() -> None:
    within = [Within("volume", "v", "V", "4"), Within("journal", "j", "J", issns=("1234-5679", "2297-7775"))]
    (item,) = json.loads(csl(replace(WHOLE, containers=within), URL))

    assert (item["volume"], item["ISSN"], item["container-title"]) == ("4", "1234-5679", "J")


def test_a_journal_that_nobody_names_has_no_name(tmp_path: Path) -> None:
    """Its address is no title: a citation leaves it out, and the page says the ISSN."""
    book = {"id": "x", "title": "An article", "format": ["Article"], "issn": ["1234-5679"]}
    (tmp_path / "x.json").write_text(json.dumps(book))
    settings = Settings(tmp_path / "site", {"base": BASE, "workers": 1, "verify": False}, {})
    publish([str(tmp_path / "x.json")], settings)
    app = create_app(settings)
    client = app.test_client()

    cited = client.get("/record/x.bib").text + client.get("/record/x.ris").text + client.get("/record/x.csl.json").text
    page = client.get("/record/x.html").text
    app.extensions["shelfgraph"].pools.close()

    assert "journal/1234-5679" not in cited
    assert "1234-5679" in cited
    assert "citation_journal_title" not in page
    assert "ISSN 1234-5679</span></a>" in page


def test_a_citation_names_the_journal_as_its_record_names_it(tmp_path: Path) -> None:
    """A journal changes its title (NISO PIE-J): what was printed under the old one is not cited under the new one."""
    articles = [
        {"id": str(year), "title": f"An article of {year}", "format": ["Article"], "publishDate": [str(year)]}
        | {"issn": ["1234-5679"], "container_title": title, "publisher": [by], "author": ["Doe, Jane"]}
        for year, title, by in (
            (1995, "Annals of Old Things", "Old Press"),
            (2015, "New Things", "New Press"),
            (2016, "New Things", "New Press"),
        )
    ]
    (tmp_path / "x.json").write_text(json.dumps(articles))
    settings = Settings(tmp_path / "site", {"base": BASE, "workers": 1, "verify": False}, {})
    publish([str(tmp_path / "x.json")], settings)
    app = create_app(settings)
    client = app.test_client()
    cited = {
        year: [client.get(f"/record/{year}.{form}").text for form in ("bib", "ris", "csl.json")]
        for year in (1995, 2015)
    }
    page = client.get("/record/1995.html").text
    app.extensions["shelfgraph"].pools.close()

    assert all("Annals of Old Things" in one and "New Things" not in one for one in cited[1995])
    assert all("Old Press" in one and "New Press" not in one for one in cited[1995])
    assert all("New Things" in one and "Old" not in one for one in cited[2015])
    assert '<meta name="citation_journal_title" content="Annals of Old Things">' in page
