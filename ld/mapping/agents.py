"""People and corporate bodies become things: authors as printed, controlled headings, publishers, their order."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ld.mapping.entities import About, Fields, Kinds, Thing, add
from ld.record import Person
from ld.summary import Agent, Named, Ref, Role, Text
from ld.values import keys, lives, names

# What tells people of one name apart: a year or a century of their life.
_LIFE = re.compile(r"\d{3,4}|\d{1,2}(?:st|nd|rd|th)?\s+cent")
# What tells meetings and offices apart: a year in brackets, beside number and place.
_MEETING = re.compile(r"\([^()]*\b\d{4}\b[^()]*\)")


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


class Credits(Struct, gc=False):
    """Who made the work: fields of the work, things of this record only, shared things, and who they are for people."""

    fields: Fields
    own: list[Thing]
    shared: list[Thing]
    people: list[tuple[Person, Part, str]]
    publishers: list[Named]
    distributors: list[Named]

    def told(self) -> dict[str, Any]:
        """Return what a summary says of them."""
        return {"people": self.agents(), "publishers": self.publishers, "distributors": self.distributors}

    def agents(self) -> list[Agent]:
        """Return who took part, each once with all roles, as people need to know it."""
        roles: dict[tuple[str, bool], tuple[Person, str, dict[str, None]]] = {}
        for one, part, path in self.people:
            who = (one.entry, one.organization)
            roles.setdefault(who, (one, path, {}))[2].update(dict.fromkeys(part.fields))
        return [_agent_of(one, path, fields) for one, path, fields in roles.values()]


def _agent_of(one: Person, path: str, fields: dict[str, None]) -> Agent:
    """Return who took part; a creator is not listed as a mere contributor too."""
    listed = tuple(name for name in fields if "author" not in fields or name not in _LESS)
    return Agent(
        one.name, listed, one.given, one.family, path, one.orcid, one.affiliations, one.suffix, body=one.organization
    )


# What is not said of a creator: every creator has contributed (`dcterms:creator` is a part of `dcterms:contributor`).
_LESS = frozenset(["contributor", "other"])


def credits(about: About) -> Credits:
    """Return who took part in the work, in which order and how, and who published it."""
    return _Credits(about).found


class _Credits:
    """The credits of one record, while they are being collected."""

    def __init__(self, about: About) -> None:
        self.about = about
        self.kinds = about.kinds
        self.found = Credits({}, [], [], [], [], [])
        self.numbers: dict[str, int] = {}
        self.known: dict[tuple[str, bool], Ref] = {}
        order: dict[str, list[Ref]] = {"author": [], "editor": []}
        for person in about.record.people:
            self._person(person, order)
        self._settle()
        for name in about.record.contributor_names:
            add(self.found.fields, "contributor_name", name)
        for role, members in reversed(order.items()):
            if members:
                self._order(f"{role}s", members)
        for name in about.record.publishers:
            self._publisher(name)
        for name in about.record.distributors:
            self._distributor(name)

    def _person(self, person: Person, order: dict[str, list[Ref]]) -> None:
        fields = self.found.fields
        part = self.kinds.once(_part, person.role, self.about.schema, self.about.journal is not None)
        if "publisher" in part.fields:
            self._publisher(person.name)
            return
        ref = self._heading(person, part) if person.heading else self._printed(person, part)
        for name in part.fields:
            add(fields, name, ref)
            if name in order and ref not in order[name]:
                order[name].append(ref)
        add(fields, part.name, person.name)
        if part.relator:
            add(fields, "relator", Role(part.relator, ref))

    def _settle(self) -> None:
        """Take creators out of those who only contributed: one person stands once, a second role in its own field."""
        fields = self.found.fields
        for whole, parts in (("author", ("contributor", "other")), ("author_name", ("contributor_name",))):
            creators = fields.get(whole, ())
            for name in parts:
                if creators and name in fields:
                    fields[name] = [one for one in fields[name] if one not in creators]

    def _order(self, kind: str, members: list[Ref]) -> None:
        seq = self.kinds.mint(kind, id=self.about.id)
        self.found.fields[kind] = [seq]
        self.found.own.insert(0, Thing(kind, seq, {"member": [Role(str(n), ref) for n, ref in enumerate(members, 1)]}))

    def _next(self, kind: str) -> str:
        n = self.numbers[kind] = self.numbers.get(kind, 0) + 1
        return str(n)

    def _printed(self, person: Person, part: Part) -> Ref:
        """Add an agent that only this record speaks of."""
        self.found.people.append((person, part, ""))
        who = (person.entry, person.organization)
        if who in self.known:
            return self.known[who]
        kind = "corporation" if person.organization else "party" if person.unsure else "person"
        ref = self.known[who] = self.kinds.mint(kind, id=self.about.id, part=part.kind, n=self._next(part.kind))
        fields = _names(person)
        self.found.own.append(Thing(kind, ref, fields))
        for name in person.affiliations:
            affiliation = self.kinds.mint("affiliation", id=self.about.id, n=self._next("affiliation"))
            add(fields, "affiliation", affiliation)
            self.found.own.append(Thing("affiliation", affiliation, {"name": [name]}))
        return ref

    def _heading(self, person: Person, part: Part) -> Ref:
        """Add an agent that other records speak of too: all of them, or where the name is bare those of its source."""
        thing = self.kinds.once(_agent, replace(person, role="", affiliations=()), self.about.source)
        self.found.shared.append(thing)
        self.found.people.append((person, part, thing.path))
        return thing.ref

    def _publisher(self, name: str) -> None:
        """Add a publisher; of a journal, which is not this record's own, "The Society" is no more than a name."""
        add(self.found.fields, "publisher_name", name)
        if self.about.journal and self.kinds.once(is_relative, name):
            self.found.publishers.append(Named(Text(name), ""))
            return
        ref, named = self._organization(name)
        add(self.found.fields, "publisher", ref)
        self.found.publishers.append(named)

    def _distributor(self, name: str) -> None:
        """Add who distributes what others have published (MARC relator dst)."""
        ref, named = self._organization(name)
        add(self.found.fields, "relator", Role("dst", ref))
        self.found.distributors.append(named)

    def _organization(self, name: str) -> tuple[Ref, Named]:
        """Add the organization of the name: "The Society" is another in every record, so it is this record's own."""
        if self.kinds.once(is_relative, name):
            ref = self.kinds.mint("corporation", id=self.about.id, part="publisher", n=self._next("publisher"))
            self.found.own.append(Thing("corporation", ref, {"name": [name]}))
            return ref, Named(Text(name), "")
        thing = organization(self.kinds, name)
        self.found.shared.append(thing)
        return thing.ref, thing.named


