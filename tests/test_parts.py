"""A part is never taken for the whole: pages of lists are put together, and refused where something is missing."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from conftest import BASE
from waiting import PATIENCE

from ld import readers
from ld.errors import PartError, SourceError, UsageError
from ld.publish.run import publish
from ld.readers import parts
from ld.readers.parts import Gap
from ld.readers.share import Share
from ld.record import Part, Record
from ld.settings import Settings
from ld.site.generation import live_path
from ld.site.live import Live

OAI, DOAJ = "http://www.openarchives.org/OAI/2.0/", "http://doaj.org/features/oai_doaj/1.0/"


# -- pages of lists ----------------------------------------------------------------------------------------------------


def numbers(start: int, count: int) -> range:
    """The numbers of the records of a page."""
    return range(start, start + count)


def oai(ids: range, asked: str = "", token: str | None = None, about: str = "", request: bool = True) -> str:
    """A page of an OAI-PMH list, as a server gives it that was asked with a token; `about` is what it says of it."""
    records = "".join(
        f"<record><header><identifier>oai:doaj.org/article:{n:032x}</identifier>"
        f"<datestamp>2020-11-24T20:40:42Z</datestamp></header><metadata>"
        f'<d:doajArticle xmlns:d="{DOAJ}"><d:title>Title {n}</d:title></d:doajArticle></metadata></record>'
        for n in ids
    )
    with_what = f' verb="ListRecords" resumptionToken="{asked}"' if asked else ' verb="ListRecords"'
    head = f"<request{with_what if request else ''}>https://doaj.org/oai.article</request>"
    end = "" if token is None else f"<resumptionToken{about}>{token}</resumptionToken>"
    return f'<OAI-PMH xmlns="{OAI}">{head}<ListRecords>{records}{end}</ListRecords></OAI-PMH>'


def solr(ids: range, total: int, start: int | None = None, **params: str) -> str:
    """A page of a Solr answer; without parameters the answer does not repeat the query."""
    docs = [{"id": f"r{n}", "title": f"Title {n}", "title_short": f"Title {n}", "format": ["Book"]} for n in ids]
    begin = ids.start if start is None else start
    header = {"status": 0, **({"params": {"q": "*:*", **params}} if params else {})}
    return json.dumps({"responseHeader": header, "response": {"numFound": total, "start": begin, "docs": docs}})


def cursor(ids: range, total: int, mark: str, following: str) -> str:
    """A page of a Solr cursor."""
    answer = json.loads(solr(ids, total, 0, cursorMark=mark, sort="id asc"))
    return json.dumps({**answer, "nextCursorMark": following})


def api(ids: range, **about: Any) -> str:
    """An answer of DOAJ's API, or of another that calls its list `results`."""
    results = [{"id": f"{n:032x}", "bibjson": {"title": f"Title {n}"}} for n in ids]
    return json.dumps({**about, "results": results})


def elastic(ids: range, total: Any) -> str:
    """An answer of Elasticsearch."""
    hits = [{"_source": {"id": f"{n:032x}", "bibjson": {"title": f"Title {n}"}}} for n in ids]
    return json.dumps({"took": 1, "hits": {"total": total, "hits": hits}})


def cut(text: str) -> str:
    """The text, broken off in its last record."""
    return text[: text.rindex("Title")]


