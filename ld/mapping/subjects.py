"""Subjects become concepts: keywords as printed, headings and classes of a scheme, each in its own language."""

from __future__ import annotations

from ld.mapping.entities import Fields, Kinds, Thing
from ld.record import Subject
from ld.summary import Named, Ref, Text
from ld.values import keys, languages, names


def concept(kinds: Kinds, subject: Subject) -> Thing:
    """Return the concept of a subject: a heading is in the language of its scheme, never in that of the book."""
    if subject.scheme:
        return kinds.once(_class, subject.scheme, subject.code, subject.label, subject.iri)
    return kinds.once(_keyword, subject.label, _language_of(subject))


def _language_of(keyword: Subject) -> str:
    """Return the tag of a keyword's language, where the source says it and the word can be in it."""
    tag = languages.tag(keyword.language)
    return tag if tag and languages.agrees(keyword.label, tag) else ""


def _keyword(kinds: Kinds, label: str, tag: str) -> Thing:
    fields: Fields = {"label": [Text(label, tag)], "scheme": [Ref(f"{kinds.site.base}subject#it")]}
    made = kinds.shared("subject", fields, key=names.encoded(keys.key(label)))
    made.named = Named(Text(label, tag), made.path)
    return made


def _class(kinds: Kinds, scheme: str, code: str, label: str, iri: str) -> Thing:
    known = kinds.schemes.get(scheme, {})
    language = known.get("language", "")
    called = Text(label, language if languages.agrees(label, language) else "")
    fields: Fields = {"scheme": [known.get("iri") or Ref(f"{kinds.site.base}subject/{scheme}#it")]}
    fields["notation"] = [code] if code else []
    fields["same"] = [iri] if iri else []
    fields["label"] = [called] if label else []
    fields["class"] = [kinds.vocabulary.expand("schema:DefinedTerm")] if label else []
    made = kinds.shared("class", fields, scheme=scheme, code=names.encoded(code or keys.key(label)))
    made.named = Named(called, made.path)
    return made
