"""`shelfgraph config`: what it prints is taken by systemd and by nginx as it is, and every record comes through."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import requests
from click.testing import CliRunner, Result
from conftest import EXAMPLES, ROOT, SEED, SHARED, free_port
from serving import Server, serving
from waiting import PATIENCE, answers, wait

from ld.cli import main
from ld.settings import Settings
from ld.web.server import stop_seconds

RECORD = f"/record/{SEED}"
LONG = "SELECT ?a { ?a ?b ?c . ?d ?e ?f } LIMIT 50000"
HEAD = 3_500
needs_nginx = pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")

# Ids that are as long as an id may well be, in scripts whose letters take one, two, three bytes and more in an address.
IDS = [
    "x" * 200, "a b/" * 50, "ж" * 200, "數" * 200, "𐍈" * 120, "кат-1", "数学/1", "a?b#c%20d", "é" * 200, "0" * 400
]  # fmt: skip
FORMS = ("", ".html", ".ttl", ".jsonld", ".json", ".rdf", ".nt", ".bib", ".csl.json")


def run(*arguments: str, **environment: str) -> Result:
    """Run the command, with these settings in the environment."""
    return CliRunner(env=environment).invoke(main, arguments)


# -- nginx -------------------------------------------------------------------------------------------------------------


@contextmanager
def nginx(folder: Path, printed: str) -> Iterator[None]:
    """Run nginx with the printed file, included within http { } as its own nginx.conf includes what is in conf.d."""
    (folder / "site.conf").write_text(printed)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log error.log; events {{}}\n"
        f"http {{ access_log off; {temporary} include {folder}/site.conf; }}\n"
    )
    command = ["nginx", "-p", str(folder), "-c", "nginx.conf"]
    tested = subprocess.run([*command, "-t"], check=False, capture_output=True, text=True)
    assert tested.returncode == 0 and "[warn]" not in tested.stderr, tested.stderr
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


def printed_for(server: Server, folder: Path, *more: str) -> str:
    """What `shelfgraph config nginx` prints for the site of a running server, its cache below the folder."""
    (server.site / "site.toml").write_text(f'proxies = 1\nbind = "127.0.0.1:{server.port}"\n')
    done = run("config", "nginx", "--site", str(server.site), "--cache", str(folder), *more)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


def sources() -> list[Path]:
    """The examples, and of the founders' data the records of two catalogues."""
    names = ("doaj2017.solr.json", "marc_kim2017.mrc.jsonl")
    return [EXAMPLES, *(SHARED / "data" / "vufind-solr" / name for name in names if SHARED.is_dir())]


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Server]]:
    """The base URL of a site behind nginx, set up as the printed file says, and the server behind it."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    base = f"http://127.0.0.1:{port}/catalogue"
    urls = [f"https://example.org/{'u' * 900}{n}" for n in range(4)]
    more = {"format": ["Article"], "issn": ["2049-3630"], "doi_str_mv": ["10.5555/" + "d" * 180], "url": urls}
    records = [{"id": one, "title": f"Title {n}", "title_short": "", **more} for n, one in enumerate(IDS)]
    given = {"proxies": 1, "query_per_client": 10, "log_addresses": "full", "access_log": folder / "access.log"}
    with (
        serving(folder / "site", sources(), records, base=f"{base}/", **given) as server,
        nginx(folder, printed_for(server, folder)),
    ):
        wait(lambda: answers(f"{base}/healthz"))
        yield base, server


@needs_nginx
def test_records_queries_and_ranges_of_dumps_come_through_nginx(proxied: tuple[str, Server]) -> None:
    base, _ = proxied
    page = requests.get(f"{base}{RECORD}", headers={"Accept": "text/html"}, timeout=PATIENCE)
    form = requests.get(f"{base}{RECORD}.ttl", timeout=PATIENCE)
    held = requests.get(f"{base}{RECORD}.ttl", headers={"If-None-Match": form.headers["ETag"]}, timeout=PATIENCE)
    asked = requests.post(f"{base}/sparql", data={"query": "ASK { ?s ?p ?o }", "format": "json"}, timeout=PATIENCE)
    long = requests.get(f"{base}/sparql", params={"query": LONG, "format": "csv"}, timeout=PATIENCE)
    dump = requests.get(f"{base}/dump/catalogue.nt.gz", timeout=PATIENCE)
    part = requests.get(f"{base}/dump/catalogue.nt.gz", headers={"Range": "bytes=10-19"}, timeout=PATIENCE)

    assert page.headers["Content-Location"] == f"{base}/record/{SEED}.html"
    assert requests.get(f"{base}/static/style.css", timeout=PATIENCE).ok
    assert requests.get(base, timeout=PATIENCE).url == f"{base}/"
    assert (form.status_code, held.status_code) == (200, 304)
    assert asked.json()["boolean"] is True
    assert long.text.count("\n") == 50_001
    assert (part.status_code, part.content) == (206, dump.content[10:20])


@needs_nginx
def test_through_nginx_neither_metrics_nor_a_false_host_or_address_pass(proxied: tuple[str, Server]) -> None:
    base, server = proxied
    sent = {"Host": "evil.example", "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Host": "evil.example"}

    page = requests.get(f"{base}{RECORD}", headers=sent, timeout=PATIENCE)

    assert "evil.example" not in f"{page.headers}{page.text}"
    assert requests.get(f"{base}/metrics", timeout=PATIENCE).status_code == 404
    assert "192.0.2.1" not in (server.site.parent / "access.log").read_text()


@needs_nginx
def test_a_body_too_large_is_refused_by_nginx(proxied: tuple[str, Server]) -> None:
    refused = requests.post(f"{proxied[0]}/sparql", data=b"x" * 3_000_000, timeout=PATIENCE)

    assert refused.status_code == 413


def head(base: str, path: str, accept: str) -> tuple[int, int]:
    """The status of an answer, and the bytes of its head: the lines of its status and headers, and the empty one."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=PATIENCE)
    connection.request("GET", urlsplit(base).path + path, headers={"Accept": accept, "Accept-Encoding": "gzip"})
    with connection.getresponse() as answer:
        lines = [
            f"HTTP/1.1 {answer.status} {answer.reason}",
            *(f"{name}: {value}" for name, value in answer.getheaders()),
        ]
        answer.read()
    connection.close()
    return answer.status, sum(len(line) + 2 for line in lines) + 2


