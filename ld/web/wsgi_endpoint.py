"""The application that `shelfgraph endpoint` hands to the WSGI server; the folder comes by the environment."""

from __future__ import annotations

import os
from pathlib import Path

from ld.settings import Settings
from ld.sparql.loaded import loaded
from ld.web import create_endpoint

_folder = Path(os.environ["SHELFGRAPH_SITE"])
_settings = Settings(_folder)
_settings.assume("title", "SPARQL endpoint", "endpoint")
app = create_endpoint(_settings, loaded(_folder))
_shared = app.extensions["shelfgraph"]
_shared.pools.prepare(_shared.live.current())
