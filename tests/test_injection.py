"""Records that try to break out of pages, RDF, headers, file names and SQL: published, and then all is fetched."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import html5lib
import pytest
from conftest import BASE
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from pyld import jsonld
from pyoxigraph import RdfFormat, Triple, parse
from werkzeug.test import TestResponse

from ld.formats.links import address
from ld.publish.run import publish
from ld.settings import Settings
from ld.values.names import encoded
from ld.values.vocab import vocabulary
from ld.web import create_app

PAYLOADS = {
    "quotes": "a\"b'c`d",
    "tag": '"><script>alert(1)</script><img src=x onerror=alert(1)>',
    "broken tag": "</script </title </textarea <svg/onload=alert(1)//",
    "comment": "<!--<script>--!><x --> ]]> <![CDATA[ <?php ?> <%= %>",
    "attribute": '" autofocus onfocus=alert(1) x="',
    "template": "{{ 7*7 }} {% raw %} ${7*7} #{7*7} {{config}}",
    "javascript": "javascript:alert(document.domain)//",
    "javascript spelled": " \x01JaVa\tScRiPt\n:alert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "vbscript": "vbscript:msgbox(1)",
    "link header": 'https://x.example/>; rel="describedby"; type="text/html", <https://evil.example/',
    "header": "x\r\nSet-Cookie: evil=1\r\n\r\n<html>",
    "lines": "one\ntwo\rthree\x0bfour\x0cfive\x85six\u2028seven\u2029eight",
    "nul": "a\x00b\x01c\x1bd\x7fe\ufffef\uffff",
    "surrogate": "a\ud800b\udfffc",
    "path": "../../../../etc/passwd",
    "path spelled": "%2e%2e/%2E%2E%2fetc%2fpasswd%00",
    "windows path": "..\\..\\windows\\system32",
    "host": "//evil.example/x",
    "user": "https://good.example@evil.example/",
    "sql": "'; DROP TABLE records; -- \" OR 1=1 /*",
    "sql pattern": "100%_[a]*?",
    "turtle": '""" . <https://evil.example/s> <https://evil.example/p> "x" . # \\',
    "triples": '" . \n<https://evil.example/s> <https://evil.example/p> <https://evil.example/o> .\n<x:a> <x:b> "',
    "iri": "https://x.example/a> <https://evil.example/p> <b",
    "sparql": '" } } UNION { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } #',
    "escapes": "\\u003cscript\\u003e \\x3c &lt;script&gt; &#60;script&#62; %3Cscript%3E \\n \\",
    "bibtex": "}, evil = {x}, @article{evil, \\input{/etc/passwd} $ % & # _ ~ ^",
    "ris": "x\r\nER  - \r\nTY  - EVIL\r\nUR  - https://evil.example/",
    "csv": '=HYPERLINK("https://evil.example/")\t+1\t@SUM(1),"x"',
    "right to left": "abc\u202etxt.exe\u202c \u2066x\u2069 \u200f\u061c",
    "emoji": "👩‍👩‍👧‍👦 🇺🇳 e\u0301 ﷽ \U000e0041",
    "zalgo": "Z" + "\u0300\u0334\u0489" * 40,
    "long": "lang " * 4_000,
    "long word": "x" * 3_000,
    "many brackets": "[" * 500 + "{" * 500 + "<" * 500,
    "json": '{"@context": "https://evil.example/c", "@id": "https://evil.example/s", "@type": "@id"}',
    "keyword": "@id",
    "blank node": "_:b0",
    "language": "@en^^<https://evil.example/d>",
    "extension": "x.ttl",
    "fragment": "x#it?format=ttl&offset=1;a=b",
    "space": "\u00a0\u3000\u200b\ufeff",
}
NUMBERS = ["1234-5679", "2049-3630", "2297-7775"]


def solr(name: str, text: str, n: int) -> dict[str, Any]:
    """A document of VuFind's index with the text in every field."""
    many = [text, f"{text} 2"]
    fields = dict.fromkeys(
        ["author", "author2", "author_corporate", "topic", "genre", "geographic", "era", "publisher", "series",
         "description", "contents", "edition", "language", "physical", "url", "isbn", "issn", "oclc_num", "lccn",
         "doi_str_mv", "container_volume", "container_issue", "dewey-raw", "callnumber-raw", "title_alt", "license_str",
         "hierarchy_parent_id", "hierarchy_parent_title", "title_old", "title_new", "author_role", "author2_role"],
        many,
    )  # fmt: skip
    more = {"title": f"Title {text}", "title_short": "", "title_sub": text, "format": ["Article", text]}
    more |= {"collection": [text], "record_format": text, "publishDate": ["2001", text], "container_title": text}
    more |= {"spelling": text, "fullrecord": text, "last_indexed": text, "container_start_page": text}
    return fields | more | {"id": text, "issn": [NUMBERS[n % 3], text]}


