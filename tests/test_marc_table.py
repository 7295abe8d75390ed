"""`vocab/marc.csv` line by line: an example for every row that says something, and every reason for what is left out."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import EXAMPLES
from marcs import LEADER, entry, record

from ld.errors import VocabError
from ld.readers import read
from ld.readers.marc import reading
from ld.readers.marc.entry import Entry, Field, data
from ld.readers.marc.table import Plan, Step, plan
from ld.record import Record
from ld.values.vocab import vocabulary

ARTICLE, CHAPTER, SERIAL = ("00000nab a2200000 a 4500", "00000naa a2200000 a 4500", "00000nas a2200000 a 4500")
RUN = "008  260401c20199999gw a          001 0 eng d"
BOOK = "008  260401s2019    gw a          001 0 eng d"


def said(record: Record, field: str) -> Any:
    """A field of the record as a table shows it: people by name and role, subjects by label, scheme and code."""
    if field == "people":
        return [(one.name, one.role, one.organization, one.number) for one in record.people]
    if field == "subjects":
        return [(one.label, one.scheme, one.code) for one in record.subjects]
    if field == "containers":
        return [(one.kind, one.title, one.issn, one.number or one.volume) for one in record.containers]
    value = getattr(record, field)
    return value.value if hasattr(value, "datatype") else value


# Fields of MARC; a field of the record; what it is then.
TABLE: list[tuple[list[str], str, Any]] = [
    (["245  10$aFaust$h[text] :$bthe play.$nPart 1,$pThe night /$cGoethe."], "title", "Faust : the play. Part 1, The night"),
    (["245  10$aFaust$n1$pNight"], "title", "Faust. 1, Night"),
    (["245  10$aFaust$bthe play"], "title", "Faust : the play"),
    (["245  10$aLetters,$f1900-1910."], "title", "Letters, 1900-1910"),
    (["245  10$aOne /$cJane Doe."], "responsibility", ["Jane Doe."]),
    (["245  10$aWald =$bForest"], "title", "Wald"),
    (["245  10$aWald =$bForest"], "alternatives", ["Forest"]),
    (["245  10$6880-01$aKarty /$cA. Primer.", "880  10$6245-01/(N$aКарты /$cА. Пример."], "alternatives", ["Карты"]),
    (["245  10$6880-01$aKarty /$cA. Primer.", "880  10$6245-01/(N$aКарты /$cА. Пример."], "responsibility", ["A. Primer.", "А. Пример."]),
    (["880  10$6245-01/(N$aЛес =$bWald."], "alternatives", ["Лес", "Wald"]),
    (["245  10$aWald.$nB =$pForest"], "alternatives", ["Forest"]),
    (["246  3 $aOther title.$nPart 2", "880  3 $6246-02$aИной"], "alternatives", ["Other title. Part 2", "Иной"]),
    (["242  10$aTranslated /$hx$yeng"], "alternatives", ["Translated"]),
    (["240  10$aWorks.$lEnglish.$f1990", "880  10$6240-01$aТруды"], "alternatives", ["Works. English. 1990", "Труды"]),
    (["130  0 $aBible.$pGenesis."], "alternatives", ["Bible. Genesis"]),
    (["210  0 $aJ. ex.$b(Print)", "222   0$aJournal of examples$b(Print)"], "alternatives", ["J. ex. (Print)", "Journal of examples (Print)"]),
    (["247  10$aEarlier name.$f2000"], "earlier_titles", ["Earlier name"]),
    (["740  02$aWithin.", "880  02$6740-01$aВнутри"], "alternatives", ["Within", "Внутри"]),
    (["100  1 $aDoe, Jane,$d1950-$eauthor.$0(DE-588)118540238"], "people", [("Doe, Jane", "aut", False, "gnd-118540238")]),
    (["100  1 $aDoe, Jane,$4ill$4aut"], "people", [("Doe, Jane", "ill", False, ""), ("Doe, Jane", "aut", False, "")]),
    (["100  1 $aDoe, Jane."], "people", [("Doe, Jane", "aut", False, "")]),
    (["110  2 $aExample Society.$bBoard.$4cre"], "people", [("Example Society. Board", "cre", True, "")]),
    (["110  2 $aExample Society,$epublisher.$0(DE-588)1-X"], "people", [("Example Society", "pbl", True, "gnd-1-X")]),
    (["111  2 $aExample Congress$n(3rd :$d1990 :$cRome)"], "people", [("Example Congress (3rd : 1990 : Rome)", "aut", True, "")]),
    (["111  2 $aExample Congress$jorganizer.$4orm$0(DE-588)2"], "people", [("Example Congress", "orm", True, "")]),
    (["110  1 $aFrance.$tConstitution."], "alternatives", ["Constitution"]),
    (["700  1 $aRoe, Ann,$etranslator."], "people", [("Roe, Ann", "trl", False, "")]),
    (["700  1 $aRoe, Ann$4edt$1http://viaf.org/viaf/12345"], "people", [("Roe, Ann", "edt", False, "viaf-12345")]),
    (["710  2 $aExample Press,$4pbl$0(DLC)n  79021164"], "people", [("Example Press", "pbl", True, "naf-n79021164")]),
    (["710  2 $aExample Press,$eissuing body."], "people", [("Example Press", "isb", True, "")]),
    (["711  2 $aExample Congress$4orm$0(DLC)n79021165"], "people", [("Example Congress", "orm", True, "naf-n79021165")]),
    (["711  2 $aExample Congress$jsponsor."], "people", [("Example Congress", "spn", True, "")]),
    (["700  12$aDoe, Jane.$tOther work."], "related_titles", ["Doe, Jane. Other work"]),
    (["880  12$6700-01$aДоу.$tРабота"], "related_titles", ["Доу. Работа"]),
    (["720    $aJane Doe$4ctb$ewriter"], "people", [("Jane Doe", "ctb", False, "")]),
    (["730  0 $aMagic flute.$lGerman."], "related_titles", ["Magic flute. German"]),
    (["880  0 $6730-01$aФлейта"], "alternatives", ["Флейта"]),
    ([RUN], "span", "2019/.."),
    (["264   1$c[2018?]", BOOK], "issued", "2018?"),
    (["260    $cc1998."], "issued", "1998"),
    (["261    $d1998", "262    $c1999"], "issued", "1999"),
    ([BOOK], "issued", "2019"),
    (["264   0$c1850"], "issued", "1850"),
    (["264   1$bExample Press ;$bOther Press,"], "publishers", ["Example Press", "Other Press"]),
    (["260    $a[S.l. :$b[s.n.]"], "publishers", []),
    (["260    $aNew York :$bExample Press,"], "publishers", ["Example Press"]),
    (["264   2$bDistributor House,"], "distributors", ["Distributor House"]),
    (["264   1$aLeipzig ;$aWien :"], "publication_places", ["Leipzig", "Wien"]),
    (["260    $aNew York :"], "publication_places", ["New York"]),
    (["752    $aFrance$dLyon."], "publication_places", ["Lyon"]),
    (["041  1 $aeng$afre$hrus", BOOK], "languages", ["eng", "fre"]),
    (["041   7$aen$2rfc3066"], "languages", ["eng"]),
    ([BOOK], "languages", ["eng"]),
    (["546    $aIn English;$bLatin script."], "notes", ["In English; Latin script."]),
    (["010    $a   84643014 //r88"], "lccn", "84643014"),
    (["020    $a9780306406157$qhardback"], "isbns", ["9780306406157"]),
    (["024  2 $aM-2306-7118-7"], "ismns", ["9790230671187"]),
    (["024  7 $a10.1000/ABC$2doi"], "doi", "10.1000/abc"),
    (["027    $aTR-1", "088    $aTR-2"], "notes", ["Report number: TR-1", "Report number: TR-2"]),
    (["028  01$aMS 6547$bColumbia"], "notes", ["Publisher's number: MS 6547 Columbia"]),
    (["035    $a(OCoLC)ocm00012345"], "oclc", ["12345"]),
    (["035    $a(DE-604)BV1"], "control_numbers", ["(DE-604)BV1"]),
    (["050  00$aQA76.73$b.M33 2000"], "subjects", [("", "lcc", "QA76.73 .M33 2000")]),
    (["082  04$a526/.8$223"], "subjects", [("", "ddc", "526.8")]),
    (["080    $a528.9"], "subjects", [("", "udc", "528.9")]),
    (["060  10$aWB 100"], "subjects", [("", "nlm", "WB 100")]),
    (["084    $aRB 10$2rvk"], "subjects", [("", "rvk", "RB 10")]),
    (["086  0 $aA 1.35:993"], "subjects", [("", "sudocs", "A 1.35:993")]),
    (["250    $aFirst edition /$bby Jane Doe."], "edition", "First edition / by Jane Doe."),
    (["254    $aFull score.", "256    $aData.", "257    $aFrance."], "notes", ["Full score.", "Data.", "Country of the producer: France."]),
    (["255    $aScale 1:1,000$c(E 10°--E 20°)."], "notes", ["Scale 1:1,000 (E 10°--E 20°)."]),
    (["255    $aScale 1:1,000$c(E 10°--E 20°)."], "coordinates", ["E 10°--E 20°"]),
    (["880    $6362-01$a第31号"], "notes", ["第31号"]),
    (["300    $axii, 502 p. :$bill. ;$c24 cm."], "extents", ["xii, 502 p. : ill. ; 24 cm."]),
    (["305    $a1 disc$b33 rpm"], "extents", ["1 disc 33 rpm"]),
    (["306    $a003000", "310    $aMonthly,$b2000-", "321    $aWeekly"], "notes", ["Playing time: 003000", "Frequency: Monthly, 2000-", "Former frequency: Weekly"]),
    (["338    $avolume$bnc$2rdacarrier"], "carriers", ["volume"]),
    (["351    $aBy date.", "362  0 $aVol. 1 (1990)-"], "notes", ["Arrangement: By date.", "Numbering: Vol. 1 (1990)-"]),
    (["830   0$aStudies ;$vvol. 7."], "containers", [("series", "Studies", "", "7")]),
    (["440   0$aStudies$v8"], "containers", [("series", "Studies", "", "8")]),
    (["810  2 $aExample Society.$tStudies ;$v9"], "containers", [("series", "Studies", "", "9")]),
    (["490  0 $aStudies ;$vvolume 7"], "containers", [("series", "Studies", "", "7")]),
    (["490  1 $aStudies ;$v7", "830   0$aStudies in things ;$v7"], "containers", [("series", "Studies in things", "", "7")]),
    (["490  0 $aStudies ;$v7.$aSpecial ;$v2"], "containers", [("series", "Studies", "", "7"), ("series", "Special", "", "2")]),
    (["490  1 $aStudies ;$v7"], "containers", [("series", "Studies", "", "7")]),
    (["500    $aIncludes index.", "561  1 $aFrom a castle.", "590    $aOurs."], "notes", ["Includes index.", "From a castle."]),
    (["880    $6500-01$aУказатель"], "notes", ["Указатель"]),
    (["510  4 $aEvans,$c5500", "521  2 $aAges 9-12.", "586    $aPrize, 1990."], "notes", ["Audience: Ages 9-12.", "Evans, 5500", "Awards: Prize, 1990."]),
    (["502    $aThesis (Ph. D.)--Example University, 1990."], "degree", "Ph. D."),
    (["502    $bPhD$cExample University$d1990"], "degree", "PhD"),
    (["502    $bPhD$cExample University$d1990"], "granted_by", "Example University"),
    (["502    $aThesis (Ph. D.)--Example University, 1990."], "notes", ["Thesis (Ph. D.)--Example University, 1990."]),
    (["505  00$tOne /$rJane Doe --$tTwo."], "contents", ["One / Jane Doe -- Two."]),
    (["880  0 $6505-01$aОдин"], "contents", ["Один"]),
    (["506    $aFor members only.", "540    $aFree to use."], "rights", ["For members only.", "Free to use."]),
    (["520    $aAll about maps.$bMore.", "520  4 $aViolence."], "abstract", "All about maps. More."),
    (["880    $6520-01$aО картах."], "notes", ["О картах."]),
    (["650   0$aCoasts$zNorway$y19th century$vMaps."], "subjects", [("Coasts--Norway--19th century--Maps", "lcsh", "")]),
    (["650   0$aCoasts$zNorway$y19th century$vMaps."], "places", ["Norway"]),
    (["650   0$aCoasts$zNorway$y19th century$vMaps."], "periods", ["19th century"]),
    (["650   1$aSea", "650   2$aHeart", "650   3$aSoil"], "subjects", [("Sea", "lcshac", ""), ("Heart", "mesh", ""), ("Soil", "nal", "")]),
    (["650   5$aNord", "650   6$aMer", "650   4$aOwn"], "subjects", [("Nord", "cash", ""), ("Mer", "rvm", ""), ("Own", "", "")]),
    (["650   0$aDistributie$2gtt"], "subjects", [("Distributie", "gtt", "")]),
    (["650   7$aKüste$2gnd$0(DE-588)4033460-0"], "subjects", [("Küste", "gnd", "4033460-0")]),
    (["650   7$aHomicide.$2fast$0(OCoLC)fst00959660"], "subjects", [("Homicide", "fast", "959660")]),
    (["600  10$aZhou, Daxin,$d1952-$xCriticism."], "subjects", [("Zhou, Daxin, 1952- --Criticism", "lcsh", "")]),
    (["648   7$a1900-1999$2fast"], "periods", ["1900-1999"]),
    (["651   0$aNorway."], "places", ["Norway"]),
    (["653    $amaps$asea"], "subjects", [("maps", "", ""), ("sea", "", "")]),
    (["084    $a540$a580$2sdnb"], "subjects", [("", "sdnb", "540"), ("", "sdnb", "580")]),
    (["260    $bExample Press ;$bDistributed by Other House."], "distributors", ["Other House."]),
    (["653    $amaps"], "subjects", [("maps", "", "")]),
    (["656   7$aSailors.$2itoamc"], "subjects", [("Sailors", "itoamc", "")]),
    (["655   7$aAtlases.$2lcgft"], "genres", ["Atlases"]),
    (["780  00$tOld name$x1234-5679", "785  00$aBody.$tNew name"], "earlier_titles", ["Old name"]),
    (["780  00$tOld name$x1234-5679", "785  00$aBody.$tNew name"], "later_titles", ["Body. New name"]),
    (["776  08$iOnline version:$tMaps.", "775  08$aDoe.$tKarten"], "related_titles", ["Doe. Karten", "Online version: Maps"]),
    (["856  40$uhttps://example.org/a", "856  41$uhttps://example.org/b"], "urls", ["https://example.org/a", "https://example.org/b"]),
    (["856  41$3Contents$uhttps://example.org/b", "856  42$uhttps://example.org/c"], "urls", []),
]  # fmt: skip
HOSTS: list[tuple[str, list[str], str, Any]] = [
    (ARTICLE, ["773  0 $tJournal of examples$gVol. 12, no. 3 (1995), p. 5-10$x0378-5955"], "containers", [("journal", "Journal of examples", "0378-5955", "12")]),
    (ARTICLE, ["773  0 $tJournal of examples$gVol. 12, no. 3 (1995), p. 5-10$x0378-5955"], "pages", "5-10"),
    (ARTICLE, ["773  0 $tJournal of examples$q12:3<5"], "page_start", "5"),
    (CHAPTER, ["773  0 $tA book of examples$z9780306406157"], "containers", [("book", "A book of examples", "", "")]),
    (LEADER, ["773  0 $tA collection$gRoll 93"], "related_titles", ["In: A collection, Roll 93"]),
    (ARTICLE, ["773  0 $tJournal of examples$gSpring 1990"], "reference", "Journal of examples. Spring 1990"),
    (SERIAL, [RUN, "773  0 $tJournal of examples$x0378-5955"], "related_titles", ["In: Journal of examples"]),
    (SERIAL, [RUN, "022    $a0378-5955"], "containers", [("journal", "A title", "0378-5955", "")]),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "field", "expected"), TABLE, ids=[f"{one[0][0]} {one[1]}" for one in TABLE])
def test_a_row_says_what_its_example_shows(fields: list[str], field: str, expected: Any) -> None:
    assert said(record(*fields), field) == expected


@pytest.mark.parametrize(("leader", "fields", "field", "expected"), HOSTS)
def test_what_a_work_stands_in_goes_by_its_kind(leader: str, fields: list[str], field: str, expected: Any) -> None:
    assert said(record(*fields, leader=leader), field) == expected


def by_tag(one: Entry) -> dict[str, list[Field]]:
    """The fields of a record by the tags that the table has for them."""
    found: dict[str, list[Field]] = {}
    for field in map(reading._own, one.fields):
        found.setdefault(field.tag, []).append(field)
    return found


def fires(step: Step, n: int, fields: dict[str, list[Field]]) -> bool:
    """Whether a row of a step takes something of these fields."""
    take = step.takes[n]
    these = [field for tag in step.tags for field in fields.get(tag, ())]
    fitting = [one for one in these if not take.indicators or take.indicators.fullmatch(one.indicators)]
    return any(map(take.texts, these)) or bool(take.how.constant and fitting)


def test_every_row_that_says_something_has_an_example() -> None:
    shown = [by_tag(entry(*one[0])) for one in TABLE] + [by_tag(entry(*one[1], leader=one[0])) for one in HOSTS]
    silent = [
        f"{step.tags} {take.field} {take.codes}"
        for step in plan().steps
        if step.thing != "left"
        for n, take in enumerate(step.takes)
        if not any(fires(step, n, fields) for fields in shown)
    ]

    assert silent == []


LEFT = [(tag, step) for step in plan().steps if step.thing == "left" for tag in step.tags if tag.isdigit()]


@pytest.mark.parametrize(("tag", "step"), LEFT, ids=[f"{tag} {step.takes[0].codes}" for tag, step in LEFT])
def test_what_is_left_out_on_purpose_says_why(tag: str, step: Step) -> None:
    take = step.takes[0]
    code = take.codes[0] if take.codes else "a"
    two = next(
        a + b for a in " 0123456789" for b in " 0123456789" if not take.indicators or take.indicators.fullmatch(a + b)
    )
    one = (
        Field(tag, "", [("", "xyz")])
        if tag < "010"
        else data(tag, two, [(code, "xyz"), *([(take.how.needs, "1")] if take.how.needs else [])])
    )
    whole = entry("001  1", "245  10$aA title")
    whole.fields.append(one)
    found = Record(id="1", title="", source=record().source)
    found.left, found.remarks = [], []
    reading.fill(found, whole)

    assert step.note in [left.reason for left in found.left if left.value == "xyz"]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("245,..,a,work,titel,isbd,,", "work has no field 'titel'"),
        ("245,..,a,wrok,title,isbd,,", "no thing 'wrok'"),
        ("245,..,a,work,title,isdb,,", "'isdb' is no word for how"),
        ("245,...,a,work,title,isbd,,", "are no two indicators"),
        ("245,..,a,work,title,code:nowhere,,", "codes/nowhere.csv: no such file"),
        ("100,..,a,person,nickname,,,", "person has no field 'nickname'"),
    ],
)
def test_a_mistake_in_the_table_is_told(row: str, complaint: str) -> None:
    names = ("tag", "ind", "sub", "thing", "field", "how", "unless", "note")
    with pytest.raises(VocabError, match=complaint.replace("(", r"\(")):
        Plan([{**dict(zip(names, row.split(","), strict=True)), ":line": "marc.csv:2"}])


@pytest.mark.parametrize("row", vocabulary().rows("codes/marc_types.csv"), ids=lambda row: row["when"])
def test_a_kind_of_work_is_one_that_there_is(row: dict[str, str]) -> None:
    assert vocabulary().code("types", row["word"]), row[":line"]


KINDS: list[tuple[str, list[str], str]] = [
    ("am", [], "book"),
    ("am", ["008  260401s2019    gw a    o     001 0 eng d"], "ebook"),
    ("am", ["502    $aThesis"], "thesis"),
    ("tm", ["502    $aThesis"], "thesis"),
    ("tm", [], "manuscript"),
    ("aa", [], "bookcomponentpart"),
    ("aa", ["773  0 $tJ$x0378-5955"], "academicarticle"),
    ("as", ["008  260401c20199999gw a p        001 0 eng d"], "serial"),
    ("as", ["008  260401c20199999gw ap p       001 0 eng d"], "journal"),
    ("cm", [], "musicalscore"),
    ("em", [], "map"),
    ("em", ["007  aj canzn"], "map"),
    ("em", ["007  d|"], "globe"),
    ("gm", ["007  vd cvaizq"], "dvd"),
    ("gm", ["007  vf cbahos"], "vhs"),
    ("gm", [], "projectedmedium"),
    ("im", [], "nonmusicalsoundrecording"),
    ("jm", [], "musicrecording"),
    ("km", ["007  kh |||"], "photo"),
    ("mm", [], "computerfile"),
    ("om", [], "kit"),
    ("pc", [], "mixedmaterials"),
    ("rm", [], "physicalobject"),
    ("||", [], "unknown"),
]


@pytest.mark.parametrize(("letters", "fields", "word"), KINDS)
def test_the_kind_of_a_work_is_told_by_its_codes(letters: str, fields: list[str], word: str) -> None:
    assert record(*fields, leader=f"00000n{letters} a2200000 a 4500").format == word


def test_a_name_in_another_script_is_another_name_of_the_same_agent() -> None:
    found = record(
        "100  1 $6880-01$aLiang, Hong,$d1973-", "700  1 $6880-02$aWang, Wei", "880  1 $6100-01/$1$a梁鸿,$d1973-"
    )

    assert [(one.name, one.variants) for one in found.people] == [("Liang, Hong", ("梁鸿",)), ("Wang, Wei", ())]


def test_nothing_of_an_example_is_lost_in_silence() -> None:
    (found,) = [one for one in read(str(EXAMPLES / "marc.xml")) if isinstance(one, Record)]

    assert [name for name in found.values if not plan().knows(name)] == []