OF_78 = ' completeListSize="78" cursor="%d"'
DOAJ_API = {"total": 78, "pageSize": 39, "query": "q"}
# What makes up a whole list, alone or together.
WHOLE: dict[str, list[str]] = {
    "OAI without a token": [oai(numbers(0, 3))],
    "OAI with an empty token": [oai(numbers(0, 3), "", "", ' completeListSize="3"')],
    "OAI pages by their tokens": [
        oai(numbers(0, 3), "", "a"), oai(numbers(3, 3), "a", "b"), oai(numbers(6, 1), "b", ""),
    ],
    "OAI pages whose estimated size is wrong": [
        oai(numbers(0, 3), "", "a", ' completeListSize="9"'), oai(numbers(3, 3), "a", ""),
    ],
    "OAI pages with one token for all": [
        oai(numbers(0, 3), "", "a"), oai(numbers(3, 3), "a", "a"), oai(numbers(6, 1), "a"),
    ],
    "OAI pages by their places": [
        oai(numbers(0, 39), "", "a", OF_78 % 0, request=False), oai(numbers(39, 39), "", "", OF_78 % 39, request=False),
    ],
    "OAI pages by their number": [
        oai(numbers(0, 39), "", "a", ' completeListSize="78"', request=False),
        oai(numbers(39, 39), "", "", ' completeListSize="78"', request=False),
    ],
    "two OAI lists": [
        oai(numbers(0, 3), "", "a"), oai(numbers(3, 3), "a"), oai(numbers(6, 3), "", "b"), oai(numbers(9, 3), "b"),
    ],
    "OAI pages in one file": [
        "<pages>" + oai(numbers(0, 3), "", "a", OF_78 % 0) + oai(numbers(3, 75), "a", "", OF_78 % 3) + "</pages>"
    ],
    "a Solr answer": [solr(numbers(0, 5), 5)],
    "Solr pages": [solr(numbers(0, 5), 12), solr(numbers(10, 2), 12), solr(numbers(5, 5), 12)],
    "Solr pages that overlap": [solr(numbers(0, 8), 12, rows="8"), solr(numbers(6, 6), 12, rows="6")],
    "Solr pages on lines": [solr(numbers(0, 5), 7) + "\n" + solr(numbers(5, 2), 7) + "\n"],
    "a Solr cursor": [
        cursor(numbers(0, 5), 7, "*", "AoA"), cursor(numbers(5, 2), 7, "AoA", "AoB"),
        cursor(numbers(7, 0), 7, "AoB", "AoB"),
    ],
    "a Solr cursor without its empty end": [
        cursor(numbers(0, 5), 7, "*", "AoA"), cursor(numbers(5, 2), 7, "AoA", "AoB"),
    ],
    "a Solr cursor in one": [cursor(numbers(0, 5), 5, "*", "AoA")],
    "DOAJ pages": [api(numbers(0, 39), page=1, **DOAJ_API), api(numbers(39, 39), page=2, **DOAJ_API)],
    "results and no count": [api(numbers(0, 3))],
    "results, all of them": [api(numbers(0, 3), count=3, next=None)],
    "an old Elasticsearch": [elastic(numbers(0, 3), 3)],
    "Elasticsearch": [elastic(numbers(0, 3), {"value": 3, "relation": "eq"})],
}  # fmt: skip
# What is a part, and how many records it says are missing: 0 where nobody tells.
PART: dict[str, tuple[list[str], int]] = {
    "OAI": ([oai(numbers(0, 39), "", "a", OF_78 % 0)], 39),
    "OAI without a size": ([oai(numbers(0, 39), "", "a")], 0),
    "the last page of OAI": ([oai(numbers(39, 39), "a", "", OF_78 % 39)], 39),
    "the last page of OAI without a size": ([oai(numbers(39, 39), "a")], 0),
    "the last page of OAI that does not repeat its request": (
        [oai(numbers(39, 39), "", "", ' completeListSize="78"', request=False)], 39,
    ),
    "OAI, the page in the middle missing": (
        [oai(numbers(0, 3), "", "a", ' completeListSize="9"'), oai(numbers(6, 3), "b", "", ' completeListSize="9"')], 3,
    ),
    "OAI with one token for all, and no end": ([oai(numbers(0, 3), "", "a"), oai(numbers(3, 3), "a", "a")], 0),
    "a page of OAI twice": ([oai(numbers(0, 39), "", "a", ' completeListSize="78"')] * 2, 39),
    "the first pages of two OAI lists": (
        [oai(numbers(0, 39), "", "a", OF_78 % 0), oai(numbers(39, 39), "", "b", OF_78 % 0)], 39,
    ),
    "OAI that breaks off": ([cut(oai(numbers(0, 3)))], 0),
    "Solr": ([solr(numbers(0, 10), 2373, rows="10")], 2363),
    "Solr without its query": ([solr(numbers(0, 10), 2373)], 2363),
    "a page behind the first": ([solr(numbers(10, 2), 12)], 10),
    "Solr with a hole": ([solr(numbers(0, 5), 20), solr(numbers(10, 10), 20)], 5),
    "Solr pages of two queries": ([solr(numbers(0, 5), 10, q="a"), solr(numbers(5, 5), 10, q="b")], 10),
    "a Solr page twice": ([solr(numbers(0, 5), 10)] * 2, 5),
    "Solr pages on lines": ([solr(numbers(0, 5), 9) + "\n" + solr(numbers(5, 2), 9) + "\n"], 2),
    "a Solr cursor": ([cursor(numbers(0, 5), 7, "*", "AoA")], 2),
    "a Solr cursor without its beginning": ([cursor(numbers(5, 1), 7, "AoA", "AoB")], 6),
    "DOAJ": ([api(numbers(0, 39), page=1, **DOAJ_API)], 39),
    "the last page of DOAJ": ([api(numbers(39, 39), page=2, **DOAJ_API)], 39),
    "results with a next page": ([api(numbers(0, 3), next="https://doaj.org/api/search?page=2")], 0),
    "results with links": ([api(numbers(0, 3), links={"next": {"href": "https://doaj.org/api/search?page=2"}})], 0),
    "results with a count": ([api(numbers(0, 3), count=10)], 7),
    "an old Elasticsearch": ([elastic(numbers(0, 3), 5)], 2),
    "Elasticsearch": ([elastic(numbers(0, 3), {"value": 10000, "relation": "gte"})], 9997),
}  # fmt: skip


