"""How fast people come in with a card, and what part of it argon2 takes.

    python -m benchmarks.card_sign_in [--seconds 5] [--cards 500]

One site with one batch of cards, served by gunicorn (2 processes, on a free port) with the real argon2id. The work
of one argon2id is measured alone, just before and just after the runs; its share is that work against the processor
time that a request took in the server.

Prints a table and writes benchmarks/results/card_sign_in.json.
"""

import argparse
import json
import os
import platform
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import select

from benchmarks.form import form, packs, write_result
from benchmarks.load import LoadResult, fetch, measure, request_bytes
from benchmarks.server import WORKERS, Served, command, serving, settings_for
from cdv_civic.app import create_app
from cdv_civic.cards.hashes import hash_code, hash_codes
from cdv_civic.cards.operations.batches import Order, print_batch
from cdv_civic.cards.operations.making import codes_of_sheet, make_cards
from cdv_civic.cards.rules import ALPHABET, new_code
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.settings import Settings
from cdv_civic.territory.models import Quartier

PATH: Final = "/fr/carte"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    result: LoadResult
    #: Part of the server's processor time that argon2 took, 0 to 1.
    share: float


class Site:
    """The application in this process, on the same database and with the same key as the served one."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.app = create_app(Settings.from_environment(environment))

    def argon2(self, times: int = 30) -> float:
        """Milliseconds of processor time of one argon2id: the median of some."""
        with self.app.app_context():
            hash_code(new_code())
            took = []
            for code in [new_code() for _ in range(times)]:
                began = time.process_time()
                hash_code(code)
                took.append(time.process_time() - began)
        return 1000 * statistics.median(took)

    def hashing(self, cards: int) -> float:
        """Seconds on the clock to hash the codes of a batch, as printing one does."""
        codes = [new_code() for _ in range(cards)]
        with self.app.app_context():
            began = time.perf_counter()
            hash_codes(codes)
            return time.perf_counter() - began

    def print_cards(self, cards: int) -> list[str]:
        """The codes of a new batch."""
        with self.app.app_context():
            quartier = db.session.execute(select(Quartier.id).order_by(Quartier.id).limit(1)).scalar_one()
            printing = print_batch(
                CommandLine(),
                Order(
                    quartier_id=quartier,
                    purpose="A measured run",
                    quantity=cards,
                    expires_on=clock.today() + timedelta(days=30),
                    handed_out_by="Nobody",
                    languages=("fr",),
                ),
            )
            make_cards()
            codes = codes_of_sheet(printing.batch_id, printing.key)
            db.session.remove()
            db.engine.dispose()
        return codes


class Door:
    """The form that takes a code: its token, and the cookie that goes with it."""

    def __init__(self, port: int) -> None:
        self._port = port
        _status, headers, body = fetch(port, PATH, {"Accept-Encoding": "identity"})
        found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', body)
        if found is None:
            raise RuntimeError("the page of a card has no form")
        self._token = found.group(1).decode()
        self._cookie = headers["set-cookie"].partition(";")[0]

    def request(self, code: str) -> bytes:
        """The bytes of a form with this code."""
        body = urlencode({"csrf_token": self._token, "code": code}).encode()
        lines = [
            f"POST {PATH} HTTP/1.1",
            f"Host: 127.0.0.1:{self._port}",
            f"Cookie: {self._cookie}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii") + body


def mistyped(code: str) -> str:
    """A code with its last character wrong."""
    return code[:-1] + next(sign for sign in ALPHABET if sign != code[-1])


def run_all(
    served: Served, codes: Sequence[str], seconds: float, say: Callable[[str], None]
) -> list[LoadResult]:
    """The runs in the order of `WHAT`."""
    door = Door(served.port)
    half = len(codes) // 2
    unknown = [new_code() for _ in range(len(codes))]
    page = [request_bytes(served.port, PATH)]
    measure(served.port, page, seconds=0.5)
    results = []
    for what, requests, status, lasts in (
        (WHAT[0], page, 200, seconds),
        (WHAT[1], [door.request(mistyped(code)) for code in codes], 422, seconds),
        (WHAT[2], [door.request(code) for code in unknown], 422, seconds),
        # Each card once: as long as there are fresh ones, at some 60 a second.
        (WHAT[3], [door.request(code) for code in codes[half:]], 303, min(seconds, half / 120)),
        (WHAT[4], [door.request(code) for code in codes[half:]], 303, seconds),
    ):
        say(what)
        results.append(
            measure(
                served.port,
                requests,
                seconds=lasts,
                status=status,
                connections=CONNECTIONS if what in HASHED else 8,
                processes=served.processes,
            )
        )
    return results


WHAT: Final = (
    "the page, no code",
    "one wrong character",
    "unknown code",
    "first use",
    "next uses",
)
#: Those that compute an argon2id.
HASHED: Final = frozenset(WHAT[2:])


#: One process computes one code and lets two wait; a fourth is asked to come back (503).
CONNECTIONS: Final = 3


def table(rows: Sequence[Row]) -> str:
    """The rows for people."""
    lines = [f"{'':<20} {'p50 ms':>8} {'p95 ms':>8} {'req/s':>8} {'CPU ms':>8} {'argon2':>8}"]
    for row in rows:
        share = f"{row.share:.0%}" if row.what in HASHED else "none"
        result = row.result
        numbers = f"{result.p50:>8.1f} {result.p95:>8.1f} {result.rate:>8.0f} {result.server_cpu:>8.1f}"
        lines.append(f"{row.what:<20} {numbers} {share:>8}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure sign-ins by card.")
    parser.add_argument("--seconds", type=float, default=form(5, 0.5), help="how long each run lasts")
    parser.add_argument(
        "--cards", type=int, default=form(500, 80), help="how many cards are printed, 500 at most"
    )
    chosen = parser.parse_args()

    def say(text: str) -> None:
        print(f"  {text}", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="cdv-bench-") as temporary:
        environment = settings_for(
            Path(temporary), SIGN_IN_LIMIT="1000000 per minute", LOCK_SECONDS="60", JOBS="0"
        )
        say("importing")
        command(environment, "db", "upgrade")
        smallest = min(packs(), key=lambda file: file.stat().st_size)
        command(environment, "contract", "import", str(smallest), "--publish")
        site = Site(environment)
        say("printing cards")
        codes = site.print_cards(chosen.cards)
        hashing = site.hashing(chosen.cards)
        before = site.argon2()
        with serving("app:app", environment) as served:
            results = run_all(served, codes, chosen.seconds, say)
        after = site.argon2()
    argon2 = (before + after) / 2
    rows = [
        Row(what, result, min(1.0, argon2 / result.server_cpu) if what in HASHED else 0.0)
        for what, result in zip(WHAT, results, strict=True)
    ]
    print(table(rows))
    print(
        f"\nOne argon2id alone: {argon2:.1f} ms of processor time ({before:.1f} before, {after:.1f} after)."
    )
    print(f"Hashing {chosen.cards} codes to print them: {hashing:.1f} s.")
    busiest = max(row.result.client_cpu for row in rows)
    print(f"{WORKERS} processes, {os.cpu_count()} cores shared with the load generator, which took at most")
    print(f"{busiest:.0%} of one core. Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}.")
    report = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "processes": WORKERS,
        "argon2_ms": round(argon2, 2),
        "hashing": {"cards": chosen.cards, "seconds": round(hashing, 2)},
        "runs": [asdict(row) for row in rows],
    }
    write_result("card_sign_in", json.dumps(report, indent=1))
    short = [
        [row.what, *(round(n, 2) for n in (row.result.p50, row.result.p95, row.result.rate, row.share))]
        for row in rows
    ]
    print(
        json.dumps(
            {
                "columns": ["what", "p50", "p95", "rate", "argon2_share"],
                "rows": short,
                "argon2_ms": round(argon2, 2),
                "hashing_s": round(hashing, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
