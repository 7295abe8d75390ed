"""`server.py` gives the application of a site to any WSGI server."""

from __future__ import annotations

import os
import subprocess
import sys

from conftest import BASE, ROOT, SEED

from ld.settings import Settings

ASK = """
import server
client = server.app.test_client()
answer = client.get("/record/%s", headers={"Accept": "text/turtle"})
print(answer.status_code, answer.headers["Content-Type"], answer.headers["Content-Location"])
"""


def test_the_wsgi_entry_serves_the_site_that_the_environment_names(settings: Settings) -> None:
    environment = {**os.environ, "SHELFGRAPH_SITE": str(settings.site), "SHELFGRAPH_BASE": BASE}

    command = [sys.executable, "-c", ASK % SEED]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert done.stdout.split("\n")[0] == f"200 text/turtle; charset=utf-8 {BASE}record/{SEED}.ttl", done.stderr
