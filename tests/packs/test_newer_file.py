"""A newer file changes only what it says, and never what a human has said since."""

from __future__ import annotations

import copy

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cdv_civic.commitments import search
from cdv_civic.commitments.models import (
    Commitment,
    CommitmentSearch,
    Progress,
    commitment_holder,
    commitment_quartier,
)
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.localized import LocalizedText, Translation, standing, write_original
from cdv_civic.core.text_owners import TextOwner
from cdv_civic.packs.report import REPORTED
from cdv_civic.territory.models import (
    Quartier,
)
from tests.packs.database import as_stored, pack_in_database
from tests.packs.samples import (
    commitment,
    load,
    newer,
    small,
    title,
    versions,
)


def test_a_newer_file_updates_and_says_so_in_a_version(session: Session) -> None:
    load(small())
    pack = newer(
        title="Ouvrir deux permanences",
        holders=[],
        partners=["caf"],
        deadline={"text": "fin 2025", "date": "2025-12-31"},
        budget={"text": "10 000,50 €", "amount_eur": 10000.5},
    )
    report = load(pack)
    assert report.updated == {**dict.fromkeys(REPORTED, 0), "commitments": 1}
    assert pack_in_database(session, "essai-2024") == as_stored(pack)
    assert commitment(session).version == 2
    (version,) = versions(session)
    assert (version.number, version.origin, version.organisation_name) == (2, "import", "")
    assert version.reason == "Le contrat a été mis à jour le 20 novembre 2026."
    assert version.changes == {
        "title": ["Ouvrir une permanence", "Ouvrir deux permanences"],
        "holders": [["CAF"], []],
        "partners": [[], ["CAF"]],
        "deadline_text": [None, "fin 2025"],
        "deadline_date": [None, "2025-12-31"],
        "budget_text": [None, "10 000,50 €"],
        "budget_cents": [None, 1000050],
    }


def test_going_back_to_the_older_file_is_an_update_too(session: Session) -> None:
    load(newer(condition="sous réserve", deadline={"text": "2025"}))
    load(small())
    assert pack_in_database(session, "essai-2024") == as_stored(small())
    assert versions(session)[0].changes == {
        "condition": ["sous réserve", None],
        "deadline_text": ["2025", None],
    }


def test_a_changed_title_is_found_by_search_and_its_translations_become_stale(session: Session) -> None:
    load(small())
    row = commitment(session)
    with transaction():
        for language, state in (("en", "reviewed"), ("ar", "draft")):
            session.add(
                Translation(
                    text_id=row.title_id,
                    language=language,
                    text="x",
                    state=state,
                    renders_version=1,
                    changed_at=clock.now(),
                    reviewed_at=clock.now() if state == "reviewed" else None,
                )
            )
    load(newer(title="Ouvrir une ludothèque"))
    states = session.execute(
        select(Translation.language, standing())
        .join(LocalizedText, LocalizedText.id == Translation.text_id)
        .order_by(Translation.language)
    ).all()
    assert [tuple(one) for one in states] == [("ar", "draft"), ("en", "stale")]
    found = search.matching(session, "ludothèques")
    assert found is not None
    assert session.scalars(select(Commitment.id).where(found)).all() == [row.id]


def test_a_renamed_holder_is_found_by_search(session: Session) -> None:
    load(small())
    pack = small()
    pack["organisations"][0]["name"] = "Allocations familiales"
    load(pack)
    assert "allocation" in session.scalars(select(CommitmentSearch.document)).one()


def test_human_edits_are_kept_and_reported_while_the_rest_is_applied(session: Session) -> None:
    load(newer(condition="sous réserve"))
    row = commitment(session)
    with transaction():
        session.execute(
            update(LocalizedText).where(LocalizedText.id == row.title_id).values(original="Ouvrir lundi")
        )
        session.execute(update(Commitment).values(nature="poursuite", deadline_text="lundi"))
        session.execute(commitment_holder.delete())
    report = load(
        newer(
            title="Ouvrir en mai", nature="piste", holders=["caf"], condition=None, deadline={"text": "mai"}
        )
    )
    row = commitment(session)
    assert (title(session, row), row.nature, row.deadline_text) == ("Ouvrir lundi", "poursuite", "lundi")
    assert row.condition is None
    assert session.execute(select(commitment_holder)).all() == []
    assert [(kept.field, kept.stored, kept.in_file) for kept in report.kept] == [
        ("nature", "poursuite", "piste"),
        ("title", "Ouvrir lundi", "Ouvrir en mai"),
        ("deadline", {"text": "lundi"}, {"text": "mai"}),
    ]
    assert report.updated["commitments"] == 1
    again = load(newer(title="Ouvrir en mai", nature="piste", condition=None, deadline={"text": "mai"}))
    assert (again.unchanged["commitments"], again.kept) == (1, ())


