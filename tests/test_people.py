"""Names become people and bodies: parts, suffixes, life dates, several in one field, nobody, roles."""

from __future__ import annotations

import pytest
from reading import article, indexed, marc, problems

from ld.readers import nobody, roles
from ld.values import lives


@pytest.mark.parametrize(
    ("name", "family", "given", "suffix", "life"),
    [
        ("Example, Thomas W., Jr.", "Example", "Thomas W.", "Jr.", ""),
        ("Person, Adam Ben, Jr., 1929-1968", "Person", "Adam Ben", "Jr.", "1929-1968"),
        ("Smith, Jr., John", "Smith", "John", "Jr.", ""),
        ("Davis, Sammy, III", "Davis", "Sammy", "III", ""),
        ("King Jr., Martin Luther", "King", "Martin Luther", "Jr.", ""),
        ("Example, Thomas W. Jr.", "Example", "Thomas W.", "Jr.", ""),
        ("Silva Neto, João", "Silva Neto", "João", "", ""),
        ("Lee, SJ", "Lee", "SJ", "", ""),
        ("Lee, Ann MD", "Lee", "Ann", "", ""),
        ("Novák, Jan, ml.", "Novák", "Jan", "ml.", ""),
        ("Example, Thomas W.", "Example", "Thomas W.", "", ""),
        ("John Paul II, Pope, 1920-2005", "", "", "", "1920-2005"),
        ("Pius, IX, Pope", "", "", "", ""),
        ("Alʹfonsov, V. (Vladimir)", "Alʹfonsov", "V.", "", ""),
        ("Manley, Mrs. (Mary de la Rivière), 1663-1724", "", "", "", "1663-1724"),
        ("Doe, Sir John", "Doe", "John", "", ""),
        ("Doe, John, S.J.", "Doe", "John", "", ""),
        ("Doe, Omi", "Doe", "Omi", "", ""),
        ("Rahman, Md. Anisur", "Rahman", "Md. Anisur", "", ""),
        ("Hines, Earl, 1903-1983", "Hines", "Earl", "", "1903-1983"),
        ("Rochester, John Wilmot, Earl of, 1647-1680", "", "", "", "1647-1680"),
        ("Bstan-ʼdzin-rgya-mtsho, Dalai Lama XIV, 1935-", "", "", "", "1935-"),
        ("Stein, Lincoln D. 1960-", "Stein", "Lincoln D.", "", "1960-"),
        ("Augustinus, Aurelius 354-430", "Augustinus", "Aurelius", "", "354-430"),
        ("Smith, J. 19..-....", "Smith", "J.", "", "19..-...."),
        ("Friedrich II., Preußen, König, 1712-1786", "", "", "", "1712-1786"),
        ("Kolosova, E. V.", "Kolosova", "E. V.", "", ""),
        ("Thomas, Aquinas, Saint, 1225?-1274", "", "", "", "1225?-1274"),
        ("More, Thomas, Sir, 1478-1535", "More", "Thomas", "", "1478-1535"),
        ("Jane Doe, PhD", "", "", "", ""),
        ("Doe, PhD", "", "", "", ""),
        ("Doe J, Roe R", "", "", "", ""),
        ("García Pérez, Ana", "García Pérez", "Ana", "", ""),
        ("Silva JR, João", "Silva", "João", "JR", ""),
    ],
)
def test_a_heading_has_its_parts(name: str, family: str, given: str, suffix: str, life: str) -> None:
    (person,) = marc(author=[name], format=["Book"]).people

    assert (person.family, person.given, person.suffix, person.life) == (family, given, suffix, life)


def test_a_suffix_behind_a_name_that_is_not_inverted() -> None:
    (person,) = article(author=[{"name": "James F. Cahill, Jr."}]).people

    assert (person.name, person.family, person.suffix) == ("James F. Cahill, Jr.", "", "Jr.")


def test_dates_leave_the_name_and_stay_in_its_entry() -> None:
    (person,) = marc(author=["Darwin, Charles, 1809-1882."], format=["Book"]).people

    assert (person.name, person.entry) == ("Darwin, Charles", "Darwin, Charles, 1809-1882")


def test_namesakes_of_other_dates_are_two() -> None:
    record = marc(author=["Doe, Jane, 1900-1950", "Doe, Jane, 1960-"], format=["Book"])

    assert [one.entry for one in record.people] == ["Doe, Jane, 1900-1950", "Doe, Jane, 1960-"]


