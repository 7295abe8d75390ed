"""The faults of real records, each counted in real catalogues (../shared/SOURCES-OF-RECORDS.md), put into made ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from article import Article

Fault = Callable[[Article], None]


def spoil(found: Article, chance: int, earlier: str) -> Article:
    """Return the article with one fault; `earlier` is the number of another record, for ids that repeat."""
    kind = chance % _KINDS
    if kind < len(FAULTS):
        FAULTS[kind](found)
    elif kind == _REPEATED:
        found.number = earlier
    return found


def repeats(chance: int) -> bool:
    """Determine whether the fault is the id of another record."""
    return chance % _KINDS == _REPEATED


def spoil_line(line: str, chance: int, *, first: bool) -> str:
    """Return the line, or what is left of it where the fault is one of the file: never in the first lines."""
    if chance % _KINDS != _BROKEN or first:
        return line
    return line[: len(line) // 2] if chance // _KINDS % 2 else "<html><body>503 Service Unavailable</body></html>"


def _html(found: Article) -> None:
    found.abstract = f"<p><b>Abstract</b><br/>{found.abstract.replace(' ', ' <i>', 1)}</i> H<sub>2</sub>O</p>"


def _jats(found: Article) -> None:
    found.abstract = f"<jats:title>Abstract</jats:title><jats:p>{found.abstract}</jats:p>"
    found.title = f"{found.title} <i>in vitro</i>"


def _entities(found: Article) -> None:
    found.title = f"{found.title} &amp;amp; more"
    found.abstract += " At 20 &amp;#176;C and p &amp;lt; 0.05."


def _bad_issn(found: Article) -> None:
    found.issns = [number[:-1] + ("4" if number[-1] != "4" else "5") for number in found.issns]


def _no_title(found: Article) -> None:
    found.title = ""


def _blank_keyword(found: Article) -> None:
    found.keywords = ["", *found.keywords, " ", "; Blogs", "Internet;"]


def _no_place(found: Article) -> None:
    found.publisher = "[S.l.] : [s.n.]" if len(found.title) % 2 else "[s.n.]"


def _doi_prefix(found: Article) -> None:
    found.doi = f"https://doi.org/{found.doi.upper()}" if found.doi else "doi:none"


def _date(found: Article) -> None:
    year = found.date[:4]
    found.date = (f"c{year}", f"[{year}?]", "n.d.", f"{year}-00-00", f"{year}")[len(found.title) % 5]


def _controls(found: Article) -> None:
    found.title = f"\x98The\x9c {found.title}"
    found.abstract = found.abstract.replace(" ", "\x07 ", 2).replace(".", ".\r\n", 3)


def _decomposed(found: Article) -> None:
    found.title = unicodedata.normalize("NFD", found.title + " – Ångström, café")
    found.abstract = unicodedata.normalize("NFD", found.abstract)


def _shouting(found: Article) -> None:
    found.title = found.title.upper() + " \n"


def _doubled(found: Article) -> None:
    first = found.authors[0]
    first.name = first.name.replace(" ", "  ")
    found.authors = [*found.authors, first]


def _cyrillic(found: Article) -> None:
    found.authors[0].name = "Butenko Оlesia Y."


def _email(found: Article) -> None:
    found.authors[0].affiliation = "University of Nowhere, e-mail: someone@mail.example"


def _no_url(found: Article) -> None:
    found.url = ("mailto:editor@press.example", "urn:nbn:de:101:1-2019", "www.press.example/a b", "10.5555/12345678")[
        len(found.title) % 4
    ]


def _list_in_keyword(found: Article) -> None:
    found.keywords = ["; ".join(found.keywords), found.keywords[0]]


def _other_language(found: Article) -> None:
    found.abstract = (
        "In this paper we present the results of a study on the role of the library in the life of the city. "
        "It is shown that most of the readers were satisfied with the services, and that they use them often."
    )


def _no_authors(found: Article) -> None:
    found.authors = found.authors[:1]
    found.authors[0].name = "World Example Collaboration"


def _equal_issns(found: Article) -> None:
    found.issns = [found.issns[-1], found.issns[-1].replace("-", "")]


FAULTS: tuple[Fault, ...] = (
    _html,
    _jats,
    _entities,
    _bad_issn,
    _no_title,
    _blank_keyword,
    _no_place,
    _doi_prefix,
    _date,
    _controls,
    _decomposed,
    _shouting,
    _doubled,
    _cyrillic,
    _email,
    _no_url,
    _list_in_keyword,
    _other_language,
    _no_authors,
    _equal_issns,
)
_REPEATED = len(FAULTS)
_BROKEN = len(FAULTS) + 1
_KINDS = len(FAULTS) + 2
