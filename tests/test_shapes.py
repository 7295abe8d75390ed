"""The shapes of vocab/: a whole record conforms, and each constraint, broken once, says its own message.

The shapes are compiled here; pyshacl, which reads SHACL as the standard has it, must say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyshacl
import pytest
from conftest import BASE
from rdflib import RDF, SH

from ld.formats.ntriples import nodes
from ld.site.documents import Documents
from ld.site.generation import Generation
from ld.site.shacl import Shapes
from ld.site.shapes import findings
from ld.store.engine import Query
from ld.store.oxigraph import in_memory
from ld.store.rdf import rdflib
from ld.values.vocab import Vocabulary

pytestmark = pytest.mark.slow

VOCABULARY = Vocabulary()
PREFIXES = (
    "".join(
        f"@prefix {prefix}: <{space}> .\n"
        for prefix, space in VOCABULARY.prefixes.items()
        if prefix not in ("rdf", "xsd")
    )
    + f"@prefix rdf: <{RDF}> .\n@prefix xsd: <{rdflib.XSD}> .\n@prefix edtf: <http://id.loc.gov/datatypes/> .\n"
)
# A whole record, a triple a line, so that each can be taken out or changed.
WHOLE = """
:r a foaf:Document .
:r a schema:AboutPage .
:r foaf:primaryTopic <r#it> .
:r schema:mainEntity <r#it> .
:r dcterms:identifier "1" .
:r dcterms:license <licence> .
:r void:inDataset <dataset#it> .
:r dcterms:modified "2020-01-01T00:00:00Z"^^xsd:dateTime .
<r#it> a bibo:AcademicArticle .
<r#it> a schema:ScholarlyArticle .
<r#it> dcterms:type dctype:Text .
<r#it> dcterms:title "A title"@en .
<r#it> schema:name "A title"@en .
<r#it> schema:headline "A title"@en .
<r#it> dcterms:creator <r#a1> .
<r#it> schema:author <r#a1> .
<r#it> bibo:authorList <r#list> .
<r#list> a rdf:Seq .
<r#list> rdf:_1 <r#a1> .
<r#it> dcterms:issued "2019-04"^^xsd:gYearMonth .
<r#it> dcterms:date "2019"^^xsd:gYear .
<r#it> schema:datePublished "2019-04"^^schema:Date .
<r#it> dcterms:language <http://id.loc.gov/vocabulary/iso639-2/eng> .
<r#it> dc:language "en" .
<r#it> schema:inLanguage "en" .
<r#it> dcterms:publisher <p#it> .
<r#it> schema:publisher <p#it> .
<r#it> dcterms:isPartOf <i#it> .
<r#it> schema:isPartOf <i#it> .
<r#it> bibo:doi "10.1000/x" .
<r#it> owl:sameAs <https://doi.org/10.1000/x> .
<r#it> dcterms:abstract "An abstract"@en .
<r#it> schema:abstract "An abstract"@en .
<r#it> dc:subject "soil"@en .
<r#it> schema:keywords "soil"@en .
<r#it> dcterms:subject <s#it> .
<r#it> dcterms:license <licence> .
<r#it> schema:license <licence> .
<r#it> schema:identifier <r#doi> .
<r#doi> a schema:PropertyValue .
<r#doi> schema:propertyID "doi" .
<r#doi> schema:value "10.1000/x" .
<r#a1> a foaf:Person .
<r#a1> a schema:Person .
<r#a1> foaf:name "Jane Doe" .
<r#a1> schema:name "Jane Doe" .
<r#a1> schema:affiliation <r#aff> .
<r#aff> a foaf:Organization .
<r#aff> a schema:Organization .
<r#aff> foaf:name "Somewhere" .
<r#aff> schema:name "Somewhere" .
<p#it> a foaf:Organization .
<p#it> a schema:Organization .
<p#it> foaf:name "A press" .
<p#it> schema:name "A press" .
<j#it> a bibo:Journal .
<j#it> a schema:Periodical .
<j#it> dcterms:title "A journal" .
<j#it> schema:name "A journal" .
<j#it> bibo:issn "2297-7775" .
<v#it> a bibo:CollectedDocument .
<v#it> a schema:PublicationVolume .
<v#it> bibo:volume "4" .
<v#it> schema:volumeNumber "4" .
<v#it> dcterms:isPartOf <j#it> .
<v#it> schema:isPartOf <j#it> .
<i#it> a bibo:Issue .
<i#it> a schema:PublicationIssue .
<i#it> bibo:issue "2" .
<i#it> schema:issueNumber "2" .
<i#it> dcterms:isPartOf <v#it> .
<i#it> schema:isPartOf <v#it> .
<s#it> a skos:Concept .
<s#it> skos:prefLabel "soil"@en .
<s#it> skos:inScheme <scheme#it> .
"""


class Broken(NamedTuple):
    """One change of the whole record, and what is said of it: of which node, which kind of constraint, how grave."""

    old: str
    new: str
    node: str
    kind: str
    message: str
    severity: str = "Violation"


def out(line: str) -> tuple[str, str]:
    """A triple is taken out."""
    return line, ""


def into(*lines: str) -> tuple[str, str]:
    """Triples come in."""
    return "", "".join(f"{line} .\n" for line in lines)


WORK, DOCUMENT, PERSON, JOURNAL = "r#it", "r", "r#a1", "j#it"
ISSN = "an ISSN is four digits, a hyphen, three digits and a check digit"
ISBN = "an ISBN has 13 digits and nothing else"
NAMES = "schema:name and dcterms:title differ"
INSTANT = "a record was {} at one instant (xsd:dateTime)"
DATE = "the date of issue is typed by its precision, and there is one"
PUBLISHED = "schema:datePublished is one schema:Date: a year, with month and day where they are known"
YEAR = "dcterms:date is one year of four digits"
DOI = "a DOI stands bare and in lower case"
SUBJECT = "a subject is a skos:Concept"
AGENT = "an agent is a person or an organization, to FOAF and to schema.org, and has an IRI"
NAMED = "an agent needs a name, without language tag"
TITLE = "one title is needed, and one only in each language"
DOCUMENTED = "the document of a record is a foaf:Document, and its address has no #"
TOPIC = "a record document is about exactly one thing, which ends in #it"
OWN_ISSN = "an ISSN stands on the journal, not on the article"
IN_ORDER = "the order of the authors is one rdf:Seq"
NEAREST = "schema:isPartOf names the nearest container only"
SCHOLARLY = "an academic article is a schema:ScholarlyArticle"
VALUE = "an identifier has one value, a text"

BROKEN = [
    # the document
    Broken(*out(":r a foaf:Document ."), DOCUMENT, "Class", DOCUMENTED),
    Broken(*into("<r#doc> foaf:primaryTopic <r#it>", "<r#doc> a foaf:Document"), "r#doc", "Pattern", DOCUMENTED),
    Broken(*out(":r foaf:primaryTopic <r#it> ."), DOCUMENT, "MinCount", TOPIC),
    Broken(*into(":r foaf:primaryTopic <v#it>"), DOCUMENT, "MaxCount", TOPIC),
    Broken(*into(':r foaf:primaryTopic "it"'), DOCUMENT, "NodeKind", TOPIC),
    Broken(*into(":r foaf:primaryTopic <r#that>"), DOCUMENT, "Pattern", TOPIC),
    Broken(*out(":r schema:mainEntity <r#it> ."), DOCUMENT, "Equals", "mainEntity and primaryTopic differ"),
    Broken(*out(':r dcterms:identifier "1" .'), DOCUMENT, "MinCount", "the record's id is missing"),
    Broken(*into(":r dcterms:identifier 1"), DOCUMENT, "Datatype", "the record's id is missing"),
    Broken(*into(':r dcterms:license "CC0"'), DOCUMENT, "NodeKind", "the licence of the data needs an IRI"),
    Broken(*out(":r void:inDataset <dataset#it> ."), DOCUMENT, "MinCount", "the record belongs to no data set"),
    Broken(*into(':r void:inDataset "x"'), DOCUMENT, "NodeKind", "the record belongs to no data set"),
    Broken(*into(':r dcterms:modified "2020-01-01"^^xsd:date'), DOCUMENT, "Datatype", INSTANT.format("last changed")),
    Broken(*into(':r dcterms:modified "2021-01-01T00:00:00Z"^^xsd:dateTime'), DOCUMENT, "MaxCount",
           INSTANT.format("last changed")),
    Broken(*into(':r dcterms:created "2020-01-01"'), DOCUMENT, "Datatype", INSTANT.format("made")),
    Broken(*into(*(f':r dcterms:created "202{n}-01-01T00:00:00Z"^^xsd:dateTime' for n in (0, 1))), DOCUMENT, "MaxCount",
           INSTANT.format("made")),
    Broken(*into(':r dcterms:source "x"'), DOCUMENT, "NodeKind", "the page a record comes from needs an IRI"),
    Broken(*into(':r dcterms:provenance "x"'), DOCUMENT, "NodeKind", "how a record was obtained needs an IRI"),
    Broken(*into(':r prov:wasDerivedFrom "x"'), DOCUMENT, "NodeKind", "what a record was derived from needs an IRI"),
    # the work
    Broken(*into(":r foaf:primaryTopic _:b"), "", "NodeKind", "what a record is about needs an IRI"),
    Broken(*into("<x> a foaf:Document", "<x> foaf:primaryTopic <y#it>"), "y#it", "MinCount", "a work without a class"),
    Broken(*into("<r#it> dcterms:type schema:Text"), WORK, "Pattern", "not a DCMI type"),
    Broken(*out('<r#it> dcterms:title "A title"@en .'), WORK, "MinCount", TITLE),
    Broken(*into('<r#it> dcterms:title "Another"@en'), WORK, "UniqueLang", TITLE),
    Broken(*into("<r#it> dcterms:title <x>"), WORK, "NodeKind", TITLE),
    Broken(*into('<r#it> dcterms:title "An <i>other</i>"@de'), WORK, "Not", "markup in the title", "Warning"),
    Broken(*into('<r#it> schema:name "another"'), WORK, "Equals", NAMES),
    Broken(*into('<r#it> dcterms:issued "2019"^^xsd:gYear'), WORK, "MaxCount", DATE),
    *[Broken("2019-04\"^^xsd:gYearMonth", odd, WORK, "Or", DATE)
      for odd in ('2019"', '19"^^xsd:gYear', '2019-13"^^xsd:gYearMonth', '2019-00"^^xsd:gYearMonth',
                  '2019-4-1"^^xsd:date', '2019-04-01T00:00:00Z"^^xsd:dateTime')],
    Broken(*into('<r#it> dcterms:date "2018"^^xsd:gYear'), WORK, "MaxCount", YEAR),
    Broken('"2019"^^xsd:gYear', '"2019"', WORK, "Datatype", YEAR),
    Broken('"2019"^^xsd:gYear', '"02019"^^xsd:gYear', WORK, "Pattern", YEAR),
    Broken(*into('<r#it> schema:datePublished "2019"^^schema:Date'), WORK, "MaxCount", PUBLISHED),
    Broken('"2019-04"^^schema:Date', '"2019-04"', WORK, "Datatype", PUBLISHED),
    Broken('"2019-04"^^schema:Date', '"April"^^schema:Date', WORK, "Pattern", PUBLISHED),
    Broken(*into('<r#it> dcterms:language "eng"'), WORK, "NodeKind", "a language is an IRI of id.loc.gov"),
    Broken(*into("<r#it> dcterms:language <http://id.loc.gov/vocabulary/languages/eng>"), WORK, "Pattern",
           "a language is an IRI of id.loc.gov"),
    Broken(*into('<r#it> dc:language "e"'), WORK, "Pattern", "dc:language is a language tag"),
    Broken(*into('<r#it> dc:language "en"@en'), WORK, "Datatype", "dc:language is a language tag"),
    Broken(*into('<r#it> schema:inLanguage "de"'), WORK, "Equals", "schema:inLanguage and dc:language differ"),
    Broken(*into('<r#it> dcterms:creator "Jane"'), WORK, "NodeKind", "an author needs an IRI"),
    Broken(*into("<r#it> schema:author <r#nobody>"), WORK, "Equals", "schema:author and dcterms:creator differ"),
    Broken(*into("<r#it> bibo:authorList <r#list2>", "<r#list2> a rdf:Seq"), WORK, "MaxCount", IN_ORDER),
    Broken(*out("<r#list> a rdf:Seq ."), WORK, "Class", IN_ORDER),
    Broken(*into('<r#it> dcterms:publisher "x"'), WORK, "NodeKind", "a publisher needs an IRI"),
    Broken(*into("<r#it> schema:publisher <r#aff>"), WORK, "Equals", "schema:publisher and dcterms:publisher differ"),
    Broken(*into('<r#it> dcterms:isPartOf "x"'), WORK, "NodeKind", "a container needs an IRI"),
    Broken(*into('<r#it> schema:isPartOf "x"'), WORK, "NodeKind", NEAREST),
    Broken(*into("<r#it> schema:isPartOf <v#it>"), WORK, "MaxCount", NEAREST),
    Broken(*into('<r#it> bibo:doi "10.1000/y"'), WORK, "MaxCount", DOI),
    Broken('bibo:doi "10.1000/x"', 'bibo:doi "10.1000/x"@en', WORK, "Datatype", DOI),
    Broken('bibo:doi "10.1000/x"', 'bibo:doi "10.1000/X"', WORK, "Pattern", DOI),
    Broken(*into('<r#it> bibo:isbn13 "0306406152"'), WORK, "Pattern", ISBN),
    Broken(*into('<r#it> schema:isbn "978-0306406157"'), WORK, "Pattern", ISBN),
    Broken(*into('<r#it> owl:sameAs "x"'), WORK, "NodeKind", "the same thing elsewhere needs an IRI"),
    Broken(*into('<r#it> schema:sameAs "x"'), WORK, "NodeKind", "a page about the same needs an IRI"),
    Broken(*into('<r#it> schema:url "http://x/"'), WORK, "NodeKind", "an address that is no web address"),
    Broken(*into("<r#it> schema:url <mailto:x>"), WORK, "Pattern", "an address that is no web address"),
    Broken(*into('<r#it> dcterms:abstract "An <I>abstract"@de'), WORK, "Not",
           "words in angle brackets that may be markup, in the abstract", "Warning"),
    Broken(*into('<r#it> schema:abstract "x"'), WORK, "Equals", "the two abstracts differ"),
    Broken(*into('<r#it> dc:subject "x"'), WORK, "Equals", "schema:keywords and dc:subject differ"),
    Broken(*into('<r#it> dcterms:subject "x"'), WORK, "NodeKind", SUBJECT),
    Broken(*into("<r#it> dcterms:subject <nothing>"), WORK, "Class", SUBJECT),
    Broken(*into('<r#it> dcterms:license "x"'), WORK, "NodeKind", "the licence of a work needs an IRI"),
    Broken(*out("<r#it> schema:license <licence> ."), WORK, "Equals", "the two licences differ"),
    Broken(*into('<r#it> schema:sdLicense "x"'), WORK, "NodeKind", "the licence of the data needs an IRI"),
    Broken(*out('<r#it> dcterms:issued "2019-04"^^xsd:gYearMonth .'), WORK, "MinCount", "no date", "Warning"),
    Broken(*out("<r#it> dcterms:language <http://id.loc.gov/vocabulary/iso639-2/eng> ."), WORK, "MinCount",
           "no language", "Warning"),
    # articles and parts
    Broken(*out("<r#it> a schema:ScholarlyArticle ."), WORK, "Class", SCHOLARLY),
    Broken("dctype:Text", "dctype:Sound", WORK, "HasValue", "an article is a text"),
    Broken(*out('<r#it> schema:headline "A title"@en .'), WORK, "Equals", "the headline of an article is its name"),
    Broken(*out("<r#it> dcterms:isPartOf <i#it> ."), WORK, "MinCount", "an article without a journal", "Warning"),
    Broken(*out('<r#it> bibo:doi "10.1000/x" .'), WORK, "MinCount", "an article without a DOI", "Warning"),
    Broken(*out("<r#it> dcterms:creator <r#a1> ."), WORK, "MinCount", "an article without an author", "Warning"),
    Broken(*out('<r#it> dcterms:abstract "An abstract"@en .'), WORK, "MinCount", "an article without an abstract",
           "Info"),
    Broken(*out("<r#it> dcterms:license <licence> ."), WORK, "MinCount", "an article without a licence", "Info"),
    *[Broken(*into(f'<r#it> {number} "3"'), WORK, "MaxCount",
             "the number of an issue stands on the issue, not on the article")
      for number in ("bibo:issue", "schema:issueNumber")],
    *[Broken(*into(f'<r#it> {number} "2297-7775"'), WORK, "MaxCount", OWN_ISSN)
      for number in ("bibo:issn", "bibo:eissn", "schema:issn")],
    *[Broken(*into(f"<c#it> a {kind}", "<c#it> dcterms:isPartOf <j#it>", "<c#it> dcterms:isPartOf <v#it>"), "c#it",
             "MaxCount", "BIBO: a part is part of one document at most")
      for kind in ("bibo:Chapter", "bibo:BookSection", "bibo:Excerpt")],
    # journals, volumes, issues
    Broken('<j#it> dcterms:title "A journal" .\n<j#it> schema:name "A journal" .', "", JOURNAL, "MinCount",
           "a journal or series without a title", "Warning"),
    Broken(*out('<j#it> schema:name "A journal" .'), JOURNAL, "Equals", NAMES),
    *[Broken(*into(f'<j#it> {number} "22977775"'), JOURNAL, "Pattern", ISSN)
      for number in ("bibo:issn", "bibo:eissn", "schema:issn")],
    *[Broken(*into(f'<j#it> {number} "2297-7775"@en'), JOURNAL, "Datatype", ISSN)
      for number in ("bibo:issn", "bibo:eissn", "schema:issn")],
    Broken(*into("<j#it> dcterms:hasPart <v#it>"), JOURNAL, "MaxCount",
           "BIBO: the parts of a journal are issues; articles point up with dcterms:isPartOf"),
    Broken(*out("<v#it> a bibo:CollectedDocument ."), "v#it", "Class", "a volume is a bibo:CollectedDocument"),
    Broken(*out('<v#it> schema:volumeNumber "4" .'), "v#it", "MinCount", "a volume has one number"),
    Broken(*into('<v#it> schema:volumeNumber "5"'), "v#it", "MaxCount", "a volume has one number"),
    Broken(*into('<v#it> bibo:volume "5"'), "v#it", "Equals", "bibo:volume and schema:volumeNumber differ"),
    Broken(*out("<v#it> schema:isPartOf <j#it> ."), "v#it", "MinCount", "a volume is part of one journal"),
    Broken(*into("<v#it> schema:isPartOf <j2#it>"), "v#it", "MaxCount", "a volume is part of one journal"),
    Broken(*out("<i#it> a bibo:Issue ."), "i#it", "Class", "an issue is a bibo:Issue"),
    Broken(*out('<i#it> schema:issueNumber "2" .'), "i#it", "MinCount", "an issue has one number"),
    Broken(*into('<i#it> schema:issueNumber "3"'), "i#it", "MaxCount", "an issue has one number"),
    Broken(*into('<i#it> bibo:issue "3"'), "i#it", "Equals", "bibo:issue and schema:issueNumber differ"),
    Broken(*out("<i#it> schema:isPartOf <v#it> ."), "i#it", "MinCount", "an issue is part of one volume or journal"),
    Broken(*into("<i#it> schema:isPartOf <j#it>"), "i#it", "MaxCount", "an issue is part of one volume or journal"),
    # agents, identifiers, subjects
    Broken(*into("<r#it> dcterms:contributor _:b"), "", "NodeKind", AGENT),
    *[Broken(*out(f"<r#a1> a {kind}:Person ."), PERSON, "Or", AGENT) for kind in ("foaf", "schema")],
    *[Broken(*out(f"<p#it> a {kind}:Organization ."), "p#it", "Or", AGENT) for kind in ("foaf", "schema")],
    Broken(*out('<r#a1> foaf:name "Jane Doe" .'), PERSON, "MinCount", NAMED),
    Broken(*into('<r#a1> foaf:name "Jane"@en'), PERSON, "Datatype", NAMED),
    Broken(*out('<r#a1> schema:name "Jane Doe" .'), PERSON, "Equals", "schema:name and foaf:name differ"),
    Broken(*into("<r#a1> schema:affiliation <r#a1>"), PERSON, "Class", "an affiliation is a schema:Organization"),
    Broken(*out('<r#doi> schema:propertyID "doi" .'), "r#doi", "MinCount", "an identifier is of one kind"),
    Broken(*into('<r#doi> schema:propertyID "x"'), "r#doi", "MaxCount", "an identifier is of one kind"),
    Broken(*out('<r#doi> schema:value "10.1000/x" .'), "r#doi", "MinCount", VALUE),
    Broken(*into('<r#doi> schema:value "x"'), "r#doi", "MaxCount", VALUE),
    Broken('schema:value "10.1000/x"', "schema:value 10", "r#doi", "Datatype", VALUE),
    Broken(*into('<s#it> skos:prefLabel "earth"@en'), "s#it", "UniqueLang", "one preferred label in each language"),
    Broken(*out("<s#it> skos:inScheme <scheme#it> ."), "s#it", "MinCount", "a concept of no scheme"),
    Broken(*into('<s#it> skos:inScheme "x"'), "s#it", "NodeKind", "a concept of no scheme"),
    Broken(*out('<s#it> skos:prefLabel "soil"@en .'), "s#it", "Or", "a concept needs a label or a notation"),
    # what is well formed but most likely wrong
    *[Broken(*into(f'<r#it> dcterms:title "A title {mark}"@de'), WORK, "Not",
             "a title that ends in a mark of ISBD", "Warning") for mark in "/:;="],
    *[Broken(*into(f'<r#it> dcterms:title "A title {odd}"@de'), WORK, "Not",
             "a title with an address or a control number in it", "Warning")
      for odd in ("http://x", "https://x", "(DE-588)4015999-1")],
    Broken(*into("<r#it> dcterms:contributor <r#a1>"), WORK, "Disjoint", "a creator who is also a contributor",
           "Warning"),
    Broken(*into('<j#it> dcterms:title "A journal /"'), JOURNAL, "Not",
           "the title of a journal or series that ends in a mark of ISBD", "Warning"),
    Broken(*into('<j#it> dcterms:title "A journal http://x"'), JOURNAL, "Not",
           "the title of a journal or series with an address or a control number in it", "Warning"),
    Broken(*into('<j#it> dcterms:title "Another"'), JOURNAL, "MaxCount",
           "a journal or series with several titles: its records do not agree", "Warning"),
    *[Broken(*into(f'{who} foaf:name "Jane (DE-588)118540238"'), who.strip("<>"), "Not",
             "a name with an address or a control number in it", "Warning") for who in ("<r#a1>", "<r#aff>", "<p#it>")],
    Broken(*into('<p#it> foaf:name "Another press"'), "p#it", "MaxCount",
           "an agent with several names: its records do not agree", "Warning"),
    Broken(*into('<p#it> foaf:name "One ; Two"'), "p#it", "Not",
           "a semicolon in the name of a publisher: it may be several", "Warning"),
    Broken(*into('<s#it> skos:prefLabel "(DE-588)4015999-1 soil"@de'), "s#it", "Not",
           "a subject with an address or a control number in its label", "Warning"),
    Broken(*into('<r#it> dcterms:date "2999"^^xsd:gYear'), WORK, "SPARQL", "a year after the next", "Warning"),
    # the graph as such
    *[Broken(*into(f"_:b {fact}"), "", "NodeKind", "a blank node: every thing needs an IRI")
      for fact in ("a schema:Thing", 'schema:name "x"', 'dcterms:title "x"', "foaf:primaryTopic <r#it>")],
    Broken(*into("<r#it> dcterms:relation _:b"), WORK, "SPARQL", "a blank node as a value: every thing needs an IRI"),
    *[Broken(*into(fact), WORK, "SPARQL", "terms of schema.org begin with http://schema.org/, not https")
      for fact in ("<r#it> <https://schema.org/url> <x>", "<r#it> a <https://schema.org/Book>")],
    *[Broken(*into(f'<r#it> dcterms:relation "{odd}"'), WORK, "SPARQL", "an empty text, or blanks around it")
      for odd in ("", " x", "x ", "\\nx", "\\t")],
    Broken('"2019"^^xsd:gYear', '"2018"^^xsd:gYear', WORK, "SPARQL", "dcterms:date is not the year of dcterms:issued"),
    Broken('"2019-04"^^schema:Date', '"2019-05"^^schema:Date', WORK, "SPARQL",
           "schema:datePublished and dcterms:issued differ"),
    Broken(*out("<r#list> rdf:_1 <r#a1> ."), WORK, "SPARQL", "an author has no place in bibo:authorList"),
    Broken(*into("<r#list> rdf:_2 <r#a2>"), WORK, "SPARQL", "bibo:authorList names somebody who is no author"),
    Broken("rdf:_1", "rdf:_2", WORK, "SPARQL", "the order of the authors or editors has a gap"),
    Broken(*into("<r#it> bibo:editorList <r#eds>", "<r#eds> rdf:_3 <r#a1>", "<r#eds> rdf:_1 <r#a2>"), WORK, "SPARQL",
           "the order of the authors or editors has a gap"),
    *[Broken(*into(f"<r#list> {place} <{who}>"), WORK, "SPARQL",
             "the order of the authors or editors has two in one place, or one in two")
      for place, who in (("rdf:_1", "r#a2"), ("rdf:_2", "r#a1"))],
    Broken("schema:isPartOf <i#it>", "schema:isPartOf <j#it>", WORK, "SPARQL",
           "schema:isPartOf is none of dcterms:isPartOf"),
    Broken(*out("<r#it> owl:sameAs <https://doi.org/10.1000/x> ."), WORK, "SPARQL",
           "a DOI without owl:sameAs https://doi.org/…"),
    *[Broken(*into(f'<r#it> {number} "9780306406158"'), WORK, "SPARQL", "the check digit of an ISBN is wrong")
      for number in ("bibo:isbn13", "schema:isbn")],
    *[Broken(*into(f'<j#it> {number} "{odd}"'), JOURNAL, "SPARQL", "the check digit of an ISSN is wrong")
      for number, odd in (("bibo:issn", "2297-7776"), ("bibo:eissn", "0000-0060"), ("schema:issn", "2297-777X"))],
    *[Broken(*into(f"<r#a1> owl:sameAs <{odd}>"), PERSON, "SPARQL", "an owl:sameAs to orcid.org that is no ORCID iD")
      for odd in ("http://orcid.org/0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-009")],
    Broken(*into('<r#it> dcterms:relation "write to A@B.example"'), WORK, "SPARQL",
           "an e-mail address: they are never published"),
]  # fmt: skip

Said = set[tuple[str, str, str, str]]
"""Node, kind of constraint, message, severity."""
BLANK: dict[str, int] = {}
"""Blank nodes, with the number of the record they are in."""


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(data=VOCABULARY.text("shapes.ttl"), format="turtle")


def record(n: int, old: str = "", new: str = "") -> rdflib.Graph:
    """The whole record as the n-th, with one change."""
    assert WHOLE.count(old) == 1 or not old, old
    text = WHOLE.replace(old, new) if old else WHOLE + new
    base = f"@base <{BASE}{n}/> .\n@prefix : <{BASE}{n}/> .\n"
    return rdflib.Graph().parse(data=base + PREFIXES + text.replace("_:b", f"_:b{n}"), format="turtle")


@pytest.fixture(scope="module")
def broken() -> rdflib.Graph:
    """All records as one graph: 0 is whole, and the n-th is broken as BROKEN[n - 1] says."""
    graph = record(0)
    for n, one in enumerate(BROKEN, 1):
        part = record(n, one.old, one.new)
        BLANK.update({str(node): n for triple in part for node in triple if isinstance(node, rdflib.BNode)})
        graph += part
    return graph


def by_pyshacl(graph: rdflib.Graph, shapes: rdflib.Graph) -> Iterator[tuple[str, str, str, str]]:
    """What pyshacl finds: node, kind of constraint, message, severity; of a rule, the node that breaks it."""
    _, results, _ = pyshacl.validate(graph, shacl_graph=shapes, advanced=True, inference="none")
    rdflib.NORMALIZE_LITERALS = False  # pyshacl sets it to rdflib's default; see `ld.store.rdf`
    assert isinstance(results, rdflib.Graph)
    for result in results.subjects(RDF.type, SH.ValidationResult):
        focus, kind, message, severity = (
            str(results.value(result, one))
            for one in (SH.focusNode, SH.sourceConstraintComponent, SH.resultMessage, SH.resultSeverity)
        )
        node = str(results.value(result, SH.value)) if focus.startswith("urn:shelfgraph:") else focus
        yield (
            node,
            kind.removeprefix(str(SH)).removesuffix("ConstraintComponent"),
            message,
            severity.removeprefix(str(SH)),
        )


def lines_of(graph: rdflib.Graph) -> str:
    """The graph as N-Triples, one line each."""
    return "".join(f"{line}\n" for line in graph.serialize(format="nt").split("\n") if line)


def by_shelfgraph(graph: rdflib.Graph) -> Iterator[tuple[str, str, str, str]]:
    """What the compiled shapes find, told in the same way."""
    shapes, lines = Shapes(VOCABULARY), lines_of(graph)
    own = nodes(lines)[0]
    for (node, _), shape in shapes.focused(own).items():
        for one in shape.results(own, node):
            yield bare(one.node), one.kind, one.message, one.severity.capitalize()
    engine = in_memory([lines])
    for rule in shapes.rules:
        for row in engine.answer(Query(rule.query)):
            yield bare(str(row["value"])), "SPARQL", rule.message, rule.severity.capitalize()


def bare(term: str) -> str:
    """An IRI or the text of a literal; blank nodes as rdflib has them."""
    return term.removeprefix("_:").removesuffix("@en").strip('<">')


def of_records(found: Iterable[tuple[str, str, str, str]]) -> dict[int, Said]:
    """What is said of each of the records by its number."""
    said: dict[int, Said] = {n: set() for n in range(len(BROKEN) + 1)}
    for node, *rest in found:
        if node in BLANK:
            said[BLANK[node]].add(("", *rest))
        elif node.startswith(BASE):  # else a literal where a node should be: it is a node to some shapes
            number, _, name = node.removeprefix(BASE).partition("/")
            said[int(number)].add((name, *rest))
    return said


@pytest.fixture(scope="module")
def said(broken: rdflib.Graph) -> dict[int, Said]:
    """What is said of each of the records, of all at once."""
    return of_records(by_shelfgraph(broken))


def test_a_whole_record_conforms(said: dict[int, Said]) -> None:
    assert said[0] == set()


@pytest.mark.parametrize("n", range(1, len(BROKEN) + 1), ids=lambda n: f"{BROKEN[n - 1].kind}: {BROKEN[n - 1].message}")
def test_a_broken_rule_says_its_own_message(said: dict[int, Said], n: int) -> None:
    one = BROKEN[n - 1]

    assert (one.node, one.kind, one.message, one.severity) in said[n]


def test_the_compiled_shapes_say_what_pyshacl_says(
    said: dict[int, Said], broken: rdflib.Graph, shapes: rdflib.Graph
) -> None:
    assert said == of_records(by_pyshacl(broken, shapes))


def test_every_constraint_is_broken_by_a_record(shapes: rdflib.Graph) -> None:
    """A constraint is a parameter of a shape that has a message: minCount, pattern, … (SHACL §4)."""
    parameters = {
        SH.minCount: "MinCount", SH.maxCount: "MaxCount", SH.datatype: "Datatype", SH.nodeKind: "NodeKind",
        SH["not"]: "Not",
        SH["class"]: "Class", SH.pattern: "Pattern", SH.equals: "Equals", SH.hasValue: "HasValue", SH["or"]: "Or",
        SH.uniqueLang: "UniqueLang", SH.disjoint: "Disjoint", SH.select: "SPARQL",
    }  # fmt: skip
    there = {
        (kind, str(message))
        for shape, message in shapes.subject_objects(SH.message)
        for parameter, kind in parameters.items()
        if (shape, parameter, None) in shapes
    }

    assert there == {(one.kind, one.message) for one in BROKEN}


def test_every_constraint_has_a_message(shapes: rdflib.Graph) -> None:
    """What pyshacl makes up where there is none speaks of shapes and paths, not to a librarian."""
    nodes = set(shapes.subjects(RDF.type, SH.NodeShape))
    told = {*(one for node in nodes for one in shapes.objects(node, SH.property)), *shapes.objects(None, SH.sparql)}
    told |= {node for node in nodes if any((node, one, None) in shapes for one in (SH.nodeKind, SH["class"], SH["or"]))}

    assert [str(shapes.value(one, SH.path, default=one)) for one in told if (one, SH.message, None) not in shapes] == []


# -- by the user's door ------------------------------------------------------------------------------------------------


def published(generation: Generation) -> rdflib.Graph:
    """Every record's document, as one graph."""
    documents = Documents(generation.path, BASE)
    graph = rdflib.Graph()
    for one in documents.records():
        graph.parse(data=documents.lines(one), format="nt")
    documents.close()
    return graph


def test_every_example_conforms_to_the_shapes_and_to_pyshacl(generation: Generation, shapes: rdflib.Graph) -> None:
    graph = published(generation)
    ours = set(by_shelfgraph(graph))

    assert ours == set(by_pyshacl(graph, shapes))
    assert [one for one in ours if one[3] == "Violation"] == []


def test_a_finding_is_told_with_its_node_and_the_gravest_first() -> None:
    broken = record(1, new='<r#it> dcterms:relation "" .\n<j#it> bibo:issn "2297" .\n')
    broken.remove((None, rdflib.DCTERMS.abstract, None))
    found = [(one.severity, one.node, one.message, one.value) for one in findings(lines_of(broken), VOCABULARY)]

    assert found == [
        ("violation", f"{BASE}1/j#it", ISSN, "2297"),
        ("violation", f"{BASE}1/r#it", "an empty text, or blanks around it", ""),
        ("violation", f"{BASE}1/r#it", "the two abstracts differ", "An abstract"),
        ("info", f"{BASE}1/r#it", "an article without an abstract", ""),
    ]