def kept(folder: Path, pages: list[str]) -> Path:
    """A folder with the pages."""
    folder.mkdir(exist_ok=True)
    for n, page in enumerate(pages, 1):
        (folder / f"page-{n}").write_text(page, encoding="utf-8")
    return folder


def site(tmp_path: Path, workers: int = 1) -> Settings:
    return Settings(tmp_path / "site", {"base": BASE, "workers": workers}, {})


def read(source: Path, workers: int) -> tuple[int, list[Gap]]:
    """How many records so many workers read together, and of which lists they have only a part."""
    found = [one for i in range(workers) for one in readers.read(str(source), share=Share(i, workers))]
    return sum(isinstance(one, Record) for one in found), parts.gaps(one for one in found if isinstance(one, Part))


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("name", WHOLE)
def test_pages_that_are_the_whole_list_together_are_taken(tmp_path: Path, name: str, workers: int) -> None:
    records, gaps = read(kept(tmp_path / "pages", WHOLE[name]), workers)

    assert records > 0
    assert gaps == []


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("name", PART)
def test_a_part_is_told_with_the_number_missing(tmp_path: Path, name: str, workers: int) -> None:
    pages, missing = PART[name]

    records, gaps = read(kept(tmp_path / "pages", pages), workers)

    assert records > 0
    assert gaps
    assert sum(gap.missing or 0 for gap in gaps) == missing


@pytest.mark.parametrize(("name", "workers"), [("OAI", 1), ("Solr", 2), ("DOAJ", 1), ("OAI that breaks off", 2)])
def test_a_part_is_refused_and_taken_on_purpose(tmp_path: Path, name: str, workers: int) -> None:
    pages, missing = PART[name]
    source, settings = str(kept(tmp_path / "pages", pages)), site(tmp_path, workers)

    with pytest.raises(PartError, match="--partial") as refused:
        publish([source], settings)
    assert refused.value.missing == missing
    assert (f"{missing:,} are missing" in str(refused.value)) == bool(missing)
    assert live_path(settings.site) is None

    account = publish([source], settings, partial=True).account
    assert (account.partial, account.missing) == (1, missing)


def test_of_several_lists_all_that_is_missing_is_counted(tmp_path: Path) -> None:
    source = kept(tmp_path / "pages", PART["Solr pages of two queries"][0])

    with pytest.raises(PartError, match="5 are missing; so are 1 more, with 10 records missing in all"):
        publish([str(source)], site(tmp_path))


def test_pages_named_one_by_one_are_put_together_too(tmp_path: Path) -> None:
    folder = kept(tmp_path / "pages", WHOLE["Solr pages"] + WHOLE["OAI pages by their tokens"])

    manifest = publish([str(path) for path in sorted(folder.iterdir())], site(tmp_path), full=True)

    assert manifest.counts["records"] == 12 + 7
    assert (manifest.account.partial, manifest.account.missing) == (0, 0)


def test_what_is_live_stays_when_a_part_is_refused(tmp_path: Path) -> None:
    settings = site(tmp_path)
    whole = kept(tmp_path / "whole", WHOLE["a Solr answer"])
    publish([str(whole)], settings)
    before = live_path(settings.site)

    with pytest.raises(PartError):
        publish([str(whole), str(kept(tmp_path / "part", PART["Solr"][0]))], settings)

    assert live_path(settings.site) == before


# -- what could not be read --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", [b"", b"no records", b'{"response": {"docs": [{"id": "1"'])
def test_the_whole_catalogue_has_no_file_that_cannot_be_read(tmp_path: Path, broken: bytes) -> None:
    """Else what stood in it would be deleted; without --full it is one rejected file."""
    folder, settings = kept(tmp_path / "pages", WHOLE["a Solr answer"]), site(tmp_path)
    publish([str(folder)], settings, full=True)
    (folder / "export-2.json").write_bytes(broken)

    with pytest.raises(PartError, match=r"export-2\.json: .*would be deleted"):
        publish([str(folder)], settings, full=True)

    assert publish([str(folder)], settings).account.rejected == 1
    assert Live(settings.site).current().manifest.counts["records"] == 5


