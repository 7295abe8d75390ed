"""Kinds of triple stores that only tests use: each is the one file that another engine takes."""
