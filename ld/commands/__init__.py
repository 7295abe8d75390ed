"""One file a verb of the command line, and what several of them share; a verb is imported when it is called.

options      the site folder and its settings, JSON for machines
talk         what is said on standard error
kinds        the kind of a source, where its content does not tell it
live         what is live
address      where a server is to listen
publish      records go in, a generation is live
serve        the live generation over HTTP
endpoint     SPARQL over any RDF, and nothing else
convert      records to RDF, without a site
query        one SPARQL query, its answer on standard output
validate     what is published, held against the shapes
stats        what is published, counted
settings     every setting, its value, and where the value came from
generations  what was published before, and the ways back to it
deployment   what stands around a server: files filled in from the settings of a site
config       these files printed
"""
