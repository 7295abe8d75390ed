"""Another vocabulary in the same process: nothing that was made with the one before is used again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import BASE, EXAMPLES, ROOT

from ld.cli import main
from ld.errors import SiteError, VocabError
from ld.mapping.entities import Site
from ld.publish import overlay
from ld.publish.run import publish
from ld.settings import Settings
from ld.site.live import Live
from ld.values import vocab
from ld.values.vocab import PACKAGED

BOOK = {
    "id": "b", "record_format": "marc", "language": ["English"], "format": ["Book"], "publisher": ["Example Press"],
    "title": "The history of the book and the art of the printing in the world of today",
    "author": ["Doe, Jane"], "author2": ["Wizards of Example", "Roe, Richard"], "author2_role": ["editor", "wizard"],
    "callnumber-raw": ["QH365 .O2 1995"], "publishDate": ["ca. 1995"], "publication_status_str": ["Retracted"],
}  # fmt: skip
THESIS = {"id": "t", "language": ["English"], "format": ["Thesis"], "title": "A thesis", "topic": ["Books"],
          "dissertation_note": ["Thesis (Ph.D.)--Example University, 1995"], "publishDate": ["March 1995"]}  # fmt: skip
JAPANESE = {"id": "j", "title": "An example", "language": ["Japanese"], "publishDate": ["昭和62年"]}
SERBIAN = {
    "id": "s", "record_format": "marc", "format": ["Book"], "language": ["Serbian"], "title": "Istorija knjige",
    "title_alt": ["Zines"], "physical": ["Zines of it"], "url": ["https://zine.example/1"],
    "author": ["Doe, Jane, Wzd"], "series": ["Example series ; zine 7"],
    "publisher": ["Examplestadt : A press ; vended by Another press"],
}  # fmt: skip
OTHER = {
    "id": "o", "format": ["Article"], "title": "Another article", "container_title": "Example Journal",
    "issn": ["2049-3630"], "container_start_page": "zz 12",
}  # fmt: skip
ARABIC = {"id": "r", "title": "An example", "language": ["Arabic"], "publishDate": ["1423"]}
ARTICLE = {
    "id": "0" * 32, "admin": {"in_doaj": True}, "created_date": "2020-03-20T09:00:00Z",
    "bibjson": {
        "title": "An article", "year": "2020", "author": [{"name": "Jane Doe"}], "license": [{"type": "CC BY 4.0"}, {"type": "Creative Commons Attribution 4.0"}],
        "journal": {"title": "Example Journal", "language": ["EN"]},
        "link": [{"type": "fulltext", "url": "https://journal.example.org/1"}],
    },
}  # fmt: skip
MARC = """=LDR  00000nam a2200000 a 4500
=001  m
=100  1\\$aDoe, Jane,$d1950-$0(DE-588)118540238
=245  10$aA title /$cJane Doe.
"""
# A change of each file of vocab/ that decides what these records become.
CHANGES = {
    "codes/authorities.csv": ("https://d-nb.info/gnd/{number}", "https://gnd.example.org/{number}"),
    "codes/marc_types.csv": ("LDR/06=a,book,", "LDR/06=a,map,"),
    "marc.csv": ("245,..,c,work,responsibility,", "245,..,c,work,notes,"),
    "codes/calendars.csv": ("ara,1,1450,", "ara,1,1400,"),
    "codes/date_words.csv": ("\nca,about,", "\nkax,about,"),
    "codes/eras.csv": ("昭和,1926,", "昭和,1927,"),
    "codes/months.csv": ("march,03,", "march,04,"),
    "codes/collections.csv": ("DOAJ,doaj,", "DOAJ,journals,"),
    "codes/corporate.csv": ("word,kind,note\n", "word,kind,note\nwizards,word,\n"),
    "codes/designations.csv": ("word,note\n", "word,note\nzine,\n"),
    "codes/publishing_places.csv": ("place,note\n", "place,note\nExamplestadt,\n"),
    "codes/fillers.csv": ("value,kind,note\n", "value,kind,note\n2049-3630,issn,\n"),
    "codes/imprint_words.csv": ("word,kind,where,note\n", "word,kind,where,note\nvended by,distributor,before,\n"),
    "codes/nobody.csv": ("word,of,note\n", "word,of,note\nwizards of example,person,\n"),
    "codes/name_words.csv": ("word,kind,note\n", "word,kind,note\nwzd,suffix,\n"),
    "codes/page_words.csv": ("word,note\n", "word,note\nzz,\n"),
    "codes/collective_titles.csv": ("title,note\n", "title,note\nzines,\n"),
    "codes/links.csv": ("pattern,kind,note\n", "pattern,kind,note\n//zine[.]example/,contents,\n"),
    "codes/other_forms.csv": ("beginning,note\n", "beginning,note\nzines of,\n"),
    "codes/relative_names.csv": ("name,note\n", "name,note\nexample press,\n"),
    "codes/scripts.csv": ("sr,Cyrl Latn,", "sr,Cyrl,"),
    "codes/licence_words.csv": ("attribution,by,", "attribution,by-nd,"),
    "codes/iso639-2.csv": ("eng,English\n", ""),
    "codes/languages.csv": ("name,code,note\n", "name,code,note\nenglish,ger,\n"),
    "codes/degrees.csv": ("ph.d.,bibo:degrees/phd", "ph.d.,bibo:degrees/ms"),
    "codes/licences.csv": ("cc by 4.0,https://creativecommons.org/licenses/by/4.0/", "cc by 4.0,https://e.org/by"),
    "codes/organizations.csv": ("name,preferred,note\n", "name,preferred,note\nExample Press,Sample Press,\n"),
    "codes/role_words.csv": ("word,code,note\n", "word,code,note\nwizard,ill,\n"),
    "codes/roles.csv": ("edt,editor,", "edt,maker,"),
    "codes/schemes.csv": ("http://id.loc.gov/authorities/classification", "http://id.loc.gov/lcc"),
    "codes/stopwords.csv": ("en,the\nen,of\nen,and\n", "fr,the\nfr,of\nfr,and\n"),
    "codes/statuses.csv": ("retracted,Retracted,", "retracted,Taken back,"),
    "codes/types.csv": ("bibo:Thesis", "bibo:Report"),
    "context.jsonld": ('"Thesis":', '"Dissertation":'),
    "identities.csv": (
        "this,word,that,reason,date\n",
        "this,word,that,reason,date\nsubject/books,is,subject/volumes,One topic,2026-11-30\n",
    ),
    "mapping.csv": ("work,title,dcterms:title,", "work,title,rdfs:label,"),
    "things.csv": ("{base}subject/", "{base}topic/"),
}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the records."""
    folder = tmp_path_factory.mktemp("records")
    for record in (BOOK, THESIS, JAPANESE, ARABIC, SERBIAN, OTHER, ARTICLE):
        (folder / f"{record['id']}.json").write_text(json.dumps(record))
    (folder / "m.mrk").write_text(MARC)
    return folder


