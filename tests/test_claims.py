"""What many records say of one thing is counted and settled: by how many say it, never by who came first."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from ld.errors import SiteError
from ld.mapping.mentions import Mention, Said, both, mention, unpacked
from ld.publish import claims
from ld.publish.claims import Claim, Tally
from ld.summary import Ref, Role, Text, Value

PATH = "journal/1234-5679"
IRI = f"https://data.example.org/{PATH}#it"
ONE = {"journal": frozenset({"title"}), "subject": frozenset({"label"}), "authors": frozenset[str]()}


def says(fields: dict[str, list[Value]], path: str = PATH, kind: str = "journal", iri: str = IRI) -> Mention:
    """A mention of a thing with these fields."""
    return mention(path, [Said(kind, iri, fields)])


def counted(*mentions: tuple[Mention, int]) -> dict[int, Claim]:
    """The claims of so many of each mention."""
    return {one.key: Claim(one.number, one.key, count, one.packed) for one, count in mentions}


def settled(*mentions: tuple[Mention, int]) -> dict[str, list[Value]]:
    """The fields of the one thing that these are about."""
    found = claims.settled(counted(*mentions), ONE)
    path, (said,) = found.path, found.things
    assert path == PATH
    return said.fields


@pytest.mark.parametrize(("first", "second", "kept"), [(2, 1, "A"), (1, 2, "B"), (1, 1, "A"), (3, 3, "A")])
def test_of_a_field_with_one_value_that_is_kept_which_most_records_give(first: int, second: int, kept: str) -> None:
    """Of two that as many give it is the first in the alphabet."""
    a, b = says({"title": ["A"]}), says({"title": ["B"]})

    assert settled((a, first), (b, second)) == settled((b, second), (a, first)) == {"title": [kept]}


def test_each_language_keeps_one_value() -> None:
    label: list[list[Value]] = [[Text("soil", "en")], [Text("Soil", "en")], [Text("Boden", "de")], [Text("soil")]]
    mentions = [(says({"label": one}, kind="subject"), n) for n, one in enumerate(label, 1)]

    assert settled(*mentions) == {"label": [Text("soil"), Text("Boden", "de"), Text("Soil", "en")]}


def test_of_other_fields_all_values_stand_in_their_order() -> None:
    fields: list[dict[str, list[Value]]] = [{"issn": ["2"]}, {"issn": ["1", "3"]}, {"publisher": [Ref("b"), Ref("a")]}]
    for order in permutations(fields):
        assert settled(*((says(one), 1) for one in order)) == {
            "issn": ["1", "2", "3"], "publisher": [Ref("a"), Ref("b")],
        }  # fmt: skip


def test_texts_and_roles_have_a_place_too() -> None:
    values: list[Value] = [Role("2", Ref("a")), Role("1", Ref("a")), Text("x", "en"), Text("x", "de"), "w"]
    found = settled((says({"member": values}, kind="authors"), 1))

    assert found == {"member": [Role("1", Ref("a")), Role("2", Ref("a")), "w", Text("x", "de"), Text("x", "en")]}


def test_two_paths_with_one_number_are_refused() -> None:
    with pytest.raises(SiteError, match="a and b have the same number: rename one of them"):
        claims.settled(counted((says({}, "b"), 1), (says({}, "a"), 1)), ONE)


def test_things_of_one_document_stand_by_their_iris() -> None:
    several = mention(PATH, [Said("journal", "b", {"x": ["1"], "a": ["2"]}), Said("journal", "a", {})])

    found = claims.settled(counted((several, 1)), ONE)

    assert found.path == PATH
    assert found.things == [Said("journal", "a", {}), Said("journal", "b", {"a": ["2"], "x": ["1"]})]


def test_two_mentions_of_one_document_say_what_both_say_once() -> None:
    first, second = says({"title": ["A"]}), mention(PATH, [Said("journal", IRI, {"title": ["A"]}), Said("x", "y", {})])
    found = both(first, second)

    assert unpacked(found.packed) == (PATH, [Said("journal", IRI, {"title": ["A"]}), Said("x", "y", {})])
    assert (found.document, found.number) == (PATH, first.number)
    assert found == second and both(first, first) == first


# -- counting ----------------------------------------------------------------------------------------------------------

A, B, OTHER = says({"title": ["A"]}), says({"title": ["B"]}), says({"title": ["C"]}, path="journal/0000-006X")


def tallied(folder: Path, name: str, *mentions: Mention, back: tuple[Mention, ...] = ()) -> list[Path]:
    """The files of a tally of these mentions, of which some are taken back."""
    tally = Tally(folder, name)
    for one in mentions:
        tally.add([one])
    tally.take_back((one.number, one.key) for one in back)
    return tally.close()


def counts(files: list[Path]) -> dict[tuple[int, int], int]:
    """How often each mention was made."""
    return {(number, key): one.count for number, said in claims.merged(files) for key, one in said.items()}


def test_equal_mentions_are_counted_over_all_files(tmp_path: Path) -> None:
    files = [*tallied(tmp_path, "a", A, A, B), *tallied(tmp_path, "b", B, OTHER, A), *tallied(tmp_path, "c")]

    assert [path.name for path in files] == ["a-0.claims", "b-0.claims"]
    assert counts(files) == {(A.number, A.key): 3, (B.number, B.key): 2, (OTHER.number, OTHER.key): 1}
    assert [number for number, _ in claims.merged(files)] == sorted({A.number, OTHER.number})


def test_what_is_taken_back_leaves_nothing(tmp_path: Path) -> None:
    files = [*tallied(tmp_path, "a", A, B, B), *tallied(tmp_path, "b", OTHER, back=(A, B, OTHER))]

    assert counts(files) == {(B.number, B.key): 1}


def test_a_mention_that_is_taken_back_before_it_is_made_keeps_its_words(tmp_path: Path) -> None:
    files = [*tallied(tmp_path, "a", back=(A,)), *tallied(tmp_path, "b", A, A)]
    ((_, found),) = claims.merged(files)

    assert found[A.key] == Claim(A.number, A.key, 1, A.packed)
    tally = Tally(tmp_path, "c")
    tally.take_back([(A.number, A.key), (B.number, 0)])
    tally.add([A, A])
    ((_, again),) = claims.merged(tally.close())
    assert again == found


def test_many_different_mentions_go_to_files_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "_MOST", 2)
    tally = Tally(tmp_path, "a")
    for one in (A, A, B):
        tally.add([one])
    assert tally.files == []
    tally.add([OTHER])
    assert [path.name for path in tally.files] == ["a-0.claims"]
    tally.take_back((one.number, one.key) for one in (A, B, OTHER))

    assert [path.name for path in tally.close()] == ["a-0.claims", "a-1.claims"]
    assert counts(tally.close()) == {(A.number, A.key): 1}


def test_kept_claims_come_back_whatever_order_they_came_in() -> None:
    kept = counted((A, 2), (B, 1))

    assert claims.decoded(claims.encoded(kept)) == kept
    assert claims.encoded(kept) == claims.encoded(counted((B, 1), (A, 2)))