def paths(base: str) -> list[str]:
    """The paths of all records, below the base: those of the sitemap."""
    listed = requests.get(f"{base}/sitemap-1.xml", timeout=PATIENCE).text
    return [one.replace("&amp;", "&").removeprefix(base) for one in re.findall(r"<loc>(.*?)</loc>", listed)]


@needs_nginx
@pytest.mark.parametrize("form", FORMS)
def test_the_head_of_every_record_comes_through_nginx(proxied: tuple[str, Server], form: str) -> None:
    """Long ids make long links, and a head that nginx has no room for becomes 502. None is over 3.5 KB anyway."""
    base, server = proxied
    accept = "application/ld+json, text/html;q=0.5" if form else "text/html"
    known = paths(base)
    found = {path: head(base, f"{path}{form}", accept) for path in known}
    behind = {path: head(server.url, f"{path}{form}", accept) for path in known}

    assert len(known) >= len(IDS) + 10 and f"/record/{quote('數' * 200)}" in known
    assert {path: status for path, (status, _) in found.items() if status != 200} == {}
    assert {path: size for path, (_, size) in behind.items() if size > HEAD} == {}


@needs_nginx
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_an_https_base_is_served_with_its_certificate(tmp_path: Path) -> None:
    port = free_port()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", str(tmp_path / "a key.pem"), "-out", str(tmp_path / "cert.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    files = ("--certificate", str(tmp_path / "cert.pem"), "--key", str(tmp_path / "a key.pem"), "--name", "other")
    base, trusted = f"https://localhost:{port}", str(tmp_path / "cert.pem")
    with (
        serving(tmp_path / "site", [EXAMPLES], base=f"{base}/") as server,
        nginx(tmp_path, printed_for(server, tmp_path, *files)),
    ):
        wait(lambda: answers(f"{base}/healthz", trusted))
        found = requests.get(f"{base}{RECORD}.html", timeout=PATIENCE, verify=trusted)

    assert found.status_code == 200 and f"{base}{RECORD}" in found.text


