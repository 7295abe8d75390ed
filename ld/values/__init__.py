"""Checked values: the only place where a text, a date, a year, an identifier or the key of an IRI is made.

markup       what is markup in a text, and what only looks like it
unseen       characters that nobody sees, and marks that only sort
text         text as sources have it becomes plain text
dates        dates as sources have them, as precise as they are and no more
names        identifiers and IRIs: checked, in canonical form, minted
vocab        the tables of `vocab/`; every complaint says file:line
email        e-mail addresses, which are never published
languages    names and codes of languages; whether a text agrees with its language
streams      byte streams: counted, and unpacked where they are packed
"""
