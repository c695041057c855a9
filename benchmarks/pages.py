"""How fast pages are, against a bare Flask view with one SQL query, in the same run.

    python -m benchmarks.pages [--seconds 3] [--sites packs,2000,20000,20000-same]

For each site a database is made with the real importer, then gunicorn (2 processes, on a free port) serves

- the bare view, measured again between any two rows: the mean of before and after is a row's yardstick;
- pages as they are computed (PAGE_CACHE=0): nothing of a finished page is kept;
- pages as visitors get them (PAGE_CACHE=1): kept ones, and 304 for a browser that has the page.

Prints a table and writes benchmarks/results/pages.json. Goals: computed at least 1/12 of the bare view's
rate, kept at least 1/2, and 20,000 commitments at most 1.5 times the cost of 2,000.
"""

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

from benchmarks.form import form, packs, write_result
from benchmarks.load import LoadResult, fetch, measure, request_bytes
from benchmarks.progress import tell_progress
from benchmarks.server import WORKERS, Served, command, serving, settings_for
from benchmarks.synthetic import pack_of

SITES: Final = form(("packs", "2000", "20000", "20000-same"), ("packs",))
COMPUTED_GOAL: Final = 1 / 12
KEPT_GOAL: Final = 1 / 2
GROWTH_GOAL: Final = 1.5
WORDS: Final = (
    "emploi",
    "jeunes",
    "logement",
    "santé des femmes",
    "école",
    "vélo",
    "jardin partagé",
    "sport",
)
FILTERS: Final = (
    "",
    "?theme=emploi",
    "?theme=ecologie",
    "?nature=engagement",
    "?nature=piste",
    "?etat=annonce",
    "?echeance=passee",
)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    site: str
    page: str
    how: str
    result: LoadResult
    #: Rate against the bare view's.
    ratio: float
    #: Processor time of an answer against the bare view's.
    cost: float


def import_site(name: str, folder: Path) -> dict[str, str]:
    """A database in `folder` with the contracts of the site `name`; gives its settings."""
    environment = settings_for(folder)
    command(environment, "db", "upgrade")
    if name == "packs":
        files = packs()
    else:
        count, _, variant = name.partition("-")
        file = folder / "pack.json"
        pack = pack_of(int(count), same_quartiers=variant == "same")
        file.write_text(json.dumps(pack, ensure_ascii=False), encoding="utf-8")
        files = [file]
    for file in files:
        command(environment, "contract", "import", str(file), "--publish")
    command(environment, "glossary", "load")
    tell_progress(environment)
    return environment


def addresses(folder: Path) -> dict[str, list[str]]:
    """For each kind of page, a spread of addresses: two languages, small and large quartiers."""
    database = sqlite3.connect(folder / "cdv_civic.sqlite3")
    quartiers = _column(
        database,
        "SELECT q.slug FROM quartier q JOIN commitment_quartier c ON c.quartier_id = q.id "
        "GROUP BY q.id ORDER BY count(*), q.id",
    )
    commitments = [
        f"{slug}/engagements/{quote(code)}"
        for slug, code in database.execute(
            "SELECT k.slug, c.code FROM commitment c JOIN contract k ON k.id = c.contract_id ORDER BY c.id"
        )
    ]
    database.close()
    return {
        "home": [f"/{language}/" for language in ("fr", "en", "ar")],
        "quartier": _in_two_languages(f"quartiers/{slug}" for slug in _spread(quartiers, 20)),
        "list": _in_two_languages(f"engagements{filters}" for filters in FILTERS),
        "search": _in_two_languages(f"engagements?q={quote(word)}" for word in WORDS),
        "commitment": _in_two_languages(f"contrats/{where}" for where in _spread(commitments, 40)),
    }


def _column(database: sqlite3.Connection, statement: str) -> list[str]:
    return [row[0] for row in database.execute(statement)]


def _spread(values: Sequence[str], count: int) -> list[str]:
    """`count` of `values`, the first and the last among them, evenly apart."""
    if len(values) <= count:
        return list(values)
    return [values[round(place * (len(values) - 1) / (count - 1))] for place in range(count)]


def _in_two_languages(paths: Iterable[str]) -> list[str]:
    return [f"/{'ar' if place % 2 else 'fr'}/{path}" for place, path in enumerate(paths)]


class Yardstick:
    """The bare view, measured again between any two rows: the machine is not equally quiet all the time."""

    def __init__(self, served: Served, seconds: float) -> None:
        self._served, self._seconds = served, seconds
        self.results: list[LoadResult] = []
        _run(served, ["/"], seconds)
        self.again()

    def again(self) -> None:
        """Measure it now."""
        self.results.append(_run(self._served, ["/"], self._seconds))

    def near(self, measured: Callable[[], LoadResult]) -> tuple[LoadResult, float, float]:
        """A result; its rate, and the processor time of an answer, against those of the bare view just
        before and just after."""
        before = self.results[-1]
        result = measured()
        self.again()
        after = self.results[-1]
        return (
            result,
            2 * result.rate / (before.rate + after.rate),
            2 * result.server_cpu / (before.server_cpu + after.server_cpu),
        )


def _run(
    served: Served, paths: Sequence[str], seconds: float, status: int = 200, etags: Sequence[str] = ()
) -> LoadResult:
    requests = [
        request_bytes(served.port, path, {"If-None-Match": etags[place]} if etags else None)
        for place, path in enumerate(paths)
    ]
    # Every process must have had every page once.
    measure(served.port, requests, seconds=max(form(0.5, 0.1), seconds / 4), status=status)
    return measure(served.port, requests, seconds=seconds, status=status, processes=served.processes)


