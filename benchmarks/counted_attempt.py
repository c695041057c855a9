"""What one counted attempt costs: an upsert on a connection of its own, committed at once.

    python -m benchmarks.counted_attempt [--database-url URL] [--number 2000]

Without an address, on SQLite in a temporary folder. Prints the median and the 99th of 100, in microseconds, of an
attempt that has a counter already and of a first one, the processor time of one in this process, and what eight
threads do in a second.
"""

import argparse
import statistics
import tempfile
import threading
import time
from pathlib import Path

from limits import parse
from sqlalchemy import create_engine

from benchmarks.form import form
from cdv_civic.core.rate_limits import DatabaseStorage, RateCounter

LIMIT = parse("10 per 15 minutes")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--database-url", default="")
    arguments.add_argument("--number", type=int, default=form(2000, 200))
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database_url or f"sqlite:///{Path(folder) / 'counters.sqlite3'}"
        storage = DatabaseStorage(database_url=url)
        RateCounter.__table__.create(create_engine(url), checkfirst=True)  # type: ignore[attr-defined]
        storage.incr("warm", LIMIT.get_expiry())
        for name, key in (("known", "benchmark {n}".format), ("first", "benchmark, first {n}".format)):
            took, worked = [], time.process_time()
            for number in range(asked.number):
                said = key(n=number % 50 if name == "known" else number)
                begun = time.perf_counter()
                storage.incr(said, LIMIT.get_expiry())
                took.append((time.perf_counter() - begun) * 1e6)
            worked = (time.process_time() - worked) / asked.number * 1e6
            took.sort()
            median, late = statistics.median(took), took[-len(took) // 100]
            print(f"{name}: median {median:.0f} µs, 99 % below {late:.0f} µs, processor {worked:.0f} µs")
        print(f"8 threads: {_side_by_side(storage, asked.number)} a second")
        storage.clear("warm")
        for number in range(asked.number):
            storage.clear(f"benchmark, first {number}")
            storage.clear(f"benchmark {number % 50}")
        storage.close()


def _side_by_side(storage: DatabaseStorage, number: int) -> int:
    def hit(first: int) -> None:
        for _ in range(number // 8):
            storage.incr(f"benchmark {first}", LIMIT.get_expiry())

    threads = [threading.Thread(target=hit, args=(first,)) for first in range(8)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return round(number // 8 * 8 / (time.perf_counter() - begun))


if __name__ == "__main__":
    main()