@pytest.fixture(autouse=True)
def packaged() -> Iterator[None]:
    """The vocabulary that comes with the program is used again in the end."""
    yield
    vocab.use(None)


def changed(site: Path, *names: str) -> Path:
    """A site whose vocab/ changes these files."""
    for name in names:
        old, new = CHANGES[name]
        text = (ROOT / "vocab" / name).read_text(encoding="utf-8")
        assert old in text, name
        (site / "vocab" / name).parent.mkdir(parents=True, exist_ok=True)
        (site / "vocab" / name).write_text(text.replace(old, new), encoding="utf-8")
    return site


def arguments(records: Path, site: Path, form: str) -> list[str]:
    """The command that converts the records with the vocabulary of a site."""
    return ["convert", str(records), "--site", str(site), "--base", BASE, "--to", form]


def converted(records: Path, site: Path) -> str:
    """What the records become in this process."""
    runner = CliRunner()
    return "".join(
        runner.invoke(main, arguments(records, site, form), catch_exceptions=False).stdout for form in ("jsonld", "ttl")
    )


def afresh(records: Path, site: Path) -> str:
    """What they become in a process of its own."""
    commands = [[sys.executable, "-m", "ld", *arguments(records, site, form)] for form in ("jsonld", "ttl")]
    return "".join(subprocess.run(one, cwd=ROOT, capture_output=True, text=True, check=True).stdout for one in commands)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_any_file_is_seen_at_once_and_so_is_its_end(records: Path, tmp_path: Path, name: str) -> None:
    before = converted(records, tmp_path / "none")
    during = converted(records, changed(tmp_path / "site", name))
    after = converted(records, tmp_path / "none")

    assert during != before
    assert after == before


