"""Every row of `mapping.csv` taken away: publishing refuses and says why, or all doors of the site still agree.

Pages, citations, lists, search, the table, the counts and the links say what they said with all rows, for they are made
of the record's fields; the graph lacks just the property of that row.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from csv import DictReader
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from asking import get
from conftest import BASE, EXAMPLES
from lxml import html

from ld.errors import VocabError
from ld.formats.links import address
from ld.publish.run import publish
from ld.settings import Settings
from ld.site.generation import Generation
from ld.values import vocab
from ld.values.languages import tag
from ld.values.vocab import PACKAGED, Row, Vocabulary
from ld.web import create_app

VOCABULARY = Vocabulary()
ROWS = VOCABULARY.rows("mapping.csv")
# In every run: what people look for, what names things, what leads from one to another.
SAMPLE = {
    "work,class,rdf:type", "work,title,schema:name", "work,language,dcterms:language", "work,doi,bibo:doi",
    "work,nearest,schema:isPartOf", "document,topic,schema:mainEntity", "document,dataset,void:inDataset",
    "journal,title,dcterms:title", "journal,any_issn,schema:issn", "subject,label,skos:prefLabel",
}  # fmt: skip
# What says how much there is, and what the files are: it differs with every triple.
FIGURES = f"<{BASE}dataset"


def named(row: Row) -> str:
    return f"{row['thing']},{row['field']},{row['property']}"


def without(row: Row, folder: Path) -> Settings:
    """Publish the examples on a site whose mapping lacks the row."""
    lines = (PACKAGED / "mapping.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    if row:
        del lines[int(row[":line"].partition(":")[2]) - 1]
    (folder / "vocab").mkdir()
    (folder / "vocab" / "mapping.csv").write_text("".join(lines), encoding="utf-8")
    vocab.use(folder / "vocab")
    settings = Settings(folder, {"base": BASE, "verify": False, "workers": 1}, {})
    publish([str(EXAMPLES)], settings)
    return settings


def triples(live: Generation) -> set[str]:
    """The lines of the dump, but for those with the figures of the data set."""
    lines = gzip.decompress((live.dumps / "catalogue.nt.gz").read_bytes()).decode().split("\n")
    return {line for line in lines if line and not line.startswith(FIGURES)}


def doors(settings: Settings) -> tuple[dict[str, Any], set[str]]:
    """What the site says at every door but the graph's, and the graph."""
    app = create_app(settings)
    client, live = app.test_client(), app.extensions["shelfgraph"].live.current()
    found: dict[str, Any] = {"table": (live.dumps / "catalogue.csv").read_text(encoding="utf-8")}
    found["counts"] = {name: live.documents.counts(name) for name in ("type", "year", "language", "collection")}
    found["search"] = get(client, "/search?q=e*+OR+the&format=json").text
    for kind in ("record", "journal", "subject", "organization", "agent"):
        found[f"list of {kind}"] = get(client, f"/browse/{kind}", "text/html").text
    for document in (*live.documents.records(), *live.documents.things()):
        path = "/" + address(document.path)
        page = get(client, f"{path}.html")
        found[path] = re.sub(r"<script.*?</script>\s*", "", page.text, flags=re.DOTALL)
        found[f"links of {path}"] = page.headers["Link"], get(client, f"{path}.nt").headers["Link"]
        for form in ("bib", "ris", "csl.json") if document.record else ():
            found[f"{path}.{form}"] = get(client, f"{path}.{form}").text
    graph = triples(live)
    app.extensions["shelfgraph"].pools.close()
    return found, graph


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """What the site says with all rows."""
    yield doors(without({}, tmp_path_factory.mktemp("whole")))
    vocab.use(None)


@pytest.fixture(autouse=True)
def packaged() -> Iterator[None]:
    """The packaged tables are those in use again after a test."""
    yield
    vocab.use(None)


@pytest.mark.slow
def test_all_doors_say_the_same_of_a_record(whole: tuple[dict[str, Any], set[str]]) -> None:
    found, graph = whole
    tagged: Counter[str] = Counter()
    for row in DictReader(StringIO(found["table"], newline="")):
        path = row["url"].removeprefix(BASE[:-1])
        page = html.fromstring(found[path])
        meta = {one.get("name"): one.get("content") for one in page.iter("meta")}
        (item,) = json.loads(found[f"{path}.csl.json"])
        cited = {meta["citation_title"], item["title"]}
        assert str(page.xpath("string(//h1)")) == row["title"]
        cited.add(row["title"])
        assert len({title.replace(" : ", ": ").removesuffix(".") for title in cited}) == 1
        assert f"TI  - {item['title']}\r\n" in found[f"{path}.ris"]
        assert {row["doi"], meta.get("citation_doi", ""), item.get("DOI", "")} == {row["doi"]}
        assert not row["doi"] or f'<{row["url"]}#it> <http://purl.org/ontology/bibo/doi> "{row["doi"]}" .' in graph
        assert not row["year"] or str(item["issued"]["date-parts"][0][0]) == row["year"]
        assert f">{row['title']}</a>" in html.tostring(html.fromstring(found["list of record"]), encoding="unicode")
        tagged.update(set(re.findall(r"^LA  - (\S+)", found[f"{path}.ris"], re.MULTILINE)))
    said = Counter(re.findall(r"/terms/language> <\S+/iso639-2/(\w+)>", "\n".join(graph)))

    assert dict(said) == found["counts"]["language"]
    assert sum(tagged.values()) == sum(n for code, n in said.items() if tag(code))


@pytest.mark.slow
@pytest.mark.parametrize(
    "row", [pytest.param(one, id=named(one), marks=[] if named(one) in SAMPLE else [pytest.mark.all]) for one in ROWS]
)
def test_a_row_that_is_taken_away(row: Row, whole: tuple[dict[str, Any], set[str]], tmp_path: Path) -> None:
    try:
        settings = without(row, tmp_path)
    except VocabError as error:
        assert re.match(r"\w+\.csv:\d+: ", str(error))
        assert len([one for one in ROWS if (one["thing"], one["field"]) == (row["thing"], row["field"])]) == 1
        return
    found, graph = doors(settings)

    for door, said in whole[0].items():
        assert found[door] == said, door
    assert found.keys() == whole[0].keys()
    of_row = VOCABULARY.expand(row["property"]).partition("{")[0]
    assert not graph - whole[1]
    assert {line.split(" ")[1][1:-1].startswith(of_row) for line in whole[1] - graph} <= {True}