def measure_site(name: str, seconds: float, say: Callable[[str], None]) -> tuple[list[Row], list[LoadResult]]:
    """All rows of one site, and its runs of the bare view."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="cdv-bench-") as temporary:
        folder = Path(temporary)
        say(f"{name}: importing")
        environment = import_site(name, folder)
        pages = addresses(folder)
        with (
            serving("benchmarks.bare:app", environment) as bare,
            serving("app:app", {**environment, "PAGE_CACHE": "0"}) as computing,
            serving("app:app", {**environment, "PAGE_CACHE": "1"}) as keeping,
        ):
            yardstick = Yardstick(bare, seconds / 2)

            def take(page: str, how: str, run: Callable[[], LoadResult]) -> None:
                say(f"{name}: {page}, {how}")
                rows.append(Row(name, page, how, *yardstick.near(run)))

            for page, paths in pages.items():
                take(page, "computed", partial(_run, computing, paths, seconds))
            for page, paths in pages.items():
                take(page, "kept", partial(_run, keeping, paths, seconds))
                etags = [fetch(keeping.port, path)[1]["etag"] for path in paths]
                take(page, "kept, 304", partial(_run, keeping, paths, seconds, 304, etags))
    return rows, yardstick.results


def table(rows: Sequence[Row], bare: dict[str, list[LoadResult]]) -> str:
    """The rows for people, each with its goal."""
    lines = [
        f"{'site':<11} {'page':<11} {'how':<10} {'p50 ms':>7} {'p95 ms':>7} {'req/s':>7} {'of bare':>8} "
        f"{'CPU ms':>7} {'x bare':>7} {'bytes':>7}  goal"
    ]
    for site, results in bare.items():
        typical = sorted(results, key=lambda result: result.rate)[len(results) // 2]
        lines.append(_line(Row(site, "bare view", "", typical, 1.0, 1.0), ""))
        for row in (row for row in rows if row.site == site):
            goal = COMPUTED_GOAL if row.how == "computed" else KEPT_GOAL
            lines.append(_line(row, f"1/{1 / goal:.0f} {'met' if row.ratio >= goal else 'MISSED'}"))
    return "\n".join(lines)


def _line(row: Row, goal: str) -> str:
    result, share = row.result, f"1/{1 / row.ratio:.1f}"
    return (
        f"{row.site:<11} {row.page:<11} {row.how:<10} {result.p50:>7.2f} {result.p95:>7.2f} {result.rate:>7.0f} "
        f"{share:>8} {result.server_cpu:>7.2f} {row.cost:>7.1f} {result.size:>7}  {goal}"
    )


def growth(rows: Sequence[Row]) -> dict[str, tuple[float, float]]:
    """What a computed page costs with 20,000 commitments against 2,000: by rate and by processor time, each
    against the bare view measured beside it."""
    computed = {(row.site, row.page): row for row in rows if row.how == "computed"}
    return {
        f"{page}{' (same quartiers)' if large != '20000' else ''}": (
            computed["2000", page].ratio / computed[large, page].ratio,
            computed[large, page].cost / computed["2000", page].cost,
        )
        for large in ("20000", "20000-same")
        for page in ("home", "quartier", "list", "search", "commitment")
        if (large, page) in computed and ("2000", page) in computed
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure pages against a bare view.")
    parser.add_argument("--seconds", type=float, default=form(3, 0.2), help="how long each run lasts")
    parser.add_argument("--sites", default=",".join(SITES))
    chosen = parser.parse_args()
    rows: list[Row] = []
    bare: dict[str, list[LoadResult]] = {}
    for site in chosen.sites.split(","):
        more, bare[site] = measure_site(
            site, chosen.seconds, lambda text: print(f"  {text}", file=sys.stderr, flush=True)
        )
        rows += more
    print(table(rows, bare))
    grown = growth(rows)
    if grown:
        print("\nCost of a computed page with 20,000 commitments, against 2,000 (goal: at most 1.5)")
        print(f"  {'':<28} {'by rate':>8} {'by CPU':>8}")
        for page, (by_rate, by_cpu) in grown.items():
            word = "met" if by_rate <= GROWTH_GOAL else "MISSED"
            print(f"  {page:<28} {by_rate:>8.2f} {by_cpu:>8.2f}  {word}")
    busiest = max(row.result.client_cpu for row in rows)
    print(f"\n{WORKERS} processes, {os.cpu_count()} cores shared with the load generator, which took at most")
    print(f"{busiest:.0%} of one core. Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}.")
    report = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "processes": WORKERS,
        "bare": {site: [asdict(result) for result in results] for site, results in bare.items()},
        "pages": [asdict(row) for row in rows],
        "growth": grown,
    }
    write_result("pages", json.dumps(report, indent=1))
    short = [
        [
            row.site,
            row.page,
            row.how,
            *(round(n, 2) for n in (row.result.p50, row.result.p95, row.result.rate, row.ratio)),
        ]
        for row in rows
    ]
    print(
        json.dumps(
            {
                "columns": ["site", "page", "how", "p50", "p95", "rate", "of_bare"],
                "rows": short,
                "growth": grown,
            }
        )
    )


if __name__ == "__main__":
    main()
