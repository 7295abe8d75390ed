"""One made article, as DOAJ has it; the forms of the catalogue are made of it."""

from __future__ import annotations

from dataclasses import dataclass

from invent import Journal


@dataclass(slots=True)
class Author:
    """An author as printed, with what DOAJ knows of the person."""

    name: str
    affiliation: str
    orcid: str


@dataclass(slots=True)
class Article:
    """One article, as DOAJ has it; both forms are made of it."""

    number: str
    title: str
    abstract: str
    authors: list[Author]
    keywords: list[str]
    journal: Journal
    issns: list[str]
    publisher: str
    date: str
    volume: str
    issue: str
    start: str
    end: str
    doi: str
    publisher_id: str
    url: str
    stamp: str
    version: int
    code: str = ""
    language: str = ""
