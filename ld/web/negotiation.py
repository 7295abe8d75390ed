"""Which form a client gets (RFC 9110 §12): its Accept header, or `?format=`, against a table of formats."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from werkzeug.http import parse_accept_header, parse_options_header

from ld.formats import Format
from ld.jsonld import PROFILES


class Choice(Struct, frozen=True):
    """The chosen format, and the form of JSON-LD that was asked for (empty: as we write it)."""

    format: Format
    profile: str = ""


def choose(accept: str | None, wanted: str | None, offered: Sequence[Format]) -> Choice | None:
    """Return the best of the offered formats, None where none is acceptable. The first offered is the default.

    `wanted` is the value of `?format=`: a key or media type; unknown values are ignored, because clients send such.
    Parameters of a media range other than q never stand in the way of a match.
    """
    if wanted:
        known = next((one for one in offered if wanted.lower() in (one.key, one.media_type, *one.aliases)), None)
        if known:
            return Choice(known)
    if not accept or not accept.strip():
        return Choice(offered[0])
    ranges = _ranges(accept)
    best = max(offered, key=lambda one: (_rank(one, ranges), -offered.index(one)))
    if _rank(best, ranges)[0] <= 0:
        return None
    return Choice(best, _profile(best, ranges))


class Range(Struct, frozen=True):
    """One media range of an Accept header."""

    media_type: str
    quality: float
    profile: str = ""


def _ranges(accept: str) -> list[Range]:
    found = []
    for value, quality in parse_accept_header(accept):
        media_type, options = parse_options_header(value)
        profiles = [PROFILES[word] for word in options.get("profile", "").split() if word in PROFILES]
        found.append(Range(media_type.lower(), quality, next(iter(profiles), "")))
    return found


def _rank(form: Format, ranges: Sequence[Range]) -> tuple[float, int]:
    """Return the quality the client gives a format, and how exactly it was named: the most specific range decides."""
    best = (-1, 0.0)
    for one in ranges:
        best = max(best, (_specificity(form, one.media_type), one.quality)) if _matches(form, one) else best
    return best[1], best[0]


def _matches(form: Format, one: Range) -> bool:
    return _specificity(form, one.media_type) >= 0


def _specificity(form: Format, media_range: str) -> int:
    if media_range == form.media_type:
        return 3
    if media_range in form.aliases:
        return 2
    if media_range == f"{form.media_type.partition('/')[0]}/*":
        return 1
    return 0 if media_range == "*/*" else -1


def _profile(form: Format, ranges: Sequence[Range]) -> str:
    asked = [one for one in ranges if one.media_type == form.media_type and one.profile]
    return max(asked, key=lambda one: one.quality).profile if asked else ""
