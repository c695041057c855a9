"""gunicorn, reached by strangers: it refuses to be without a proxy, keeps its threads, and logs nobody's address."""

import socket
import time
from pathlib import Path

import pytest
from flask import Flask
from gunicorn.util import parse_address

from cdv_civic.core.external_services import UnusableSetting
from cdv_civic.core.settings import ROOT
from cdv_civic.core.web.serving import refuse_open_bind
from tests.conftest import Site
from tests.gunicorn_server import Gunicorn, answer_of, free_port, gunicorn, refused_start

#: What is refused before a database is asked says the same on both.
pytestmark = pytest.mark.one_database

THREADS = 4
SLOW = 60


@pytest.mark.parametrize(
    ("arguments", "environment"), [((), {"BIND": "0.0.0.0:0"}), (("--bind", "[::]:0"), {})]
)
def test_production_does_not_listen_to_strangers_without_a_proxy(
    site: Site, app: Flask, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    """Whether BIND says so or the command line."""
    said = refused_start(site.settings, *arguments, **environment)
    assert "The site cannot start. BIND lets everybody reach gunicorn" in said
    assert "PROXIES=1" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "open_to_all", ["0.0.0.0:80", ":80", "", "[::]:80", "192.0.2.7:80", "[2001:db8::1]:80", "*:80"]
)
def test_what_strangers_reach_is_told_from_what_they_do_not(open_to_all: str) -> None:
    here = ["127.0.0.1:80", "127.8.9.1:80", "[::1]:80", "localhost", "unix:/run/site", "fd://3"]
    refuse_open_bind([parse_address(each) for each in here], {})
    both = [parse_address(each) for each in ("127.0.0.1:80", open_to_all)]
    with pytest.raises(UnusableSetting, match="BIND lets everybody reach gunicorn"):
        refuse_open_bind(both, {})
    refuse_open_bind(both, {"PROXIES": "1"})
    refuse_open_bind(both, {"CDV_ENV": "development"})


@pytest.mark.parametrize(
    ("address", "environment"),
    [
        ("0.0.0.0:{port}", {"PROXIES": "1"}),
        ("0.0.0.0:{port}", {"CDV_ENV": "development"}),
        ("localhost:{port}", {}),
    ],
)
def test_it_listens_behind_a_proxy_and_on_its_own_machine(
    site: Site, app: Flask, tmp_path: Path, address: str, environment: dict[str, str]
) -> None:
    port = str(free_port())
    bind = ("--bind", address.format(port=port), "--bind", f"unix:{tmp_path / 'socket'}")
    with gunicorn(site.settings, tmp_path, *bind, port=port, **environment) as server:
        assert b" 200 " in server.get("/fr/mentions-legales")


def test_no_header_says_in_which_folder_the_site_lies(site: Site, app: Flask, tmp_path: Path) -> None:
    """gunicorn believes its proxy, and some proxies hand on what visitors write."""
    head = "HTTP/1.1\nHost: localhost\nConnection: close\nSCRIPT_NAME: //elsewhere.example\n\n"
    with gunicorn(site.settings, tmp_path) as server:
        assert b"//elsewhere.example/" not in server.ask(f"GET //elsewhere.example/fr/mots {head}")
        assert b" 200 " in server.ask(f"GET /fr/mots {head}"), "it is no header that we know"


def slow_requests(server: Gunicorn, count: int, head: bytes) -> list[socket.socket]:
    opened = []
    for _ in range(count):
        connection = server.connect()
        connection.sendall(head)
        opened.append(connection)
    return opened


SLOW_BODY = b"POST /fr/connexion/equipe HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail="
SLOW_HEAD = b"GET /fr/ HTTP/1.1\r\nHost: localhost\r\nX-A: "


