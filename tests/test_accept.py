"""Accept and Accept-Encoding, made at random, against RFC 9110 §12.5 as it is read here, independently."""

from __future__ import annotations

import gzip
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import brotli
import pytest
import zstandard
from conftest import SEED
from flask import Flask
from hypothesis import event, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ld.formats.media import Format
from ld.formats.table import DOCUMENT, GRAPH, RECORD, RESULTS
from ld.web.negotiation import choose

HEADERS = int(os.environ.get("SHELFGRAPH_TEST_HEADERS", "150"))  # `.ci/run --all` tries more
OFFERED = {"document": DOCUMENT, "record": RECORD, "results": RESULTS, "graph": GRAPH}
steady = hypothesis_settings(max_examples=HEADERS)


# -- headers -----------------------------------------------------------------------------------------------------------

TYPES = sorted({name for forms in OFFERED.values() for one in forms for name in (one.media_type, *one.aliases)})
OWS = st.sampled_from(["", "", "", " ", "\t", "  "])
WEIGHTS = st.sampled_from(
    ["0", "0.0", "0.000", "1", "1.0", "1.000", "0.5", "0.50", "0.123", "0.001", "0.999", "0.7", "0.70", "0.3"]
)
PARAMETERS = st.sampled_from(
    ["charset=utf-8", "version=1.2", 'title="a, b; q=0"', "level=1", 'x="\\"q=0.1"', "CHARSET=UTF-8", "a=b"]
)


class Range(NamedTuple):
    """A media range or coding of a header as it was made: what it names, and its weight in thousandths."""

    name: str
    weight: int


@st.composite
def ranges(draw: Any, names: Sequence[str], parameters: bool = True) -> tuple[Range, str]:
    """A range and one of its many spellings (RFC 9110 §12.5.1, §12.4.2, §5.6.3, §8.3.1)."""
    name = draw(st.sampled_from(names))
    spelled = draw(st.sampled_from([name, name.upper(), name.title()]))
    more = draw(st.lists(PARAMETERS, max_size=2, unique_by=lambda one: one[0].lower())) if parameters else []
    weight = draw(st.none() | WEIGHTS)
    parts = [spelled, *more]
    if weight is not None:
        parts.append(f"{draw(st.sampled_from('qQ'))}={weight}")
    text = parts[0] + "".join(f"{draw(OWS)};{draw(OWS)}{part}" for part in parts[1:])
    return Range(name, 1000 if weight is None else round(float(weight) * 1000)), text


@st.composite
def headers(draw: Any, names: Sequence[str], parameters: bool = True) -> tuple[list[Range], list[str]]:
    """What a client accepts, and one or more header lines that say so; no range twice (§12.5.1 leaves that open)."""
    found = draw(st.lists(ranges(names, parameters), min_size=1, max_size=6, unique_by=lambda one: one[0].name))
    lines: list[list[str]] = [[]]
    for _, text in found:
        if lines[-1] and draw(st.booleans()) and draw(st.booleans()):
            lines.append([])
        lines[-1] += [""] * draw(st.sampled_from([0, 0, 0, 1])) + [text]  # empty elements are ignored (§5.6.1)
    spelled = [f"{draw(OWS)},{draw(OWS)}".join(line) for line in lines]
    return [one for one, _ in found], spelled


def quality(media_type: str, accepted: Sequence[Range]) -> int:
    """The weight of a media type: the most specific range that matches it decides (§12.5.1), none is zero."""
    kind = media_type.partition("/")[0]
    by_name = {one.name: one.weight for one in accepted}
    return next((by_name[name] for name in (media_type, f"{kind}/*", "*/*") if name in by_name), 0)


def named(form: Format, accepted: Sequence[Range]) -> int:
    """The weight of a form that has aliases: its own type decides before them, they before what is less specific.

    Of several aliases that are named the dearest counts.
    """
    by_name = {one.name: one.weight for one in accepted}
    if form.media_type in by_name:
        return by_name[form.media_type]
    aliases = [by_name[alias] for alias in form.aliases if alias in by_name]
    return max(aliases) if aliases else quality(form.media_type, accepted)


# -- Accept ------------------------------------------------------------------------------------------------------------

MADE = headers([*TYPES, "*/*", "text/*", "application/*", "image/png", "image/*", "application/octet-stream"])


@pytest.mark.parametrize("kind", OFFERED)
def test_the_chosen_form_is_one_the_client_likes_best(kind: str) -> None:
    offered = OFFERED[kind]

    @steady
    @given(MADE)
    def check(made: tuple[list[Range], list[str]]) -> None:
        accepted, lines = made
        weights = {one.key: named(one, accepted) for one in offered}
        best = max(weights.values())
        choice = choose(", ".join(lines), None, offered)
        event("nothing acceptable" if choice is None else choice.format.key)

        if best == 0:
            assert choice is None
        else:
            assert choice is not None
            assert weights[choice.format.key] == best

    check()


