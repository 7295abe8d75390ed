"""DOAJ OAI-PMH XML (oai_doaj), one quirk to a test."""

from __future__ import annotations

import base64
import io

import pytest
from reading import NAMESPACE, NUMBER, OAI, harvested

from ld import readers
from ld.errors import SourceError
from ld.readers.doaj import oai as oaipmh
from ld.readers.share import Share
from ld.record import Deleted, Part, Person, Record, Rejected, Subject


def one_of(text: str) -> readers.Outcome:
    """The only outcome of a response."""
    (found,) = oaipmh.read(io.BytesIO(text.encode()), "here", Share())
    return found


def oai_article(inner: str, header: str = "") -> Record:
    """The record of an article with these elements."""
    found = one_of(
        harvested(f'<d:doajArticle xmlns:d="{NAMESPACE}"><d:title>T</d:title>{inner}</d:doajArticle>', header)
    )
    assert isinstance(found, Record), found
    return found


@pytest.mark.parametrize(
    ("date", "value", "how"), [("2019-04-01", "2019-04", "day-not-asserted"), ("2019-01-01", "2019", "year-only")]
)
def test_doaj_fills_in_days_and_months(date: str, value: str, how: str) -> None:
    record = oai_article(f"<d:publicationDate>{date}</d:publicationDate>")

    assert record.issued
    assert (record.issued.value, record.how) == (value, [how])


def test_sets_tell_the_library_of_congress_classes() -> None:
    def spec(text: str) -> str:
        return f"<setSpec>{base64.urlsafe_b64encode(text.encode()).decode().replace('=', '~')}</setSpec>"

    sets = spec("LCC:Medicine") + spec("LCC:Science") * 2 + spec("Other:x") + "<setSpec>com_1721.1_é</setSpec>"

    assert oai_article("", sets).subjects == [Subject("Medicine", "lcc"), Subject("Science", "lcc")]


def test_affiliations_by_their_number_and_comments_between() -> None:
    record = oai_article(
        "<!-- a comment --><?a pi?><d:authors><d:author><d:name>Jane<!-- x --> Doe</d:name>"
        "<d:affiliationId>0</d:affiliationId>"
        "<d:orcid_id>https://orcid.org/0000-0002-1825-0097</d:orcid_id></d:author></d:authors><d:affiliationsList>"
        '<d:affiliationName affiliationId="0">Example University</d:affiliationName></d:affiliationsList>'
    )

    assert record.people == [
        Person("Jane Doe", orcid="https://orcid.org/0000-0002-1825-0097", affiliations=("Example University",))
    ]


def test_a_deletion_at_the_source_is_told_with_id_and_date() -> None:
    found = one_of(harvested("", attributes=' status="deleted"'))

    assert isinstance(found, Deleted)
    assert (found.id, found.reason, found.date) == ("doaj-" + NUMBER, "Deleted at the source.", "2020-11-24T20:40:42Z")


def test_another_format_is_named() -> None:
    found = one_of(harvested('<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"/>'))

    assert isinstance(found, Rejected)
    assert found.reason == "oai_dc (Dublin Core) is not read yet: harvest with metadataPrefix=oai_doaj"


def test_an_error_answer_names_code_and_text() -> None:
    text = f'<OAI-PMH xmlns="{OAI}"><error code="noRecordsMatch">nothing new</error></OAI-PMH>'

    with pytest.raises(SourceError, match="noRecordsMatch: nothing new"):
        one_of(text)


def test_a_doctype_is_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + harvested("&b;")

    with pytest.raises(SourceError, match="DOCTYPE"):
        one_of(bomb)


def test_a_response_that_is_cut_off_gives_what_came_before() -> None:
    whole = harvested(f'<d:doajArticle xmlns:d="{NAMESPACE}"><d:title>T</d:title></d:doajArticle>')
    cut = whole.replace("</record></ListRecords></OAI-PMH>", "</record><record><head")
    first, second, part = oaipmh.read(io.BytesIO(cut.encode()), "here", Share())

    assert isinstance(first, Record)
    assert isinstance(second, Rejected)
    assert "line 1, column" in second.reason
    assert isinstance(part, Part)
    assert (part.count, part.cut) == (1, second.reason)
