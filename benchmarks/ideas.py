"""What pages of ideas cost with 10,000 ideas and 60,000 supports and points against 100: statements, processor time.

    python -m benchmarks.ideas [--ideas 10000] [--rounds 30]

One database holds a box of each size, each kept and moderated by a body of its own. Pages are made from nothing (no
page is kept), in this process, by turns. Processor time is that of this process, in which SQLite works too; on
PostgreSQL (BENCH_POSTGRES_URL: an empty database) that of its own is added.

Goals: 12 statements a page at most, 2 times the processor time of 100 ideas at most; and a support moves no cache tag
at all: the job that counts moves that of the box alone. Prints a table and writes benchmarks/results/ideas.json.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from flask import Flask
from sqlalchemy import insert, text

from benchmarks.costs import browser, measure_pages, table
from benchmarks.form import form, status, write_result
from benchmarks.server import command, settings_for
from cdv_civic.app import create_app
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.idempotency import new_key
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.settings import Settings
from cdv_civic.core.stemming import search_document
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.models import Idea, IdeaPlacing, IdeaPoint, IdeaSupport
from cdv_civic.ideas.operations.grouping import make_group
from cdv_civic.ideas.operations.supporting import Supporter, count_supports, support
from cdv_civic.moderation.models import ModeratedText
from tests import factories
from tests.ideas.boxes import BoxWithPeople, make_a_box
from tests.voices.voices import make_place

FEW: Final = 100
#: For each idea, as 60,000 are for 10,000.
SUPPORTS, POINTS, GROUPS = 4, 2, 40
#: Words that ideas are made of: a search finds a share of them.
WORDS: Final = (
    "bancs", "ombre", "fontaine", "marché", "école", "vélos", "arbres", "lumière", "compost", "jeux", "musique",
    "atelier", "tilleul", "passage", "ascenseur", "cour", "jardin", "repas", "sport", "lecture",
)  # fmt: skip


def _case(kind: str, box: BoxWithPeople, number: int, case_id: int) -> dict[str, Any]:
    """A case; one in ten waits, one in fifty is hidden."""
    now = clock.now()
    state = "en_attente" if number % 10 == 3 else "masque" if number % 50 == 7 else "publie"
    return {
        "id": case_id, "kind": kind, "contract_id": box.place.contract.id, "body_id": box.place.body.id,
        "commune_id": None, "state": state, "sensitive": False, "minor": False, "author_id": None,
        "received_at": now - timedelta(minutes=number), "due_at": now + timedelta(hours=72),
        "published_at": now if state == "publie" else None, "shown_words": None, "merged_into_id": None,
        "version": 1,
    }  # fmt: skip


def fill(box: BoxWithPeople, ideas: int, name: str) -> int:
    """Put ideas, supports and points into a box, in groups; the id of a public idea."""
    today, now = clock.today(), clock.now()
    groups = [
        make_group(box.moderator, box.id, {"fr": f"Groupe {each}"}, {}, client_key=new_key())
        for each in range(GROUPS)
    ]
    with transaction() as session:
        cases = reserve_ids(session, ModeratedText, ideas)
        ids = reserve_ids(session, Idea, ideas)
        session.execute(insert(ModeratedText), [_case("idea", box, n, each) for n, each in enumerate(cases)])
        rows, placings, supports = [], [], []
        for number, (idea_id, case_id) in enumerate(zip(ids, cases, strict=True)):
            said = [WORDS[(number * step + step) % len(WORDS)] for step in (1, 3, 7)]
            title, words = f"Des {said[0]} {number}", f"Pour {said[1]} et {said[2]}, près de chez nous."
            rows.append(
                {
                    "id": idea_id, "box_id": box.id, "case_id": case_id, "title": title, "words": words,
                    "lang": None, "search_text": search_document(title, words), "same_words": f"{name}-{number}",
                    "theme": ("ecologie", "sante", "emploi")[number % 3], "quartier_id": box.place.quartier.id,
                    "place_kind": None, "lat": None, "lon": None, "landmark": None, "photo_id": None,
                    "signed": None, "channel": "en_ligne", "received_on": today, "received_at": now,
                    "author_id": None, "entered_by": None, "relayed": False, "consent_id": None,
                    "contact_kind": None, "contact": None, "contact_language": "fr", "minor": False,
                    "client_key": f"{name}-k-{number}", "receipt_hash": f"{name}-r-{number}",
                    "supports": 0, "answer_id": None, "answered_by": None, "answered_at": None,
                    "taken_back_at": None, "version": 1,
                }
            )  # fmt: skip
            placings.append(
                {
                    "box_id": box.id, "idea_id": idea_id, "group_id": groups[number % GROUPS],
                    "placed_at": now, "placed_by": None, "ended_at": None,
                }
            )  # fmt: skip
            supports += [
                {
                    "idea_id": idea_id, "account_id": None, "browser_hash": f"{name}-{number}-{each}",
                    "supported_on": today,
                }
                for each in range(SUPPORTS * 10 if number % 10 == 1 else 0)
            ]  # fmt: skip
        session.execute(insert(Idea), rows)
        session.execute(insert(IdeaPlacing), placings)
        session.execute(insert(IdeaSupport), supports)
        _add_points(session, box, ids, name)
    return ids[1]


def _add_points(session: Any, box: BoxWithPeople, ids: list[int], name: str) -> None:
    """Points on one idea of ten."""
    chosen = [each for each in ids[1::10] for _again in range(POINTS * 10)]
    cases = reserve_ids(session, ModeratedText, len(chosen))
    session.execute(
        insert(ModeratedText), [_case("idea_point", box, n, each) for n, each in enumerate(cases)]
    )
    session.execute(
        insert(IdeaPoint),
        [
            {
                "idea_id": idea_id, "case_id": case_id, "side": ("pour", "contre")[number % 2],
                "words": f"Un point {number}.", "lang": None, "same_words": f"{name}-{number}",
                "received_at": clock.now(), "author_id": None, "contact_language": "fr", "minor": False,
                "client_key": f"{name}-p-{number}", "receipt_hash": f"{name}-q-{number}", "taken_back_at": None,
                "version": 1,
            }
            for number, (idea_id, case_id) in enumerate(zip(chosen, cases, strict=True))
        ],
    )  # fmt: skip


def pages_of(boxes: dict[str, BoxWithPeople], ideas: dict[str, int]) -> dict[str, dict[str, str]]:
    """The addresses that are measured, with few ideas and with many."""
    addresses = {
        "box": "/fr/idees/{slug}",
        "box, by supports": "/fr/idees/{slug}?ordre=soutiens",
        "box, searched": "/fr/idees/{slug}?q=tilleul",
        "idea": "/fr/idees/{slug}/{idea}",
        "moderation queue": "/fr/bureau/instances/{body}/moderation",
        "desk of the box": "/fr/bureau/idees/{slug}",
    }
    return {
        page: {
            size: address.format(slug=box.slug, idea=ideas[size], body=box.place.body.id)
            for size, box in boxes.items()
        }
        for page, address in addresses.items()
    }


def tags() -> dict[str, int]:
    """All cache tags with their numbers."""
    db.session.rollback()
    return {row.name: row.number for row in db.session.execute(text("SELECT name, number FROM cache_tag"))}


def moved_by_a_support(app: Flask, idea_id: int) -> tuple[set[str], set[str]]:
    """The tags that some supports moved, and those that the job moved which counts them."""
    with app.app_context():
        count_supports()
        before = tags()
        for number in range(40):
            support(idea_id, Supporter(None, f"{number:032x}"))
        between = tags()
        count_supports()
        after = tags()
    return (
        {name for name, number in between.items() if before.get(name) != number},
        {name for name, number in after.items() if between.get(name) != number},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure pages of ideas.")
    parser.add_argument("--ideas", type=int, default=form(10_000, 500))
    parser.add_argument("--rounds", type=int, default=form(30, 5))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cdv-bench-") as temporary:
        environment = settings_for(Path(temporary), PAGE_CACHE="0", JOBS="0")
        if os.environ.get("BENCH_POSTGRES_URL"):
            environment["DATABASE_URL"] = os.environ["BENCH_POSTGRES_URL"]
        command(environment, "db", "upgrade")
        app = create_app(Settings.from_environment(environment))
        boxes, ideas = {}, {}
        with app.app_context():
            for size, many in (("few", FEW), ("many", chosen.ideas)):
                print(f"  {many} ideas", file=sys.stderr, flush=True)
                boxes[size] = make_a_box(
                    make_place(f"mesure-{size}", f"conseil-{size}"), title={"fr": f"Boîte {size}"}
                )
                ideas[size] = fill(boxes[size], many, size)
            client = browser(app, factories.make_account(role="administrator"))
            db.session.remove()
            if db.engine.dialect.name == "postgresql":
                with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(text("VACUUM ANALYZE"))
            else:
                with transaction() as session:
                    session.execute(text("ANALYZE"))
            kind = db.engine.dialect.name
        began = time.perf_counter()
        by_support, by_job = moved_by_a_support(app, ideas["many"])
        counting = time.perf_counter() - began
        rows = measure_pages(app, client, pages_of(boxes, ideas), chosen.rounds)
    own = {box_tag(boxes["many"].id)}
    alone = not by_support and by_job == own
    print(table(rows))
    print(f"\nA support moved {sorted(by_support) or 'no tag'}; the job that counts moved {sorted(by_job)}.")
    print(
        f"{kind}; counting {chosen.ideas} ideas twice and 40 supports took {counting:.1f} s. {os.cpu_count()} cores."
    )
    report = {
        "database": kind,
        "ideas": chosen.ideas,
        "counting_s": round(counting, 2),
        "moved_by_a_support": sorted(by_support),
        "moved_by_the_job": sorted(by_job),
        "pages": [{**asdict(row), "times": round(row.times, 2)} for row in rows],
    }
    write_result("ideas", json.dumps(report, indent=1))
    if not alone:
        sys.exit("A support moves more than the tag of its box.")
    sys.exit(status(missed=not all(row.met for row in rows)))


if __name__ == "__main__":
    main()