def doaj(name: str, text: str, n: int) -> dict[str, Any]:
    """An article of DOAJ with the text in every field."""
    person = {"name": text, "affiliation": text, "orcid_id": text}
    numbers = [{"type": "doi", "id": text}, {"type": "eissn", "id": NUMBERS[n % 3]}, {"type": text, "id": text}]
    journal = {"title": text, "publisher": text, "volume": text, "number": text, "language": [text], "country": text}
    links = [{"type": "fulltext", "url": url} for url in (text, f"https://x.example/{text}", f"//evil.example/{text}")]
    bib = {
        "title": f"Title {text}", "abstract": text, "author": [person, person | {"name": f"{text} 2"}],
        "identifier": numbers, "journal": journal, "keywords": [text, f"{text}, 2"], "link": links, "year": "2020",
        "month": text, "start_page": text, "end_page": text,
        "subject": [{"scheme": text, "term": text, "code": text}, {"scheme": "LCC", "term": text, "code": text}],
        "license": [{"type": text, "url": text}],
    }  # fmt: skip
    return {"id": f"article {text}", "created_date": text, "last_updated": text, "bibjson": bib}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site with all of them; its own title is one of them too."""
    site = tmp_path_factory.mktemp("hostile")
    flags = {"base": BASE, "verify": False, "page_size": 7, "title": PAYLOADS["tag"], "description": PAYLOADS["turtle"]}
    settings = Settings(site, flags | {"publisher": PAYLOADS["attribute"]}, {})
    for make in (solr, doaj):
        lines = [json.dumps(make(name, text, n)) + "\n" for n, (name, text) in enumerate(PAYLOADS.items())]
        (site / f"{make.__name__}.jsonl").write_text("".join(lines), encoding="ascii")
    publish([str(site / f"{make.__name__}.jsonl") for make in (solr, doaj)], settings)
    app = create_app(settings)
    yield app
    app.extensions["shelfgraph"].pools.close()


@pytest.fixture
def client(hostile: Flask) -> FlaskClient:
    return hostile.test_client()


@pytest.fixture(scope="module")
def paths(hostile: Flask) -> list[str]:
    """The address of every document there is."""
    documents = hostile.extensions["shelfgraph"].live.current().documents
    found = [*documents.records(), *documents.things(), *filter(None, map(documents.get, ("dataset", "subject")))]
    assert len(found) > 300
    return ["/" + address(document.path) for document in found]


PARSED = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
CITED = {"bib": "application/x-bibtex", "ris": "application/x-research-info-systems", "csl.json": "application/"}
SAFE = re.compile(r"(?:https?|ftp)://|/(?!/)|#|\?|$")
LINK = re.compile(r'<([^<>"\s]*)>; rel="([a-z-]+|http://www.w3.org/ns/json-ld#context)"(?:; type="([\w/.+-]+)")?')
# Of these the site says their names: licences, kinds of access, languages.
RIGHTS = ("http://opendatacommons.org/", "http://rightsstatements.org/", "https://www.govdata.de/")
KNOWN = (*RIGHTS, "https://creativecommons.org/", "http://purl.org/coar/", "http://id.loc.gov/vocabulary/iso639-2/")
RELATIONS = {
    "describedby", "type", "item", "related", "collection", "linkset", "canonical", "license", "describes", "alternate",
    "http://www.w3.org/ns/json-ld#context", "successor-version",
}  # fmt: skip


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    """Ask as somebody who names another host."""
    response = client.get(
        path, headers={"Host": "evil-host.example", "X-Forwarded-Host": "evil-host.example", **headers}
    )
    assert "evil-host.example" not in f"{response.headers}{response.get_data(as_text=True)}"
    return response


def check_headers(response: TestResponse) -> None:
    """No header that we do not send, no line in one, no link beside ours, and none to anything but the web."""
    for name, value in response.headers:
        assert name.lower() not in ("set-cookie", "refresh")
        assert re.fullmatch(r"[\x20-\x7e]*", value), (name, value)
    links = response.headers.get("Link", "")
    found = LINK.findall(links)
    joined = ", ".join(f'<{to}>; rel="{rel}"' + (f'; type="{kind}"' if kind else "") for to, rel, kind in found)
    assert joined == links
    assert {rel for _, rel, _ in found} <= RELATIONS
    assert all(re.match(r"https?://|ftp://", to) for to, _, _ in found)
    assert re.match(r"https?://data\.example\.org/", response.headers.get("Content-Location", BASE))


def check_page(text: str) -> None:
    """As a browser reads it: no script but data, nothing that runs, every address harmless, nothing from elsewhere."""
    page = html5lib.parse(text, namespaceHTMLElements=False)
    elements = [one for one in page.iter() if isinstance(one.tag, str)]
    assert not [one for one in page.iter() if not isinstance(one.tag, str)], "a comment"
    assert {one.tag for one in elements} <= TAGS
    for one in elements:
        names = set(one.attrib)
        assert not [
            name for name in names if name.startswith("on") or name in ("style", "srcdoc", "ping", "formaction")
        ]
        for name in names & {"href", "src", "action"}:
            assert SAFE.match(one.get(name)), one.get(name)
            assert one.tag in ("a", "link", "form")
            if one.tag == "link" and one.get("rel") == "stylesheet":
                assert one.get(name).startswith("/static/")
        if one.tag == "script":
            assert one.get("type") == "application/ld+json"
            json.loads(one.text)
        if one.tag == "meta":
            assert "http-equiv" not in names


TAGS = {
    "html", "head", "meta", "title", "link", "script", "body", "a", "header", "form", "input", "button", "nav", "main",
    "h1", "h2", "h3", "p", "article", "section", "ol", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "span",
    "small", "b", "br", "footer", "code", "pre", "textarea", "label", "caption", "time", "div", "q",
}  # fmt: skip


@pytest.mark.parametrize("part", range(4))
def test_no_page_runs_or_links_what_a_record_says(client: FlaskClient, paths: list[str], part: int) -> None:
    for path in paths[part::4]:
        response = get(client, path, Accept="text/html")
        assert response.status_code == 200, path
        check_headers(response)
        check_page(response.text)


def test_lists_searches_and_reasons_are_as_harmless(client: FlaskClient, paths: list[str]) -> None:
    lists = [f"/browse/{kind}" for kind in ("record", "journal", "subject", "organization", "agent")]
    others = ["/", "/dump/", "/sparql", "/none", *(f"{path}/why" for path in paths if path.startswith("/record/a"))]
    for path in [*lists, *others]:
        response = get(client, path, Accept="text/html")
        check_headers(response)
        check_page(response.text)
    for text in PAYLOADS.values():
        word = text.encode("utf-8", "surrogatepass")
        sent = dict.fromkeys(("q", "after", "query", "offset", "format"), word)
        for path in ("/search", "/browse/record", "/sparql"):
            response = client.get(path, query_string=sent, headers={"Accept": "text/html"})
            assert response.status_code in (200, 400, 403, 413)
            if response.mimetype == "text/html":
                check_page(response.text)


def test_paths_that_hold_such_texts_are_404(client: FlaskClient) -> None:
    for text in PAYLOADS.values():
        spelled = encoded(text)
        for path in (
            f"/{spelled}",
            f"/journal/{spelled}",
            f"/dump/{spelled}",
            f"/browse/{spelled}",
            f"/static/{spelled}",
        ):
            for accept in ("text/html", "*/*", "text/plain"):
                response = get(client, path, Accept=accept)
                assert response.status_code == 404
                check_headers(response)
                if accept == "text/html":
                    check_page(response.text)
                elif accept == "*/*":
                    assert json.loads(response.text)["status"] == 404


@pytest.mark.parametrize("part", range(4))
def test_every_form_is_the_same_graph_and_no_other(client: FlaskClient, paths: list[str], part: int) -> None:
    """What is in quotes stays there: the same triples from four parsers, no subject but ours."""
    for path in paths[part::4]:
        lines = get(client, f"{path}.nt")
        check_headers(lines)
        graph = triples(lines, "nt")
        assert graph
        assert all(str(triple.subject).startswith(f"<{BASE}") for triple in graph), path
        for form in ("ttl", "rdf"):
            response = get(client, f"{path}.{form}")
            check_headers(response)
            assert triples(response, form) == graph, (path, form)
        etree.fromstring(get(client, f"{path}.rdf").data)
        data = get(client, f"{path}.jsonld")
        check_headers(data)
        assert expanded(json.loads(data.text)) == graph, path


def triples(response: TestResponse, form: str) -> set[Triple]:
    assert response.status_code == 200
    return {quad.triple for quad in parse(response.data, PARSED[form])}


def expanded(tree: Any) -> set[Triple]:
    """The triples that an independent processor reads; no context but ours is asked for."""

    def loader(url: str, options: Any = None) -> dict[str, Any]:
        assert url == f"{BASE}context/v1.jsonld"
        document = {"@context": vocabulary().context}
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}

    lines = jsonld.to_rdf(tree, {"format": "application/n-quads", "documentLoader": loader})
    return {quad.triple for quad in parse(lines.encode(), RdfFormat.N_QUADS)}


def test_the_data_in_a_page_is_that_of_its_json_ld(client: FlaskClient, paths: list[str]) -> None:
    """Each page has it but those of subjects for which schema.org has no word."""
    for path in paths:
        scripts = html5lib.parse(get(client, f"{path}.html").text, namespaceHTMLElements=False).findall(".//script")
        whole = json.loads(get(client, f"{path}.jsonld").text)
        assert len(scripts) == (not path.startswith("/subject") or "DefinedTerm" in texts(whole)), path
        for script in scripts:
            embedded = json.loads(script.text)
            assert (embedded["@context"], embedded["@id"]) == ("https://schema.org", whole["id"])
            assert embedded["name"] in texts(whole["name"])
            assert texts(embedded) <= texts(whole) | {"https://schema.org"}


def texts(value: Any) -> set[str]:
    """Every text in a tree."""
    if isinstance(value, dict):
        return {found for one in value.values() for found in texts(one)}
    if isinstance(value, list):
        return {found for one in value for found in texts(one)}
    return {value} if isinstance(value, str) else set()


def test_citations_hold_one_work_each(client: FlaskClient, paths: list[str]) -> None:
    for path in paths:
        if not path.startswith("/record/"):
            continue
        for form, kind in CITED.items():
            response = get(client, f"{path}.{form}")
            check_headers(response)
            assert response.mimetype.startswith(kind)
        ris = get(client, f"{path}.ris").text
        assert len(re.findall(r"^TY  - ", ris, re.M)) == len(re.findall(r"^ER  - ", ris, re.M)) == 1
        assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in ris.splitlines() if line)
        bib = get(client, f"{path}.bib").text
        assert len(re.findall(r"^\s*@", bib, re.M)) == 1
        assert balanced(bib)
        assert len(json.loads(get(client, f"{path}.csl.json").text)) >= 1


def balanced(text: str) -> bool:
    """Determine whether braces that are not escaped pair up, and close only at the end."""
    depth = 0
    for match in re.finditer(r"\\.|[{}]", text, re.S):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth < 0 or (depth == 0 and text[match.end() :].strip() and match[0] == "}"):
            return False
    return depth == 0


def test_sources_and_dumps_are_whole(client: FlaskClient, paths: list[str]) -> None:
    """A line of the dumps is a triple or a record, whatever is in it."""
    records = [path for path in paths if path.startswith("/record/")]
    for path in records:
        response = get(client, f"{path}/source")
        assert (response.status_code, response.mimetype) == (200, "text/plain")
        check_headers(response)
    with client.get("/dump/catalogue.nt.gz") as packed:
        graph = {quad.triple for quad in parse(gzip.decompress(packed.data), RdfFormat.N_TRIPLES)}
        assert packed.headers["Content-Disposition"] == "attachment; filename=catalogue.nt.gz"
    assert {triple.subject.value for triple in graph if not triple.subject.value.startswith((BASE, *KNOWN))} == set()
    with client.get("/dump/catalogue.jsonl.gz") as packed:
        lines = gzip.decompress(packed.data).decode().split("\n")[:-1]
    assert len([json.loads(line) for line in lines]) == len(records)
    with client.get("/dump/catalogue.csv") as table:
        rows = list(csv.DictReader(io.StringIO(table.text, newline="")))
    assert len(rows) == len(records)
    assert all(None not in row and None not in row.values() for row in rows)


def test_sitemaps_and_search_lead_to_every_record(client: FlaskClient, paths: list[str]) -> None:
    sitemap = etree.fromstring(get(client, "/sitemap-1.xml").data)
    listed = {one.text.removeprefix(BASE[:-1]) for one in sitemap.iter("{*}loc")}

    assert listed == {path for path in paths if path.startswith("/record/")}
    found = json.loads(get(client, "/search?q=title&format=json").text)
    for one in found["records"]:
        assert get(client, one["page"].removeprefix(BASE[:-1])).status_code == 200


def test_the_store_holds_no_other_subject(client: FlaskClient) -> None:
    answer = client.get("/sparql", query_string={"query": "SELECT DISTINCT ?s { ?s ?p ?o }", "format": "json"})
    subjects = {row["s"]["value"] for row in json.loads(answer.text)["results"]["bindings"]}

    assert {one for one in subjects if not one.startswith((BASE, *KNOWN))} == set()


def test_hostile_ids_are_answered_by_sparql_as_by_their_address(client: FlaskClient, paths: list[str]) -> None:
    for path in [path for path in paths if path.startswith("/record/")][::5]:
        query = f"DESCRIBE <{BASE[:-1]}{path}#it>"
        response = client.get("/sparql", query_string={"query": query, "format": "nt"})

        assert triples(response, "nt") == triples(get(client, f"{path}.nt"), "nt")
