"""MARC 21 in all its carriers: one shape of record inside, one table that says what its fields mean."""
