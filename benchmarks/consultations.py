"""What pages of consultations cost with 150,000 answers against 100: statements, and processor time.

    python -m benchmarks.consultations [--answers 150000] [--rounds 30]

One database holds an open and a closed consultation of each size. Pages are made from nothing (no page is kept), in
this process, by turns, so that what else runs on the machine touches both alike. Processor time is that of this
process, in which SQLite works too; on PostgreSQL (BENCH_POSTGRES_URL: an empty database) that of its own is added.

Goals: 12 statements a page at most, and 2 times the processor time of 100 answers at most. Prints a table and writes
benchmarks/results/consultations.json.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Final

from sqlalchemy import text

from benchmarks.costs import browser, measure_pages, table
from benchmarks.form import form, status, write_result
from benchmarks.server import command, settings_for
from cdv_civic.app import create_app
from cdv_civic.consultations.results.operations.closing import close_consultations, count_answers
from cdv_civic.core.db import db
from cdv_civic.core.settings import Settings
from cdv_civic.territory.models import Contract
from tests import factories
from tests.consultations import factories as make

FEW: Final = 100
#: Answers that are made at once.
BUNDLE: Final = 5_000
PAGES: Final = {
    "index": "/fr/consultations",
    "results": "/fr/consultations/{size}-closed/resultats",
    "open data": "/fr/consultations/{size}-closed/donnees.json",
    "public count": "/fr/consultations/{size}-open/resultats",
    "desk, open": "/fr/bureau/consultations/{size}-open/resultats",
    "desk, closed": "/fr/bureau/consultations/{size}-closed/resultats",
    "desk, texts": "/fr/bureau/consultations/{size}-open/resultats/textes/{words}",
}


def make_one(contract: Contract, slug: str, stage: str, answers: int) -> int:
    """A consultation with a question of each sort; the id of the one that is answered in words."""
    consultation = make.make_consultation(contract, quartiers=[], stage=stage, slug=slug)
    step = make.make_step(consultation)
    single = make.options_of(make.make_question(step, options=["A", "B", "C", "D"]))
    several = make.options_of(make.make_question(step, kind="multiple", options=["A", "B", "C", "D", "E"]))
    number = make.make_question(step, kind="number", classes=[0, 10, 20])
    priorities = make.make_step(consultation, "priorities")
    ranked = make.options_of(
        make.make_question(priorities, kind="rank", options=["A", "B", "C", "D"], most=3)
    )
    words = make.make_question(priorities, kind="long")
    turn = 0
    while turn < answers:
        at = turn // BUNDLE if answers > BUNDLE else turn // 25
        many = min(BUNDLE if answers > BUNDLE else 25, answers - turn)
        make.make_answers(
            consultation,
            many,
            choices={
                single[at % 4]: None,
                several[at % 5]: None,
                several[(at + 1) % 5]: None,
                **{ranked[(at + place) % 4]: place + 1 for place in range(3)},
            },
            numbers={number.id: at % 25},
            words={words.id: "Des bancs, et de l’ombre pour les enfants."},
            channel=("en_ligne", "papier", "rue")[at % 3],
            evidence=("aucune", "carte")[at % 2],
        )
        turn += many
    return words.id


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure pages of consultations.")
    parser.add_argument("--answers", type=int, default=form(150_000, 1_000))
    parser.add_argument("--rounds", type=int, default=form(30, 5))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cdv-bench-") as temporary:
        environment = settings_for(Path(temporary), PAGE_CACHE="0", JOBS="0")
        if os.environ.get("BENCH_POSTGRES_URL"):
            environment["DATABASE_URL"] = os.environ["BENCH_POSTGRES_URL"]
        command(environment, "db", "upgrade")
        app = create_app(Settings.from_environment(environment))
        with app.app_context():
            contract = factories.make_contract("mesure")
            words = {}
            for size, many in (("few", FEW), ("many", chosen.answers)):
                print(f"  {many} answers", file=sys.stderr, flush=True)
                make_one(contract, f"{size}-closed", "closed", many)
                words[size] = make_one(contract, f"{size}-open", "open", many)
            began = time.perf_counter()
            close_consultations()
            closing = time.perf_counter() - began
            count_answers()
            client = browser(app, factories.make_account(contract=contract))
            db.session.remove()
            if db.engine.dialect.name == "postgresql":
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(text("VACUUM ANALYZE"))
            kind = db.engine.dialect.name
        pages = {
            page: {size: address.format(size=size, words=words[size]) for size in ("few", "many")}
            for page, address in PAGES.items()
        }
        rows = measure_pages(app, client, pages, chosen.rounds)
    print(table(rows))
    print(f"\n{kind}; closing both took {closing:.1f} s. {os.cpu_count()} cores.")
    report = {
        "database": kind,
        "answers": chosen.answers,
        "closing_s": round(closing, 2),
        "pages": [{**asdict(row), "times": round(row.times, 2)} for row in rows],
    }
    write_result("consultations", json.dumps(report, indent=1))
    sys.exit(status(missed=not all(row.met for row in rows)))


if __name__ == "__main__":
    main()
