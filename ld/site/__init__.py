"""One finished generation, read: this room writes nothing.

files        SQLite files that nothing changes, and what is packed in them
captions     what a field is called on a page
documents    the packed documents from which everything is served
shown        a document on its way out, in the shapes its forms are made of
rendered     forms that were made when the record was published
words        what is written into the search field, as a small tree
search       full-text search
dumpfiles    the files of a dump
checksums    many files compared with their checksums
generation   all of these, opened as one
describer    what answers a DESCRIBE
why          where the statements of a record come from, asked of a process beside the server
tracer       that process, which reads source records and maps them again
pools        the query workers of each generation in use
live         the live generation, taken over while serving
shapes       the SHACL shapes over published records
"""
