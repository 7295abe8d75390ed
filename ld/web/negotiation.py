"""Which form a client gets (RFC 9110 §12): its Accept header, or `?format=`, against a table of formats."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import request
from msgspec import Struct
from werkzeug.http import parse_accept_header, parse_options_header

from ld.formats.media import Format
from ld.memo import cached

_BARE_QUALITY = re.compile(r"\bq=\.")  # "q=.2" is no qvalue (RFC 9110 §12.4.2), but Java sends it

_LONG = 500  # letters of a header that is looked at anew each time


class Choice(Struct, frozen=True):
    """The chosen format and the profile that was asked for (empty: as we write it)."""

    format: Format
    profile: str = ""

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header; it names the profile that was asked for (JSON-LD 1.1, annex C)."""
        if self.profile:
            iri = next(iri for iri, name in self.format.profiles.items() if name == self.profile)
            return f'{self.format.media_type}; profile="{iri}"'
        return self.format.content_type


class Range(Struct, frozen=True):
    """One media range of an Accept header, with the IRIs of the profiles it names (RFC 6906)."""

    media_type: str
    quality: float
    profiles: tuple[str, ...] = ()


def choose(accept: str | None, wanted: str | None, offered: Sequence[Format]) -> Choice | None:
    """Return the best of the offered formats, None where none is acceptable. The first offered is the default.

    `wanted` is the value of `?format=`: a key or media type; unknown values are ignored, because clients send such.
    Parameters of a media range other than q never stand in the way of a match.

    >>> from ld.formats.table import DOCUMENT
    >>> choose("text/turtle;charset=utf-8, */*;q=0.1", None, DOCUMENT).format.key
    'ttl'
    """
    choice = _chosen if len(accept or "") + len(wanted or "") > _LONG else _known
    return choice(accept, wanted, tuple(offered))


def _chosen(accept: str | None, wanted: str | None, offered: tuple[Format, ...]) -> Choice | None:
    named = _named(wanted, offered)
    if named:
        return Choice(named)
    if not accept or not accept.strip():
        return Choice(offered[0])
    ranges = _ranges(accept)
    best = max(offered, key=lambda form: (_rank(form, ranges), -offered.index(form)))
    if _rank(best, ranges)[0] <= 0:
        return None
    return Choice(best, _profile(best, ranges))


# Clients are many, but most send the same few headers.
_known = cached(1000)(_chosen)


def _named(wanted: str | None, offered: Sequence[Format]) -> Format | None:
    """Return the format of that key ("ttl"), subtype ("turtle", "xml") or media type; lists give their first known."""
    for word in (wanted or "").lower().split(","):
        spellings = {word.strip(), f"application/{word.strip()}", f"text/{word.strip()}"}
        for form in offered:
            if spellings & form.names:
                return form
    return None


def _ranges(accept: str) -> list[Range]:
    ranges = []
    for value, quality in parse_accept_header(_BARE_QUALITY.sub("q=0.", accept)):
        media_type, options = parse_options_header(value)
        ranges.append(Range(media_type.lower(), quality, tuple(options.get("profile", "").split())))
    return ranges


def _rank(form: Format, ranges: Sequence[Range]) -> tuple[float, int]:
    """Return the quality the client gives a format, and how exactly it was named: the most specific range decides."""
    exact, quality = max(((_specificity(form, one.media_type), one.quality) for one in ranges), default=(-1, 0.0))
    return (quality, exact) if exact >= 0 else (0.0, -1)


def _specificity(form: Format, media_range: str) -> int:
    if media_range == form.media_type:
        return 3
    if media_range in form.aliases:
        return 2
    if media_range == f"{form.media_type.partition('/')[0]}/*":
        return 1
    return 0 if media_range in ("*/*", "*") else -1


def _profile(form: Format, ranges: Sequence[Range]) -> str:
    """Return the profile that the client likes best of those the format has, empty where it names none."""
    exact = [one for one in ranges if one.media_type == form.media_type]
    named = max(exact, key=lambda one: one.quality).profiles if exact else ()
    return next((form.profiles[iri] for iri in named if iri in form.profiles), "")


def wanted(offered: Sequence[Format]) -> Choice | None:
    """Return the form the client wants of those offered, None where it wants none of them."""
    return choose(request.headers.get("Accept"), request.args.get("format") if request.query_string else None, offered)
