"""Queries of strangers, answered by processes that can be killed, under limits of time, rows, bytes and memory.

guard        a query checked before it runs
grammar      where in a query the mistake is
wire         what the server and its workers say to each other
results      answers written within limits
child        a child process: it ends with its parent, within its memory, locked in
worker       the child that runs queries, one at a time
process      the parent's side of a child process
quota        how many queries a client runs
pool         several workers, a queue before them
loaded       RDF files, or a finished store, loaded to be asked
"""
