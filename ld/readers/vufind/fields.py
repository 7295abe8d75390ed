"""The fields of VuFind's index: their names, which have one value, and what one value of them states.

Names: solr/vufind/biblio/conf/schema.xml of VuFind 2.3 to 10.0.
"""

from __future__ import annotations

import re

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


def is_field(name: str) -> bool:
    """Determine whether VuFind's index has a field of that name.

    >>> is_field("topic"), is_field("work_keys_str_mv"), is_field("Topic")
    (True, True, False)
    """
    return name in SINGLE or name in SEVERAL or ("_" in name and bool(_DYNAMIC.fullmatch(name)))