@pytest.mark.parametrize(
    ("life", "years"),
    [
        ("1809-1882", ("1809", "1882")), ("1930-", ("1930", "")), ("-1545", ("", "1545")), ("933-1014", ("0933", "1014")),
        ("b. 1883", ("1883", "")), ("geb. 1950", ("1950", "")), ("d. 1480", ("", "1480")), ("1866", ("", "")),
        ("ca. 1400-1450", ("", "")), ("active 1850", ("", "")), ("fl. 1710", ("", "")), ("16th cent", ("", "")),
        ("1947?-", ("", "")), ("1407 or 8-1463", ("", "")), ("1882-1809", ("", "")), ("1800-1931", ("", "")),
    ],
)  # fmt: skip
def test_only_plain_years_are_those_of_birth_and_death(life: str, years: tuple[str, str]) -> None:
    assert lives.years(life) == years


@pytest.mark.parametrize(
    ("name", "life"),
    [
        ("Orr, Ann, active 1838-1840", "active 1838-1840"), ("Sappho, 6th cent. B.C", "6th cent. B.C"),
        ("Meier, Hans, 18./19. Jh.", "18./19. Jh"), ("Han, Fei, -233 B.C", "-233 B.C"), ("Doe, J., d. ca. 1400", "d. ca. 1400"),
        ("Ivanov, I., род. 1950", "род. 1950"), ("Doe, Jane (1950-2000)", "1950-2000"), ("Mateu, Vicent", ""),
        ("Catch, 22 Steps", ""), ("Group 4, Example", ""), ("Doe, Jane", ""),
    ],
)  # fmt: skip
def test_dates_of_a_life_as_catalogues_write_them(name: str, life: str) -> None:
    assert lives.parted(name)[1] == life


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Doe and Roe, Inc.", "body"), ("Example GmbH", "body"), ("Example S.p.A.", "body"), ("Example Oy Ab", "body"),
        ("Doe & Roe, S.A.", "body"), ("Example Pty Ltd", "body"), ("Doe Consulting GmbH & Co. KG", "body"),
        ("Министерство здравоохранения", "body"), ("厚生労働省", "body"), ("Forschungsgruppe Beispiel", "body"),
        ("CERN", "unsure"), ("山田太郎", "unsure"), ("Example Media, S.A.", "unsure"),
        ("Smith, S.A.", "person"), ("Silva AB", "person"), ("Church, Alonzo", "person"), ("علي محمد", "person"),
        ("Co, Anna", "person"), ("Doe, Jane (Example University)", "person"),
        ("Jane Doe (Example University)", "person"), ("Maria de Sa", "unsure"), ("Doe & Roe", "unsure"),
        ("Max-Planck-Institut für Physik", "body"), ("Ana-Maria Institoris", "person"),
    ],
)  # fmt: skip
def test_a_company_form_is_no_given_name_and_initials_are_no_company(name: str, kind: str) -> None:
    (person,) = article(author=[{"name": name}]).people

    assert ("body" if person.organization else "unsure" if person.unsure else "person") == kind
    assert bool(person.given) == (kind == "person" and "," in name)


@pytest.mark.parametrize(
    ("raw", "names", "incomplete"),
    [
        ("Doe, Jane; Roe, Richard", ["Doe, Jane", "Roe, Richard"], False),
        ("Doe, Jane | Roe, Richard", ["Doe, Jane", "Roe, Richard"], False),
        ("Doe, Jane and Roe, Richard", ["Doe, Jane", "Roe, Richard"], False),
        ("Doe, Jane; Ministry of Example", ["Doe, Jane", "Ministry of Example"], False),
        ("Jane Doe & Richard Roe", ["Jane Doe & Richard Roe"], False),
        ("Doe, J., Roe, R.", ["Doe, J., Roe, R."], False),
        ("Doe, Jane; et al.", ["Doe, Jane"], True),
        ("Müller, Eva [u.a.]", ["Müller, Eva"], True),
        ("Иванов И. и др.", ["Иванов И."], True),
        ("Doe, Jane [and 3 others]", ["Doe, Jane"], True),
        ("al. et", [], True),
        ("Al, Et", [], True),
        ("Doe, Jane, et.al.", ["Doe, Jane"], True),
        ("Smith, U. A.", ["Smith, U. A."], False),
        ("Metal, Jane", ["Metal, Jane"], False),
    ],
)
def test_several_names_in_one_field(raw: str, names: list[str], incomplete: bool) -> None:
    record = article(author=[{"name": raw}])

    assert ([one.name for one in record.people], record.incomplete) == (names, incomplete)


@pytest.mark.parametrize("name", ["Anonymous", "N. N.", "---", "null", "unknown", "[author not identified]", "佚名"])
def test_nobody_is_no_person_and_is_remarked(name: str) -> None:
    record = article(author=[{"name": name}, {"name": "Doe, Jane"}])

    assert ([one.name for one in record.people], problems(record)) == (["Doe, Jane"], ["author"])


