"""How fast pages are, against a bare Flask view with one SQL query, in the same run.

    python -m benchmarks.pages [--seconds 4] [--sites packs,2000,20000,20000-same]

For each site a database is made with the real importer, then gunicorn (2 processes, on a free port) serves

- the bare view (before and after, the mean is the yardstick);
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
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from benchmarks.load import Result, fetch, measure, request_bytes
from benchmarks.progress import tell_progress
from benchmarks.server import ROOT, WORKERS, command, serving, settings_for
from benchmarks.synthetic import pack_of

PACKS: Final = ROOT / "cdv_civic/packs/data"
RESULTS: Final = ROOT / "benchmarks/results"
SITES: Final = ("packs", "2000", "20000", "20000-same")
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
    result: Result
    #: Rate against the bare view's.
    ratio: float


def import_site(name: str, folder: Path) -> dict[str, str]:
    """A database in `folder` with the contracts of the site `name`; gives its settings."""
    environment = settings_for(folder)
    command(environment, "db", "upgrade")
    if name == "packs":
        files = sorted(PACKS.glob("*.json"))
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


def _in_two_languages(paths: Any) -> list[str]:
    return [f"/{'ar' if place % 2 else 'fr'}/{path}" for place, path in enumerate(paths)]


def measure_bare(environment: dict[str, str], seconds: float) -> Result:
    """The yardstick."""
    with serving("benchmarks.bare:app", environment) as port:
        return _run(port, [request_bytes(port, "/")], seconds)


def _run(port: int, requests: Sequence[bytes], seconds: float, status: int = 200) -> Result:
    measure(port, requests, seconds=max(0.5, seconds / 4), status=status)  # both processes warm
    return measure(port, requests, seconds=seconds, status=status)


def measure_site(name: str, seconds: float, say: Any) -> tuple[list[Row], list[Result]]:
    """All rows of one site, and its two runs of the bare view."""
    with tempfile.TemporaryDirectory(prefix="cdv-bench-") as temporary:
        folder = Path(temporary)
        say(f"{name}: importing")
        environment = import_site(name, folder)
        pages = addresses(folder)
        bare = [measure_bare(environment, seconds)]
        measured: list[tuple[str, str, Result]] = []
        with serving("app:app", {**environment, "PAGE_CACHE": "0"}) as port:
            for page, paths in pages.items():
                say(f"{name}: {page}, computed")
                requests = [request_bytes(port, path) for path in paths]
                measured.append((page, "computed", _run(port, requests, seconds)))
        with serving("app:app", {**environment, "PAGE_CACHE": "1"}) as port:
            for page, paths in pages.items():
                say(f"{name}: {page}, kept")
                requests = [request_bytes(port, path) for path in paths]
                measured.append((page, "kept", _run(port, requests, seconds)))
                known = []
                for path in paths:
                    _, headers, _ = fetch(port, path)
                    known.append(request_bytes(port, path, {"If-None-Match": headers["etag"]}))
                measured.append((page, "kept, 304", _run(port, known, seconds, 304)))
        bare.append(measure_bare(environment, seconds))
    yardstick = sum(result.rate for result in bare) / len(bare)
    rows = [Row(name, page, how, result, result.rate / yardstick) for page, how, result in measured]
    return rows, bare


def table(rows: Sequence[Row], bare: dict[str, list[Result]]) -> str:
    """The rows for people, each with its goal."""
    lines = [
        f"{'site':<11} {'page':<11} {'how':<10} {'p50 ms':>8} {'p95 ms':>8} {'req/s':>8} {'bytes':>7} "
        f"{'of bare':>8}  goal"
    ]
    for site, results in bare.items():
        lines += [_line(site, "bare view", "", result, 1.0, "") for result in results]
        for row in (row for row in rows if row.site == site):
            goal = COMPUTED_GOAL if row.how == "computed" else KEPT_GOAL
            word = f"1/{1 / goal:.0f} {'met' if row.ratio >= goal else 'MISSED'}"
            lines.append(_line(site, row.page, row.how, row.result, row.ratio, word))
    return "\n".join(lines)


def _line(site: str, page: str, how: str, result: Result, ratio: float, goal: str) -> str:
    share = f"1/{1 / ratio:.1f}"
    return (
        f"{site:<11} {page:<11} {how:<10} {result.p50:>8.2f} {result.p95:>8.2f} {result.rate:>8.0f} "
        f"{result.size:>7} {share:>8}  {goal}"
    )


def growth(rows: Sequence[Row]) -> dict[str, float]:
    """What a computed page costs with 20,000 commitments against 2,000, each against its own yardstick."""
    cost = {(row.site, row.page): 1 / row.ratio for row in rows if row.how == "computed"}
    return {
        f"{page}{' (same quartiers)' if large != '20000' else ''}": cost[large, page] / cost["2000", page]
        for large in ("20000", "20000-same")
        for page in ("home", "quartier", "list", "search", "commitment")
        if (large, page) in cost and ("2000", page) in cost
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure pages against a bare view.")
    parser.add_argument("--seconds", type=float, default=4, help="how long each run lasts")
    parser.add_argument("--sites", default=",".join(SITES))
    chosen = parser.parse_args()
    rows: list[Row] = []
    bare: dict[str, list[Result]] = {}
    for site in chosen.sites.split(","):
        more, bare[site] = measure_site(
            site, chosen.seconds, lambda text: print(f"  {text}", file=sys.stderr, flush=True)
        )
        rows += more
    print(table(rows, bare))
    grown = growth(rows)
    if grown:
        print("\nCost of a computed page with 20,000 commitments, against 2,000 (goal: at most 1.5)")
        for page, factor in grown.items():
            print(f"  {page:<28} {factor:>5.2f}  {'met' if factor <= GROWTH_GOAL else 'MISSED'}")
    busiest = max(row.result.client_cpu for row in rows)
    print(f"\n{WORKERS} processes, {os.cpu_count()} cores shared with the load generator, which took at most")
    print(f"{busiest:.0%} of one core. Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}.")
    RESULTS.mkdir(exist_ok=True)
    report = {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "processes": WORKERS,
        "bare": {site: [asdict(result) for result in results] for site, results in bare.items()},
        "pages": [asdict(row) for row in rows],
        "growth": grown,
    }
    (RESULTS / "pages.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
