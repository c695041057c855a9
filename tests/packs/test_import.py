"""Importing: every row arrives, the same file twice writes nothing, a newer one changes only what it says."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import (
    Commitment,
)
from cdv_civic.commitments.operations.publishing import undo_publication
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry, verify
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Forbidden
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.core.web.validity import read_numbers
from cdv_civic.packs.format import read_pack
from cdv_civic.packs.operations.importing import import_pack
from cdv_civic.packs.problems import BadPack
from cdv_civic.packs.report import REPORTED, Report
from cdv_civic.territory.cache_tags import DIRECTORY, contract_tag
from cdv_civic.territory.models import (
    Axis,
    Commune,
    ContractCommune,
    Organisation,
    Quartier,
    QuartierPopulation,
)
from tests.packs.database import as_stored, digest, dump, pack_in_database
from tests.packs.samples import (
    LARGEST,
    REAL_PACKS,
    Json,
    commitment,
    commitment_of,
    load,
    newer,
    renamed,
    small,
)
from tests.packs.strategies import packs
from tests.publishing import publications


def test_the_four_packs_arrive_whole_side_by_side(session: Session) -> None:
    for path in REAL_PACKS:
        pack = json.loads(path.read_text())
        report = import_pack(read_pack(path))
        counts = {kind: len(pack[kind]) for kind in REPORTED}
        assert report.created == report.in_file == report.in_database == counts
        assert set(report.updated.values()) | set(report.unchanged.values()) | set(
            report.retired.values()
        ) == {0}
    for path in REAL_PACKS:
        pack = json.loads(path.read_text())
        assert pack_in_database(session, pack["contract"]["slug"]) == as_stored(pack)


def test_an_import_costs_a_bounded_number_of_statements(
    app: Flask, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with count_statements() as first:
        import_pack(read_pack(LARGEST))
    with count_statements() as second:
        import_pack(read_pack(LARGEST))
    assert len(first) < 150
    assert len(second) < 20


def test_the_same_file_twice_writes_nothing_at_all(session: Session) -> None:
    import_pack(read_pack(LARGEST), publish=True)
    before = dump(session)
    with clock.frozen(clock.now()):
        report = import_pack(read_pack(LARGEST), publish=True)
    assert report.unchanged == report.in_file
    assert report.published == 0
    assert dump(session) == before


def test_an_import_raises_the_tags_it_changes_once_and_leaves_one_line_in_the_audit_trail(
    session: Session,
) -> None:
    load(small())
    assert read_numbers(None).of(contract_tag("essai-2024")) == read_numbers(None).of(DIRECTORY) == 1
    assert publications() == 2
    (entry,) = session.scalars(select(AuditEntry))
    assert (entry.action, entry.scope, entry.actor_label) == ("contract.import", "essai-2024", "command line")
    assert entry.after is not None
    assert entry.after["created"]["commitments"] == 1
    assert verify(session) == (1, None)


def test_only_administrators_may_import(session: Session) -> None:
    before = digest(session)
    with pytest.raises(Forbidden):
        load(small(), actor=CommandLine(grants=frozenset()))
    assert digest(session) == before


def test_an_imported_commitment_waits_to_be_checked_until_published(session: Session) -> None:
    load(small())
    row = commitment(session)
    assert (row.state, row.published_at, row.version) == ("a_verifier", None, 1)
    report = load(small(), publish=True)
    row = commitment(session)
    assert (row.state, row.published_at, report.published) == ("annonce", clock.now(), 1)
    assert report.unchanged == report.in_file


def test_a_publication_of_the_import_can_be_taken_back_like_one_of_staff(session: Session) -> None:
    load(small(), publish=True)
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["commitment.publish", "contract.import"]
    assert undo_publication(CommandLine(), [entries[0].id]) == 1
    assert commitment(session).state == "a_verifier"


def test_publishing_leaves_other_contracts_and_known_progress_alone(session: Session) -> None:
    load(small())
    other = renamed(small(), "autre-2024")
    load(other)
    with transaction():
        session.execute(
            update(Commitment)
            .where(Commitment.id == commitment_of(session, "autre-2024").id)
            .values(state="en_cours")
        )
    load(other, publish=True)
    assert commitment_of(session, "autre-2024").state == "en_cours"
    assert commitment_of(session, "essai-2024").state == "a_verifier"


# --- themes, quartiers, communes ------------------------------------------------------------------


def test_themes_are_suggested_follow_the_file_and_yield_to_staff(session: Session) -> None:
    load(small())
    themes = {axis.code: axis.theme for axis in session.scalars(select(Axis))}
    assert themes == {"A": "emploi", "A.1": "emploi", "B": "sante"}
    assert commitment(session).theme == "emploi"
    load(newer(axes=["B"]))
    assert commitment(session).theme == "sante"
    with transaction():
        session.execute(update(Commitment).values(theme="habitat"))
    load(newer(axes=["A"]))
    assert commitment(session).theme == "habitat"


def test_what_other_rules_suggested_once_is_not_taken_for_a_choice_of_staff(session: Session) -> None:
    load(small())
    with transaction():
        session.execute(update(Commitment).values(theme="habitat", suggested_theme="habitat"))
        session.execute(update(Axis).where(Axis.code == "B").values(theme="habitat"))
    load(newer(axes=["B"]))
    assert (commitment(session).theme, commitment(session).suggested_theme) == ("sante", "sante")
    axis = session.scalars(select(Axis).where(Axis.code == "B")).one()
    assert (axis.theme, axis.suggested_theme) == ("habitat", "sante")


def test_a_population_of_a_later_year_stands_beside_the_older_one(session: Session) -> None:
    def with_population(**population: Any) -> Json:
        pack = small()
        pack["quartiers"][0]["population"] = population
        return pack

    load(with_population(value=1000, year=2018, source="fiche"))
    load(with_population(value=1100, year=2018, source="fiche"))
    load(with_population(value=1200, year=2022, source="fiche"))
    rows = session.execute(select(QuartierPopulation.value, QuartierPopulation.year)).all()
    assert [tuple(row) for row in rows] == [(1100, 2018), (1200, 2022)]
    load(with_population(value=1000, year=2018, source="fiche"))
    assert pack_in_database(session, "essai-2024")["quartiers"][0]["population"]["value"] == 1000


def test_a_quartier_is_searched_by_its_names_and_communes_folded(session: Session) -> None:
    pack = small(communes=[{"slug": "orly", "name": "L’Haÿ-les-Roses"}])
    pack["quartiers"][0]["aliases"] = ["Cité de l’Œuvre"]
    load(pack)
    assert session.scalars(select(Quartier.search_text)).one() == "est cite de l oeuvre l hay les roses"
    pack["communes"][0]["name"] = "Orly"
    load(pack)
    session.expire_all()
    assert session.scalars(select(Quartier.search_text)).one() == "est cite de l oeuvre orly"


def test_two_contracts_share_their_communes_and_not_their_organisations(session: Session) -> None:
    load(small())
    other = renamed(small(), "autre-2024")
    other["organisations"][0]["name"] = "CAF d’à côté"
    other["communes"].append({"slug": "thiais", "name": "Thiais", "department": "94"})
    report = load(other)
    assert report.created == report.in_database
    assert session.scalars(select(Commune.slug).order_by(Commune.slug)).all() == ["orly", "thiais"]
    assert len(session.scalars(select(ContractCommune)).all()) == 3
    assert sorted(session.scalars(select(Organisation.name))) == ["CAF", "CAF d’à côté"]
    assert pack_in_database(session, "essai-2024") == as_stored(small())
    assert pack_in_database(session, "autre-2024") == as_stored(other)


def test_a_commune_keeps_the_name_it_has_when_another_contract_spells_it_differently(
    session: Session,
) -> None:
    load(small())
    other = renamed(small(communes=[{"slug": "orly", "name": "ORLY"}]), "autre-2024")
    (kept,) = load(other).kept
    assert (kept.kind, kept.name, kept.field, kept.stored, kept.in_file) == (
        "communes",
        "orly",
        "name",
        "Orly",
        "ORLY",
    )
    assert session.scalars(select(Commune.name)).all() == ["Orly"]
    assert load(other).unchanged["communes"] == 1


def test_a_quartier_of_another_contract_is_a_named_problem_and_nothing_is_written(session: Session) -> None:
    load(small())
    before = digest(session)
    pack = small()
    pack["contract"]["slug"] = "autre-2024"
    with pytest.raises(BadPack) as refused:
        load(pack)
    assert refused.value.lines() == [
        'quartiers[0].slug: "orly-est" is a quartier of the contract "essai-2024"'
    ]
    assert digest(session) == before


def test_an_import_that_fails_at_the_last_step_leaves_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(small())
    before = digest(session)

    def fail(*_arguments: object, **_more: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("cdv_civic.packs.operations.importing.trail.record", fail)
    with pytest.raises(OSError, match="disk full"):
        load(newer(title="Autre"))
    assert digest(session) == before


def test_two_imports_at_once_take_turns(app: Flask, session: Session) -> None:
    # The smallest: who waits for the lock is turned away after some seconds.
    pack = read_pack(min(REAL_PACKS, key=lambda path: path.stat().st_size))
    size = len(pack.commitments)

    def run(_number: int) -> Report:
        with app.app_context():
            return import_pack(pack)

    session.rollback()
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(run, range(2)))
    assert sorted(report.created["commitments"] for report in reports) == [0, size]
    assert sorted(report.unchanged["commitments"] for report in reports) == [0, size]
    assert size
    assert publications() == 2, "one of them wrote, its contract and the directory"


# --- any pack -------------------------------------------------------------------------------------

_numbers = itertools.count()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(older=packs(), newest=packs())
def test_any_pack_goes_through_the_database_whole_also_over_an_older_one(
    session: Session, older: Json, newest: Json
) -> None:
    suffix = f"-x{next(_numbers)}"
    for pack in (older, newest):
        pack["contract"]["slug"] = f"essai{suffix}"
        _suffix_quartiers(pack, suffix)
        for row in pack["communes"]:
            row["name"] = f"Commune {row['slug']}"  # shared by all examples: the first to come names it
    for pack in (older, newest, older):
        report = load(pack)
        assert report.in_file == report.in_database
        assert pack_in_database(session, pack["contract"]["slug"]) == as_stored(pack)
        before = digest(session)
        assert load(pack).unchanged == report.in_file
        assert digest(session) == before


def _suffix_quartiers(pack: Json, suffix: str) -> None:
    """Quartiers are unique over all contracts of the site: each example has its own."""
    for kind in ("axes", "commitments", "indicators", "bodies"):
        for row in pack[kind]:
            if "quartiers" in row:
                row["quartiers"] = [slug + suffix for slug in row["quartiers"]]
            if "quartier" in row:
                row["quartier"] += suffix
    for row in pack["quartiers"]:
        row["slug"] += suffix
