"""A MARC record becomes a record: by `vocab/marc.csv`, whatever carried it."""

from __future__ import annotations

from msgspec.structs import replace

import ld.readers.isbd as isbd
from ld.readers import people
from ld.readers.limits import EXCERPT_CHARACTERS
from ld.readers.marc import fixed
from ld.readers.marc.entry import Entry, Field
from ld.readers.marc.table import ByTag, plan
from ld.record import Container, Left, Person, Record, Rejected, Remark, Source
from ld.values import identifiers, text
from ld.values.vocab import vocabulary

_NAMES = ("100", "110", "111", "700", "710", "711")
# Kinds of records in the leader that describe no work.
_AUTHORITY, _HOLDINGS = "z", "uvxy"


def record(entry: Entry, source: Source, known: str = "") -> Record | Rejected:
    """Return the record of a MARC record, or why there is none; `known` is its id where it was told beside it."""
    number = known or number_of(entry)
    reason = _unusable(entry, number, len(source.text))
    if reason:
        return Rejected(source.place, reason, number, source.text[:EXCERPT_CHARACTERS])
    result = Record(id=number, title="", source=source)
    result.remarks, result.left = list(entry.remarks), []
    fill(result, entry)
    if not result.title:
        unimarc = any(field.tag == "200" and field.first("a") for field in entry.fields)
        reason = "UNIMARC, as field 200 shows: not read yet" if unimarc else "no title: field 245 has none"
        return Rejected(source.place, reason, number, source.text[:EXCERPT_CHARACTERS])
    return result


def number_of(entry: Entry) -> str:
    """Return the control number (001), of Aleph's sequential form its system number."""
    return text.value(entry.control("001") or entry.control("SYS"))


def _unusable(entry: Entry, number: str, size: int) -> str:
    kind = entry.leader[6:7]
    if kind == _AUTHORITY:
        return "an authority record, which describes no work: not read yet"
    if kind and kind in _HOLDINGS:
        return "a holdings record, which describes no work: not read yet"
    if reason := entry.too_large(size):
        return reason
    return "" if number else "no id: field 001 has none"


def fill(record: Record, entry: Entry) -> None:
    """Fill a record from a MARC record: what it has already stays."""
    fields = [_own(field) for field in entry.fields]
    values = Entry(entry.leader, fields).values()
    record.values |= values
    record.format = record.format or fixed.kind_of(entry, values)
    by_tag: ByTag = {"LDR": [Field("LDR", "", [("", entry.leader)])]}
    for field in fields:
        by_tag.setdefault(field.tag, []).append(field)
    plan().fill(record, by_tag)
    _complete(record, by_tag)
    _scripts(record, by_tag)


def _scripts(record: Record, by_tag: ByTag) -> None:
    """Give agents their names in other scripts: a field 880 leads to its fellow by the tag and the number in $6."""
    for tag, others in by_tag.items():
        if not tag.startswith("880-") or tag[4:] not in _NAMES:
            continue
        linked = {field.first("6")[:6]: field for field in by_tag.get(tag[4:], ())}
        for other in others:
            fellow = linked.get(f"880-{other.first('6')[4:6]}")
            name = plan().name(fellow) if fellow else ""
            variant = plan().name(Field(tag[4:], other.indicators, other.subfields))
            if name and variant:
                record.people = [_called(one, name, variant) for one in record.people]


def _called(person: Person, name: str, variant: str) -> Person:
    found = people.heading(name, "", person.organization)
    if (person.name, person.life) != (found.name, found.life):
        return person
    called = people.heading(variant, "", person.organization).name
    return replace(person, variants=tuple(dict.fromkeys((*person.variants, called))))


def _own(field: Field) -> Field:
    """Return a field in another script (880) under the tag that $6 names, as "880-245"."""
    if field.tag != "880":
        return field
    linked = field.first("6")[:3]
    return Field(f"880-{linked if len(linked) == 3 else '...'}", field.indicators, field.subfields)


def _complete(record: Record, by_tag: ByTag) -> None:
    """Fill what more than one field tells together."""
    own = record.title.casefold()
    record.alternatives = [title for title in record.alternatives if title.casefold() != own]
    if record.extents and not record.page_count:
        record.page_count = isbd.page_count(record.extents[0])
    row = vocabulary().code("types", record.format)
    if row and row["schema"] in ("schema:Periodical", "schema:Newspaper"):
        _serial(record, by_tag)
        return
    raws = [raw for field in by_tag.get("022", ()) for raw in field.all("a")]
    record.left += [Left("022$a", "the ISSN of another thing than the work", raw) for raw in raws]
    if record.format == "article" and any(one.issn for one in record.containers):
        record.format = "academicarticle"


def _serial(record: Record, by_tag: ByTag) -> None:
    """Set the journal that the record is about, with its ISSN."""
    raws = [raw for field in by_tag.get("022", ()) for raw in field.all("a")]
    issns = list(dict.fromkeys(number for raw in raws for number in identifiers.issns(raw)))
    record.remarks += [
        Remark("022$a", "a further ISSN, of which medium or title is not said: left out", one) for one in issns[1:]
    ]
    hosts = [one.title for one in record.containers if one.kind == "journal" and one.title]
    record.related_titles += [f"In: {title}" for title in hosts]
    own = Container("journal", record.title, issns[0] if issns else "")
    record.containers = [own, *(one for one in record.containers if one.kind != "journal")]