@pytest.mark.parametrize(
    ("base", "lines"),
    [
        (
            "https://data.library.example/catalogue/",
            ["listen 80;", "return 301 https://$host$request_uri;", "listen 443 ssl;", "listen [::]:443 ssl;",
             "server_name data.library.example;", "location /catalogue/ {", "location /catalogue/dump/ {",
             "ssl_certificate /etc/letsencrypt/live/data.library.example/fullchain.pem;",
             "proxy_buffer_size 16k;", "proxy_read_timeout 80s;", "proxy_pass http://127.0.0.1:8000;"],
        ),
        ("http://bücher.example/", ["listen 80;", "server_name xn--bcher-kva.example;", "location / {"]),
        ("http://10.0.0.1:8080/a%20b/%E6%95%B0/", ["listen 8080;", 'location "/a b/数/" {', "server_name 10.0.0.1;"]),
    ],
)  # fmt: skip
def test_nginx_is_told_what_the_base_says(tmp_path: Path, base: str, lines: list[str]) -> None:
    printed = run("config", "nginx", "--site", str(tmp_path), SHELFGRAPH_BASE=base, SHELFGRAPH_PROXIES="1").stdout

    found = [line.strip() for line in printed.splitlines()]
    assert [line for line in lines if line not in found] == []
    assert ("ssl_certificate_key" in printed) == base.startswith("https")


def test_nginx_asks_where_the_server_listens(tmp_path: Path) -> None:
    for bind, upstream in (("0.0.0.0:9", "127.0.0.1:9"), ("[::]:9", "[::1]:9"), ("localhost:9", "localhost:9")):
        printed = run(
            "config", "nginx", "--site", str(tmp_path), SHELFGRAPH_BASE="http://x.example", SHELFGRAPH_BIND=bind
        )
        assert printed.stdout.count(f"proxy_pass http://{upstream};") == 2


def test_nginx_waits_longer_than_queries_do(tmp_path: Path) -> None:
    given = {"SHELFGRAPH_BASE": "http://x.example", "SHELFGRAPH_QUERY_SECONDS": "300"}
    printed = run("config", "nginx", "--site", str(tmp_path), **given).stdout

    assert int(re.findall(r"proxy_read_timeout (\d+)s;", printed)[0]) > 600


def test_nginx_takes_the_base_of_what_is_live(settings: Settings) -> None:
    """A base that was given to `publish` alone is the site's all the same."""
    assert "server_name data.example.org;" in run("config", "nginx", "--site", str(settings.site)).stdout


def test_that_nobody_is_believed_is_said(tmp_path: Path) -> None:
    done = run("config", "nginx", "--site", str(tmp_path), SHELFGRAPH_BASE="http://x.example/")

    assert "proxies = 1" in done.stderr and "proxies = 1" in done.stdout


def test_nginx_cannot_listen_where_the_server_does(tmp_path: Path) -> None:
    done = run("config", "nginx", "--site", str(tmp_path))

    assert done.exit_code == 2
    assert "cannot both listen on port 8000" in done.stderr and "site.toml" in done.stderr


# -- systemd -----------------------------------------------------------------------------------------------------------

NAMES = ("shelfgraph.service", "shelfgraph-publish.service", "shelfgraph-publish.timer")


def verified(folder: Path, names: tuple[str, ...]) -> list[str]:
    """What systemd says of the units in the folder."""
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(folder / name) for name in names)],
        capture_output=True, text=True, check=False, env=os.environ | {"SYSTEMD_UNIT_PATH": f"{folder}:"},
    )  # fmt: skip
    return [line for line in done.stderr.splitlines() if any(name.partition(".")[0] in line for name in names)]


