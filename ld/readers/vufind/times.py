"""When a work was issued, as VuFind's index has it: a date as catalogues copy it or in ISO 8601; a serial's run."""

from __future__ import annotations

from ld.readers import fill, runs
from ld.readers.limits import EXCERPT_CHARACTERS
from ld.record import Date, Record, Remark
from ld.values import calendars, dates, text

Fields = dict[str, list[str]]
_SAYS_ITS_FORMAT = {"record_format", "recordtype"}
_FURTHER = "a further date, of which it is not said what it dates: left out"
_NO_RUN = "names no year in which it began or ended: left out"


def set_dates(record: Record, fields: Fields, marc: bool, filled_in: bool) -> None:
    """Set the first date that can be asserted, and the run of a serial.

    Cataloguers of MARC copy a date as the work has it, others write ISO 8601; `filled_in` tells that a day, and a month
    that is not known, stand there as the first.
    """
    kind = _kind(record, fields, marc, filled_in)
    for raw in filter(str.strip, fields.get("publishDate", ())):
        if record.issued:
            record.remarks.append(Remark("publishDate", _FURTHER, raw[:EXCERPT_CHARACTERS]))
        elif filled_in:
            fill.set_filled_in(record, "publishDate", raw, kind)
        elif fill.set_issued(record, "publishDate", raw, _read(text.plain(raw), fields, marc), kind):
            fill.remark_rest(record, "publishDate", raw)
    _set_span(record, list(dict.fromkeys(filter(None, map(text.value, fields.get("dateSpan", ()))))), kind)


def _read(raw: str, fields: Fields, marc: bool) -> Date | None:
    """Return the date; where nothing tells who wrote it, what both ways of writing have in common ("2010-11")."""
    copied = dates.transcribed(raw) if marc or not _SAYS_ITS_FORMAT & fields.keys() else None
    if marc:
        return copied
    stated = dates.parse(raw)
    return dates.year(stated.year) if copied and stated and copied != stated else stated


def _kind(record: Record, fields: Fields, marc: bool, filled_in: bool) -> calendars.Kind:
    """Return what the record tells of its dates; DOAJ's are of our calendar, whatever its language."""
    if filled_in:
        return calendars.Kind(format=record.format)
    codes, _ = fill.languages_of(fields.get("language", ()))
    return calendars.Kind(tuple(codes), record.format, record.title, copied=marc)


def _set_span(record: Record, raws: list[str], kind: calendars.Kind) -> None:
    span = runs.run(raws)
    problem = calendars.doubt(span, " ".join(raws), kind) if span else ""
    record.span = None if problem else span
    for raw in raws:
        if problem or runs.ends(raw) is None:
            record.remarks.append(Remark("dateSpan", problem or _NO_RUN, raw[:EXCERPT_CHARACTERS]))
