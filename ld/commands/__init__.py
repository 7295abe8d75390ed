"""One file a verb of the command line, and what several of them share; a verb is imported when it is called.

options      the site folder and its settings, JSON for machines
talk         messages on standard error
kinds        the kind of a source, where its content does not show it
live         the live generation, opened
address      where a server is to listen
publish      records go in, a generation is live
serve        the live generation over HTTP
endpoint     SPARQL over any RDF, and nothing else
convert      records into RDF, without a site
query        one SPARQL query, its answer on standard output
validate     the published records, checked against the shapes
stats        the published records, counted
settings     every setting, its value, and where the value came from
generations  what was published earlier, and the ways back to it
deployment   what stands around a server: files filled in from the settings of a site
config       those files, printed
"""
