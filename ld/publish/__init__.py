"""A generation is built beside the live one and switched in, whole or not at all. Only this room writes.

workers      tasks for several processes
sortedruns   what the workers hand over: files sorted by path
claims       what many records say of one thing, counted
indexer      the search index, written
ledger       what became of every value that was read
overlay      a site's own `vocab/`, read before anything is built
gate         what no shape allows is left out
convert      a worker's share of the input becomes sorted runs
tables       documents written, replaced, buried
renderings   the formats of records, made once
dumps        dump files written, chunk after chunk
dataset      the catalogue described: VoID, DCAT, schema.org
journals     records about journals, one with these or apart
build        rows judged, things settled, pages written
rebuild      a generation built from nothing
update       a copy of the live one, changed
generations  built beside, sealed, switched in, rolled back, removed
run          the whole road from sources to a live generation
"""
