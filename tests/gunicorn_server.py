"""A real gunicorn, as `gunicorn.conf.py` sets it, on a database and a port of its own: the one way to start it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cdv_civic.core.settings import ROOT, Settings

_KEPT = ("PATH", "HOME", "LANG", "TMPDIR")
#: A page that production serves too, whatever the database holds.
_FIRST_PAGE = "/fr/mentions-legales"


@dataclass(frozen=True)
class Gunicorn:
    """A server at work."""

    port: int
    process: subprocess.Popen[bytes]
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def workers(self) -> list[int]:
        return _children(self.process.pid)

    def connect(self) -> socket.socket:
        return socket.create_connection(("localhost", self.port), timeout=30)

    def ask(self, head: str, *body: bytes, wait: float = 30) -> bytes:
        """Send a request as it is written; the whole answer, until the server closes or falls silent.

        A server that stops reading is one that has answered: what could not be sent is left."""
        with self.connect() as connection:
            connection.settimeout(wait)
            with suppress(OSError):
                connection.sendall(head.replace("\n", "\r\n").encode("latin-1"))
                for piece in body:
                    connection.sendall(piece)
            return answer_of(connection)

    def get(self, path: str, wait: float = 30) -> bytes:
        return self.ask(f"GET {path} HTTP/1.1\nHost: localhost\nConnection: close\n\n", wait=wait)


def answer_of(connection: socket.socket) -> bytes:
    """What the server says: its head, and as much body as it announced."""
    said = b""
    with suppress(OSError):
        while piece := connection.recv(65536):
            said += piece
            head, _, body = said.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head.lower())
            if length and len(body) >= int(length[1]):
                break
    return said


def _children(pid: int) -> list[int]:
    """The processes that a process started; none once it is gone."""
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_of(settings: Settings, **more: str) -> dict[str, str]:
    """The environment of a process that serves the site of `settings`, or works for it; as in production, unless told
    otherwise."""
    return {
        **{name: value for name, value in os.environ.items() if name in _KEPT},
        "CDV_ENV": "production",
        "SECRET_KEY": settings.secret_key,
        "DATABASE_URL": settings.database_url,
        "DATA_DIR": str(settings.data_dir),
        "KEYS_DIR": str(settings.keys_dir),
        "LEDGER_DIR": str(settings.ledger_dir),
        "WEB_CONCURRENCY": "1",
        "JOBS": "0",
        "PAGE_CACHE": "0",
        **more,
    }


def _command(*arguments: str, application: str = "app:app") -> list[str]:
    return [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", *arguments, application]


def refused_start(settings: Settings, *arguments: str, **environment: str) -> str:
    """Start gunicorn where it has a reason not to; what it says instead."""
    done = subprocess.run(
        _command(*arguments),
        cwd=ROOT,
        env=environment_of(settings, **environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode != 0
    return done.stderr


@contextmanager
def gunicorn(
    settings: Settings,
    folder: Path,
    *arguments: str,
    application: str = "app:app",
    answers: str = "200",
    port: str = "",
    **environment: str,
) -> Iterator[Gunicorn]:
    """Serve the site of `settings` (its database is there already), with one process unless WEB_CONCURRENCY says more.

    Begins once all of them are there and the first page `answers` with that status.
    """
    number, log_file = int(port or free_port()), folder / "gunicorn.log"
    environ = environment_of(settings, **{"BIND": f"127.0.0.1:{number}", **environment})
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            _command(*arguments, application=application), cwd=ROOT, env=environ, stdout=log, stderr=log
        )
    server = Gunicorn(number, process, log_file)
    try:
        until = time.monotonic() + 120
        while len(server.workers) < int(environ["WEB_CONCURRENCY"]) or not _answers(server, answers):
            assert process.poll() is None, server.log
            assert time.monotonic() < until, server.log
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            for each in (*server.workers, process.pid):
                os.kill(each, signal.SIGKILL)
            process.wait()


def _answers(server: Gunicorn, status: str) -> bool:
    with suppress(OSError):
        return f" {status} ".encode() in server.get(_FIRST_PAGE, wait=5).partition(b"\r\n")[0]
    return False
