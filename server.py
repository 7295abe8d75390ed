"""The site as a WSGI application for any server: `gunicorn server:app`, `granian --interface wsgi server:app`.

SHELFGRAPH_SITE names the site folder (default: ./site); other settings come from its site.toml or the environment.
"""

from ld.web.wsgi import app

__all__ = ["app"]