@pytest.mark.slow
def test_two_overlays_one_after_the_other_give_what_each_gives_alone(records: Path, tmp_path: Path) -> None:
    names = list(CHANGES)
    sites = [changed(tmp_path / "one", *names[::2]), changed(tmp_path / "other", *names[1::2]), tmp_path / "none"]
    expected = [afresh(records, site) for site in sites]

    assert [converted(records, site) for site in sites] == expected
    assert [converted(records, site) for site in reversed(sites)] == expected[::-1]


def test_every_table_that_decides_is_among_the_changes() -> None:
    """Those that only pages, RDF/XML, citations, the catalogue's description of itself, or the store are made of are left out."""
    tables = {str(path.relative_to(ROOT / "vocab")) for path in (ROOT / "vocab").rglob("*.csv")}
    beside = {"pages.csv", "codes/zotero.csv", "codes/provenance.csv", "codes/profiles.csv"}
    beside |= {"codes/fields.csv", "codes/citations.csv", "codes/schools.csv"}

    assert {name for name in tables if not name.startswith("terms/")} - set(CHANGES) == beside


WRONG = [
    ("mapping.cvs", "thing,field\n", "mapping.cvs: no file of this name is read: did you mean mapping.csv?"),
    (
        "codes/langauges.csv",
        "name,code\n",
        "codes/langauges.csv: no file of this name is read: did you mean codes/languages.csv?",
    ),
    ("zzzz.csv", "a\n", "zzzz.csv: no file of this name is read: rename it, or take it out"),
    (
        "mapping.csv",
        "thing,field,propperty,as\n",
        "mapping.csv:1: the columns are thing,field,property,as,note, not 'propperty': mend the header",
    ),
    (
        "mapping.csv",
        "+work,doi,bibo:doii,text,\n",
        "mapping.csv:LAST: there is no term 'bibo:doii': did you mean bibo:doi?",
    ),
    (
        "mapping.csv",
        "+work,doi,bib:doi,text,\n",
        "mapping.csv:LAST: unknown prefix in 'bib:doi': did you mean bibo:doi?",
    ),
    ("mapping.csv", "+work,doi,bibo:doi,txet,\n", "mapping.csv:LAST: unknown 'as' value 'txet'"),
    ("mapping.csv", "+work,doi,bibo:doi\n", "mapping.csv:LAST: 3 cells where the header has 5 columns"),
    ("mapping.csv", "+work,dio,bibo:doi,text,\n", "mapping.csv:LAST: there is no 'dio' of a 'work'"),
    ("codes/types.csv", "+Example,bibo:Boook,schema:Book,dctype:Text,\n", "codes/types.csv:"),
    ("things.csv", "+", ""),
    ("codes/roles.csv", "+", ""),
    ("context.jsonld", "{", "context.jsonld:1: not JSON"),
    ("shapes.ttl", "+x:y a x:z .\n", "shapes.ttl:LAST: not Turtle: The prefix x: has not been declared"),
    (
        "shapes.ttl",
        "+shape:Z a sh:NodeShape ; sh:closed true .\n",
        "shapes.ttl:LAST: shape:Z: sh:closed is not checked here",
    ),
    ("notes.txt", "anything", ""),
    (".DS_Store", "anything", ""),
    ("mapping.csv~", "anything", ""),
    ("terms/bibo.csv", "+doii,property,DOII,\n", ""),
]


