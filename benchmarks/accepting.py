"""How many answers to a consultation come in a second, against a bare view that inserts a row and renders a page.

    python -m benchmarks.accepting [--seconds 5] [--turns 3]

Both by turns in one run, gunicorn with 2 processes each, on one database: SQLite, or PostgreSQL (BENCH_POSTGRES_URL: an
empty database). An answer is a form that nobody sent before, of three questions, without an account; it answers with
its receipt. All that were acknowledged are counted in the database afterwards.

Goal: 1/4 of the bare view's rate. Prints a table and writes benchmarks/results/accepting.json.
"""

import argparse
import itertools
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Final

from sqlalchemy import func, select, text

from benchmarks.form import form, status, write_result
from benchmarks.load import LoadResult, form_bytes, measure
from benchmarks.server import WORKERS, Served, command, serving, settings_for
from cdv_civic.app import create_app
from cdv_civic.consultations.models import ConsultationAnswer
from cdv_civic.core.db import db
from cdv_civic.core.idempotency import new_key
from cdv_civic.core.settings import Settings
from tests.consultations.answering.answers import make_asked

GOAL: Final = 1 / 4
#: Forms that are made for a second of a run: more than any machine takes in.
A_SECOND: Final = 2_000


class Accepted:
    """A consultation of the database that is measured, and the forms that are sent to it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._app = create_app(Settings.from_environment(environment))
        with self._app.app_context():
            asked = make_asked()
            self.path, self.id, self.kind = asked.url, asked.row.id, db.engine.dialect.name
            self._fields = {
                "shown": "fin",
                f"q{asked.tenant.id}": str(asked.no),
                f"q{asked.words.id}": "Des bancs, et de l’ombre pour les enfants.",
                "quartier": "",
            }
            number = "SERIAL" if self.kind == "postgresql" else "INTEGER"
            db.session.execute(
                text(f"CREATE TABLE bare_answer (id {number} PRIMARY KEY, words TEXT NOT NULL)")
            )
            db.session.commit()

    def fields(self) -> dict[str, str]:
        """What a form sends that nobody sent before."""
        return {**self._fields, "client_key": new_key()}

    def count(self) -> tuple[int, int]:
        """How many answers there are, of the consultation and of the bare view."""
        with self._app.app_context():
            answers = select(func.count(ConsultationAnswer.id)).where(
                ConsultationAnswer.consultation_id == self.id
            )
            bare = text("SELECT count(*) FROM bare_answer")
            return db.session.execute(answers).scalar_one(), db.session.execute(bare).scalar_one()


def by_turns(
    accepted: Accepted, bare: Served, site: Served, seconds: float, turns: int
) -> Iterator[tuple[str, LoadResult]]:
    """The runs of both, one after the other; the first of each only warms up."""
    for turn in range(turns + 1):
        lasts = seconds if turn else min(seconds, 0.5)
        many = max(int(lasts * A_SECOND), 200)
        for name, served, path in (("bare view", bare, "/"), ("answer", site, accepted.path)):
            requests = [
                form_bytes(served.port, path, {"words": "Des bancs"} if served is bare else accepted.fields())
                for _form in itertools.repeat(None, 1 if served is bare else many)
            ]
            yield name, measure(served.port, requests, seconds=lasts, processes=served.processes)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how answers come in.")
    parser.add_argument("--seconds", type=float, default=form(5, 0.3), help="how long each turn lasts")
    parser.add_argument("--turns", type=int, default=form(3, 1), help="how many turns each has")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cdv-bench-") as temporary:
        environment = settings_for(Path(temporary), OPEN_FORM_LIMIT="1000000000 per hour", JOBS="0")
        if os.environ.get("BENCH_POSTGRES_URL"):
            environment["DATABASE_URL"] = os.environ["BENCH_POSTGRES_URL"]
        command(environment, "db", "upgrade")
        accepted = Accepted(environment)
        with serving("benchmarks.bare:app", environment) as bare, serving("app:app", environment) as site:
            runs = list(by_turns(accepted, bare, site, chosen.seconds, chosen.turns))
        acknowledged = sum(result.answers for name, result in runs if name == "answer")
        kept, bare_rows = accepted.count()
    results = {
        name: sorted((result for said, result in runs[2:] if said == name), key=lambda result: result.rate)
        for name in ("bare view", "answer")
    }
    typical = {name: found[len(found) // 2] for name, found in results.items()}
    ratio = median(each.rate for each in results["answer"]) / median(
        each.rate for each in results["bare view"]
    )
    print(f"{'':<10} {'p50 ms':>7} {'p95 ms':>7} {'req/s':>7} {'CPU ms':>7}")
    for name, result in typical.items():
        print(
            f"{name:<10} {result.p50:>7.2f} {result.p95:>7.2f} {result.rate:>7.0f} {result.server_cpu:>7.2f}"
        )
    met = ratio >= GOAL and kept == acknowledged
    print(
        f"\n{accepted.kind}, {WORKERS} processes, {os.cpu_count()} cores: 1/{1 / ratio:.1f} of the bare view"
    )
    print(f"(goal: 1/4) {'met' if met else 'MISSED'}; {acknowledged} acknowledged, {kept} kept.")
    report = {
        "database": accepted.kind,
        "ratio": round(ratio, 3),
        "acknowledged": acknowledged,
        "kept": kept,
        "bare_rows": bare_rows,
        **{name: asdict(result) for name, result in typical.items()},
    }
    write_result("accepting", json.dumps(report, indent=1))
    sys.exit(status(missed=not met) or int(kept != acknowledged))


if __name__ == "__main__":
    main()
