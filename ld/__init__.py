"""Catalogue records in, a linked-data site out: one street through eight rooms; nothing goes back.

    harvest      addresses become files
    readers      files become records
    mapping      a record becomes triples, and a summary of itself
    formats      one form of RDF or of a citation a file
    store        the triples in an engine
    sparql       a stranger's query in a process that can be killed
    site         one finished generation, read
    publish      one generation, built beside the live one, then switched in
    web          find, negotiate, answer

What everybody may use stands beside them; above all stand `commands`, a file a verb, and `cli`, which calls them.

The law (`tests/test_house.py` reads it here):

- edition, errors, memo, progress and record know nothing.
- summary knows record.
- values knows errors, memo, record.
- terms and bounds know errors, memo, summary, values.
- settings knows bounds, errors, values.
- readers knows errors, memo, record, values.
- mapping knows errors, memo, record, summary, terms, values.
- formats knows errors, memo, summary, terms, values.
- harvest knows errors, readers, record, values.
- store knows errors, values.
- sparql knows errors, formats, memo, progress, store, values.
- site knows edition, errors, formats, mapping, memo, progress, readers, record, settings, sparql, store, summary,
  terms, values.
- publish knows edition, errors, formats, harvest, mapping, memo, progress, readers, record, settings, site, store,
  summary, terms, values.
- web knows errors, formats, memo, settings, site, sparql, summary, values.
- commands, cli and __main__ know all.
- Only web uses flask, werkzeug, flask_compress, granian.
- Only formats, sparql, store use pyoxigraph.
- Only store uses oxrdflib.
- Only store names pyoxigraph's Store; whoever else wants triples asks an Engine.
- Only harvest, store use requests.
- Only formats, readers use lxml.

Inside a room the docstring of its `__init__` lists the files in the order in which one reads them, and a file uses only
those above it.
"""

__version__ = "0.1.0"
