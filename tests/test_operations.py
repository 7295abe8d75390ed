"""What an operator sees and sets: access log, metrics, limits for clients, proxies in front, health."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from conftest import BASE, EXAMPLES, SEED
from flask import Flask
from flask.testing import FlaskClient
from waiting import PATIENCE, seconds_of

from ld.errors import SettingError
from ld.publish.run import publish
from ld.settings import Settings
from ld.sparql.pool import QueryPool
from ld.web import create_app
from ld.web.edge.limits import Places, Rate

RECORD = f"/record/{SEED}"
PROBLEM = "application/problem+json"
Make = Callable[..., FlaskClient]


class _Client(FlaskClient):
    """A client that takes in the whole answer, after which a visit is over."""

    def open(self, *arguments: Any, buffered: bool = True, **more: Any) -> Any:
        return super().open(*arguments, buffered=buffered, **more)


def taking_in(app: Flask) -> FlaskClient:
    """A client of the application that takes in whole answers."""
    return _Client(app, app.response_class, use_cookies=False)


@pytest.fixture
def make(settings: Settings) -> Iterator[Make]:
    """Makes a client of the site with other settings."""
    made: list[Flask] = []

    def client(**flags: Any) -> FlaskClient:
        made.append(create_app(Settings(settings.site, {"base": BASE, "query_seconds": PATIENCE} | flags, {})))
        return taking_in(made[-1])

    yield client
    for app in made:
        app.extensions["shelfgraph"].close()


def asked_by(client: FlaskClient, address: str, path: str = RECORD, **headers: str) -> Any:
    """The answer that a client at the address gets."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(path, headers=sent, environ_base={"REMOTE_ADDR": address})


