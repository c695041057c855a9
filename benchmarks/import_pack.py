"""What importing a contract costs: seconds and memory of the real command, each run in a process of its own.

    python -m benchmarks.import_pack

Imports the largest pack into an empty site, again unchanged, then a newer file in which every title differs; and a
pack of 20,000 commitments. On SQLite, and on PostgreSQL where TEST_POSTGRES_URL is set. Seconds are wall time with the
start of the interpreter, memory is the peak of the resident set. Goal for the largest pack: under 10 s, under 300 MB.
Writes benchmarks/results/import_pack.json; status 1 where the goal is missed.
"""

import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from benchmarks.form import form, status, write_result
from benchmarks.server import ROOT, command, settings_for
from benchmarks.synthetic import REAL, pack_of

GOAL_SECONDS: Final = 10.0
GOAL_MEGABYTES: Final = 300
MANY: Final = form(20_000, 500)
#: Linux gives the peak in kilobytes, macOS in bytes.
RSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024


#: Starts the command and prints what it cost. A process of its own, and a small one: Linux counts the memory of
#: whoever starts a program as that program's own peak.
LAUNCHER: Final = """
import json, os, subprocess, sys, time
started = time.perf_counter()
process = subprocess.Popen(sys.argv[1:])
_pid, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - started
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss]))
"""


def measure(environment: Mapping[str, str], file: Path) -> dict[str, Any]:
    """Import `file` with the real command; its report, seconds and peak memory in MB."""
    importing = ["-m", "flask", "--app", "app", "contract", "import", str(file), "--json"]
    done = subprocess.run(
        [sys.executable, "-c", LAUNCHER, sys.executable, *importing],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=True,
    )
    *report, cost = done.stdout.splitlines()
    ended, seconds, peak = json.loads(cost)
    if ended:
        raise RuntimeError(f"the import of {file.name} failed: {done.stderr.strip()[-2000:]}")
    return {
        "seconds": round(seconds, 2),
        "megabytes": round(peak * RSS_UNIT / 1_000_000, 1),
        "report": json.loads("".join(report)),
    }


def newer(pack: dict[str, Any]) -> dict[str, Any]:
    """The same pack with every commitment's title changed: the dearest update there is."""
    rows = [{**row, "title": row["title"][:130].rstrip() + " (2)"} for row in pack["commitments"]]
    return {**pack, "commitments": rows}


@contextmanager
def postgres_database(server: str) -> Iterator[str]:
    """A database of our own on a PostgreSQL server, dropped at the end; its URL."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = f"cdv_bench_{uuid.uuid4().hex[:12]}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        admin.dispose()


def runs(environment: Mapping[str, str], files: Mapping[str, Path]) -> dict[str, dict[str, Any]]:
    """Every file in order, into one empty site."""
    command(environment, "db", "upgrade")
    return {name: measure(environment, file) for name, file in files.items()}


def main() -> int:
    largest = json.loads(REAL.read_text(encoding="utf-8"))
    results: dict[str, dict[str, dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        files = {"largest pack": REAL, "again, unchanged": REAL}
        packs = {"every title changed": newer(largest), f"{MANY:,} commitments": pack_of(MANY)}
        for name, pack in packs.items():
            files[name] = folder / f"{len(files)}.json"
            files[name].write_text(json.dumps(pack, ensure_ascii=False), encoding="utf-8")
        results["SQLite"] = runs(settings_for(folder), files)
        if server := os.environ.get("TEST_POSTGRES_URL"):
            with postgres_database(server) as url:
                results["PostgreSQL"] = runs(settings_for(folder, DATABASE_URL=url), files)
        else:
            print("PostgreSQL is not measured: set TEST_POSTGRES_URL.")
    print(f"{'database':<11} {'import':<21} {'rows':>7} {'seconds':>8} {'peak MB':>8}")
    missed = False
    for database, of_database in results.items():
        for name, result in of_database.items():
            report = result["report"]
            rows = sum(sum(report[word].values()) for word in ("created", "updated", "unchanged"))
            over = name == "largest pack" and (
                result["seconds"] >= GOAL_SECONDS or result["megabytes"] >= GOAL_MEGABYTES
            )
            missed = missed or over
            mark = "  MISSED" if over else ""
            print(
                f"{database:<11} {name:<21} {rows:>7} {result['seconds']:>8.2f} {result['megabytes']:>8.1f}{mark}"
            )
    print(f"Goal for the largest pack: under {GOAL_SECONDS:.0f} s, under {GOAL_MEGABYTES} MB.")
    write_result("import_pack", json.dumps(results, indent=1, ensure_ascii=False))
    print(json.dumps(results, ensure_ascii=False))
    return status(missed=missed)


if __name__ == "__main__":
    sys.exit(main())
