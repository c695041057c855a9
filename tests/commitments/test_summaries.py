"""Counts, news and dates that other pages show: each commitment once, each at a constant cost."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from cdv_civic.commitments.models import Commitment, commitment_quartier
from cdv_civic.commitments.presentation import commitment_url
from cdv_civic.commitments.queries.cards import cards
from cdv_civic.commitments.queries.summaries.axes import axis_counts
from cdv_civic.commitments.queries.summaries.deadlines import next_deadlines
from cdv_civic.commitments.queries.summaries.news import latest_news
from cdv_civic.commitments.queries.summaries.tallies import StateTally, tallies, tally
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.territory.models import Axis, Contract, Quartier
from tests.conftest import Site
from tests.factories import (
    make_axis,
    make_commitment,
    make_commitments,
    make_contract,
    make_evidence,
    make_organisation,
    make_progress,
    make_quartier,
)


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make_contract("un")


def tell_in_quartier(commitment: Commitment, quartier: Quartier, state: str) -> None:
    with transaction() as session:
        session.execute(
            update(commitment_quartier)
            .where(
                commitment_quartier.c.commitment_id == commitment.id,
                commitment_quartier.c.quartier_id == quartier.id,
            )
            .values(state=state)
        )


def states(counted: StateTally) -> dict[str, int]:
    return {state.code: number for state, number in counted.by_state}


def test_a_commitment_is_counted_once_however_many_hold_it(contract: Contract) -> None:
    holders = [make_organisation(contract) for _ in range(3)]
    quartiers = [make_quartier(contract) for _ in range(3)]
    make_commitment(contract, holders=holders, quartiers=quartiers, theme="sante", state="en_cours")
    make_commitment(contract, nature="piste", state="a_verifier")
    make_commitment(contract, retired_at=clock.now())
    make_commitment(make_contract("deux"), theme="emploi")
    counted = tally(contract_id=contract.id)
    assert counted.total == 2
    assert states(counted) == {"a_verifier": 1, "en_cours": 1}
    assert [(theme.code if theme else None, number) for theme, number in counted.by_theme] == [
        ("sante", 1),
        (None, 1),
    ]
    assert counted.promises == 1
    assert counted.count("en_cours", "realise") == 1
    assert tally().total == 3
    assert tally(quartier_id=quartiers[0].id).total == 1
    assert tally(organisation_id=holders[0].id, contract_id=contract.id).total == 1
    assert tally(quartier_id=99_999) == StateTally(0, (), (), 0)


def test_a_quartier_counts_what_was_told_there(contract: Contract) -> None:
    east, west = make_quartier(contract), make_quartier(contract)
    commitment = make_commitment(contract, state="en_cours", quartiers=[east, west])
    tell_in_quartier(commitment, east, "realise")
    assert states(tally(quartier_id=east.id)) == {"realise": 1}
    assert states(tally(quartier_id=west.id)) == {"en_cours": 1}
    assert states(tally(contract_id=contract.id)) == {"en_cours": 1}
    several = tallies(quartier_ids=[east.id, west.id, 99_999])
    assert several[east.id] == tally(quartier_id=east.id)
    assert several[99_999].total == 0


def test_tallies_of_many_are_the_tallies_of_each(contract: Contract) -> None:
    other = make_contract()
    holders = [make_organisation(contract) for _ in range(2)]
    make_commitment(contract, holders=holders, state="realise")
    make_commitment(contract, holders=holders[:1])
    make_commitment(other)
    by_holder = tallies(organisation_ids=[each.id for each in holders])
    assert all(by_holder[each.id] == tally(organisation_id=each.id) for each in holders)
    by_contract = tallies(contract_ids=[contract.id, other.id])
    assert [by_contract[each.id].total for each in (contract, other)] == [2, 1]


def test_the_latest_news_come_first_and_withdrawn_ones_never(app: Flask, contract: Contract) -> None:
    east, west = make_quartier(contract, "Est"), make_quartier(contract, "Ouest")
    halls = make_commitment(contract, "Refaire les halls", quartiers=[east, west])
    far = make_commitment(contract, "Ailleurs")
    make_progress(halls, "en_cours", date(2026, 1, 5), "Tout commence.", translations={"ar": "البداية."})
    photo = make_evidence(
        make_progress(halls, "realise", date(2026, 2, 5), "Fini à l’est.", quartier=east), "photo", "Le hall"
    )
    make_progress(halls, "realise", date(2026, 3, 5), "Fini à l’ouest.", quartier=west)
    make_progress(far, "en_cours", date(2026, 4, 5), "Loin d’ici.")
    make_progress(far, "realise", date(2026, 5, 5), "Erreur.", withdrawn_at=clock.now(), withdrawn_reason="…")
    gone = make_commitment(contract, retired_at=clock.now())
    make_progress(gone, "en_cours", date(2026, 6, 5), "Plus là.")

    def told(**within: int) -> list[str]:
        return [item.sentence.text for item in latest_news(limit=10, language="fr", **within)]

    assert told() == ["Loin d’ici.", "Fini à l’ouest.", "Fini à l’est.", "Tout commence."]
    assert told(quartier_id=east.id) == ["Fini à l’est.", "Tout commence."]
    with app.test_request_context("/fr/"):
        news = latest_news(limit=1, language="ar", quartier_id=east.id)[0]
        assert news.quartier_name == "Est"
        assert news.photo_id == photo.file_id
        assert news.photo_alt is not None
        assert news.photo_alt.text == "Le hall"
        assert commitment_url(news).endswith(f"/contrats/un/engagements/{halls.code}")
    oldest = latest_news(limit=10, language="ar", quartier_id=east.id)[-1]
    assert (oldest.sentence.text, oldest.title.translated) == ("البداية.", False)


def test_next_deadlines_are_those_to_come_of_what_is_still_open(contract: Contract) -> None:
    east = make_quartier(contract)
    for title, day, state in (
        ("Passée", date(2026, 11, 19), "annonce"),
        ("Aujourd’hui", date(2026, 11, 20), "annonce"),
        ("Faite", date(2026, 12, 1), "realise"),
        ("Plus tard", date(2027, 12, 31), "a_verifier"),
    ):
        make_commitment(contract, title, state=state, deadline_text="…", deadline_date=day, quartiers=[east])
    here = make_commitment(
        contract, "Faite ici", deadline_text="…", deadline_date=date(2027, 1, 1), quartiers=[east]
    )
    tell_in_quartier(here, east, "realise")

    def coming(**within: int) -> list[str]:
        found = next_deadlines(limit=5, today=clock.today(), language="fr", **within)
        return [each.title.text for each in found]

    assert coming() == ["Aujourd’hui", "Faite ici", "Plus tard"]
    assert coming(quartier_id=east.id) == ["Aujourd’hui", "Plus tard"]


def test_cards_keep_the_order_asked_for(contract: Contract) -> None:
    first, second = make_commitment(contract, "Un"), make_commitment(contract, "Deux")
    found = cards([second.id, 99_999, first.id], language="fr", today=clock.today())
    assert [card.title.text for card in found] == ["Deux", "Un"]
    assert cards([], language="fr", today=clock.today()) == []


TREES = st.lists(st.integers(0, 10), max_size=12).map(
    lambda picks: [None] + [pick % (index + 1) for index, pick in enumerate(picks)]
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parents=TREES, hung=st.lists(st.sets(st.integers(0, 30), max_size=3), max_size=12))
def test_a_node_counts_each_commitment_below_it_once(
    app: Flask, site: Site, parents: list[int | None], hung: list[set[int]]
) -> None:
    site.empty()
    contract = make_contract()
    axes: list[Axis] = []
    for parent in parents:
        axes.append(make_axis(contract, parent=None if parent is None else axes[parent]))
    placed = []
    for places in hung:
        at = {place % len(axes) for place in places}
        make_commitment(contract, axes=[axes[index] for index in at])
        placed.append(at)
    make_commitment(contract, axes=axes, retired_at=clock.now())

    def above(index: int | None) -> set[int]:
        return set() if index is None else {index} | above(parents[index])

    expected = {axis.id: 0 for axis in axes}
    for at in placed:
        for index in set().union(*(above(each) for each in at)):
            expected[axes[index].id] += 1
    assert axis_counts(contract.id) == expected
    db.session.rollback()


def test_each_summary_costs_the_same_for_20_commitments_and_2000(
    contract: Contract, count_statements: Callable[[], Any]
) -> None:
    east = make_quartier(contract)
    city = make_organisation(contract)
    axis = make_axis(contract)
    more: dict[str, Any] = {
        "quartier": east,
        "holder": city,
        "axis": axis,
        "deadline_text": "2027",
        "deadline_date": date(2027, 1, 1),
    }
    today = clock.today()

    def costs() -> list[int]:
        found = []
        for ask in (
            lambda: tally(quartier_id=east.id),
            lambda: tallies(organisation_ids=[city.id]),
            lambda: latest_news(limit=5, language="ar", quartier_id=east.id),
            lambda: next_deadlines(limit=5, today=today, language="ar", quartier_id=east.id),
            lambda: axis_counts(contract.id),
            lambda: cards(ids[:20], language="ar", today=today, quartier_id=east.id),
        ):
            with count_statements() as statements:
                ask()
            found.append(len(statements))
        return found

    ids = make_commitments(contract, 20, **more)
    assert costs()[2] == 1, "no news have no photos to ask for"
    make_progress(db.session.get_one(Commitment, ids[0]))
    few = costs()
    ids = make_commitments(contract, 1980, **more)
    assert costs() == few == [1, 1, 2, 1, 3, 3]
