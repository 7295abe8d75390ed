"""Shelfgraph: library catalogue records in, a linked-data site out."""

__version__ = "0.1.0"
