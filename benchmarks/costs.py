"""What a page costs: statements, and processor time, with few rows and with many.

Goals: 12 statements a page at most, and 2 times the processor time of few rows at most.
"""

import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from cdv_civic.accounts.models import AccountSession
from cdv_civic.accounts.sessions import SignedIn, hashed
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction

MOST_STATEMENTS: Final = 12
MOST_TIMES: Final = 2.0


@dataclass(frozen=True)
class CostRow:
    """What one page costs with few answers, and with many."""

    page: str
    statements: int
    few_ms: float
    many_ms: float

    @property
    def times(self) -> float:
        """How many times as long it takes with many."""
        return self.many_ms / self.few_ms if self.few_ms else 0.0

    @property
    def met(self) -> bool:
        """Whether both goals are met."""
        return self.statements <= MOST_STATEMENTS and self.times <= MOST_TIMES


def browser(app: Flask, account: SignedIn) -> FlaskClient:
    """A client that is signed in."""
    client, token = app.test_client(), secrets.token_urlsafe(16)
    with transaction() as session:
        session.add(
            AccountSession(
                account_id=account.actor_id,
                token_hash=hashed(token),
                opened_at=clock.now(),
                seen_at=clock.now(),
                device="bench",
                way="password",
                shared=False,
            )
        )
    with client.session_transaction() as cookie:
        cookie["_user_id"] = cookie["token"] = token
        cookie["_fresh"] = True
    return client


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that are sent inside."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "PRAGMA", "SAVEPOINT", "RELEASE")):
            found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


class Clock:
    """Processor time of this process, and of the process of PostgreSQL that serves it."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def _backends(self) -> list[int]:
        with self._app.app_context():
            if db.engine.dialect.name != "postgresql":
                return []
            found = db.session.execute(
                text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
            )
            return list(found.scalars())

    def took(self, act: Callable[[], object], rounds: int) -> list[float]:
        """Milliseconds of each round; of PostgreSQL's process the mean of all, which ticks too slowly for one."""
        backends = self._backends()
        before, own = _ticks(backends), []
        for _round in range(rounds):
            began = time.process_time()
            act()
            own.append(1000 * (time.process_time() - began))
        of_database = 1000 * (_ticks(backends) - before) / rounds
        return [each + of_database for each in own]


def _ticks(processes: list[int]) -> float:
    """Seconds of processor time of some processes that are still there."""
    total = 0
    for process in processes:
        stat = Path(f"/proc/{process}/stat")
        if stat.exists():
            fields = stat.read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def measure_pages(
    app: Flask, client: FlaskClient, pages: Mapping[str, Mapping[str, str]], rounds: int
) -> list[CostRow]:
    """All pages that this site has; `pages`: their addresses with few rows and with many, by their names."""
    clock_of, rows = Clock(app), []
    for page, paths in pages.items():

        def ask(path: str) -> int:
            app.extensions["page_store"].clear()
            return client.get(path).status_code

        if ask(paths["many"]) != 200:
            print(f"  {page}: not on this site", file=sys.stderr)
            continue
        with counted(app) as statements:
            ask(paths["many"])
        took: dict[str, list[float]] = {"few": [], "many": []}
        for _turn in range(5):
            for size, path in paths.items():
                took[size] += clock_of.took(lambda path=path: ask(path), max(rounds // 5, 1))  # type: ignore[misc]
        rows.append(CostRow(page, len(statements), median(took["few"]), median(took["many"])))
    return rows


def table(rows: list[CostRow]) -> str:
    """The rows for people."""
    lines = [f"{'page':<19} {'statements':>10} {'few ms':>8} {'many ms':>8} {'times':>6}"]
    lines += [
        f"{row.page:<19} {row.statements:>10} {row.few_ms:>8.2f} {row.many_ms:>8.2f} {row.times:>6.2f}"
        f"  {'met' if row.met else 'MISSED'}"
        for row in rows
    ]
    return "\n".join(lines)
