"""Checked values: the only place where a text, a date, a year, an identifier or the key of an IRI is made.

text         text as sources have it becomes plain text
dates        dates as sources have them, as precise as they are and no more
names        names of things in addresses
keys         what stands in an IRI for a label
vocab        the tables of `vocab/`; every complaint says file:line
identifiers  DOI, handle, ISSN, ISBN, ISMN, ORCID iD, LCCN, OCLC number
addresses    web addresses and IRIs
licences     licences and other words about rights
pages        first page, last page, both in one
languages    names and codes of languages; whether a text agrees with its language
streams      byte streams: counted, and unpacked where they are packed
"""
