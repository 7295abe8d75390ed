"""The application that `shelfgraph serve` hands to the WSGI server; the site comes by the environment."""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from pathlib import Path

from ld.errors import SiteError
from ld.settings import Settings
from ld.web import create_app

app = create_app(Settings(Path(os.environ.get("SHELFGRAPH_SITE", "site"))))
with suppress(SiteError):  # each process opens the generation before it is first asked; a request would have to wait
    app.extensions["shelfgraph"].live.current()

# A request makes some thousand small objects and hardly a cycle. With Python's own thresholds a fifth of its time goes
# into looking for cycles, again and again among all that was made at the start.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