@needs_systemd
@pytest.mark.parametrize("odd", ["site", 'a "b" 100% $HOME \\n é', "semi;colon #1 'q'"])
def test_the_units_are_sound_whatever_the_site_is_called(tmp_path: Path, odd: str) -> None:
    site, log = tmp_path / odd, tmp_path / odd / "log" / "access.log"
    site.mkdir()
    into = tmp_path / "units"
    into.mkdir()
    given = {"SHELFGRAPH_TITLE": 'The "100 %" library\nof $HOME', "SHELFGRAPH_ACCESS_LOG": str(log)}

    done = run("config", "systemd", str(site / "changes"), "--site", str(site), "--into", str(into), **given)

    assert done.exit_code == 0, done.stderr
    assert sorted(path.name for path in into.iterdir()) == sorted(NAMES)
    assert all(str(into / name) in done.stderr for name in NAMES)
    assert verified(into, NAMES) == []


@needs_systemd
def test_a_broken_unit_would_be_noticed(tmp_path: Path) -> None:
    run("config", "systemd", "--site", str(tmp_path), "--into", str(tmp_path))
    unit = tmp_path / NAMES[0]
    unit.write_text(unit.read_text().replace("Restart=always", "Restart=perhaps"))

    assert verified(tmp_path, NAMES)


def test_the_units_run_this_program_on_this_site(tmp_path: Path) -> None:
    done = run(
        "config",
        "systemd",
        "https://solr.example/select?q=*",
        "--site",
        str(tmp_path),
        "--user",
        "lib",
        "--at",
        "04:30",
    )

    parts = done.stdout.split("\n\n# ")
    assert [f"/etc/systemd/system/{name}" in part for name, part in zip(NAMES, parts, strict=True)] == [True] * 3
    program = Path(sys.executable).parent / "shelfgraph"
    assert f"ExecStart={program} serve --site {tmp_path}" in parts[0]
    assert f"ExecStart={program} publish 'https" not in parts[1] and "https://solr.example/select?q=*" in parts[1]
    assert f"ReadWritePaths={tmp_path}" in parts[1] and "ReadWritePaths" not in parts[0]
    assert "OnCalendar=*-*-* 04:30" in parts[2]
    assert done.stdout.count("User=lib\n") == 2


def test_the_units_hold_the_settings_that_only_the_environment_has(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text("keep = 9\n")

    printed = run("config", "systemd", "--site", str(tmp_path), SHELFGRAPH_PROXIES="2").stdout

    assert printed.count("Environment=SHELFGRAPH_PROXIES=2\n") == 2
    assert "KEEP" not in printed


@pytest.mark.parametrize("seconds", ["0.1", "30", "300"])
def test_systemd_waits_longer_than_the_server_does(tmp_path: Path, seconds: str) -> None:
    printed = run("config", "systemd", "--site", str(tmp_path), SHELFGRAPH_QUERY_SECONDS=seconds).stdout

    waits = int(re.findall(r"TimeoutStopSec=(\d+)", printed)[0])
    assert waits > stop_seconds(Settings(tmp_path, {"query_seconds": float(seconds)}, {}))


def test_what_systemd_would_hide_is_not_hidden(tmp_path: Path) -> None:
    """A site in somebody's home, or in /tmp, can be seen by its service."""
    there = {True: "no", False: "yes"}
    printed = run("config", "systemd", "--site", str(tmp_path)).stdout

    assert printed.count(f"PrivateTmp={there[str(tmp_path.resolve()).startswith(('/tmp/', '/var/tmp/'))]}\n") == 2
    assert "ProtectHome=read-only" in run("config", "systemd", "--site", "/home/lib/site").stdout


def test_a_log_in_a_relative_folder_is_no_service_s(tmp_path: Path) -> None:
    done = run("config", "systemd", "--site", str(tmp_path), SHELFGRAPH_ACCESS_LOG="access.log")

    assert done.exit_code == 2
    assert "access_log from environment: 'access.log' is relative" in done.stderr


@pytest.mark.parametrize("wrong", [("--user", "a b"), ("--name", "../x"), ("--at", "25:00"), ("--at", "3:00")])
def test_odd_words_are_wrong_usage(tmp_path: Path, wrong: tuple[str, str]) -> None:
    done = run("config", "systemd", "--site", str(tmp_path), *wrong)

    assert done.exit_code == 2 and wrong[1] in done.stderr


def test_the_templates_are_in_the_package() -> None:
    """What stands in ld/ is shipped."""
    assert {path.name for path in (ROOT / "ld" / "commands" / "templates").iterdir()} == {"nginx.conf", *NAMES}
