"""Dumps over HTTP: only the files of the manifest, with ranges, validators and digests."""

from __future__ import annotations

import base64
import re
from datetime import datetime

from flask import Blueprint, Response, redirect, request, send_file
from werkzeug.exceptions import NotFound
from werkzeug.http import is_resource_modified
from werkzeug.wrappers import Response as AnyResponse

from ld.formats.jsonld import JSON
from ld.formats.media import HTML, PACKED, TEXT
from ld.site.generation import Generation
from ld.web.negotiation import wanted
from ld.web.problems import not_acceptable
from ld.web.responses import NEGOTIATED, json_answer, page
from ld.web.state import generation

blueprint = Blueprint("downloads", __name__)
_SUMS = "SHA256SUMS"
_CACHE = "public, max-age=300"


@blueprint.get("/dump/")
def dumps() -> Response:
    """List the dumps."""
    live = generation()
    choice = wanted((HTML, JSON))
    if choice is None:
        return not_acceptable(f"{live.base}dump/", (HTML, JSON))
    if choice.format is HTML:
        response = page("dumps.html", dumps=live.manifest.dumps, base=live.base, manifest=live.manifest)
    else:
        value = {"generation": live.id, "created": live.manifest.created, "dumps": live.manifest.dumps}
        response = json_answer(value, cache=NEGOTIATED)
    response.vary.add("Accept")
    return response


@blueprint.get("/dump/latest/<name>")
def latest(name: str) -> AnyResponse:
    """Redirect to the newest dump of that name."""
    live = generation()
    _known(live, name)
    return redirect(f"{live.base}dump/{name}", code=302)


@blueprint.get("/dump/<name>")
def dump(name: str) -> Response:
    """Send a dump: whole, or the range that was asked for (RFC 9110 §14), with its digest (RFC 9530)."""
    live = generation()
    digest = _known(live, name)
    modified = datetime.fromisoformat(live.manifest.created)
    _one_range((live.dumps / name).stat().st_size, digest, modified)
    response = send_file(
        live.dumps / name,
        mimetype=_media_type(live, name),
        as_attachment=True,
        etag=digest,
        last_modified=modified,
        conditional=True,
    )
    response.headers["Cache-Control"] = _CACHE
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"
    return response


def _one_range(size: int, etag: str, modified: datetime) -> None:
    """Leave of a Range what werkzeug reads as RFC 9110 does: one, of what the client does not have yet.

    One in another unit must be ignored, one that is invalid may be (§14.2); several ranges, and one of another file by
    a weak validator, may be answered with all of it (§14.2, §13.1.5); a 304 goes before a part (§13.2.2); of a file
    that is shorter than the last bytes asked for, all of it (§14.1.2).
    """
    environ = request.environ
    first, last = _asked(environ.get("HTTP_RANGE", "")) or ("", "")
    has_it = not is_resource_modified(environ, etag, last_modified=modified, ignore_if_range=True)
    if has_it or not (first or last) or environ.get("HTTP_IF_RANGE", "").startswith("W/"):
        environ.pop("HTTP_RANGE", None)
    elif not first and int(last) > size:
        environ["HTTP_RANGE"] = "bytes=0-"


def _asked(header: str) -> tuple[str, str] | None:
    """Return the two ends of the one range of bytes that a header asks for, as they are written; None of any other.

    >>> _asked("bytes=-5"), _asked("bytes=5-1"), _asked("lines=0-1")
    (('', '5'), None, None)
    """
    found = re.fullmatch(r"bytes=(\d{0,20})-(\d{0,20})", header.strip(), re.IGNORECASE | re.ASCII)
    if not found or (found[1] and found[2] and int(found[1]) > int(found[2])):
        return None
    return found[1], found[2]


def _known(live: Generation, name: str) -> str:
    """Return the checksum of a file that may be downloaded; no other file of the folder is ever served."""
    files = {one.file for one in live.manifest.dumps} | {_SUMS}
    if name not in files:
        raise NotFound(f"No dump is called {name}: /dump/ lists them.")
    return live.manifest.files[f"dumps/{name}"]


def _media_type(live: Generation, name: str) -> str:
    """Return the media type of the file as it lies there: a packed one is of its packing."""
    for one in live.manifest.dumps:
        if one.file == name:
            return PACKED.get(one.compression, one.media_type)
    return TEXT.media_type
