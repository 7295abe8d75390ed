"""Addresses become files for the readers, so that no server waits while something is read.

fetch        one address, fetched whole into a file
"""
