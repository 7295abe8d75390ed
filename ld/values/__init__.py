"""Checked values: the only place where a text, a date, a year, an identifier or the key of an IRI is made.

text         text as sources have it becomes plain text
names        identifiers and IRIs: checked, in canonical form, minted
vocab        the tables of `vocab/`; every complaint says file:line
languages    names and codes of languages; whether a text agrees with its language
edtf         a date, checked: the only place where one is made
datewords    the words and digits of dates become signs, whatever the language
points       one day, month, season, year, decade or century
dates        dates as sources have them, as precise as they are and no more
calendars    which calendar a year is of, by language, script, number and kind of work
streams      byte streams: counted, and unpacked where they are packed
"""