# -- the access log ----------------------------------------------------------------------------------------------------


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where the access log is written."""
    return tmp_path / "access.log"


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text(encoding="ascii").splitlines()]


def test_a_request_is_a_line_of_json(make: Make, log: Path) -> None:
    client = make(access_log=str(log))

    answers = []
    took = seconds_of(
        lambda: answers.append(asked_by(client, "192.0.2.77", f"{RECORD}.ttl", User_Agent="harvester/1.0"))
    )

    (line,), (answer,) = lines(log), answers
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert 0 < line.pop("ms") <= took * 1000
    assert line == {
        "method": "GET",
        "path": f"{RECORD}.ttl",
        "status": 200,
        "bytes": len(answer.data),
        "type": "text/turtle; charset=utf-8",
        "client": "192.0.2.0",
        "agent": "harvester/1.0",
        "generation": answer.headers["Dataset-Version"],
    }


def test_no_request_breaks_its_line(make: Make, log: Path) -> None:
    client = make(access_log=str(log))
    paths = ['/record/a\nb"}', "/record/\xc3\xbc\xe2\x80\xa8\xc2\x85", "/record/\xff\x00", "/record/" + "x" * 5000]

    for path in paths:
        sent = {"PATH_INFO": path, "HTTP_USER_AGENT": '\x85\xa0"}' + "y" * 5000, "REMOTE_ADDR": "not an address"}
        client.get("/", environ_overrides=sent)

    found = lines(log)
    assert [one["path"] for one in found] == [quote(path, safe="/", encoding="latin-1")[:500] for path in paths]
    assert all(one["status"] in (400, 404) and len(one["agent"]) == 200 and "client" not in one for one in found)


def test_of_a_query_a_hash_and_its_times_are_logged(make: Make, log: Path) -> None:
    client = make(access_log=str(log))

    client.get("/sparql", query_string={"query": "ASK { ?secret ?p ?o }"})
    client.post("/sparql", data={"query": "ASK { ?secret ?p ?o }"})
    client.get("/sparql", query_string={"query": "ASK { ?secret"})
    client.get("/search?q=secret")

    first, again, wrong, _ = lines(log)
    assert first["query"] == again["query"] != wrong["query"]
    assert first["engine_ms"] > 0 <= first["queue_ms"]
    assert wrong["failure"] == "QuerySyntaxError"
    assert "secret" not in log.read_text()


def test_texts_are_logged_where_a_setting_says_so(make: Make, log: Path) -> None:
    client = make(access_log=str(log), log_queries=True)

    client.post("/sparql", data={"query": "ASK { ?secret ?p ?o }"})
    client.get("/search?q=secret")

    assert [one.get("text") or one["arguments"] for one in lines(log)] == ["ASK { ?secret ?p ?o }", "q=secret"]


@pytest.mark.parametrize(
    ("how", "kept"),
    [("short", ["192.0.2.0", "2001:db8:1::"]), ("full", ["192.0.2.77", "2001:db8:1:2::3"]), ("none", [None, None])],
)
def test_addresses_are_logged_as_a_setting_says(make: Make, log: Path, how: str, kept: list[str | None]) -> None:
    client = make(access_log=str(log), log_addresses=how)

    for address in ("192.0.2.77", "2001:db8:1:2::3"):
        asked_by(client, address)

    assert [one.get("client") for one in lines(log)] == kept


def test_the_log_goes_on_when_it_was_moved_away(make: Make, log: Path) -> None:
    client = make(access_log=str(log))

    client.get("/healthz")
    log.rename(log.with_suffix(".1"))
    client.get("/healthz")

    assert len(lines(log)) == len(lines(log.with_suffix(".1"))) == 1


def test_what_is_sent_in_pieces_is_logged_when_it_is_over(make: Make, log: Path) -> None:
    client = make(access_log=str(log))

    whole = client.get("/dump/catalogue.nt.gz")
    client.get("/dump/catalogue.nt.gz", headers={"Range": "bytes=0-9"})

    assert [one["bytes"] for one in lines(log)] == [len(whole.data), 10]


def test_a_log_that_cannot_be_written_is_told_at_once(make: Make, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="access_log"):
        make(access_log=str(tmp_path / "none" / "access.log"))


# -- metrics -----------------------------------------------------------------------------------------------------------


def numbers(client: FlaskClient) -> dict[str, float]:
    """The numbers of /metrics by name and labels."""
    text = client.get("/metrics").text
    return {name: float(n) for name, n in re.findall(r"^(\w[^#\n]*?) (\S+)$", text, re.MULTILINE)}


def test_requests_are_counted_by_kind_class_and_form(make: Make) -> None:
    client = make()

    for path in (RECORD, f"{RECORD}.ttl", "/journal/2297-7775.ttl", "/record/none", "/search?q=x", "/none/such.php"):
        client.get(path, headers={"Accept": "text/html"})

    found = numbers(client)
    assert found['shelfgraph_requests_total{form="ttl",kind="document",status="2xx"}'] == 2
    assert found['shelfgraph_requests_total{form="html",kind="document",status="2xx"}'] == 1
    assert found['shelfgraph_requests_total{form="html",kind="document",status="4xx"}'] == 2
    assert found['shelfgraph_request_seconds_count{kind="search"}'] == 1
    assert found['shelfgraph_sent_bytes_total{kind="document"}'] > 1000


def test_queries_are_counted_by_outcome(make: Make) -> None:
    client = make(query_seconds=4.0, query_rows=3)

    for query in (
        "ASK {}", "ASK {", "SELECT * { SERVICE <http://127.0.0.1:9/> {} }", "SELECT * { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    ):  # fmt: skip
        client.post("/sparql", data={"query": query})

    found = numbers(client)
    for outcome in ("ok", "syntax", "refused", "too large", "timeout"):
        assert found[f'shelfgraph_queries_total{{outcome="{outcome}"}}'] == 1
    assert found["shelfgraph_query_workers_ended_total"] == 1
    assert found["shelfgraph_queries_running"] == found["shelfgraph_queries_waiting"] == 0
    assert found['shelfgraph_query_seconds_count{phase="engine"}'] == 1


def test_the_generation_and_its_size_are_told(make: Make) -> None:
    client = make()
    ready = json.loads(client.get("/readyz").text)

    found = numbers(client)

    assert found[f'shelfgraph_generation_info{{generation="{ready["generation"]}"}}'] == 1
    assert (found["shelfgraph_records"], found["shelfgraph_triples"]) == (ready["records"], ready["triples"])
    assert found["shelfgraph_generation_refused"] == 0


def test_no_request_makes_a_number_of_its_own(make: Make) -> None:
    client = make()

    def strange(n: int) -> set[str]:
        client.get(f"/record/{n}?format={n}", headers={"Accept": f"text/x{n}", "User-Agent": str(n)})
        client.open(f"/record/{n}", method=f"M{n}")
        return set(numbers(client))

    assert strange(1) and strange(2) == strange(3)


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "Origin"])
def test_metrics_are_not_told_through_a_proxy(make: Make, name: str) -> None:
    client = make()

    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={name: "127.0.0.1"}).status_code == 404


def test_metrics_are_told_to_this_machine_unless_opened_or_off(make: Make) -> None:
    for address, status in (("127.0.0.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("192.0.2.1", 404), ("", 404)):
        assert asked_by(make(), address, "/metrics").status_code == status
    assert asked_by(make(proxies=1), "192.0.2.1", "/metrics", X_Forwarded_For="127.0.0.1").status_code == 404
    assert asked_by(make(metrics="open"), "192.0.2.1", "/metrics").status_code == 200
    assert make(metrics="off").get("/metrics").status_code == 404


# -- requests a minute -------------------------------------------------------------------------------------------------


def test_a_bucket_fills_as_time_goes_by() -> None:
    rate = Rate(6)

    assert [rate.take("a", 0.0)[0] for _ in range(7)] == [5, 4, 3, 2, 1, 0, -1]
    assert rate.take("b", 0.0)[0] == 5
    left, seconds = rate.take("a", 4.0)
    assert (left, round(seconds)) == (-1, 6)
    assert rate.take("a", 10.0)[0] == 0
    assert rate.take("a", 1000.0)[0] == 5


def test_many_clients_take_bounded_memory() -> None:
    rate = Rate(6, most=100)

    for n in range(10_000):
        rate.take(str(n), 0.0)

    assert len(rate) == 100


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the limits stands still."""
    monkeypatch.setattr("ld.web.edge.limits.time", SimpleNamespace(monotonic=lambda: 1000.0))