def test_a_human_edit_survives_any_number_of_newer_files(session: Session) -> None:
    load(small())
    with transaction():
        session.execute(update(Commitment).values(recurrence="chaque mois"))
    for text in ("1 fois par an", "2 fois par an"):
        assert [kept.in_file for kept in load(newer(recurrence=text)).kept] == [text]
    assert commitment(session).recurrence == "chaque mois"


def test_published_progress_and_the_state_of_a_quartier_are_kept(session: Session) -> None:
    pack = small()
    pack["quartiers"].append({**pack["quartiers"][0], "slug": "orly-ouest", "name": "Ouest"})
    load(pack, publish=True)
    row = commitment(session)
    with transaction():
        owner = TextOwner("progress", 1, "sentence", row.contract_id)
        session.add(
            Progress(
                id=owner.id,
                commitment_id=row.id,
                state="en_cours",
                happened_on=clock.today(),
                sentence_id=write_original(session, "Le chantier a commencé.", owner).id,
                organisation_name="Ville",
                published_at=clock.now(),
                client_key="k",
            )
        )
        session.execute(update(Commitment).values(state="en_cours", last_progress_on=clock.today()))
        session.execute(update(commitment_quartier).values(state="realise"))
    changed = copy.deepcopy(pack)
    changed["commitments"][0].update(title="Autre titre", quartiers=["orly-ouest", "orly-est"])
    load(changed, publish=True)
    row = commitment(session)
    assert (row.state, row.last_progress_on) == ("en_cours", clock.today())
    assert session.scalars(select(Progress.state)).all() == ["en_cours"]
    links = session.execute(
        select(Quartier.slug, commitment_quartier.c.state)
        .join(Quartier, Quartier.id == commitment_quartier.c.quartier_id)
        .order_by(commitment_quartier.c.position)
    ).all()
    assert [tuple(link) for link in links] == [("orly-ouest", None), ("orly-est", "realise")]


def test_what_is_gone_is_retired_and_what_comes_back_is_not(session: Session) -> None:
    load(small())
    less = small(commitments=[], organisations=[], quartiers=[], axes=small()["axes"][:1])
    report = load(less)
    assert report.retired == {
        **dict.fromkeys(REPORTED, 0), "commitments": 1, "axes": 2, "quartiers": 1, "organisations": 1
    }  # fmt: skip
    assert commitment(session).retired_at == clock.now()
    assert pack_in_database(session, "essai-2024") == as_stored(less)
    assert load(less).unchanged["axes"] == 1

    report = load(small())
    assert (report.updated["commitments"], report.updated["axes"], report.created["axes"]) == (1, 2, 0)
    assert commitment(session).retired_at is None
    assert pack_in_database(session, "essai-2024") == as_stored(small())
    assert [(one.number, one.changes) for one in versions(session)] == [
        (2, {"retired": [False, True]}),
        (3, {"retired": [True, False]}),
    ]
    assert "n’est plus dans le contrat" in versions(session)[0].reason


def test_a_retired_commitment_is_not_published(session: Session) -> None:
    load(small())
    load(small(commitments=[]), publish=True)
    assert commitment(session).state == "a_verifier"


def test_rows_that_only_change_places_are_unchanged_but_sorted_anew(session: Session) -> None:
    pack = small()
    load(pack)
    pack["axes"] = [pack["axes"][2], *pack["axes"][:2]]
    report = load(pack)
    assert report.unchanged == report.in_file
    assert pack_in_database(session, "essai-2024") == as_stored(pack)


def test_axes_can_be_hung_elsewhere_under_new_ones(session: Session) -> None:
    pack = small()
    load(pack)
    pack["axes"].insert(1, {**pack["axes"][0], "code": "N", "parent": "A"})
    pack["axes"].insert(2, {**pack["axes"][0], "code": "N.1", "parent": "N"})
    pack["axes"][3]["parent"] = "N.1"
    load(pack)
    assert pack_in_database(session, "essai-2024") == as_stored(pack)


def test_the_contract_itself_is_updated(session: Session) -> None:
    load(small())
    pack = small()
    pack["contract"].update(title="Contrat mis à jour", period_end="2031", notes="Avenant")
    pack["contract"]["source"]["signed_on"] = "2025-01-02"
    report = load(pack)
    assert report.unchanged == report.in_file
    assert pack_in_database(session, "essai-2024") == as_stored(pack)
