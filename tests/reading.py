"""What tests of readers need: one record with the fields that matter, and what was remarked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ld import readers
from ld.readers.doaj import api
from ld.readers.vufind import solr
from ld.record import Record, Rejected, Source

NUMBER = "0" * 31 + "a"
OAI = "http://www.openarchives.org/OAI/2.0/"
NAMESPACE = "http://doaj.org/features/oai_doaj/1.0/"


def article(**bib: Any) -> Record:
    """A DOAJ article with these fields in its bibjson."""
    document = {"id": NUMBER, "bibjson": {"title": "A title", **bib}}
    found = api.record(document, Source("doaj", json.dumps(document), "here"))
    assert isinstance(found, Record), found
    return found


def indexed(**document: Any) -> Record:
    """A Solr document with these fields."""
    found = anything(**document)
    assert isinstance(found, Record), found
    return found


def anything(**document: Any) -> Record | Rejected:
    """A Solr document with these fields, with whatever becomes of it."""
    full = {"id": "1", "title": "A title", **document}
    return solr.record(solr.fields_of(full.items()), Source("solr", json.dumps(full), "here"))


def marc(**document: Any) -> Record:
    """A Solr document made of a MARC record."""
    return indexed(record_format="marc", **document)


def problems(record: Record) -> list[str]:
    """The fields that are remarked."""
    return [remark.field for remark in record.remarks]


def words(record: Record) -> list[str]:
    """The keywords."""
    return [subject.label for subject in record.subjects if not subject.scheme]


def harvested(inner: str, header: str = "", attributes: str = "") -> str:
    """An OAI-PMH response with one record."""
    return (
        f'<OAI-PMH xmlns="{OAI}"><ListRecords><record><header{attributes}>'
        f"<identifier>oai:doaj.org/article:{NUMBER}</identifier><datestamp>2020-11-24T20:40:42Z</datestamp>{header}"
        f"</header><metadata>{inner}</metadata></record></ListRecords></OAI-PMH>"
    )


OLD_ORDER = """id 7
record_format Article
author Jane Doe
spellingShingle Jane Doe
A title
language policy
building materials
title transfer
id cards
title A title
title_short A title
description First line
building on this, the second
language English
topic language policy
building materials
title transfer
id cards
url https://example.org/7
_version_ 1716825967131885568"""


LINE = '{"id": "1", "title": "A title", "record_format": "marc"}\n'


def outcomes(path: Path, kind: str | None = None) -> list[Any]:
    """What comes out of a file or folder."""
    return list(readers.read(str(path), kind))


def written(path: Path, data: str | bytes) -> Path:
    """The file, written."""
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def answer(*docs: str, around: str = "") -> str:
    """A Solr answer, with more behind its documents."""
    return '{"responseHeader": {"status": 0}, "response": {"docs": [' + ",\n".join(docs) + f"]}}{around}}}"
