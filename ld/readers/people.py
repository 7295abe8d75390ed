"""Names as sources print them become people and corporate bodies; nothing is guessed about a name.

What one field holds is parted first (`in_field`): several names, "et al.", nobody. Then a name is taken apart, as
MARC 21 X00 and the cataloguing rules behind it write one: family, given, what follows, the years of a life.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from ld.memo import cached, remembered
from ld.readers import nobody, roles
from ld.readers.bodies import Certainty, is_body
from ld.record import Person, Record, Remark
from ld.values import identifiers, text
from ld.values.email import has_email, without_email
from ld.values.lives import parted
from ld.values.unseen import without_direction
from ld.values.vocab import vocabulary

_FAMILY = re.compile(r"\w (?:[Ff]amily|[Ff]amilie|[Ff]amille|[Ff]amilia|[Ff]amiglia)$|\([Ff]amily\b")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
# Marks of direction and of no width, which names are found neither with nor without: none is a letter.
_UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
_JOINED = re.compile(r"\s*[;|]\s*")
_AND = re.compile(r"\s+(?:and|&|und|et|y|e|i|\u0438|og|och|ja|en)\s+")
_RULER = re.compile(r".{1,200}\s[IVXL]{1,7}\.?")  # "Friedrich II., Preußen, König"
_ROMAN = re.compile("[IVXL]{1,7}")  # "Dalai Lama XIV"
_FULLER = re.compile(r"\s*[(\[].{0,200}$")
_CAN_BE_GIVEN = ("", "address", "rank", "degree")
_SUFFIXED = re.compile(r"(.{1,200}\S)\s+((?:[Jj][Rr]|JR|[Ss][Rr]|SR)\.?|II|III|IV)")
_CREDITED = re.compile(r"(.{1,300}?)(?:\s*[\[(]([^\[\]()]{1,40})[\])]|,\s*([^\s,]{2,20}\.))[.,]?")
_DATED = re.compile(r"(.{1,200},\s?[0-9]{4}\??-(?:[0-9]{4}\??)?)[.,]?\s([^\W\d_][^0-9]{1,60})")
NOBODY = "names nobody: left out"
MORE = "says that the list of names is not whole, and is no name"
TWICE = "the same name stands twice: the second is left out"


class Author(Struct, frozen=True):
    """An author as a source gives it: the name, affiliations and ORCID iD where it has them."""

    name: str
    affiliations: tuple[str, ...] = ()
    orcid: str = ""


class Field(Struct, frozen=True):
    """What one field of names holds: the names, whether there are more, and why there is none."""

    names: tuple[str, ...] = ()
    incomplete: bool = False
    problem: str = ""


def _in_field(raw: str) -> Field:
    """Return the names that a field for one name holds, each on one line, without e-mail addresses.

    >>> _in_field("Doe, Jane; Roe, Richard; et al.")
    Field(names=('Doe, Jane', 'Roe, Richard'), incomplete=True, problem='')
    >>> _in_field("N. N.").problem, _in_field("Jane Doe and Richard Roe").names
    ('names nobody: left out', ('Jane Doe and Richard Roe',))
    """
    name, incomplete = nobody.without_rest(cleaned(raw))
    if incomplete:
        name = name.strip(" ,;")
    if not name:
        return Field((), incomplete, MORE if incomplete else "")
    if nobody.is_nobody(name, "person"):
        return Field((), incomplete, NOBODY)
    pieces = _several(name)
    found = tuple(piece for piece in pieces if piece == name or not nobody.is_nobody(piece, "person"))
    return Field(found, incomplete, NOBODY if len(found) < len(pieces) else "")


in_field, _mailed = remembered(_in_field), remembered(has_email)


def cleaned(raw: str) -> str:
    """Return the text on one line, without e-mail addresses, marks of direction, and the marks of a list around it."""
    return without_email(without_direction(text.plain(raw))).strip(" ,;*\u2020\u2021")


def set_printed(record: Record, authors: Iterable[Author]) -> None:
    """Set the authors in order, named as printed; of an exact repeat only the first stays."""
    people: dict[str, Person] = {}
    for author in authors:
        names = names_of(record, "author", author.name)
        if not names:
            record.remarks += [
                Remark("affiliation", "of whom nothing else is said: left out", one) for one in author.affiliations
            ]
        for printed in names:
            name, role = credited(printed)
            if name in people:
                record.remarks.append(Remark("author", TWICE, name))
                continue
            if not name.isascii() and _CYRILLIC.search(name) and _LATIN.search(name):
                record.remarks.append(Remark("author", "Latin and Cyrillic letters are mixed in one name", name))
            person = people[name] = transcribed(name, author, role or "aut")
            if author.orcid.strip() and not person.orcid:
                record.remarks.append(Remark("orcid", "not a valid ORCID iD: left out", author.orcid))
    record.people = list(people.values())


def names_of(record: Record, field: str, raw: str) -> tuple[str, ...]:
    """Return the names in a field; that there are more, or none, is told to the record."""
    found = in_field(raw)
    if found.incomplete:
        record.incomplete = True
    if found.problem:
        record.remarks.append(Remark(field, found.problem, raw))
    if _mailed(raw):
        record.remarks.append(Remark(field, "an e-mail address in it: left out", raw))
    return found.names


def transcribed(name: str, author: Author | None = None, role: str = "aut", corporate: bool = False) -> Person:
    """Return the person or corporate body of a printed name; only "Family, Given" is taken apart.

    >>> transcribed("Kaur IP").family, transcribed("Carberry, Josiah").family, transcribed("Example Group").organization
    ('', 'Carberry', True)
    >>> transcribed("Doe and Roe, Inc.").organization, transcribed("CERN").unsure, transcribed("Ann Doe, Jr.").suffix
    (True, True, 'Jr.')
    """
    whole = whole_name(name)
    affiliations = tuple(filter(None, (cleaned(one) for one in author.affiliations))) if author else ()
    orcid = identifiers.orcid(author.orcid) if author and author.orcid else ""
    if corporate or (whole.body == "body" and not orcid):
        return Person(name, role, organization=True, orcid=orcid, affiliations=affiliations)
    known = orcid or affiliations or whole.body == "person"
    return Person(
        name=whole.name,
        role=role,
        given=whole.given if whole.alone else "",
        family=whole.family if whole.alone else "",
        suffix=whole.suffix,
        life=whole.life,
        orcid=orcid,
        affiliations=affiliations,
        unsure=not known,
    )


def heading(raw: str, role: str, corporate: bool = False) -> Person:
    """Return the agent of a controlled heading; "Family, Given, Jr., dates" of a person is taken apart.

    >>> heading("Darwin, Charles, 1809-1882.", "aut").given, heading("Gregory, of Nazianzus, Saint", "aut").given
    ('Charles', '')
    """
    name = text.unpunctuated(raw)
    if not _word_kind(name.rpartition(",")[2].strip()):  # the stop of "Jr." and "Dr." is theirs
        name = text.without_stop(name)
    if corporate:
        return Person(name=name, role=role, organization=True, heading=True)
    if is_family(name):
        return Person(name=name, role=role, unsure=True, heading=True)
    whole = whole_name(name)
    if whole.body == "body":
        return Person(name=name, role=role, organization=True, heading=True)
    return Person(
        name=whole.name,
        role=role,
        family=whole.family,
        given=whole.given,
        suffix=whole.suffix,
        life=whole.life,
        heading=True,
    )


def is_family(name: str) -> bool:
    """Determine whether it is the name of a family (MARC 100, first indicator 3), which is no person.

    >>> is_family("Boesch family"), is_family("Medici (Family : 1360-1743)"), is_family("Family, Jane")
    (True, True, False)
    """
    return bool(_FAMILY.search(name))


class Whole(Struct, frozen=True):
    """A name taken apart: `name` is all of it but the life dates, `alone` tells that it is no more than its parts.

    `body` says whose name it is as far as that is certain.
    """

    name: str
    body: Certainty
    family: str = ""
    given: str = ""
    suffix: str = ""
    life: str = ""
    alone: bool = True


def _whole_name(name: str) -> Whole:
    """Return the name in its parts, as far as its commas part it.

    >>> whole = _whole_name("Person, Adam Ben, Jr., 1929-1968")
    >>> whole.name, whole.family, whole.given, whole.suffix, whole.life
    ('Person, Adam Ben, Jr.', 'Person', 'Adam Ben', 'Jr.', '1929-1968')
    """
    body = is_body(name)
    if body == "body":
        return Whole(name, body)
    called, life = parted(name)
    if called != name:
        called = text.without_stop(called)
    if nobody.is_nobody(called, "person"):
        called, life = name, ""
    family, given, suffix, alone = _parts(called, body == "unsure")
    return Whole(called, "person" if life else body, family if given else "", given, suffix, life, alone)


def _parts(called: str, unsure: bool) -> tuple[str, str, str, bool]:
    """Return family, given, suffix, and whether the name is no more than these; no given where uncertain."""
    family, *behind = (piece.strip() for piece in called.split(","))
    pieces = [(piece, _kind(piece)) for piece in behind if piece]
    kinds = [kind for _, kind in pieces]
    found = {kind: piece for piece, kind in reversed(pieces)}
    rest = [one for one in pieces if one[1] not in ("suffix", "numeral")]
    # "Lee, SJ" has initials where "Lee, Ann, S.J." has an order; "Hines, Earl" a name, "Doe, Ann, Baroness" a rank.
    given = _given(rest[0][0]) if rest and rest[0][1] in _CAN_BE_GIVEN else ""
    if (
        unsure
        or _has_own_given(family, rest)
        or any(_is_saint(piece) for piece, _ in rest[1:])
        or _RULER.fullmatch(family)
        or "nobility" in kinds
        or "rank" in kinds[1:]
        or not family
        or len(family.split()) > 5
    ):
        given = ""
    suffix = found.get("suffix", "") if given or len(behind) == 1 else ""
    if given and not suffix and "title" not in kinds:
        suffix = found.get("numeral", "")
    alone = all(kind in ("title", "degree") for _, kind in rest[1:]) or not given
    return *_suffixed(family, given, suffix), alone


whole_name = remembered(_whole_name)


def _has_own_given(family: str, rest: list[tuple[str, str]]) -> bool:
    """Determine whether the name is not inverted: "Jane Doe, PhD", and "Doe J, Roe R", which are two."""
    words = family.split()
    if rest and rest[0][1] == "degree":
        return len(words) > 1 or not rest[0][0].isupper()
    return len(words) > 1 and words[-1].isupper() and len(words[-1].strip(".")) < 3 and not _word_kind(words[-1])


def _suffixed(family: str, given: str, suffix: str) -> tuple[str, str, str]:
    """Return family, given and suffix, which may stand at the end of either: "King Jr., Martin", "King, Martin Jr."."""
    if given and not suffix:
        if match := _SUFFIXED.fullmatch(given):
            return family, match[1], match[2]
        if match := _SUFFIXED.fullmatch(family):
            return match[1], given, match[2]
    return family, given, suffix


def _credited(name: str) -> tuple[str, str]:
    """Return a printed name without the word for a role behind it, and the relator code of that role, if it has one.

    >>> _credited("Müller, Hans [Hrsg.]"), _credited("Doe, Jane (Example University)"), _credited("Doe, Jane, ed.")
    (('Müller, Hans', 'edt'), ('Doe, Jane (Example University)', ''), ('Doe, Jane', 'edt'))
    """
    match = _CREDITED.fullmatch(name) if name.endswith((")", "]", ".", ",")) else None
    if match:
        said = roles.read(match[2] or match[3])
        if len(said.codes) == 1 and not said.unknown:
            return match[1].strip(" ,"), said.codes[0]
    return name, ""


credited = remembered(_credited)


def titled(name: str) -> tuple[str, str]:
    """Return a heading without the roles behind the dates of the life, and the first of them (MARC $e in one string).

    >>> titled("Doe, Jane, 1950- author, editor."), titled("Doe, Jane, 1950-"), titled("Doe, Jane, 1950-2001, of Oz")
    (('Doe, Jane, 1950-', 'aut'), ('Doe, Jane, 1950-', ''), ('Doe, Jane, 1950-2001, of Oz', ''))
    """
    match = _DATED.fullmatch(name)
    said = [roles.read(word) for word in match[2].strip(" .,").split(",")] if match else []
    if match and all(len(one.codes) == 1 and not one.unknown for one in said):
        return match[1], said[0].codes[0]
    return name, ""


def _several(name: str) -> list[str]:
    """Return the names in one where each is certain: "Doe, Jane; Roe, Richard"; else the name alone."""
    for sign, separator, certain in (
        (";", _JOINED, _is_certain),
        ("|", _JOINED, _is_certain),
        (" ", _AND, _is_inverted),
    ):
        if sign in name and separator.search(name):
            pieces = list(filter(None, separator.split(name)))
            if len(pieces) > 1 and all(map(certain, pieces)):
                return pieces
    return [piece for piece in (name.strip(" ;|"),) if piece]


def _is_inverted(name: str) -> bool:
    whole = whole_name(name)
    return bool(whole.given) and whole.alone


def _is_certain(name: str) -> bool:
    """Determine whether the name can only be one: "Family, Given", a body's, nobody's."""
    return _is_inverted(name) or whole_name(name).body == "body" or nobody.is_nobody(name, "person")


def _given(part: str) -> str:
    """Return the given name in what stands behind the comma: no title, no date, no "of Nazianzus", no fuller form.

    >>> _given("Sir John"), _given("H. C. (Hans Christian)"), _given("of Nazianzus"), _given("Queen of Otaheite")
    ('John', 'H. C.', '', '')
    """
    whole = words = _FULLER.sub("", part).split()
    while len(words) > 1 and _word_kind(words[0]) == "title":
        words = words[1:]
    while len(words) > 1 and _word_kind(words[-1]) == "degree":
        words = words[:-1]
    given = " ".join(words)
    if len(words) < len(whole) and _ROMAN.fullmatch(given):
        return ""
    if (
        not words
        or len(words) > 5
        or _word_kind(given) in ("numeral", "title")
        or words[0][0].islower()
        or not any(map(str.isalpha, given))
    ):
        return ""
    if any(map(str.isdigit, given)) or " of " in given:
        return ""
    return given


def _kind(piece: str) -> str:
    """Return what stands behind a comma: suffix, numeral, title, nobility, or nothing where it can be a given name.

    A title before a name ("Sir John") is an "address", a title of nobility that may be a name ("Earl") a "rank".
    """
    known = _word_kind(piece)
    if known:
        return known if known != "nobility" else "rank"
    words = piece.split()
    kinds = [_word_kind(word) for word in words]
    if not words or "nobility" in (kinds[0], kinds[-1] if len(words) > 1 else ""):
        return "nobility" if words and (piece.endswith((" of", " de", " d'", " di")) or kinds[0] == "nobility") else ""
    if kinds[0] == "title":
        ruled = " of " in piece or any(kind == "numeral" for kind in kinds) or all(kinds)
        return "title" if ruled or not _given(piece) else "address"
    return "nobility" if piece.endswith(" of") else ""


def _is_saint(piece: str) -> bool:
    """Determine whether it is the title of a saint, who is known by the first name: "Thomas, Aquinas, Saint"."""
    return _name_words().get(piece.casefold().strip(" .()[]"), "") == "saint"


def _word_kind(word: str) -> str:
    """Return what the word is that stands in a name: suffix, numeral, title, nobility, or nothing.

    >>> _word_kind("Ph.D."), _word_kind("OMI"), _word_kind("Omi"), _word_kind("Md."), _word_kind("Sir")
    ('degree', 'degree', '', '', 'title')
    """
    kind = _name_words().get(word.casefold().replace(".", "").strip(" ()[]"), "")
    if kind == "saint":
        return "title"
    if kind == "degree":
        like_a_name = word.replace(".", "", 1).istitle() and word.count(".") < 2
        return "" if like_a_name else kind
    return kind


@cached()
def _name_words() -> dict[str, str]:
    return {word.replace(".", ""): row["kind"] for word, row in vocabulary().codes("name_words").items()}