@pytest.mark.long
@pytest.mark.parametrize("head", [SLOW_BODY, SLOW_HEAD], ids=["bodies", "heads"])
def test_sixty_slow_requests_do_not_stop_the_site(
    site: Site, app: Flask, tmp_path: Path, head: bytes
) -> None:
    """Each sends a byte now and then, for as long as it is let; others get their page all the same."""
    with gunicorn(site.settings, tmp_path, THREADS=str(THREADS)) as server:
        opened = slow_requests(server, SLOW, head)
        css = next((ROOT / "static" / "dist").glob("app-*.css")).name
        until = time.monotonic() + 60
        found: list[bytes] = []
        for path in (f"/static/{css}", "/fr/mentions-legales"):
            while time.monotonic() < until:
                for connection in opened:
                    try:
                        connection.sendall(b"a")
                    except OSError:
                        continue
                answer = server.get(path, wait=5)
                if b" 200 " in answer[:20]:
                    found.append(answer)
                    break
        for connection in opened:
            connection.close()
        assert len(found) == 2, server.log
        assert "WORKER TIMEOUT" not in server.log


def test_an_answer_that_took_its_time_while_others_waited_says_that_the_connection_ends(
    site: Site, tmp_path: Path
) -> None:
    """Its connection is not read any more: a proxy that kept it would lose the next form in it."""
    (tmp_path / "unhurried.py").write_text(
        "import time\n"
        "def app(environ, start_response):\n"
        "    time.sleep(float(environ['QUERY_STRING'] or 0))\n"
        "    start_response('200 OK', [('Content-Length', '2')])\n"
        "    return [b'ok']\n"
        "app.extensions = {}\n"
    )
    unhurried = ("--pythonpath", str(tmp_path))
    with (
        gunicorn(site.settings, tmp_path, *unhurried, application="unhurried:app", THREADS="1") as server,
        server.connect() as first,
        server.connect() as second,
    ):
        first.sendall(b"GET /?3 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(0.2)  # so that the thread is with the first
        second.sendall(b"GET /?0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        slow, quick = answer_of(first).lower(), answer_of(second).lower()
    assert slow.endswith(b"ok")
    assert b"connection: close" in slow
    assert b"connection: keep-alive" in quick, "nobody waited any more"


def test_what_is_wrong_with_a_request_is_logged_without_who_sent_it(
    site: Site, app: Flask, tmp_path: Path
) -> None:
    with gunicorn(site.settings, tmp_path, LOG_LEVEL="debug") as server:
        begins = len(server.log)  # with the addresses that it listens to
        assert b" 400 " in server.ask("zoubida\n\n")[:20]
        assert b" 400 " in server.ask("GET /fr/connexion/lien/un-secret HTTP/1.1\nHost : localhost\n\n")[:20]
        assert b" 400 " in server.ask("GET /fr/ HTTP/1.1\nHost: localhost\nContent-Length: zoubida\n\n")[:20]
        server.ask("GET /fr/connexion/lien/un-secret HTTP/1.1\nHost: localhost\nConnection: close\n\n")
        server.ask(
            "POST /fr/connexion/equipe HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n"
            "Content-Type: application/x-www-form-urlencoded\n\nzoubida\n"
        )
        time.sleep(0.5)
        log = server.log[begins:]
    assert "Invalid request: InvalidRequestLine" in log
    assert "Invalid request: InvalidHeader" in log
    for secret in ("127.0.0.1", "ip=", "zoubida", "un-secret"):
        assert secret not in log, (secret, log)


def test_an_error_inside_gunicorn_is_logged_without_the_address_that_was_asked_for(
    site: Site, tmp_path: Path
) -> None:
    """A view that breaks outside of all our handlers."""
    (tmp_path / "broken.py").write_text(
        "def app(environ, start_response):\n    raise ValueError('zou' + 'bida')\napp.extensions = {}\n"
    )
    broken = ("--pythonpath", str(tmp_path))
    with gunicorn(site.settings, tmp_path, *broken, application="broken:app", answers="500") as server:
        assert b" 500 " in server.get("/fr/connexion/lien/un-secret")
    said = server.log
    assert "Error handling request: ValueError" in said
    assert "broken.py" in said
    assert "un-secret" not in said
    assert "zoubida" not in said
