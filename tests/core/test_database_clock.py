"""One clock in SQL: leases, messages and counters of attempts agree on what time it is."""

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from cdv_civic.core.database_clock import database_now, read_database_now
from cdv_civic.core.db import db
from cdv_civic.core.settings import ROOT
from tests.conftest import Site

SQL_CLOCK = re.compile(
    r"julianday|clock_timestamp|CURRENT_TIMESTAMP|localtimestamp|datetime\('now'|func\.now\b", re.I
)


def test_one_module_alone_asks_a_database_what_time_it_is() -> None:
    asking = [
        path.relative_to(ROOT)
        for path in sorted((ROOT / "cdv_civic").rglob("*.py"))
        if SQL_CLOCK.search(path.read_text(encoding="utf-8"))
    ]
    assert asking == [Path("cdv_civic/core/database_clock.py")]


def test_it_runs_as_the_machines_clock_does_and_counts_from_there(site: Site) -> None:
    site.empty()
    with site.app.app_context():
        for later in (timedelta(0), timedelta(days=-400, milliseconds=5), timedelta(hours=1)):
            before = datetime.now(UTC) + later
            found = db.session.execute(select(database_now(later))).scalar_one()
            after = datetime.now(UTC) + later
            assert before - timedelta(milliseconds=2) <= found <= after + timedelta(milliseconds=2)
        first = read_database_now(db.session())
        time.sleep(0.05)
        assert timedelta(milliseconds=40) < read_database_now(db.session()) - first, "not when it began"
        db.session.rollback()
