"""Checked values: the only place where a text, a date, a year, an identifier or the key of an IRI is made.

formulas     formulas of MathML in a line
markup       what is markup in a text, and what only looks like it
unseen       characters that nobody sees, and marks that only sort
text         text as sources have it becomes plain text
names        names of things in addresses
keys         what stands in an IRI for a label
lives        the dates of a life, apart from the name
vocab        the tables of `vocab/`; every complaint says file:line
email        e-mail addresses, which are never published
identifiers  DOI, handle, ISSN, ISBN, ISMN, ORCID iD, LCCN, OCLC number
addresses    web addresses and IRIs
licences     licences and other words about rights
pages        first page, last page, both in one
languages    names and codes of languages; whether a text agrees with its language
edtf         a date, checked: the only place where one is made
datewords    the words and digits of dates become signs, whatever the language
points       one day, month, season, year, decade or century
dates        dates as sources have them, as precise as they are and no more
calendars    which calendar a year is of, by language, script, number and kind of work
streams      byte streams: counted, and unpacked where they are packed
"""
