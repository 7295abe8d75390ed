"""Who made the work, as VuFind's index has it: names in four fields, roles beside them at the same places."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

import ld.readers.people as people
from ld.readers import nobody, roles
from ld.record import Person, Record, Remark

Fields = dict[str, list[str]]
_GROUPS = (
    ("author", ("author_role",), "aut"),
    ("author2", ("author2_role", "author2-role"), ""),
    ("author_corporate", ("author_corporate_role",), "aut"),
)


def set_people(record: Record, fields: Fields, marc: bool, headings: bool) -> None:
    """Set who took part. One person is one: the first role first, a further one beside it where it says more."""
    kept: dict[tuple[str, str], Person] = {}
    for where, name, role in _credited(record, fields, marc):
        corporate = where == "author_corporate"
        if not corporate:
            name, printed = people.titled(name) if headings else people.credited(name)
            role = printed or role
        made = people.heading(name, role, corporate) if headings else people.transcribed(name, None, role, corporate)
        if marc and made.unsure and not people.is_family(made.name):
            made = replace(made, unsure=False)  # MARC has bodies in fields of their own (110, 710)
        _add(record, kept, where, made)
    record.people = list(kept.values())


def _add(record: Record, kept: dict[tuple[str, str], Person], where: str, person: Person) -> None:
    """Add the person unless that name and role are there, or the role says nothing beside one that is."""
    before = [one for name, one in kept if name == person.entry]
    if person.role in before:
        record.remarks.append(Remark(where, people.TWICE, person.entry))
    elif person.role or not before:
        if "" in before:
            del kept[person.entry, ""]
        kept[person.entry, person.role] = person


def _credited(record: Record, fields: Fields, marc: bool) -> Iterator[tuple[str, str, str]]:
    """Yield field, name and role of each credit; a credit with several roles comes once for each."""
    for where, role_fields, default in _GROUPS:
        beside = next((fields[name] for name in role_fields if name in fields), [])
        for n, raw in enumerate(fields.get(where, ())):
            if not raw.strip():
                continue
            said = roles.read(beside[n]) if n < len(beside) else roles.Roles()
            for word in said.unknown:
                record.remarks.append(Remark(where, "the role is no MARC relator: taken as contributor", word))
            usual = _usual(fields, marc, raw) if where == "author_corporate" else default
            found = said.codes or ("" if said.unknown else usual,)
            names = (people.cleaned(raw),) if where == "author_corporate" else people.names_of(record, where, raw)
            if where == "author_corporate" and nobody.is_nobody(raw, "person"):
                record.remarks.append(Remark(where, people.NOBODY, raw))
                names = ()
            yield from ((where, name, role) for name in names if name for role in found)


def _usual(fields: Fields, marc: bool, name: str) -> str:
    """Return the role of a body that has none: VuFind puts main (110, 111) and added entries into one field.

    `author_sort` is never taken from an added entry, so it tells them apart (right for 684 of 685 real names);
    a document without such copies tells nothing.
    """
    copies = marc and ("author_sort" in fields or "author_facet" in fields)
    sort = next(iter(fields.get("author_sort", ())), "").strip()
    return "" if copies and sort != name.strip() else "aut"
