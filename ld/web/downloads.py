"""Dumps over HTTP: only the files of the manifest, with ranges, validators and digests."""

from __future__ import annotations

import base64
from datetime import datetime

from flask import Blueprint, Response, redirect, request, send_file
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from ld.formats import HTML, JSON
from ld.generation import Generation
from ld.web.answers import generation, json_answer, page, problem
from ld.web.negotiation import choose

blueprint = Blueprint("downloads", __name__)
_SUMS = "SHA256SUMS"


@blueprint.get("/dump/")
def dumps() -> Response:
    """List the dumps."""
    live = generation()
    choice = choose(request.headers.get("Accept"), request.args.get("format"), (HTML, JSON))
    if choice is None:
        return problem(406, "The list of dumps is offered as HTML and JSON.")
    if choice.format is HTML:
        response = page("dumps.html", dumps=live.manifest.dumps, base=live.base, manifest=live.manifest)
    else:
        response = json_answer({"generation": live.id, "created": live.manifest.created, "dumps": live.manifest.dumps})
    response.vary.add("Accept")
    return response


@blueprint.get("/dump/latest/<name>")
def latest(name: str) -> AnyResponse:
    """Lead to the dump of that name."""
    live = generation()
    if name not in _names(live):
        raise NotFound(f"No dump is called {name}: /dump/ lists them.")
    return redirect(f"{live.base}dump/{name}", code=302)


@blueprint.get("/dump/<name>")
def dump(name: str) -> Response:
    """Send a dump: whole, or the range that was asked for (RFC 9110 §14), with its digest (RFC 9530)."""
    live = generation()
    digests = _names(live)
    if name not in digests:
        raise NotFound(f"No dump is called {name}: /dump/ lists them.")
    path = live.dumps / name
    types = {one.file: one for one in live.manifest.dumps}
    packed = name in types and types[name].compression
    media_type = "text/plain" if name == _SUMS else f"application/{packed}" if packed else types[name].media_type
    created = datetime.fromisoformat(live.manifest.created)
    response = send_file(path, mimetype=media_type, etag=digests[name], last_modified=created, conditional=True)
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Accept-Ranges"] = "bytes"
    digest = base64.b64encode(bytes.fromhex(digests[name])).decode()
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    return response


def _names(live: Generation) -> dict[str, str]:
    """Return the checksums of the files that may be downloaded, by name."""
    found = {one.file: one.sha256 for one in live.manifest.dumps}
    return found | {_SUMS: live.manifest.files[f"dumps/{_SUMS}"]}
