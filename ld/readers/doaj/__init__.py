"""DOAJ: articles as its API gives them in JSON, and as OAI-PMH gives them in oai_doaj."""
