"""A gunicorn of its own for a measured run: free port, temporary data, stopped at the end."""

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORKERS = 2
QUARTIER = "orly-quartier-est"


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings_for(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a site whose database and files live in `folder`."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    return {
        **kept,
        "CDV_ENV": "production",
        "SECRET_KEY": "only-for-a-measured-run-on-this-machine",
        "DATA_DIR": str(folder / "data"),
        "KEYS_DIR": str(folder / "keys"),
        "LEDGER_DIR": str(folder / "ledger"),
        "DATABASE_URL": f"sqlite:///{folder / 'cdv_civic.sqlite3'}",
        **more,
    }


def command(environment: Mapping[str, str], *arguments: str) -> str:
    """Run `flask --app app …`; what it printed. Raises where it failed."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *arguments],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"flask {' '.join(arguments)}: {done.stderr.strip()[-2000:]}")
    return done.stdout


@dataclass(frozen=True)
class Served:
    """A server at work: its port, and the ids of its processes."""

    port: int
    processes: tuple[int, ...]


@contextmanager
def serving(application: str, environment: Mapping[str, str]) -> Iterator[Served]:
    """Serve `application` with `WORKERS` processes."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", application],
        cwd=ROOT,
        env={**environment, "BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": str(WORKERS)},
    )
    try:
        _wait(port, process)
        yield Served(port, _workers(process))
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _workers(process: subprocess.Popen[bytes]) -> tuple[int, ...]:
    """The ids of the serving processes; the port is open before they are there."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        if len(children) == WORKERS:
            return tuple(map(int, children))
        time.sleep(0.1)
    raise RuntimeError("gunicorn's processes did not start within a minute")


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"gunicorn ended at start with status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("gunicorn did not answer within a minute")


@contextmanager
def serving_demo() -> Iterator[tuple[int, dict[str, str]]]:
    """The demo, freshly loaded and served; gives the port and the paths of the pages most read."""
    with tempfile.TemporaryDirectory(prefix="cdv-bench-") as temporary:
        environment = settings_for(Path(temporary), CDV_ENV="development", DEMO="1")
        command(environment, "db", "upgrade")
        command(environment, "demo", "load")
        database = sqlite3.connect(Path(temporary) / "cdv_civic.sqlite3")
        # The commitment of the demo's quartier that has the most to show.
        contract, code = database.execute(
            "SELECT k.slug, c.code FROM commitment c JOIN contract k ON k.id = c.contract_id "
            "JOIN commitment_quartier cq ON cq.commitment_id = c.id "
            "JOIN quartier q ON q.id = cq.quartier_id JOIN progress p ON p.commitment_id = c.id "
            f"WHERE q.slug = '{QUARTIER}' GROUP BY c.id ORDER BY count(*) DESC, c.id LIMIT 1"
        ).fetchone()
        database.close()
        with serving("app:app", environment) as served:
            yield (
                served.port,
                {
                    "home": "/fr/",
                    "quartier": f"/fr/quartiers/{QUARTIER}",
                    "list": "/fr/engagements",
                    "commitment": f"/fr/contrats/{contract}/engagements/{code}",
                },
            )
