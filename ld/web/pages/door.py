"""What stands around the SPARQL door where nothing else is served: the way to it, and health."""

from __future__ import annotations

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from ld.web.responses import json_answer
from ld.web.state import served

blueprint = Blueprint("endpoint", __name__)


@blueprint.get("/")
def home() -> AnyResponse:
    """Lead to the endpoint."""
    return redirect(f"{served().base}sparql", code=303)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Tell that the server is alive."""
    return json_answer({"status": "ok"}, cache="no-store")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Tell what is served."""
    found = served()
    return json_answer(
        {"status": "ready", "dataset": found.id, "triples": found.triples, "graphs": len(found.graphs)},
        cache="no-store",
    )
