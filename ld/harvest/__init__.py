"""Addresses become files, which readers read: nothing is read while a server waits.

fetch        one address, fetched whole into a file
"""