@pytest.mark.usefixtures("still")
def test_a_client_over_the_rate_is_told_when_to_come_back(make: Make) -> None:
    client = make(requests_per_minute=3)

    answers = [asked_by(client, "192.0.2.1") for _ in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one.headers["RateLimit"] for one in answers[:2]] == ['"default";r=2;t=20', '"default";r=1;t=40']
    assert answers[3].headers["Content-Type"] == PROBLEM
    assert answers[3].headers["Retry-After"] == "20"
    assert answers[3].headers["RateLimit-Policy"] == '"default";q=3;w=60'
    assert asked_by(client, "192.0.2.2").status_code == 200


@pytest.mark.usefixtures("still")
def test_a_network_of_ipv6_is_one_client(make: Make) -> None:
    client = make(requests_per_minute=1)

    assert [asked_by(client, one).status_code for one in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1")] == [
        200,
        429,
        200,
    ]


@pytest.mark.parametrize(
    "path",
    ["/dump/", "/dump/catalogue.nt.gz", "/sitemap.xml", "/sitemap-1.xml", "/robots.txt", "/context/v1.jsonld",
     "/healthz", "/readyz", "/.well-known/api-catalog", "/static/style.css"],
)  # fmt: skip
def test_what_harvesters_shall_take_is_never_limited(make: Make, path: str) -> None:
    client = make(requests_per_minute=1)

    for _ in range(3):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "RateLimit" not in answer.headers


