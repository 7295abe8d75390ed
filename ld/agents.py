"""People and corporate bodies become things: authors as printed, controlled headings, publishers, their order."""

from __future__ import annotations

from ld import names
from ld.record import Person, Record
from ld.things import Fields, Kinds, Thing, add
from ld.vocab import Row


class Agents:
    """The agents of one record: `own` takes things of this record only, `shared` those with documents of their own."""

    def __init__(
        self, kinds: Kinds, record: Record, schema: str, about_journal: bool, own: list[Thing], shared: list[Thing]
    ) -> None:
        self.kinds = kinds
        self.record = record
        self.schema = schema
        self.own = own
        self.shared = shared
        self.about_journal = about_journal
        self.id = names.encoded(record.id)
        self.numbers: dict[str, int] = {}

    def people(self, fields: Fields) -> None:
        """Fill the fields of the work that name who took part in it, in which order and how."""
        order: dict[str, list[str]] = {"author": [], "editor": []}
        for person in self.record.people:
            role = self.kinds.roles.get(person.role) or self.kinds.roles["ctb"]
            listed = self._listed(role)
            if "publisher" in listed:
                self.publisher(person.name, fields)
                continue
            iri = self._agent(person, "author" if "author" in listed else "contributor")
            for name in listed:
                add(fields, name, iri)
            for name in order.keys() & set(listed):
                if iri not in order[name]:
                    order[name].append(iri)
            by_author = "author" in listed
            add(fields, "author_name" if by_author else "contributor_name", person.name)
            if person.role in self.kinds.roles and not (by_author and person.role in ("aut", "cre")):
                add(fields, "relator", (role["code"], iri))
        for name in self.record.contributor_names:
            add(fields, "contributor_name", name)
        self._orders(fields, order)

    def _listed(self, role: Row) -> list[str]:
        """Return the fields the role is listed under; some only suit certain classes (column `only`).

        Several records may be about one journal: there is no order of its makers, so they are contributors.
        """
        listed = role["fields"].split()
        if self.about_journal and listed != ["publisher"]:
            return ["contributor", "other"]
        only = role.get("only", "")
        if only and self.schema not in only.split():
            return ["contributor", "other"]
        return listed

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
        fields = _name_fields(person)
        self.own.append(Thing(kind, iri, fields))
        for name in person.affiliations:
            m = self.numbers["affiliation"] = self.numbers.get("affiliation", 0) + 1
            affiliation = self.kinds.mint("affiliation", id=self.id, n=str(m))
            add(fields, "affiliation", affiliation)
            self.own.append(Thing("affiliation", affiliation, {"name": [name]}))
        return iri

    def _heading(self, person: Person) -> str:
        iri = self.kinds.mint("agent", slug=names.slug(person.name))
        vocabulary = self.kinds.vocabulary
        kind = "Organization" if person.organization else "Person"
        fields = _name_fields(person)
        fields["class"] = [vocabulary.expand(f"foaf:{kind}"), vocabulary.expand(f"schema:{kind}")]
        self.shared.append(Thing("agent", iri, fields, shared=True))
        return iri

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
        preferred = self.kinds.organizations.get(names.slug(name), name)
        iri = self.kinds.mint("organization", slug=names.slug(preferred))
        self.shared.append(Thing("organization", iri, {"name": [preferred]}, shared=True))
        return iri


def _name_fields(person: Person) -> Fields:
    return {
        "name": [person.name],
        "given": [person.given] if person.given else [],
        "family": [person.family] if person.family else [],
        "same": [person.orcid] if person.orcid else [],
    }
