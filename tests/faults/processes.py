"""Real processes of a site, on the database of the tests: they are started, killed, and told a wrong time."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import Site

ROOT = Path(__file__).parents[2]
#: How long a machine that does other things too may take to start Python and the site.
PATIENCE_SECONDS = 60.0
#: Put before a program: it believes that it is a year later.
A_YEAR_AHEAD = """
from datetime import UTC, datetime, timedelta
from cdv_civic.core import clock
clock.now = lambda: datetime.now(UTC) + timedelta(days=365)
"""
DO_THE_JOBS = (
    "import sys; sys.argv = ['flask', '--app', 'app', 'jobs', 'run']; from flask.cli import main; main()"
)


def environment_of(site: Site, **more: str) -> dict[str, str]:
    settings = site.settings
    return {
        **os.environ,
        "CDV_ENV": "testing",
        "SECRET_KEY": settings.secret_key,
        "DATABASE_URL": settings.database_url,
        "DATA_DIR": str(settings.data_dir),
        "KEYS_DIR": str(settings.keys_dir),
        "LEDGER_DIR": str(settings.ledger_dir),
        "BASE_URL": "https://site.example.org",
        "MAIL_FROM": "site@example.org",
        **more,
    }


@contextmanager
def process(site: Site, program: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program in Python; killed at the end unless it ended by itself."""
    started = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env=environment_of(site, **more), stdout=subprocess.DEVNULL
    )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


@contextmanager
def gunicorn(site: Site, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The site as it is served, with one worker that does the jobs."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{found.getsockname()[1]}"
    started = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "app:app"],
        cwd=ROOT,
        env=environment_of(site, BIND=bind, WEB_CONCURRENCY="1", LOG_LEVEL="critical", **more),
    )
    try:
        yield started
    finally:
        for child in children_of(started):
            os.kill(child, signal.SIGKILL)
        started.kill()
        started.wait()


def children_of(parent: subprocess.Popen[bytes]) -> list[int]:
    path = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def wait_until(happened: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
    """Whether it happened in time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if happened():
            return True
        time.sleep(0.05)
    return happened()