def test_without_the_setting_nobody_is_limited(client: FlaskClient) -> None:
    assert "RateLimit" not in client.get(RECORD).headers


# -- what holds a thread -----------------------------------------------------------------------------------------------


def test_places_are_given_back_once() -> None:
    places = Places(2, 1)

    first, refused, second = places.take("a"), places.take("a"), places.take("b")
    assert first and second and refused is None and places.take("c") is None
    first()
    first()

    assert places.take("c") and places.take("a") is None


def test_only_so_many_long_answers_are_on_their_way(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ld.web.edge.limits._AT_ONCE", 10)
    client = make()

    running = [client.get("/dump/catalogue.nt.gz", buffered=False) for _ in range(8)]
    refused = client.get("/dump/catalogue.nt.gz")
    for one in running:
        one.close()

    assert {one.status_code for one in running} == {200}
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    for kept in ({"Range": "bytes=0-99"}, {"If-None-Match": running[0].headers["ETag"]}, {}) * 9:
        assert client.get("/dump/catalogue.nt.gz", headers=kept).status_code in (200, 206, 304)
        assert client.head("/dump/catalogue.nt.gz", headers=kept).status_code in (200, 206, 304)


# -- behind a proxy ----------------------------------------------------------------------------------------------------


def test_a_client_is_who_the_trusted_proxies_say(make: Make, log: Path) -> None:
    for proxies, sent in (
        (0, "192.0.2.9"),
        (1, "198.51.100.1, 192.0.2.9"),
        (2, "192.0.2.9, 203.0.113.1"),
        (2, "1.2.3.4"),
    ):
        client = make(proxies=proxies, access_log=str(log), log_addresses="full")
        asked_by(client, "127.0.0.1", X_Forwarded_For=sent)

    assert [one["client"] for one in lines(log)] == ["127.0.0.1", "192.0.2.9", "192.0.2.9", "127.0.0.1"]


def test_queries_of_clients_behind_a_proxy_are_counted_apart(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    clients: list[str] = []
    answer = QueryPool.answer
    monkeypatch.setattr(QueryPool, "answer", lambda pool, asked: clients.append(asked.client) or answer(pool, asked))

    asked_by(make(proxies=1), "127.0.0.1", "/sparql?query=ASK{}", X_Forwarded_For="2001:db8::7")

    assert clients == ["2001:db8::/64"]


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site whose base URL has a path."""
    settings = Settings(tmp_path_factory.mktemp("below"), {"base": "https://host.example/catalogue/"}, {})
    publish([str(EXAMPLES)], settings)
    app = create_app(settings)
    yield app
    app.extensions["shelfgraph"].pools.close()


@pytest.mark.parametrize("prefix", ["", "/catalogue"])
def test_a_proxy_may_pass_the_path_of_the_base_or_take_it_away(below: Flask, prefix: str) -> None:
    client = taking_in(below)
    base = "https://host.example/catalogue/"

    page = client.get(f"{prefix}{RECORD}", headers={"Accept": "text/html"})
    sitemap, home = client.get(f"{prefix}/sitemap.xml"), client.get(f"{prefix}/", headers={"Accept": "text/html"})

    assert page.headers["Content-Location"] == f"{base}record/{SEED}.html"
    assert f"<{base}record/{SEED}.ttl>" in page.headers["Link"]
    assert set(re.findall(r'(?:href|src|action)="(/[^"]*)"', page.text + home.text)) > {"/catalogue/static/style.css"}
    assert not re.findall(r'(?:href|src|action)="/(?!catalogue/)', page.text + home.text)
    assert f"<loc>{base}sitemap-1.xml</loc>" in sitemap.text
    assert client.get(f"{prefix}/dump/latest/catalogue.nt.gz").headers["Location"] == f"{base}dump/catalogue.nt.gz"
    assert client.get(f"{prefix}/journal/2529-850X").status_code == 200
    assert client.get(f"{prefix}/static/style.css").status_code == 200
    assert client.get(f"{prefix}/sparql?query=ASK{{}}").json == {"head": {}, "boolean": True}
    assert client.options(f"{prefix}/sparql").headers["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert client.get(f"{prefix}/healthz").status_code == 200


def test_the_links_of_a_page_lead_somewhere_below_the_base(below: Flask) -> None:
    client = taking_in(below)
    pages = [client.get(path, headers={"Accept": "text/html"}).text for path in ("/catalogue/", RECORD, "/dump/")]

    links = sorted({one for page in pages for one in re.findall(r'href="(/[^"#]*)', page)})

    assert len(links) > 30
    for link in links:
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_a_path_that_only_begins_like_the_base_is_not_below_it(below: Flask) -> None:
    client = taking_in(below)

    assert client.get("/catalogue").status_code == 200
    assert client.get(f"/catalogues{RECORD}").status_code == 404
    assert client.get(f"/catalogue/catalogue{RECORD}").status_code == 404


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:81", "data.example.org@evil.example", "evil.example, x"]
)
def test_the_host_of_a_request_leaves_no_trace_on_any_route(app: Flask, host: str) -> None:
    client = taking_in(app)
    known = {
        "id": "b1",
        "path": "record/b1",
        "name": "catalogue.nt.gz",
        "number": "1",
        "kind": "type",
        "filename": "style.css",
    }
    paths = {re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known[found[1]], rule.rule) for rule in app.url_map.iter_rules()}
    paths |= {RECORD, "/journal/1234-5679", "/record/none", "//evil.example/x", "/sparql?query=ASK", "/search?q=book"}
    sent = {
        "Host": host,
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "host=evil.example",
        "X-Forwarded-Prefix": "/evil",
    }

    for path in sorted(paths):
        for accept in ("text/html", "text/turtle, application/json;q=0.5, */*;q=0.1"):
            answer = client.get(path, headers=sent | {"Accept": accept})
            told = f"{answer.headers}{answer.text if 'gz' not in path else ''}".replace(
                "There is nothing at /evil.example/x", ""
            )
            assert "evil" not in told, path


# -- health ------------------------------------------------------------------------------------------------------------


def test_without_workers_for_queries_the_site_is_not_ready(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    client = make()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.headers["Content-Type"]) == (503, PROBLEM)
    assert "query worker" in answer.json["detail"]
    assert client.get("/healthz").status_code == 200
    assert client.get(RECORD).status_code == 200


def test_with_a_store_that_cannot_be_opened_the_site_is_not_ready(settings: Settings, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(settings.site, site, symlinks=True)
    shutil.rmtree(site / "current" / "store")
    app = create_app(Settings(site, {"verify": False}, {}))

    answer = app.test_client().get("/readyz")
    app.extensions["shelfgraph"].pools.close()

    assert answer.status_code == 503
    assert "no triple store can be opened" in answer.json["detail"]


def test_health_does_not_ask_for_the_site(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make()
    monkeypatch.setattr(client.application.extensions["shelfgraph"].live, "current", lambda: 1 / 0)

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 500


def test_a_generation_that_is_not_served_is_told(make: Make, settings: Settings, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(settings.site, site, symlinks=True)
    app = create_app(Settings(site, {"base": BASE}, {}))
    client, live = app.test_client(), app.extensions["shelfgraph"].live
    served = client.get("/readyz").json["generation"]

    (site / "generations" / "99991231T000000Z").mkdir()
    (site / "current").unlink()
    (site / "current").symlink_to("generations/99991231T000000Z")
    live.look()
    answer = client.get("/readyz")
    found = numbers(client)
    app.extensions["shelfgraph"].pools.close()

    assert (answer.status_code, answer.json["generation"]) == (200, served)
    assert "99991231T000000Z" in answer.json["refused"]
    assert found["shelfgraph_generation_refused"] == 1
