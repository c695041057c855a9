"""What the desk of projects costs with 2,000 projects in a round against 20: statements, processor time.

    python -m benchmarks.fund [--projects 2000] [--rounds 30]

One database holds a round of each size, in a fund of its own, with rules that count the transports of a year. Pages are
made from nothing, in this process, by turns. Processor time is that of this process, in which SQLite works too; on
PostgreSQL (BENCH_POSTGRES_URL: an empty database) that of its own is added.

Goals: 12 statements a page at most, 2 times the processor time of 20 projects at most, though the list then shows 60 of
them at once. Prints a table and writes benchmarks/results/fund.json.
"""

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert, text

from benchmarks.costs import browser, measure_pages, table
from benchmarks.form import form, status, write_result
from benchmarks.server import command, settings_for
from cdv_civic.app import create_app
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.settings import Settings
from cdv_civic.fund.models.funds import FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectCost, ProjectStep
from cdv_civic.fund.rules.fund_rules import AmountLimit, CarrierKind
from cdv_civic.fund.rules.projects import ProjectState
from tests import factories
from tests.fund import funds

FEW: Final = 20
STATES: Final = (
    ProjectState.SUBMITTED, ProjectState.ADMISSIBLE, ProjectState.SUBMITTED, ProjectState.IN_CHOICE,
    ProjectState.NOT_SELECTED,
)  # fmt: skip
SERVICES: Final = ("", "Jeunesse", "Sports", "Culture")
WORDS: Final = ("Fête", "Jardin", "Goûter", "Atelier vélo", "Sortie à la mer", "Repas", "Lecture", "Compost")


def fill(fund_round: FundRound, many: int, name: str) -> None:
    """Put projects into a round; one in ten pays for a transport, of one of a hundred associations."""
    today = clock.today()
    model = funds.make_project(fund_round)
    with transaction() as session:
        row = session.get_one(FundProject, model.id)
        names = [each.name for each in FundProject.__table__.columns if each.name != "id"]
        same = {each: getattr(row, each) for each in names}
        ids = reserve_ids(session, FundProject, many)
        rows: list[dict[str, Any]] = [
            {
                **same,
                "id": project_id,
                "number": 100_000 + number,
                "title": f"{WORDS[number % len(WORDS)]} {number}",
                "carrier_kind": CarrierKind.ASSOCIATION.value,
                "carrier_name": f"Association {number % 100}",
                "transport": number % 10 == 0,
                "asked_cents": (300_00, 600_00)[number % 2],
                "state": STATES[number % len(STATES)].value,
                "state_on": today - timedelta(days=number % 60),
                "service": SERVICES[number % len(SERVICES)],
                "return_by": today - timedelta(days=1) if number % 7 == 0 else None,
                "client_key": f"{name}-k-{number}",
                "receipt_hash": f"{name}-r-{number}",
            }
            for number, project_id in enumerate(ids)
        ]
        session.execute(insert(FundProject), rows)
        first = {"position": 1, "state": "submitted", "on_day": today, "entered_at": clock.now()}
        session.execute(insert(ProjectStep), [{"project_id": each, **first} for each in ids])
        cost = {"position": 1, "label": "Le goûter", "cents": row.cost_cents}
        session.execute(insert(ProjectCost), [{"project_id": each, **cost} for each in ids])


def pages_of(rounds: dict[str, int]) -> dict[str, dict[str, str]]:
    """The addresses that are measured, with few projects and with many."""
    addresses = {
        "list": "/fr/bureau/projets/appels/{round}",
        "list, late": "/fr/bureau/projets/appels/{round}?retard=1",
        "list, of a service": "/fr/bureau/projets/appels/{round}?service=Jeunesse&etat=submitted",
        "list, searched": "/fr/bureau/projets/appels/{round}?q=atelier+velo",
    }
    return {
        page: {size: address.format(round=round_id) for size, round_id in rounds.items()}
        for page, address in addresses.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the desk of projects.")
    parser.add_argument("--projects", type=int, default=form(2_000, 200))
    parser.add_argument("--rounds", type=int, default=form(30, 5))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cdv-bench-") as temporary:
        environment = settings_for(Path(temporary), PAGE_CACHE="0", JOBS="0")
        if os.environ.get("BENCH_POSTGRES_URL"):
            environment["DATABASE_URL"] = os.environ["BENCH_POSTGRES_URL"]
        command(environment, "db", "upgrade")
        app = create_app(Settings.from_environment(environment))
        rules = replace(funds.RULES, largest=AmountLimit(500_00), transports_a_year=1)
        rounds = {}
        with app.app_context():
            for size, many in (("few", FEW), ("many", chosen.projects)):
                print(f"  {many} projects", file=sys.stderr, flush=True)
                fund_round = funds.make_round(funds.make_fund(), rules=rules)
                fill(fund_round, many, size)
                rounds[size] = fund_round.id
            client = browser(app, factories.make_account(role="administrator"))
            db.session.remove()
            if db.engine.dialect.name == "postgresql":
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(text("VACUUM ANALYZE"))
            else:
                with transaction() as session:
                    session.execute(text("ANALYZE"))
            kind = db.engine.dialect.name
        rows = measure_pages(app, client, pages_of(rounds), chosen.rounds)
    print(table(rows))
    print(f"\n{kind}; {os.cpu_count()} cores.")
    report = {
        "database": kind,
        "projects": chosen.projects,
        "pages": [{**asdict(row), "times": round(row.times, 2)} for row in rows],
    }
    write_result("fund", json.dumps(report, indent=1))
    sys.exit(status(missed=not all(row.met for row in rows)))


if __name__ == "__main__":
    main()