LINES = "".join(json.dumps({"id": f"l{n}", "title": "T", "title_short": "T"}) + "\n" for n in range(20_000))
PACKED = gzip.compress(LINES.encode())
BROKEN = {
    "lines.jsonl.gz": (PACKED[: len(PACKED) // 2], r"[\d,]+ records: not a whole gzip file"),
    "answer.json": (cut(solr(numbers(50, 3), 3)).encode(), "2 records: not JSON: Input data was truncated"),
    "page.xml": (cut(oai(numbers(0, 3))).encode(), "2 records: not well-formed XML"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_breaks_off_in_a_folder_is_a_part(tmp_path: Path, name: str) -> None:
    """Some of it was read, and more is not there."""
    folder, settings = kept(tmp_path / "pages", WHOLE["a Solr answer"]), site(tmp_path)
    data, said = BROKEN[name]
    (folder / name).write_bytes(data)

    with pytest.raises(PartError, match=rf"{re.escape(name)}: only a part: breaks off after {said}"):
        publish([str(folder)], settings)

    account = publish([str(folder)], settings, partial=True).account
    assert (account.partial, account.rejected) == (1, 1)
    assert account.published > 5


# -- the command line --------------------------------------------------------------------------------------------------


def shelfgraph(*arguments: str, cwd: Path, data: bytes = b"") -> tuple[int, str, str]:
    """Run the command; its exit status, what it gives and what it says."""
    command = [sys.executable, "-W", "error", "-m", "ld", *arguments]
    done = subprocess.run(command, cwd=cwd, input=data, capture_output=True, timeout=PATIENCE, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize("name", ["OAI", "Solr", "DOAJ"])
def test_a_part_from_standard_input_and_packed(tmp_path: Path, name: str) -> None:
    pages, missing = PART[name]
    data = gzip.compress(pages[0].encode())

    refused, _, said = shelfgraph("publish", "-", cwd=tmp_path, data=data)
    taken, _, account = shelfgraph("publish", "-", "--partial", cwd=tmp_path, data=data)

    assert refused == 1
    assert said.startswith("shelfgraph: standard input: ")
    assert f"{missing:,} are missing" in said
    assert taken == 0
    assert f"1 list taken in part, at least {missing:,} records are missing" in account


def test_a_part_is_never_the_whole_catalogue(tmp_path: Path) -> None:
    source = str(kept(tmp_path / "pages", PART["Solr"][0]))

    code, _, said = shelfgraph("publish", source, "--partial", "--full", cwd=tmp_path)

    assert code == 2
    assert "--full and --partial" in said
    assert not (tmp_path / "site").exists()
    with pytest.raises(UsageError):
        publish([source], site(tmp_path), full=True, partial=True)


def test_convert_says_so_too(tmp_path: Path) -> None:
    """The triples have gone out by then, so the exit status tells it; with --partial it is meant."""
    source = str(kept(tmp_path / "pages", PART["OAI"][0]))

    refused, _, said = shelfgraph("convert", source, cwd=tmp_path)
    taken, triples, told = shelfgraph("convert", source, "--partial", cwd=tmp_path)
    whole, _, silence = shelfgraph(
        "convert", str(kept(tmp_path / "all", WHOLE["OAI pages by their places"])), cwd=tmp_path
    )

    assert refused == 1
    assert "39 of 78 records, 39 are missing" in said
    assert taken == 0
    assert "Title 38" in triples
    assert told.startswith("taken in part: ")
    assert (whole, silence) == (0, "")


# -- addresses ---------------------------------------------------------------------------------------------------------


@contextmanager
def serving(body: str, link: str = "") -> Iterator[str]:
    """The address of a server that gives one answer, with the head `Link` if there is one."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            if link:
                self.send_header("Link", link)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/select"
        server.shutdown()


def test_a_part_from_an_address(tmp_path: Path) -> None:
    with serving(PART["Solr"][0][0]) as url, pytest.raises(PartError, match="2,363 are missing"):
        publish([url], site(tmp_path))


def test_the_head_of_an_answer_tells_of_a_next_page(tmp_path: Path) -> None:
    """A bare list says nothing itself; an answer that does is believed."""
    records = json.dumps([{"id": "1", "title": "T", "title_short": "T"}])
    link = '<http://127.0.0.1/select?page=2>; rel="next"'

    with serving(records, link) as url:
        with pytest.raises(PartError, match="a list that has more"):
            publish([url], site(tmp_path))
        assert publish([url], site(tmp_path), partial=True).account.partial == 1
        code, _, said = shelfgraph("convert", url, cwd=tmp_path)
        assert (code, "a list that has more" in said) == (1, True)
    with serving(records, '<http://127.0.0.1/select?page=1>; rel="prev"') as url:
        assert publish([url], site(tmp_path)).account.partial == 0


def test_a_part_is_a_source_that_cannot_be_used() -> None:
    """Who catches what is wrong with sources catches it too."""
    assert issubclass(PartError, SourceError)
