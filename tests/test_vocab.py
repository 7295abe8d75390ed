"""The guards of vocab/: what a librarian may change cannot be changed into nonsense."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import BASE, EXAMPLES, SEED, SHARED
from pyoxigraph import RdfFormat, Store, parse
from pyoxigraph import Triple as OxTriple

from ld.errors import VocabError
from ld.formats.jsonld import Names
from ld.mapping.compiled import Mapping, Unsaid
from ld.mapping.entities import Kinds, Site, known_fields, passed
from ld.publish.run import publish
from ld.readers import read
from ld.record import Record
from ld.settings import Settings
from ld.site.generation import Generation
from ld.values.vocab import PACKAGED, Vocabulary, use
from ld.web import create_app

VOCABULARY = Vocabulary()
SOURCES = sorted(path for path in EXAMPLES.iterdir() if path.suffix not in (".ttl", ".md"))
QUERIES = VOCABULARY.names("queries/*.rq")
# test_clients.py asks the federated ones, of a local endpoint.
OWN_QUERIES = [name for name in QUERIES if "# federated: yes" not in VOCABULARY.text(name)]


def described(path: Path) -> set[OxTriple]:
    """The triples of every record of a source."""
    mapping = Mapping(Site(BASE), VOCABULARY)
    records = [record for record in read(str(path)) if isinstance(record, Record)]
    assert records
    found = [mapping.describe(record) for record in records]
    unsaid = Unsaid(mapping)
    lines = "".join(one.lines + unsaid.lines(one.mentions) for one in found)
    return {quad.triple for quad in parse(lines.encode(), RdfFormat.N_TRIPLES)}


def written(path: Path) -> set[OxTriple]:
    return {quad.triple for quad in parse(path.read_bytes(), RdfFormat.TURTLE)}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_an_example_comes_out_exactly(source: Path) -> None:
    expected = written(source.with_suffix(".ttl"))

    actual = described(source)

    assert sorted(map(str, expected - actual)) == []
    assert sorted(map(str, actual - expected)) == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the founders' reference is not beside this checkout")
def test_the_seed_is_the_founders_ideal_result() -> None:
    assert described(EXAMPLES / "seed.txt") == written(SHARED / "mapping" / "seed-ideal.ttl")


def test_no_example_has_a_blank_node() -> None:
    nodes = [node for path in EXAMPLES.glob("*.ttl") for triple in written(path) for node in triple]

    assert not [node for node in nodes if str(node).startswith("_:")]


def terms() -> dict[str, set[str]]:
    """The terms that exist, by namespace."""
    found: dict[str, set[str]] = {}
    for name in VOCABULARY.names("terms/*.csv"):
        prefix = Path(name).stem
        found[VOCABULARY.prefixes[prefix]] = {next(iter(row.values())) for row in VOCABULARY.rows(name)}
    return found


def used() -> Iterator[tuple[str, str]]:
    """Every property and class the tables use, with the row that does."""
    for row in VOCABULARY.rows("mapping.csv"):
        yield row["property"], row[":line"]
    for row in VOCABULARY.rows("things.csv"):
        yield from ((curie, row[":line"]) for curie in row["classes"].split())
    for row in VOCABULARY.rows("codes/types.csv"):
        yield from ((row[column], row[":line"]) for column in ("bibo", "schema", "type") if row[column])


def test_every_term_exists_in_its_vocabulary() -> None:
    known = terms()
    missing = []
    for curie, where in used():
        prefix, _, name = curie.partition(":")
        if "{role}" not in name and name not in known[VOCABULARY.prefixes[prefix]]:
            missing.append(f"{where}: {curie}")

    assert missing == []


def test_every_relator_exists() -> None:
    known = terms()[VOCABULARY.prefixes["relators"]]

    assert set(VOCABULARY.codes("roles")) <= known
    assert {row["code"] for row in VOCABULARY.rows("codes/role_words.csv")} <= known


def test_every_field_that_can_be_mapped_is_one_that_things_fill() -> None:
    files = ("works", "agents", "containers", "subjects", "compiled")
    code = "".join((PACKAGED.parent / "ld" / "mapping" / f"{name}.py").read_text(encoding="utf-8") for name in files)
    filled = set(re.findall(r'"(\w+)"', code))
    filled |= {field for row in VOCABULARY.rows("codes/roles.csv") for field in row["fields"].split()}
    filled |= {"authors", "editors"}  # named after the field they put in order

    known = {field for fields in known_fields(VOCABULARY).values() for field in fields}

    assert {field for field in known if not passed(field)} <= filled


def test_every_thing_of_the_mapping_is_in_things() -> None:
    things = {row["thing"] for row in VOCABULARY.rows("things.csv")}

    assert {row["thing"] for row in VOCABULARY.rows("mapping.csv")} <= things
    assert set(Kinds(Site(BASE), VOCABULARY).shapes) == things


def test_every_property_has_a_name_in_the_context() -> None:
    names = Names(VOCABULARY)
    nameless = {
        row["property"]
        for row in VOCABULARY.rows("mapping.csv")
        if "{" not in row["property"]
        and row["property"] != "rdf:type"
        and VOCABULARY.expand(row["property"]) not in names.terms
    }

    assert nameless == set()


def test_no_table_repeats_a_row() -> None:
    rows = [(row["thing"], row["field"], row["property"]) for row in VOCABULARY.rows("mapping.csv")]

    assert len(rows) == len(set(rows))


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        (
            "mapping.csv",
            "thing,field,property,as,note\nwork,title,dctrms:title,text,\n",
            "mapping.csv:2: unknown prefix",
        ),
        ("mapping.csv", "thing,field,property,as,note\nwork,title,dcterms:title,txt,\n", "mapping.csv:2: unknown 'as'"),
        ("mapping.csv", "thing,field,property,as,note\nwork,title\n", "mapping.csv:2: 2 cells"),
        (
            "mapping.csv",
            "thing,field,property,as,note\nwork,titel,dcterms:title,text,\n",
            "mapping.csv:2: there is no 't",
        ),
        (
            "mapping.csv",
            "thing,field,property,as,note\nshelf,title,dcterms:title,text,\n",
            "mapping.csv:2: there is no 't",
        ),
        ("mapping.csv", "thing,field,property,as,note\n", "things.csv:2: no row of mapping.csv has 'title'"),
        (
            "things.csv",
            "thing,iri,classes,like,one,name,note\nseries,{base}s/{key}#it,,,,,\n",
            "things.csv:2: 'name' must",
        ),
        ("mapping.csv", 'thing,field\nwork,"ti"tle\n', "mapping.csv:2: not a CSV row: "),
        ("mapping.csv", 'thing,field\nwork,"title\n', "mapping.csv:2: not a CSV row: "),
        ("mapping.csv", "thing,field\nwork,title,x\n", "mapping.csv:2: 3 cells where the header has 2 columns"),
        ("mapping.csv", b"thing,\xe4\n", "mapping.csv: not UTF-8 at byte 6: save the file as UTF-8"),
        ("context.jsonld", "{", "context.jsonld:1: not JSON"),
        ("context.jsonld", '{\n"@context":\n}', "context.jsonld:3: not JSON"),
        ("context.jsonld", "{}", "context.jsonld:1: has no @context"),
        ("context.jsonld", "[]", "context.jsonld:1: has no @context"),
        ("context.jsonld", '{"@context": []}', "context.jsonld:1: @context must be one object"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, name: str, text: str | bytes, complaint: str) -> None:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    with pytest.raises(VocabError, match=re.escape(complaint)):
        Mapping(Site(BASE), Vocabulary(tmp_path))


def test_an_overlay_changes_the_mapping_without_python(tmp_path: Path) -> None:
    table = (PACKAGED / "mapping.csv").read_text(encoding="utf-8")
    (tmp_path / "mapping.csv").write_text(table + "work,title,rdfs:label,text,\n", encoding="utf-8")
    record = next(iter(read(str(EXAMPLES / "chapter.json"))))
    assert isinstance(record, Record)

    lines = Mapping(Site(BASE), Vocabulary(tmp_path)).describe(record).lines

    assert '<http://www.w3.org/2000/01/rdf-schema#label> "Chapter one"@en .' in lines


# -- queries -----------------------------------------------------------------------------------------------------


def test_there_are_35_questions() -> None:
    assert len(QUERIES) == 35
    assert len(OWN_QUERIES) == 33


def header(text: str, name: str) -> str:
    match = re.search(rf"^# {name}: (.*)$", text, re.MULTILINE)
    return match[1] if match else ""


def rows(store: Store, query: str) -> int:
    result = store.query(query)
    return len(list(result))  # type: ignore[arg-type]  # no ASK among them


@pytest.mark.parametrize("name", OWN_QUERIES, ids=lambda name: Path(name).stem)
def test_a_question_finds_what_it_promises(name: str, generation: Generation) -> None:
    text = VOCABULARY.text(name)
    promised = re.search(r"examples=(\d+)", header(text, "rows"))
    assert header(text, "question")
    assert promised, f"{name} promises no number of rows"

    found = rows(Store.read_only(str(generation.store)), text.replace("{base}", BASE))

    assert found == int(promised[1])


def test_the_context_is_json_with_prefixes() -> None:
    assert json.loads(VOCABULARY.text("context.jsonld"))["@context"]["schema"] == "http://schema.org/"


def test_what_belongs_to_one_record_must_have_its_id(tmp_path: Path) -> None:
    """Else a record that changes could take a thing away that another still has."""
    text = VOCABULARY.text("things.csv")
    (tmp_path / "things.csv").write_text(text.replace("{base}record/{id}#{part}-{n}", "{base}person/{part}-{n}", 1))

    with pytest.raises(VocabError, match=r"things\.csv:\d+: the IRI of 'person' needs \{id\}"):
        Kinds(Site(BASE), Vocabulary(tmp_path))


def test_an_iri_with_a_blank_is_refused_before_anything_is_described(tmp_path: Path) -> None:
    text = VOCABULARY.text("things.csv")
    (tmp_path / "things.csv").write_text(text.replace("{base}subject/{key}#it", "{base}subject/{key} #it"))

    with pytest.raises(VocabError, match=r"things\.csv:\d+: .* gives no IRI"):
        Kinds(Site(BASE), Vocabulary(tmp_path))


def test_an_iri_with_a_place_that_its_thing_lacks_is_refused(tmp_path: Path) -> None:
    text = VOCABULARY.text("things.csv")
    (tmp_path / "things.csv").write_text(text.replace("{base}subject/{key}#it", "{base}subject/{slug}#it"))

    with pytest.raises(
        VocabError, match=r"things\.csv:\d+: there is no \{slug\} of a 'subject': use \{base\}, \{key\}"
    ):
        Kinds(Site(BASE), Vocabulary(tmp_path))


@pytest.mark.parametrize(
    ("name", "row", "complaint"),
    [
        ("pages.csv", "shelf,title,Title,", "pages.csv:2: there is no page of 'shelf'"),
        ("pages.csv", "journal,titel,Title,", "pages.csv:2: journal has no field 'titel'"),
        ("pages.csv", "record,doi,,", "pages.csv:2: 'doi' needs exactly one row"),
        ("pages.csv", "record,doi,DOI,\nrecord,doi,Doi,", "pages.csv:3: 'doi' needs exactly one row"),
        ("codes/date_words.csv", "circa,abuot,", "date_words.csv:2: 'circa' means 'abuot': name one of about, between"),
        ("codes/months.csv", "smarch,13,", "months.csv:2: 13 is no month, nor a season"),
        ("codes/eras.csv", "x,MCM,,,", "eras.csv:2: 'MCM' in the column first is no number"),
        ("codes/calendars.csv", "ara,1,,Hijri,", "calendars.csv:2: '' in the column last is no number"),
        ("codes/zotero.csv", "bibo:,last,", "zotero.csv:2: 'last' is neither class nor nearest"),
    ],
)
def test_a_mistake_in_a_table_is_told_before_anything_is_built(
    tmp_path: Path, name: str, row: str, complaint: str
) -> None:
    header = (PACKAGED / name).read_text(encoding="utf-8").partition("\n")[0]
    path = tmp_path / "vocab" / name
    path.parent.mkdir(parents=True)
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")

    try:
        use(tmp_path / "vocab")
        with pytest.raises(VocabError, match=re.escape(complaint)):
            publish([str(EXAMPLES)], Settings(tmp_path, {"base": BASE}, {}))
    finally:
        use(None)


def test_a_field_is_called_on_pages_what_the_table_says(tmp_path: Path) -> None:
    table = (PACKAGED / "pages.csv").read_text(encoding="utf-8")
    (tmp_path / "vocab").mkdir()
    (tmp_path / "vocab" / "pages.csv").write_text(
        table.replace("record,doi,DOI,", "record,places,Where,\nrecord,doi,Digital name,"), encoding="utf-8"
    )
    settings = Settings(tmp_path, {"base": BASE, "verify": False}, {})
    try:
        use(tmp_path / "vocab")
        publish([str(EXAMPLES)], settings)
        app = create_app(settings)
        page = app.test_client().get(f"/record/{SEED}.html").text
        app.extensions["shelfgraph"].pools.close()
    finally:
        use(None)

    assert '<th scope="row">Digital name</th><td><a href="https://doi.org/' in page
    assert '<th scope="row">DOI</th>' not in page


def test_names_of_the_vocabulary() -> None:
    assert VOCABULARY.expand("dcterms:title") == "http://purl.org/dc/terms/title"
    assert VOCABULARY.expand("<http://a.example/>") == VOCABULARY.expand("http://a.example/") == "http://a.example/"
    assert VOCABULARY.shrink("http://purl.org/dc/terms/title") == "dcterms:title"
    assert VOCABULARY.shrink("http://a.example/") == "http://a.example/"
    for curie in ("title", "nobody:title", ":title"):
        with pytest.raises(
            VocabError, match=re.escape(f"here:1: unknown prefix in '{curie}': prefixes stand in context")
        ):
            VOCABULARY.expand(curie, "here:1")


def test_an_overlay_goes_first_and_adds_files(tmp_path: Path) -> None:
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "roles.csv").write_text("code,fields\n# a remark\naut, author \n\n", encoding="utf-8")
    (tmp_path / "codes" / "own.csv").write_text("x\n", encoding="utf-8")
    known = Vocabulary(tmp_path)

    assert known.codes("roles") == {"aut": {"code": "aut", "fields": "author", ":line": "roles.csv:3"}}
    assert known.code("roles", "edt") is None
    assert known.path("codes/schemes.csv") == PACKAGED / "codes" / "schemes.csv"
    assert known.names("codes/*.csv") == sorted({*VOCABULARY.names("codes/*.csv"), "codes/own.csv"})
    with pytest.raises(VocabError, match=re.escape(f"nothing.csv: no such file in {tmp_path} or {PACKAGED}")):
        known.path("nothing.csv")


def test_a_file_whose_name_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xe4.csv")).write_text("x\n")

    with pytest.raises(
        VocabError, match=re.escape("\\xe4.csv: a name with bytes that are no letters: rename the file")
    ):
        Vocabulary(tmp_path).names("*.csv")
