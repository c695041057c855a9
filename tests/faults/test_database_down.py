"""A database that is down or hangs takes nothing else with it, and loses nothing that was typed."""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode

import pytest

from cdv_civic.core.settings import ROOT, Settings
from cdv_civic.participation.rules.receipts import receipt_from
from tests.conftest import PostgresServer
from tests.faults.tcp_proxy import TcpProxy, proxy_to, through
from tests.gunicorn_server import Gunicorn, environment_of, gunicorn

pytestmark = pytest.mark.long

#: Seconds. A database is known to hang after 3, a connection that does not open after 3.
SOON = 12.0


@dataclass
class Running:
    """A site served by gunicorn, with two threads."""

    server: Gunicorn
    proxy: TcpProxy

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[HTTPResponse, str]:
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=40)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        connection.request(method, path, urlencode(fields) if fields else None, headers if fields else {})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer | None) -> Iterator[Running]:
    if postgres is None:
        pytest.skip("SQLite has no server that could be down")
    folder = tmp_path_factory.mktemp("down")
    direct = postgres.url_of(postgres.create())
    with proxy_to(direct) as proxy:
        settings = Settings(
            secret_key="a key for tests only, never for a site",
            database_url=through(proxy, direct),
            data_dir=folder / "data",
            keys_dir=folder / "keys",
            ledger_dir=folder / "ledger",
        )
        shown = {"CDV_ENV": "development", "DEMO": "1", "PAGE_CACHE": "1", "THREADS": "2"}
        environment = environment_of(settings, **shown)
        for command in (("db", "upgrade"), ("demo", "load")):
            subprocess.run([sys.executable, "-m", "flask", "--app", "app", *command], cwd=ROOT, env=environment, check=True, capture_output=True)  # fmt: skip
        with gunicorn(settings, folder, **shown) as server:
            yield Running(server, proxy)


def _wait_for(site: Running) -> None:
    for _ in range(300):
        with suppress(OSError):
            if site.ask("GET", "/fr/mentions-legales")[0].status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(site.server.log)


@pytest.fixture(params=["down", "hung"])
def trouble(request: pytest.FixtureRequest, running: Running) -> Iterator[str]:
    """The site's database is taken away, after one kept page was made; afterwards it comes back by itself."""
    running.ask("GET", "/fr/mots")
    if request.param == "down":
        running.proxy.down()
    else:
        running.proxy.freeze()
    yield request.param
    running.proxy.up()
    running.proxy.thaw()
    _wait_for(running)


def test_static_files_and_kept_pages_go_on(running: Running, trouble: str) -> None:
    style = re.search(r'href="(/static/[^"]+\.css)"', running.ask("GET", "/fr/mots")[1])
    assert style is not None
    waiting = [
        threading.Thread(target=running.ask, args=("GET", f"/fr/engagements?q={number}"))
        for number in range(12)
    ]
    for thread in waiting:
        thread.start()
    begun = time.monotonic()
    assert running.ask("GET", style[1])[0].status == 200
    assert running.ask("GET", "/fr/mots")[0].status == 200
    assert time.monotonic() - begun < 2 * SOON
    for thread in waiting:
        thread.join()
    begun = time.monotonic()
    for _ in range(10):
        assert running.ask("GET", style[1])[0].status == 200
        assert running.ask("GET", "/fr/mots")[0].status == 200
    assert time.monotonic() - begun < 2 * SOON


def test_the_process_is_alive_and_the_site_is_not_ready(running: Running, trouble: str) -> None:
    assert running.ask("GET", "/sante")[0].status == 200
    answer, said = running.ask("GET", "/pret")
    assert answer.status == 503
    assert '"database":"unavailable: ' in said.replace('": "', '":"')


def test_other_pages_say_when_to_come_back(running: Running, trouble: str) -> None:
    begun = time.monotonic()
    answer, page = running.ask("GET", "/fr/engagements?q=nouveau")
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Attendez une minute" in page
    assert time.monotonic() - begun < SOON


def test_what_somebody_wrote_comes_back(running: Running, trouble: str) -> None:
    words = "Le banc de la place est cassé depuis trois semaines,\r\net personne ne « répond » <encore>."
    fields = {"message": words, "theme": "habitat"}
    answer, page = running.ask("POST", "/fr/contrats/grand-orly-2024/instances/x/parole", fields)
    assert answer.status == 503
    assert "est cassé depuis trois semaines" in page
    assert "« répond » &lt;encore&gt;." in page
    assert 'name="theme" value="habitat"' in page


def test_a_password_or_a_code_does_not(running: Running, trouble: str) -> None:
    code = receipt_from(b"0" * 32)
    answer, page = running.ask("POST", "/fr/parole/suivi", {"receipt": code, "words": "said with it"})
    assert answer.status == 503
    assert code not in page
    assert "said with it" in page


def test_the_log_says_it_in_short_lines_without_words(running: Running, trouble: str) -> None:
    before = len(running.server.log)
    running.ask("GET", "/fr/engagements?q=secret")
    lines = running.server.log[before:].splitlines()
    assert lines
    assert all(len(line) < 200 for line in lines), lines
    assert "secret" not in "".join(lines)


def test_it_comes_back_by_itself(running: Running) -> None:
    running.proxy.down()
    assert running.ask("GET", "/fr/engagements?q=away")[0].status == 503
    running.proxy.up()
    time.sleep(6)
    assert running.ask("GET", "/fr/engagements?q=away")[0].status == 200
