"""What $0 and $1 name: a number of an authority file becomes its scheme, its number and its IRI."""

from __future__ import annotations

import re

from msgspec import Struct

from ld.memo import cached, remembered
from ld.values import addresses
from ld.values.vocab import Row, vocabulary

_URI = re.compile(r"^\(uri\)\s*")
_BLANK = re.compile(r"\s+")


class Authority(Struct, frozen=True):
    """A thing of an authority file: the short name of the file, its number there, its IRI.

    `subdivided` tells that subdivided headings have numbers of their own; elsewhere the number may be the first part's.
    """

    scheme: str
    number: str
    iri: str
    subdivided: bool


def _authority(raw: str) -> Authority | None:
    """Return what the control number or address names, None where the file is not known or the number is none of it.

    >>> _authority("(DE-588)4035964-5").iri, _authority("(OCoLC)fst00959660").number
    ('https://d-nb.info/gnd/4035964-5', '959660')
    >>> _authority("http://id.loc.gov/authorities/subjects/sh85112549").scheme, _authority("(DLC)sh 85112549").number
    ('lcsh', 'sh85112549')
    """
    text = _BLANK.sub("", _URI.sub("", raw.strip()))
    text = "http://" + text.removeprefix("https://") if text.startswith("https://") else text
    for prefix, pattern, row in _prefixes():
        if text.startswith(prefix):
            number = text[len(prefix) :].rstrip("/").removesuffix(".html")
            found = pattern.fullmatch(number)
            if found:
                kept = found[1]
                iri = row["iri"].format(number=kept)
                return Authority(row["scheme"], kept, iri, bool(row["subdivided"])) if addresses.is_iri(iri) else None
    return None


authority = remembered(_authority)


@cached()
def _prefixes() -> list[tuple[str, re.Pattern[str], Row]]:
    rows = vocabulary().rows("codes/authorities.csv")
    return [(row["prefix"], re.compile(row["number"]), row) for row in rows]
