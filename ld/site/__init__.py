"""One finished generation, read; this room writes nothing.

files        SQLite files that never change, and what is packed in them
captions     the labels of fields on pages
documents    the packed documents from which everything is served
shown        a document on its way out, in the shapes its formats are made from
rendered     formats that were written when the record was published
words        what people type into the search field, as a small tree
search       full-text search
dumpfiles    the files of a dump
checksums    files compared with their checksums
generation   all of these, opened together
describer    what answers a DESCRIBE
why          where a record's statements come from: a process beside the server is asked
tracer       that process, which reads source records and maps them again
pools        the query workers of each generation in use
live         the live generation, taken over while serving
constraints  the constraints of SHACL Core, a function each
shacl        the SHACL shapes of `vocab/`, compiled
shapes       these shapes over a whole catalogue
"""
