"""`python -m ld` is the command `shelfgraph`."""

from ld.cli import main

main(prog_name="shelfgraph")