@pytest.mark.parametrize(("name", "text", "complaint"), WRONG, ids=[f"{name} {text[:20]!r}" for name, text, _ in WRONG])
def test_what_is_wrong_in_a_sites_own_vocabulary_is_told_by_file_and_line(
    tmp_path: Path, name: str, text: str, complaint: str
) -> None:
    path = tmp_path / "vocab" / name
    path.parent.mkdir(parents=True)
    packaged = (PACKAGED / name).read_text(encoding="utf-8") if text.startswith("+") else ""
    path.write_text(packaged + text.removeprefix("+"), encoding="utf-8")
    try:
        overlay.check(tmp_path / "vocab", Site(BASE), lambda _: None)
        told = ""
    except VocabError as error:
        told = str(error)

    if name == "codes/types.csv":
        assert told.endswith("there is no term 'bibo:Boook': did you mean bibo:Book?") or "cells" in told
    elif complaint:
        assert complaint.replace("LAST", str((packaged + text).count("\n"))) in told
    else:
        assert told == ""


def test_all_mistakes_are_told_at_once_before_anything_is_built(records: Path, tmp_path: Path) -> None:
    (tmp_path / "site" / "vocab").mkdir(parents=True)
    table = (PACKAGED / "mapping.csv").read_text(encoding="utf-8")
    (tmp_path / "site" / "vocab" / "mapping.csv").write_text(f"{table}work,doi,bibo:doii,text,\n", encoding="utf-8")
    (tmp_path / "site" / "vocab" / "thing.csv").write_text("thing\n")
    (tmp_path / "site" / "vocab" / "shapes.ttl").write_text("nothing")

    done = CliRunner().invoke(main, ["publish", str(records), "--site", str(tmp_path / "site")])

    assert done.exit_code == 1
    for name in ("mapping.csv:", "thing.csv: no file of this name is read: did you mean things.csv?", "shapes.ttl:1"):
        assert name in done.stderr
    assert [path.name for path in (tmp_path / "site").iterdir()] == ["vocab"]


def test_a_row_that_cannot_write_is_blamed_and_not_the_record(records: Path, tmp_path: Path) -> None:
    (tmp_path / "vocab").mkdir()
    table = (PACKAGED / "mapping.csv").read_text(encoding="utf-8")
    (tmp_path / "vocab" / "mapping.csv").write_text(f"{table}work,title,dcterms:title,date,\n", encoding="utf-8")

    done = CliRunner().invoke(main, ["convert", str(records), "--site", str(tmp_path)])

    line = table.count("\n") + 1
    assert f"mapping.csv:{line}: it cannot write the title of a work: " in done.stderr
    assert "mend the row" in done.stderr and "please report" not in done.stderr


def test_a_mistake_in_a_table_loses_no_record(tmp_path: Path) -> None:
    """Records that can no longer be mapped are not left out of the new generation: there is none, and it is said why."""
    settings = Settings(tmp_path / "site", {"base": BASE, "workers": 1, "verify": False}, {})
    published = publish([str(EXAMPLES)], settings).counts["records"]
    folder = settings.site / "vocab"
    folder.mkdir()
    table = (PACKAGED / "mapping.csv").read_text(encoding="utf-8")
    (folder / "mapping.csv").write_text(f"{table}work,title,dcterms:title,date,\n", encoding="utf-8")
    vocab.use(folder)

    try:
        with pytest.raises(
            SiteError, match=r"live records can no longer be mapped and would be lost, .*: mend the table"
        ):
            publish([], settings, again=True)
    finally:
        vocab.use(None)

    with closing(Live(settings.site).current()) as live:
        assert live.manifest.counts["records"] == published