def test_over_http_it_is_the_same(app: Flask) -> None:
    """Several header lines are one (§5.2); pages, results and graphs alike."""
    client = app.test_client()
    asked = {
        "record": f"/record/{SEED}",
        "document": "/dataset",
        "results": "/sparql?query=ASK{}",
        "graph": "/sparql?query=CONSTRUCT{}WHERE{}",
    }

    @steady
    @given(MADE, st.sampled_from(sorted(asked)))
    def check(made: tuple[list[Range], list[str]], kind: str) -> None:
        accepted, lines = made
        offered = OFFERED[kind]
        response = client.get(asked[kind], headers=[("Accept", line) for line in lines])
        weights: dict[str, int] = {}
        for one in offered:
            weights[one.media_type] = max(named(one, accepted), weights.get(one.media_type, 0))
        page = quality("text/html", accepted)
        best = max(weights.values())

        assert "Accept" in response.vary
        assert response.status_code in (200, 406)
        if response.mimetype == "text/html" and response.status_code == 200:
            assert max(page, named(DOCUMENT[0], accepted)) >= best
        elif response.status_code == 200:
            assert weights[response.mimetype] == best > 0
        else:
            assert best == 0

    check()


@steady
@given(st.text(max_size=60) | st.text(alphabet='*/;=,"\\ q01.\t', max_size=60), st.sampled_from(sorted(OFFERED)))
@example("text/turtle;q=nan", "document")
@example("text/turtle;q=1e3", "document")
@example("text/turtle;q=-1", "document")
@example("text/turtle;q=99999999999999999999", "document")
@example("text/turtle;q=\u0661", "document")
@example(", ".join(["a/b"] * 5000), "document")
def test_junk_is_never_an_error(accept: str, kind: str) -> None:
    choice = choose(accept, None, OFFERED[kind])

    assert choice is None or choice.format in OFFERED[kind]


@pytest.mark.parametrize("path", [f"/record/{SEED}", "/search?q=x", "/sparql?query=ASK{}", "/dump/", "/none"])
def test_junk_over_http_is_200_404_or_406(app: Flask, path: str) -> None:
    client = app.test_client()

    @steady
    @given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=80))
    def check(accept: str) -> None:
        response = client.get(path, headers={"Accept": accept})

        assert response.status_code in ((404,) if path == "/none" else (200, 406))

    check()


# -- Accept-Encoding ---------------------------------------------------------------------------------------------------

UNPACKED = {
    "": bytes,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


def acceptable(coding: str, accepted: Sequence[Range]) -> bool:
    """Determine whether a coding may be used (§12.5.3): no coding may be unless it is refused by name or by *;q=0."""
    by_name = {one.name: one.weight for one in accepted}
    if coding == "":
        return bool(by_name.get("identity", by_name.get("*", 1)))
    return bool(by_name.get(coding, by_name.get("*", 0)))


CODINGS = headers(["gzip", "br", "zstd", "identity", "*", "deflate", "x-unknown"], parameters=False)


@pytest.mark.parametrize(
    "path", [f"/record/{SEED}.ttl", f"/record/{SEED}", "/sparql", "/search?q=exchange", "/none", "/dataset.jsonld"]
)
def test_the_encoding_is_one_the_client_takes(app: Flask, path: str) -> None:
    client = app.test_client()
    plain = client.get(path)
    large = len(plain.data) >= 500 and plain.status_code == 200  # less is sent as it is
    tags: dict[str, str] = {}

    @steady
    @given(CODINGS)
    def check(made: tuple[list[Range], list[str]]) -> None:
        accepted, lines = made
        sent = [("Accept-Encoding", line) for line in lines]
        response = client.get(path, headers=sent)
        coding = response.headers.get("Content-Encoding", "")
        event(coding or "as it is")

        assert "Accept-Encoding" in response.vary
        if coding or (large and any(acceptable(one, accepted) for one in UNPACKED)):
            assert acceptable(coding, accepted)
        assert UNPACKED[coding](response.data) == plain.data
        assert int(response.headers["Content-Length"]) == len(response.data)
        if plain.status_code == 200:
            etag = response.headers["ETag"]
            assert not etag.startswith("W/")
            assert tags.setdefault(coding, etag) == etag
            again = client.get(path, headers=[*sent, ("If-None-Match", etag)])
            assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
            assert again.vary.as_set() == response.vary.as_set()

    check()
    assert len(set(tags.values())) == len(tags)
