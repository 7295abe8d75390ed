"""People and corporate bodies become things: authors as printed, controlled headings, publishers, their order."""

from __future__ import annotations

from msgspec import Struct

from ld.mapping.entities import Fields, Kinds, Thing, add
from ld.record import Person, Record
from ld.values import names


class Part(Struct, frozen=True):
    """What a role means for the work.

    `fields` are those it is listed under, `name` is the one that takes the name as text, `kind` says how the part is
    called in IRIs; `relator` is the exact MARC role, where that says more.
    """

    fields: tuple[str, ...]
    name: str
    kind: str
    relator: str


def _part(kinds: Kinds, role: str, schema: str, about_journal: bool) -> Part:
    """Return the part of a role; some only suit certain classes (column `only`).

    Several records may be about one journal: there is no order of its makers, so they are contributors.
    """
    row = kinds.roles.get(role) or kinds.roles["ctb"]
    listed = tuple(row["fields"].split())
    only = row.get("only", "")
    if (about_journal and listed != ("publisher",)) or (only and schema not in only.split()):
        listed = ("contributor", "other")
    author = "author" in listed
    relator = "" if role not in kinds.roles or (author and role in ("aut", "cre")) else row["code"]
    name, kind = ("author_name", "author") if author else ("contributor_name", "contributor")
    return Part(listed, name, kind, relator)


class Agents:
    """The agents of one record: `own` takes things of this record only, `shared` those with documents of their own."""

    def __init__(
        self,
        kinds: Kinds,
        record: Record,
        record_id: str,
        schema: str,
        about_journal: bool,
        own: list[Thing],
        shared: list[Thing],
    ) -> None:
        self.kinds = kinds
        self.record = record
        self.schema = schema
        self.own = own
        self.shared = shared
        self.about_journal = about_journal
        self.id = record_id
        self.numbers: dict[str, int] = {}

    def people(self, fields: Fields) -> None:
        """Fill the fields of the work that name who took part in it, in which order and how."""
        order: dict[str, list[str]] = {"author": [], "editor": []}
        for person in self.record.people:
            part = self.kinds.once(_part, person.role, self.schema, self.about_journal)
            if "publisher" in part.fields:
                self.publisher(person.name, fields)
                continue
            iri = self._agent(person, part.kind)
            for name in part.fields:
                add(fields, name, iri)
                if name in order and iri not in order[name]:
                    order[name].append(iri)
            add(fields, part.name, person.name)
            if part.relator:
                add(fields, "relator", (part.relator, iri))
        for name in self.record.contributor_names:
            add(fields, "contributor_name", name)
        self._orders(fields, order)

    def _orders(self, fields: Fields, order: dict[str, list[str]]) -> None:
        for name, members in reversed(order.items()):
            if members:
                seq = self.kinds.mint(f"{name}s", id=self.id)
                fields[f"{name}s"] = [seq]
                numbered = [(str(n), iri) for n, iri in enumerate(members, 1)]
                self.own.insert(0, Thing(f"{name}s", seq, {"member": numbered}))

    def _agent(self, person: Person, part: str) -> str:
        if person.heading:
            return self._heading(person)
        n = self.numbers[part] = self.numbers.get(part, 0) + 1
        kind = "corporation" if person.organization else "person"
        iri = self.kinds.mint(kind, id=self.id, part=part, n=str(n))
        fields = _name_fields(person.name, person.given, person.family, person.orcid)
        self.own.append(Thing(kind, iri, fields))
        for name in person.affiliations:
            m = self.numbers["affiliation"] = self.numbers.get("affiliation", 0) + 1
            affiliation = self.kinds.mint("affiliation", id=self.id, n=str(m))
            add(fields, "affiliation", affiliation)
            self.own.append(Thing("affiliation", affiliation, {"name": [name]}))
        return iri

    def _heading(self, person: Person) -> str:
        thing = self.kinds.once(_agent, person.name, person.organization, person.given, person.family, person.orcid)
        self.shared.append(thing)
        return thing.iri

    def publishers(self, fields: Fields) -> None:
        """Fill the fields of the work that name its publishers."""
        for name in self.record.publishers:
            self.publisher(name, fields)

    def publisher(self, name: str, fields: Fields) -> None:
        """Add one publisher to the work."""
        add(fields, "publisher", self.organization(name))
        add(fields, "publisher_name", name)

    def organization(self, name: str) -> str:
        """Return the IRI of an organization by its name, or by the name that is preferred for it."""
        thing = self.kinds.once(_organization, name)
        self.shared.append(thing)
        return thing.iri


def _organization(kinds: Kinds, name: str) -> Thing:
    preferred = kinds.organizations.get(names.slug(name), name)
    iri = kinds.mint("organization", slug=names.slug(preferred))
    return Thing("organization", iri, {"name": [preferred]}, shared=True)


def _agent(kinds: Kinds, name: str, organization: bool, given: str, family: str, orcid: str) -> Thing:
    fields = _name_fields(name, given, family, orcid)
    kind = "Organization" if organization else "Person"
    fields["class"] = [kinds.vocabulary.expand(f"foaf:{kind}"), kinds.vocabulary.expand(f"schema:{kind}")]
    return Thing("agent", kinds.mint("agent", slug=names.slug(name)), fields, shared=True)


def _name_fields(name: str, given: str, family: str, orcid: str) -> Fields:
    fields: Fields = {"name": [name]}
    if given:
        fields["given"] = [given]
    if family:
        fields["family"] = [family]
    if orcid:
        fields["same"] = [orcid]
    return fields
