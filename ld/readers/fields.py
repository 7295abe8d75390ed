"""The fields of VuFind's index: their names, which have one value, and what one value of them states.

Names: solr/vufind/biblio/conf/schema.xml of VuFind 2.3 to 10.0.
"""

from __future__ import annotations

import re

from ld import text
from ld.record import Container, Date

# Text of one field may run over several lines in these; a bare line in any other field is its next value.
_ONE_VALUE = """
_version_ id fullrecord author_sort title title_sort title_sub title_short title_full title_full_unstemmed
title_fullStr title_auth description edition thumbnail lccn callnumber-first callnumber-subject callnumber-label
callnumber-sort dewey-sort illustrated container_title container_volume container_issue container_start_page
container_reference hierarchytype is_hierarchy_id is_hierarchy_title record_format recordtype first_indexed
last_indexed
"""
_SEVERAL_VALUES = """
marc_error spelling spellingShingle institution collection sources building language format author author_variant
author_role author_facet author_fuller author2 author2_variant author2_role author2-role author2_fuller
author_corporate author_corporate_role author_additional title_alt title_old title_new dateSpan series series2
topic topic_facet genre genre_facet geographic geographic_facet era era_facet long_lat long_lat_display
long_lat_label hierarchy_top_id hierarchy_top_title hierarchy_parent_id hierarchy_parent_title
hierarchy_sequence title_in_hierarchy physical publisher publishDate contents url ctrlnum isbn issn oclc_num
callnumber-raw callnumber-search callnumber callnumber-a callnumber-first-code dewey-hundreds dewey-tens
dewey-ones dewey-full dewey-raw dewey-search
"""
SINGLE = frozenset(_ONE_VALUE.split())
SEVERAL = frozenset(_SEVERAL_VALUES.split())
# A blank value in one of these keeps the place of a role beside its name.
ROLES = frozenset(["author_role", "author2_role", "author_corporate_role"])
# What `spellingShingle` repeats, word for word.
SHINGLED = ("author", "title", "contents", "series", "topic")

_DYNAMIC = re.compile(
    r"[A-Za-z][A-Za-z0-9_.-]{0,60}_(?:date|isn|str|txt|txtF|txtP|boolean|geo|random|autocomplete)(?:_mv)?"
)
_EXTENT = re.compile(
    r"(?:1 (?:online resource|volume|v\.|Online-Ressource) \()?(?:\[?[ivxlcdm]{1,9}\]?\s?[,.;]\s?)?"
    r"\[?(\d{1,5})\]?\s?(?:p|pp|pages?|pgs?|S|s|Seiten|páginas|strán|str|с|l?k)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(.{1,500}?)\s?;\s?(?:(?:v(?:ol)?|no|nr|bd|t)\.?\s)?([\w.,/() -]{0,30}\d[\w.,/() -]{0,30})", re.IGNORECASE
)
_LCC = re.compile(r"[A-Z]{1,3}\s?\d{1,4}(?:\D.{0,80})?")
_DEWEY = re.compile(r"\d{3}(?:\.\d{1,20})?")
_DEGREE = re.compile(r"\b(?:Ph\.\s?D|PhD|Ed\.\s?D|M\.A|M\.S|M\.\s?Sc|MSc)\b\.?")
_YEARS = re.compile(r"\b(?:1[4-9]|20)\d{2}\b")
_NOBODY = re.compile(r"\[?(?:s\.?\s?\.?n\.?|s\.\s?l\.?|publisher not identified|n\.\s?p\.)\]?[.,]?", re.IGNORECASE)


def is_field(name: str) -> bool:
    """Determine whether VuFind's index has a field of that name.

    >>> is_field("topic"), is_field("work_keys_str_mv"), is_field("Topic")
    (True, True, False)
    """
    return name in SINGLE or name in SEVERAL or ("_" in name and bool(_DYNAMIC.fullmatch(name)))


def is_nobody(name: str) -> bool:
    """Determine whether a publisher's name only says that there is none ("[s.n.]")."""
    return _NOBODY.fullmatch(name) is not None


def degree(note: str) -> str:
    """Return the degree that a note on a thesis names."""
    match = _DEGREE.search(note)
    return match[0] if match else ""


def page_count(extent: str) -> str:
    """Return the number of pages where it is clear.

    >>> page_count("xii, 502 p. : ill. ; 24 cm"), page_count("2 v. (502, 400 p.)")
    ('502', '')
    """
    match = _EXTENT.match(extent)
    return match[1] if match else ""


def series(title: str) -> Container:
    """Return the series and the number in it.

    >>> series("Example series ; vol. 7").number, series("Plain ; and simple").title
    ('7', 'Plain ; and simple')
    """
    clean = text.unpunctuated(title)
    match = _NUMBERED.fullmatch(clean)
    if match:
        return Container(kind="series", title=match[1].strip(), number=match[2].strip())
    return Container(kind="series", title=clean)


def lcc(raw: str) -> str:
    """Return the call number, empty where it is none of the Library of Congress."""
    return raw if _LCC.fullmatch(raw) else ""


def dewey(raw: str) -> str:
    """Return the number without the marks where it may be cut ("813/.54" is 813.54)."""
    match = _DEWEY.match(raw.replace("/", "").replace("'", ""))
    return match[0] if match else ""


def run(raw: str) -> Date | None:
    """Return the run of a serial ("Vol. 1 (1995)-v. 12 (2006)") as an interval of its first and last year."""
    years = _YEARS.findall(raw)
    if not years or raw.startswith("-"):
        return None
    start, end = years[0], years[-1] if len(years) > 1 and not raw.endswith("-") else ""
    return None if end and end < start else Date(f"{start}/{end or '..'}", "edtf")
