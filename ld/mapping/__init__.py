"""A record becomes triples, as `vocab/mapping.csv` says.

decisions    a cataloguer's word: what is one thing and what is not
entities     the nodes of the graph, and the tables by which their IRIs are minted
agents       people and corporate bodies
containers   journals, volumes, issues, series, books
subjects     keywords, headings and classes
works        the work, its identifiers and the document about it: a whole record becomes things
mentions     what one record says of things that others speak of too
profile      which triples the store keeps
compiled     the tables compiled: things become N-Triples lines, and cards
"""