def test_marks_of_direction_are_no_letters() -> None:
    assert [one.name for one in article(author=[{"name": "\u200fعلي محمد\u200e"}]).people] == ["علي محمد"]


@pytest.mark.parametrize(
    ("raw", "codes"),
    [
        ("Verfasser/in", "aut"), ("HerausgeberIn", "edt"), ("[Hrsg.]", "edt"), ("ред.", "edt"), ("сост.", "com"),
        ("перев.", "trl"), ("kääntäjä", "trl"), ("toimittaja", "edt"), ("éd.", "edt"), ("trad.", "trl"),
        ("ed. lit.", "edt"), ("překl.", "trl"), ("red.", "edt"), ("red", "red"), ("övers.", "trl"), ("overs.", "trl"),
        ("vert.", "trl"), ("tłum.", "trl"), ("a cura di", "edt"), ("organizador", "edt"), ("traductor(a)", "trl"),
        ("author, illustrator", "aut ill"), ("Hrsg. u. Übers.", "edt trl"), ("screenwriter & director.", "aus drt"),
        ("Joint author", "aut"), ("edt aut", "edt aut"), ("VerfasserIn eines Vorworts", "aui"), ("http://id.loc.gov/vocabulary/relators/edt", "edt"), ("", ""), ("wizard", ""),
    ],
)  # fmt: skip
def test_a_role_is_known_in_many_languages(raw: str, codes: str) -> None:
    assert " ".join(roles.read(raw).codes) == codes


@pytest.mark.parametrize(
    ("printed", "name", "role"),
    [
        ("Müller, Hans [Hrsg.]", "Müller, Hans", "edt"), ("Doe, Jane (ed.)", "Doe, Jane", "edt"),
        ("Doe, Jane, ed.", "Doe, Jane", "edt"), ("Doe, Jane (Example)", "Doe, Jane (Example)", "aut"),
        ("Doe, Jane B.", "Doe, Jane B.", "aut"), ("Doe, J., Jr.", "Doe, J., Jr.", "aut"),
    ],
)  # fmt: skip
def test_a_role_behind_a_printed_name_leaves_it(printed: str, name: str, role: str) -> None:
    for record in (article(author=[{"name": printed}]), indexed(author=[printed], format=["Book"])):
        assert [(one.name, one.role) for one in record.people] == [(name, role)]


def test_a_qualifier_of_a_heading_is_no_role() -> None:
    (person,) = marc(author=["Morrison, Rachel (Cinematographer)"], format=["Book"]).people

    assert (person.name, person.given, person.role) == ("Morrison, Rachel (Cinematographer)", "Rachel", "aut")


def test_of_several_roles_the_unknown_ones_are_told() -> None:
    assert roles.read("author, wizard") == roles.Roles(("aut",), ("wizard",))


def test_a_creator_is_no_contributor_too() -> None:
    record = marc(author=["Doe, Jane"], author2=["Doe, Jane", "Roe, John"], format=["Book"])

    assert [(one.name, one.role) for one in record.people] == [("Doe, Jane", "aut"), ("Roe, John", "")]


def test_a_real_second_role_stays() -> None:
    record = indexed(author=["Doe, Jane"], author2=["Doe, Jane"], author2_role=["trl"], format=["Book"])

    assert [(one.name, one.role) for one in record.people] == [("Doe, Jane", "aut"), ("Doe, Jane", "trl")]


@pytest.mark.parametrize(
    ("name", "of", "found"),
    [
        ("[Verlag nicht ermittelbar]", "publisher", True), ("[S.l. : s.n.],", "publisher", True),
        ("[出版者不详]", "publisher", True), ("[б. и.]", "publisher", True), ("[s..n.],", "publisher", True),
        ("[distributor not identified]", "publisher", True), ("ḥ. mo. l. ]", "publisher", True),
        ("Verlag nicht feststellbar", "publisher", True), ("Unknown, Unknown", "person", True), ("null null", "person", True),
        ("Doe Doe", "person", False), ("Editor", "person", True), ("Editor, Ann", "person", False), ("s/a", "person", True),
        ("chez l'auteur", "publisher", False), ("London", "publisher", False), ("SN Verlag", "publisher", False),
        ("[S.l.]", "place", True), ("Anonymous", "publisher", False), ("Nn, Ann", "person", False),
    ],
)  # fmt: skip
def test_nobody_by_what_is_named(name: str, of: str, found: bool) -> None:
    assert nobody.is_nobody(name, of) is found