def is_relative(kinds: Kinds, name: str) -> bool:
    """Determine whether only the record that names it tells whom the name means (`codes/relative_names.csv`)."""
    return name.casefold().strip(" .,") in kinds.vocabulary.codes("relative_names")


def organization(kinds: Kinds, name: str) -> Thing:
    """Return the organization of a name, or of the name that is preferred for it."""
    return kinds.once(_organization, name)


def _organization(kinds: Kinds, name: str) -> Thing:
    preferred = kinds.organizations.get(keys.key(name), name)
    made = kinds.shared("organization", {"name": [preferred]}, key=names.encoded(keys.key(preferred)))
    made.named = Named(Text(name), made.path)
    return made


def _agent(kinds: Kinds, person: Person, source: str) -> Thing:
    """Return the agent of a heading, which says on which evidence all who give this heading mean one agent."""
    fields = _names(person)
    if person.entry != person.name:
        fields["heading"] = [person.entry]  # what lists and pages call the agent: namesakes are told apart
    fields["class"] = kinds.classes["corporation" if person.organization else "party" if person.unsure else "person"]
    how, kind, key = _identity(person)
    fields["how"] = [f"{kinds.site.base}provenance#{how}"]
    return kinds.shared(kind, fields, key=names.encoded(key), source=names.encoded(source))


def _identity(person: Person) -> tuple[str, str, str]:
    """Return how the agent of a heading is known (`codes/provenance.csv`), its kind of thing, and its key."""
    if person.orcid:
        return "agent-by-number", "agent", f"orcid-{person.orcid.rpartition('/')[2]}"
    if person.number:
        return "agent-by-number", "agent", person.number
    if (_MEETING if person.organization else _LIFE).search(person.entry):
        return "agent-by-heading", "agent", keys.key(person.entry)
    return "agent-by-name", "heading", keys.key(person.entry)


def _names(person: Person) -> Fields:
    """Return the name and its parts; years only where they are plainly those of birth and death."""
    known = {"name": person.name, "given": person.given, "family": person.family}
    if person.suffix or person.life:
        born, died = lives.years(person.life)
        known |= {"suffix": person.suffix, "life": person.life, "birth": born, "death": died}
    fields: Fields = {field: [value] for field, value in known.items() if value}
    if person.orcid or person.iri:
        fields["same"] = [iri for iri in (person.orcid, person.iri) if iri]
    if person.variants:
        fields["variant"] = [*person.variants]
    return fields
