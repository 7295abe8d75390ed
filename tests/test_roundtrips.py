"""What reads citations finds in ours what the record says: pybtex, rispy and citeproc-py read those of all records.

The records are the founders' real ones where they lie beside this checkout, and the examples.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
import rispy
from conftest import BASE, EXAMPLES, SHARED
from pybtex.database import parse_string

from ld.errors import ShelfgraphError
from ld.formats.bibtex import bibtex
from ld.formats.citation import Cited, cited
from ld.formats.csl import csl
from ld.formats.ris import ris
from ld.mapping.compiled import Mapping
from ld.mapping.entities import Site
from ld.readers import read
from ld.record import Record
from ld.summary import Summary
from ld.values.vocab import vocabulary

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

URL = f"{BASE}record/x"
STYLE = Path(__file__).with_name("citation.csl")
FOLDERS = [
    pytest.param(EXAMPLES, id="examples"),
    pytest.param(SHARED / "data", id="real", marks=[pytest.mark.slow, pytest.mark.skipif(not SHARED.is_dir(), reason="not here")]),
]  # fmt: skip


def summaries(folder: Path) -> list[Summary]:
    """The summaries of all records below the folder; files that hold no records have none."""
    mapping, found = Mapping(Site(BASE), vocabulary()), []
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".ttl"):
        try:
            found += [mapping.describe(one).summarize() for one in read(str(path)) if isinstance(one, Record)]
        except ShelfgraphError:
            continue
    assert found
    return found


def names(one: Cited) -> tuple[int, int]:
    """How many authors and editors the record names."""
    return len(one.authors), len(one.editors)


def untexed(text: str) -> str:
    """The text that BibTeX's commands stand for."""
    for command, sign in (
        ("textasciitilde", "~"),
        ("textasciicircum", "^"),
        ("textbraceleft", "{"),
        ("textbraceright", "}"),
    ):
        text = text.replace(f"\\{command}{{}}", sign)
    for sign in "#$%&_{}":
        text = text.replace(f"\\{sign}", sign)
    return text.replace("\\textbackslash{}", "\\")  # fmt: skip


@pytest.mark.parametrize("folder", FOLDERS)
def test_pybtex_reads_what_the_record_says(folder: Path) -> None:
    for summary in summaries(folder):
        one = cited(summary)
        (entry,) = parse_string(bibtex(summary, URL), "bibtex").entries.values()
        listed = (entry.persons.get(role, ()) for role in ("author", "editor"))
        people = tuple(sum(str(person) != "others" for person in one) for one in listed)  # which is "et al."

        assert (people, untexed(entry.fields["title"][1:-1])) == (names(one), " ".join(one.title.split()))
        assert entry.fields.get("year", "") == one.when.said("--")


@pytest.mark.parametrize("folder", FOLDERS)
def test_rispy_reads_what_the_record_says(folder: Path) -> None:
    for summary in summaries(folder):
        one = cited(summary)
        (entry,) = rispy.loads(ris(summary, URL))
        # Reference Manager's tag for editors, which rispy keeps without a name
        people = len(entry.get("authors", ())), len(entry.get("unknown_tag", {}).get("ED", ()))

        assert (people, entry["title"], entry.get("year", "")) == (
            names(one),
            " ".join(one.title.split()),
            one.when.year,
        )


@pytest.mark.parametrize("folder", FOLDERS)
def test_citeproc_cites_what_the_record_says(folder: Path) -> None:
    """The style names all authors, each by the family's name first, the title, the year, the journal and the pages."""
    for summary in summaries(folder):
        one = cited(summary)
        items = json.loads(csl(summary, URL))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of roles and variables that it does not know
            source = CiteProcJSON(items)
            style = CitationStylesStyle(str(STYLE), validate=False)
            bibliography = CitationStylesBibliography(style, source, formatter.plain)
            bibliography.register(Citation([CitationItem(URL)]))
            (line,) = map(str, bibliography.bibliography())

        assert (len(items[0].get("author", ())), len(items[0].get("editor", ()))) == names(one)
        assert len(line.split(" | ")[0].split("; ")) >= len(one.authors)
        assert one.when.year.lstrip("0") in line
