"""Names as sources print them become people and corporate bodies; nothing is guessed about a name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from ld.memo import cached
from ld.record import Person, Remark
from ld.values import names, text
from ld.values.email import without_email
from ld.values.unseen import without_direction
from ld.values.vocab import vocabulary

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_RELATOR = re.compile(r"(?:[^/]{0,200}/)*([^/]+?)[\s.,;:)]*$")
_DATES = re.compile(
    r"(?:,|(?<=\)))\s\(?(?:(?:ca?\.|b\.|d\.|fl\.|approximately|active|born|died)\s){0,2}\d{3,4}\??"
    r"(?:\sor\s\d{3,4})?(?:\s?-\s?(?:(?:ca?\.|approximately)\s)?(?:\d{3,4}\??)?(?:\sor\s\d{3,4})?)?\)?\.?$|,?\s-\d{4}\.?$"
)
# What stands behind a comma in a name and is no given name (MARC 100 $c).
_NOT_GIVEN = """
archbishop baron baroness bishop cardinal count countess dame dr duchess duke earl emperor empress ii iii iv jr junior
king lady lord md mr mrs phd pope prince princess queen rabbi saint sir sr sultan viscount
"""
_TITLES = frozenset(_NOT_GIVEN.split())


class Author(Struct, frozen=True):
    """An author as a source gives it: the name, affiliations and ORCID iD where it has them."""

    name: str
    affiliations: tuple[str, ...] = ()
    orcid: str = ""


def printed(authors: Iterable[Author], remarks: list[Remark]) -> list[Person]:
    """Return the authors in order, named as printed; of an exact repeat only the first stays."""
    people: dict[str, Person] = {}
    for author in authors:
        name = cleaned(author.name, remarks)
        if not name:
            continue
        if name in people:
            remarks.append(Remark("author", "the same name stands twice: the second is left out", name))
            continue
        if not name.isascii() and _CYRILLIC.search(name) and _LATIN.search(name):
            remarks.append(Remark("author", "Latin and Cyrillic letters are mixed in one name", name))
        people[name] = transcribed(name, author)
    return list(people.values())


def cleaned(raw: str, remarks: list[Remark]) -> str:
    """Return the name on one line, without e-mail addresses and the marks of a list around it."""
    plain = without_direction(text.plain(raw))
    name = without_email(plain)
    if name is not plain:
        remarks.append(Remark("author", "an e-mail address in it: left out", plain))
    return name.strip(" ,;")


def transcribed(name: str, author: Author | None = None, role: str = "aut", corporate: bool = False) -> Person:
    """Return the person or corporate body of a printed name; only "Family, Given" is taken apart.

    >>> transcribed("Kaur IP").family, transcribed("Carberry, Josiah").family, transcribed("Example Group").organization
    ('', 'Carberry', True)
    """
    corporate = corporate or is_corporate(name)
    family, given = ("", "") if corporate else _parts(name)
    affiliations = (text.plain(one) for one in (author.affiliations if author else ()))
    return Person(
        name=name,
        role=role,
        organization=corporate,
        given=given,
        family=family,
        orcid=names.orcid(author.orcid) if author and author.orcid else "",
        affiliations=tuple(one for one in affiliations if one),
    )


def heading(raw: str, role: str, corporate: bool = False) -> Person:
    """Return the agent of a controlled heading; "Family, Given, dates" of a person is taken apart.

    >>> heading("Darwin, Charles, 1809-1882.", "aut").given, heading("Gregory, of Nazianzus, Saint", "aut").given
    ('Charles', '')
    """
    name = text.without_stop(text.unpunctuated(raw))
    if corporate or is_corporate(name):
        return Person(name=name, role=role, organization=True, heading=True)
    family, comma, rest = _DATES.sub("", name).partition(", ")
    given = rest.partition(", ")[0].strip(" ,")
    good = bool(comma) and _is_given(given)
    return Person(name=name, role=role, family=family if good else "", given=given if good else "", heading=True)


def role_code(raw: str, default: str) -> str:
    """Return the MARC relator code for a code, an English term or an IRI of it; empty where it is none of them.

    >>> role_code("Editor.", ""), role_code("http://id.loc.gov/roles/edt", ""), role_code("", "aut")
    ('edt', 'edt', 'aut')
    >>> role_code("composer (expression),", ""), role_code("director of photography.", ""), role_code("wizard", "")
    ('cmp', 'cng', '')
    """
    if not raw.strip():
        return default
    match = _RELATOR.match(raw.strip().removesuffix(",").partition(" (")[0])
    return _relators().get(match[1].strip().casefold(), "") if match else ""


@cached()
def _relators() -> dict[str, str]:
    """Return the codes by printed word, term and code (`role_words.csv` and `roles.csv` of `vocab/codes/`)."""
    rows = vocabulary().rows("codes/roles.csv")
    words = {row["word"].casefold(): row["code"] for row in vocabulary().rows("codes/role_words.csv")}
    return words | {row["term"].casefold(): row["code"] for row in rows} | {row["code"]: row["code"] for row in rows}


def is_corporate(name: str) -> bool:
    """Determine whether an unmistakable word makes the name a corporate body's (`vocab/codes/corporate.csv`).

    Only what stands before a comma counts: "Doe, Jane (Example University)" is a person.
    """
    before = name.partition(",")[0].casefold()
    marked = "." in before or "(" in before or ")" in before
    words = [word.strip(".()") for word in before.split()] if marked else before.split()
    return not _corporate_words().isdisjoint(words)


@cached()
def _corporate_words() -> frozenset[str]:
    return frozenset(word.strip(".") for word in vocabulary().codes("corporate"))


def _parts(name: str) -> tuple[str, str]:
    """Return family and given name where one comma parts them, else nothing."""
    if name.count(",") != 1:
        return "", ""
    family, given = (part.strip() for part in name.split(","))
    good = family and len(given.split()) < 5 and len(family.split()) < 5 and _is_given(given)
    return (family, given) if good else ("", "")


def _is_given(part: str) -> bool:
    """Determine whether what stands behind the comma can be a given name: no title, no date, no "of Nazianzus"."""
    if not part or part[0].islower() or any(char.isdigit() for char in part):
        return False
    first = part.split()[0].replace(".", "").casefold()
    return first not in _TITLES and " of " not in part
