"""The forms that a graph can have, one a file, and what goes with an answer.

media        what a form is; the types of answers that are no form of data
ntriples     N-Triples, and the nodes that the other forms are written from
jsonld       compact, nested JSON-LD
turtle       Turtle that a person likes to read
rdfxml       RDF/XML that Zotero reads
dating       a date as a citation says it
citation     what all forms of a citation share
bibtex       BibTeX
ris          RIS
csl          CSL-JSON
tables       SPARQL results: JSON, XML, CSV, TSV
problem      errors (RFC 9457)
links        addresses, Link headers, pure schema.org for a page
*            further forms: a file that registers one is all that a form needs
table        all forms that are registered, which the rest of the house loops over
"""
