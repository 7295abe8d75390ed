"""Makes what Morph-KGC reads: flat tables, in which IRIs and labels are columns. Not counted as its work.

python bench/morph_flatten.py catalogue.jsonl FOLDER
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from facts import BASE, Facts, facts, segment, slug

COLUMNS = {
    "works": (
        "page", "work", "source", "id", "oai", "title", "tag", "language", "abstract", "issued_year", "issued_month",
        "issued", "year", "publisher", "publisher_iri", "url", "citation", "journal", "journal_iri", "volume",
        "volume_iri", "volume_title", "nearest", "doaj", "doi", "doi_iri", "doi_node", "publisher_id",
        "publisher_id_node", "modified", "harvested", "order", "issn", "eissn", "issn_portal", "eissn_portal",
        "issn_toc", "eissn_toc",
    ),
    "authors": (
        "work", "order", "member", "person", "name", "given", "family", "orcid", "home", "affiliation",
    ),
    "keywords": ("work", "word", "tag", "concept"),
    "how": ("page", "statement"),
}  # fmt: skip


def flatten(source: Path, folder: Path) -> None:
    """Write the tables of all documents."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        lines = stack.enter_context(source.open(encoding="utf-8"))
        tables = {}
        for name, columns in COLUMNS.items():
            file = stack.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            tables[name] = csv.DictWriter(file, columns, restval="")
            tables[name].writeheader()
        for line in lines:
            for name, row in rows(facts(json.loads(line))):
                tables[name].writerow(row)


def rows(found: Facts) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of one article."""
    page = f"{BASE}record/{found.id}"
    work = f"{page}#it"
    yield "works", _work(found, page, work)
    homes = 0
    for n, author in enumerate(found.authors, 1):
        homes += bool(author.affiliation)
        yield "authors", {
            "work": work, "order": f"{page}#authors", "member": f"http://www.w3.org/1999/02/22-rdf-syntax-ns#_{n}",
            "person": f"{page}#author-{n}", "name": author.name, "given": author.given, "family": author.family,
            "orcid": author.orcid, "affiliation": author.affiliation,
            "home": f"{page}#affiliation-{homes}" if author.affiliation else "",
        }  # fmt: skip
    for word in found.keywords:
        subject = f"{BASE}subject/{slug(word)}#it"
        yield "keywords", {"work": work, "word": word, "tag": found.tag, "concept": subject}
    for how in found.how:
        yield "how", {"page": page, "statement": f"{BASE}provenance#{how}"}


def _work(found: Facts, page: str, work: str) -> dict[str, str]:
    journal = f"{BASE}journal/{found.issns[0]}"
    volume = f"{journal}/volume/{segment(found.volume)}#it" if found.volume else ""
    number = found.id[5:]
    issns = dict(zip(("issn", "eissn"), found.issns, strict=False))
    portals = {f"{name}_portal": f"https://portal.issn.org/resource/ISSN/{one}" for name, one in issns.items()}
    tocs = {f"{name}_toc": f"https://doaj.org/toc/{one}" for name, one in issns.items()}
    said = f" {found.volume}" if found.volume else ""
    monthly = len(found.issued) > 4
    return {
        "page": page, "work": work, "source": f"{page}#source", "id": found.id, "title": found.title, "tag": found.tag,
        "oai": f"oai:doaj.org/article:{number}", "doaj": f"https://doaj.org/article/{number}",
        "language": f"http://id.loc.gov/vocabulary/iso639-2/{found.language}", "abstract": found.abstract,
        "issued": found.issued, "issued_month": found.issued if monthly else "",
        "issued_year": "" if monthly else found.issued, "year": found.year, "publisher": found.publisher,
        "publisher_iri": f"{BASE}organization/{slug(found.publisher)}#it", "url": found.url,
        "citation": f"{found.journal}{said} ({found.year})", "journal": found.journal, "journal_iri": f"{journal}#it",
        "volume": found.volume, "volume_iri": volume, "nearest": volume or f"{journal}#it",
        "volume_title": f"{found.journal}, vol. {found.volume}" if volume else "", "doi": found.doi,
        "doi_iri": f"https://doi.org/{found.doi}" if found.doi else "", "doi_node": f"{page}#doi" if found.doi else "",
        "publisher_id": found.publisher_id,
        "publisher_id_node": f"{page}#publisher-id" if found.publisher_id else "", "modified": found.modified,
        "harvested": found.harvested, "order": f"{page}#authors", **issns, **portals, **tocs,
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    flatten(asked.source, asked.folder)
