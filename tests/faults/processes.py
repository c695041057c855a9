"""Real processes of a site, on the database of the tests: they are started, killed, and told a wrong time."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cdv_civic.core.settings import ROOT
from tests.conftest import Site
from tests.gunicorn_server import environment_of

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


#: In place of production's: mails, from one who writes them.
MAILS = {
    "CDV_ENV": "testing",
    "JOBS": "1",
    "BASE_URL": "https://site.example.org",
    "MAIL_FROM": "site@example.org",
}


@contextmanager
def process(site: Site, program: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program in Python; killed at the end unless it ended by itself."""
    environment = environment_of(site.settings, **MAILS, **more)
    started = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def wait_until(happened: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
    """Whether it happened in time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if happened():
            return True
        time.sleep(0.05)
    return happened()
