"""What it costs SQLite to wait for the disk at each commit: acts a second with synchronous FULL and NORMAL.

Both in one run, by turns, on the disk of the temporary folder (TMPDIR): an act is a transaction with one line of the
audit trail, as staff make them. The last column has no trail: what the database alone takes.
"""

import argparse
import json
import os
import platform
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from flask_migrate import upgrade
from sqlalchemy import event

from benchmarks.form import form, write_result
from benchmarks.server import settings_for
from cdv_civic.app import create_app
from cdv_civic.core.audit import trail
from cdv_civic.core.db import SITE, db, transaction
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.settings import Settings

WAYS: Final = ("FULL", "NORMAL")


def act() -> None:
    """One act of staff."""
    with transaction() as session:
        trail.record(session, CommandLine(), "commitment.edit", "commitment", 1)


def publish() -> None:
    """The smallest transaction that writes."""
    with transaction(publishes=SITE):
        pass


def rate(work: Callable[[], None], seconds: float) -> float:
    """How often `work` is done in a second."""
    done, began = 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        work()
        done += 1
    return done / passed


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure commits of SQLite that wait for the disk.")
    parser.add_argument("--seconds", type=float, default=form(1, 0.1), help="how long each turn lasts")
    parser.add_argument("--turns", type=int, default=form(5, 2), help="how many turns each way has")
    chosen = parser.parse_args()
    rates: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="cdv-bench-") as temporary:
        environment = settings_for(Path(temporary))
        app = create_app(Settings.from_environment(environment))
        wanted = WAYS[0]

        def choose(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
            connection.execute(f"PRAGMA synchronous = {wanted}")

        with app.app_context():
            upgrade()
            event.listen(db.engine, "checkout", choose)
            act()
            for _turn in range(chosen.turns):
                for wanted in WAYS:
                    for work in (act, publish):
                        db.session.remove()
                        rates.setdefault((wanted, work.__name__), []).append(rate(work, chosen.seconds))
            db.session.remove()
            db.engine.dispose()
    middle = {key: statistics.median(values) for key, values in rates.items()}
    print(f"{'':<14} {'acts/s':>8} {'commits/s':>10}")
    for way in WAYS:
        print(f"{way:<14} {middle[way, 'act']:>8.0f} {middle[way, 'publish']:>10.0f}")
    print(
        f"\nMedian of {chosen.turns} turns of {chosen.seconds:g} s each, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}."
    )
    report = {f"{way.lower()}_{name}": round(value, 1) for (way, name), value in middle.items()}
    write_result("durability", json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
