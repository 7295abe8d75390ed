"""The forms that a graph can have, one a file, and what goes with an answer.

media        media types: one table for Accept, extensions, dumps, SPARQL answers
ntriples     N-Triples, and the nodes that the other forms are written from
jsonld       compact, nested JSON-LD
turtle       Turtle that a person likes to read
rdfxml       RDF/XML that Zotero reads
citation     BibTeX, RIS, CSL-JSON
links        addresses, Link headers, pure schema.org for a page
"""
