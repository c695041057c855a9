"""The page of a meeting that is over: what came out of it first; where nothing did yet, whom one asks."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.operations.occurrences import cancel_occurrence, enter_attendance
from cdv_civic.bodies.operations.publication_drafts import NewDecision, PublicationDraft
from cdv_civic.bodies.operations.publications import publish, withdraw_publication
from cdv_civic.bodies.rules import weekly
from cdv_civic.territory.models import Body
from tests import factories as make
from tests.bodies.bodies import PARIS, announce, at, make_body

PAGE = "/fr/contrats/val/instances/conseil/rencontres/{}"
#: Some weeks before the clock of the tests.
THEN = date(2026, 10, 15)
UNWRITTEN = "Pas encore de compte rendu."
ASK = "Vous pouvez demander le compte rendu à ce groupe."


@pytest.fixture
def staff(app: Flask) -> SignedIn:
    return make.make_account()


@pytest.fixture
def body(app: Flask) -> Body:
    return make_body(make.make_contract("val"), slug="conseil")


def tell(staff: SignedIn, body: Body, meeting: int, kind: str, said: str, **values: Any) -> int:
    draft = PublicationDraft(kind, {"fr": said}, meeting_id=meeting, meeting_day=THEN, **values)
    return publish(staff, body.id, draft, client_key=f"la-publication-{said}", zone=PARIS)


def page_of(client: FlaskClient, meeting: int) -> str:
    return client.get(PAGE.format(meeting)).text.partition("<main")[2].replace("\u00a0", " ")


def test_a_meeting_that_is_over_leads_with_its_minutes_its_decisions_and_who_came(
    client: FlaskClient, body: Body, staff: SignedIn
) -> None:
    meeting = announce(staff, body, THEN, place="Salle des fêtes")
    enter_attendance(staff, meeting, THEN, present=37, first_time=None, version=0, zone=PARIS)
    tell(
        staff, body, meeting, "compte_rendu", "Nous avons parlé.", decisions=[NewDecision({"fr": "Planter."})]
    )
    tell(staff, body, meeting, "ordre_du_jour", "De quoi parler.")
    page = page_of(client, meeting)
    said = ["Nous avons parlé.", "Planter.", "De quoi parler.", "37 personnes", "Salle des fêtes"]
    assert sorted(said, key=page.index) == said
    assert "Les prochaines dates" not in page
    assert UNWRITTEN not in page
    assert ASK not in page


def test_without_minutes_it_says_so_and_when_and_whom_one_asks(
    client: FlaskClient, body: Body, staff: SignedIn
) -> None:
    meeting = announce(staff, body, THEN)
    enter_attendance(staff, meeting, THEN, present=37, first_time=None, version=0, zone=PARIS)
    page = page_of(client, meeting)
    assert page.index(UNWRITTEN) < page.index("37 personnes") < page.index(ASK)
    assert 'href="/fr/contrats/val/instances/conseil#joindre"' in page
    assert "Sa prochaine rencontre" not in page
    following = announce(staff, body, date(2026, 12, 10))
    page = page_of(client, meeting)
    assert f'Sa prochaine rencontre : <a href="{PAGE.format(following)}">jeudi 10 décembre 2026</a>' in page


def test_minutes_that_were_taken_back_are_no_minutes(
    client: FlaskClient, body: Body, staff: SignedIn
) -> None:
    meeting = announce(staff, body, THEN)
    told = tell(staff, body, meeting, "compte_rendu", "Nous avons parlé.")
    assert UNWRITTEN not in page_of(client, meeting)
    withdraw_publication(staff, told, {"fr": "Une erreur."}, version=1)
    assert UNWRITTEN in page_of(client, meeting)


def test_a_meeting_of_long_ago_is_still_told(client: FlaskClient, body: Body, staff: SignedIn) -> None:
    meeting = announce(staff, body, date(2024, 3, 14))
    page = page_of(client, meeting)
    assert "jeudi 14 mars 2024" in page
    assert UNWRITTEN in page


def test_nobody_asks_for_minutes_of_a_permanence_nor_of_what_was_cancelled(
    client: FlaskClient, body: Body, staff: SignedIn
) -> None:
    permanence = announce(staff, body, THEN, kind="permanence")
    page = page_of(client, permanence)
    assert "Pas encore de nouvelles de cette date." in page
    assert UNWRITTEN not in page
    series = announce(staff, body, THEN, recurrence=weekly(THEN, until=date(2026, 10, 29)))
    for day in (THEN, date(2026, 10, 22), date(2026, 10, 29)):
        cancel_occurrence(staff, series, day, {"fr": "Pluie."}, sequence=(day - THEN).days // 7, zone=PARIS)
    page = page_of(client, series)
    assert "Pluie." in page
    assert UNWRITTEN not in page


def test_a_series_leads_with_its_next_dates(client: FlaskClient, body: Body, staff: SignedIn) -> None:
    series = announce(
        staff, body, THEN, recurrence=weekly(THEN), starts_at=at(THEN, 10), ends_at=at(THEN, 12)
    )
    page = page_of(client, series)
    assert page.index("Les prochaines dates") < page.index("Ce qui en est sorti")
