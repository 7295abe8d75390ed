"""The application that `shelfgraph serve` hands to the WSGI server; the site comes by the environment."""

from __future__ import annotations

import os
from pathlib import Path

from ld.settings import Settings
from ld.web import create_app

app = create_app(Settings(Path(os.environ.get("SHELFGRAPH_SITE", "site"))))
