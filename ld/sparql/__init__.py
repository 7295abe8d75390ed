"""Queries of strangers, answered by processes that can be killed, under limits of time, rows, bytes and memory.

guard        a query is looked at before it runs
grammar      where in a query a mistake stands
wire         what the server and its workers say to each other
results      answers written within limits
child        a child process: ends with its parent, within its memory, locked in
worker       the child that runs one query after the other
process      the parent's side of a child process
quota        how many queries a client runs
pool         several workers, a queue before them
loaded       RDF files, or a finished store, loaded to be asked
"""
