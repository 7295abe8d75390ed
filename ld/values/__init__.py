"""Checked values: the only place where a text, a date, a year, an identifier or the key of an IRI is made.

text         text as sources have it becomes plain text
dates        dates as sources have them, as precise as they are and no more
names        identifiers and IRIs: checked, in canonical form, minted
lives        the dates of a life, apart from the name
vocab        the tables of `vocab/`; every complaint says file:line
languages    names and codes of languages; whether a text agrees with its language
streams      byte streams: counted, and unpacked where they are packed
"""
