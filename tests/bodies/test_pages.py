"""Public pages of bodies, and their calendars."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from flask.testing import FlaskClient
from icalendar import Calendar
from icalendar import Event as CalendarEvent

from cdv_civic.bodies.operations import cancel_meeting, change_meeting, describe_body
from cdv_civic.bodies.rules import days, monthly, weekly
from cdv_civic.people.sessions import SignedIn
from cdv_civic.territory.models import Body, Contract
from tests import factories as make
from tests.bodies.bodies import PARIS, an_event, announce, at, make_body

PAGE = "/contrats/val/instances/conseil"
SATURDAY = date(2026, 12, 5)


@pytest.fixture
def contract(app: object) -> Contract:
    return make.make_contract("val", short_title="Val 2024-2030")


@pytest.fixture
def body(contract: Contract) -> Body:
    orly = make.make_commune(contract, "Orly", "orly")
    quartier = make.make_quartier(contract, "Quartier Est", [orly], slug="est")
    return make_body(contract, "Conseil citoyen", slug="conseil", quartiers=[quartier], communes=[orly])


@pytest.fixture
def staff(app: object) -> SignedIn:
    return make.make_account()


def entries(answer: bytes) -> list[CalendarEvent]:
    found = Calendar.from_ical(answer)
    return [each for each in found.walk("VEVENT") if isinstance(each, CalendarEvent)]


def test_a_body_of_which_nothing_is_known_says_so(client: FlaskClient, body: Body) -> None:
    page = client.get(f"/fr{PAGE}").text
    assert "non renseigné" in page
    assert "Pas de date annoncée" in page
    assert "Quartier Est" in page
    assert "agenda" not in page.split("<footer")[0].split("Pas de date")[0]


def test_a_body_that_is_over_in_the_document_says_so(client: FlaskClient, contract: Contract) -> None:
    make_body(contract, slug="conseil", active=False)
    assert "pas en activité aujourd’hui" in client.get(f"/fr{PAGE}").text


def test_the_page_tells_state_words_and_days_in_the_readers_language(
    client: FlaskClient, body: Body, staff: SignedIn
) -> None:
    describe_body(
        staff,
        body.id,
        version=0,
        state="a_relancer",
        contact={"fr": "À la mairie."},
        joining={"fr": "Venez."},
    )
    announce(
        staff, body, SATURDAY, starts_at=at(SATURDAY, 10), ends_at=at(SATURDAY, 12), kind="permanence",
        recurrence=monthly(SATURDAY), childcare=True, spoken=("fr", "ar"),
    )  # fmt: skip
    page = client.get(f"/fr{PAGE}").text
    assert "cherche de nouvelles personnes" in page
    assert "À la mairie." in page
    assert "samedi 5 décembre 2026" in page
    assert "samedi 2 janvier 2027" in page
    assert "de 10:00 à 12:00" in page
    assert "Le premier samedi de chaque mois" in page
    assert "Vos enfants sont gardés sur place." in page
    assert "français, arabe" in page
    arabic = client.get(f"/ar{PAGE}").text
    assert "الحديقة" in arabic
    assert 'lang="fr" dir="ltr"' in arabic


@pytest.mark.parametrize("kind", ["autre", "comite_technique"])
def test_a_security_cell_shows_its_purpose_only(
    client: FlaskClient, contract: Contract, staff: SignedIn, kind: str
) -> None:
    cell = make_body(contract, "Cellule de veille", kind, slug="conseil", rules="Situations individuelles")
    describe_body(staff, cell.id, version=0, state=None, contact={"fr": "Bureau 12"}, joining={})
    page = client.get(f"/fr{PAGE}").text
    assert "Ses rencontres ne sont pas publiques." in page
    assert "Bureau 12" not in page
    assert "Situations individuelles" not in page
    assert "calendrier.ics" not in page
    assert client.get(f"/fr{PAGE}/calendrier.ics").status_code == 404


def test_past_days_stand_apart_and_cancelled_ones_stay_visible(
    client: FlaskClient, body: Body, staff: SignedIn
) -> None:
    announce(staff, body, date(2026, 10, 15), title={"fr": "Déjà tenue"})
    meeting = announce(staff, body, title={"fr": "Qui n’aura pas lieu"})
    cancel_meeting(staff, meeting, {"fr": "La salle est fermée."}, sequence=0)
    page = client.get(f"/fr{PAGE}").text
    coming, past = page.split("Les dernières rencontres")
    assert "Déjà tenue" in past
    assert "Déjà tenue" not in coming
    assert "Annulé" in coming
    assert "La salle est fermée." in coming


def test_the_quartier_shows_what_comes_and_leads_to_the_body(
    client: FlaskClient, body: Body, staff: SignedIn
) -> None:
    assert "Les prochaines rencontres" not in client.get("/fr/quartiers/est").text
    announce(staff, body)
    describe_body(staff, body.id, version=0, state="en_sommeil", contact={}, joining={})
    page = client.get("/fr/quartiers/est").text
    assert "Les prochaines rencontres" in page
    assert "jeudi 10 décembre 2026" in page
    assert f'href="/fr{PAGE}"' in page
    assert "En sommeil" in page


def test_the_list_puts_the_places_of_residents_first(
    client: FlaskClient, contract: Contract, body: Body
) -> None:
    make_body(contract, "Comité du contrat", "comite_pilotage", position=0)
    page = client.get("/fr/contrats/val/instances").text
    assert page.index("Conseil citoyen</bdi>") < page.index("Comité du contrat</bdi>")
    assert client.get("/fr/contrats/rien/instances").status_code == 404


@pytest.mark.parametrize("path", ["/rien", "/conseil/rencontres/9.ics", "/rien/calendrier.ics"])
def test_an_unknown_body_or_event_is_not_found(client: FlaskClient, body: Body, path: str) -> None:
    assert client.get(f"/fr/contrats/val/instances{path}").status_code == 404


def test_a_calendar_holds_both_hours_of_a_day_with_their_zone(
    client: FlaskClient, body: Body, staff: SignedIn
) -> None:
    day = date(2026, 12, 10)
    title = {
        "fr": "Parc ; jeux, bancs, et une très longue suite de mots pour dépasser la largeur d’une ligne"
    }
    meeting = announce(
        staff, body, day, title=title, starts_at=at(day, 14), ends_at=at(day, 15),
        second_starts_at=at(day, 18, 30),
    )  # fmt: skip
    answer = client.get(f"/fr{PAGE}/rencontres/{meeting}.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    assert b"BEGIN:VTIMEZONE" in answer.data
    one, two = entries(answer.data)
    assert str(one["summary"]).startswith(title["fr"])
    assert one.decoded("dtstart").astimezone(UTC) == datetime(2026, 12, 10, 13, tzinfo=UTC)
    assert one["dtstart"].params["TZID"] == "Europe/Paris"
    assert two.decoded("dtstart").astimezone(UTC) == datetime(2026, 12, 10, 17, 30, tzinfo=UTC)
    assert one["uid"] != two["uid"]
    assert client.get(f"/ar{PAGE}/rencontres/{meeting}.ics").data.count(one["uid"].to_ical()) == 1


def test_a_calendar_counts_the_same_days_as_the_page(
    client: FlaskClient, body: Body, staff: SignedIn
) -> None:
    first = date(2026, 12, 9)
    rule = weekly(first, 2, except_months=frozenset({8}), until=date(2027, 10, 1))
    announce(staff, body, first, recurrence=rule)
    (entry,) = entries(client.get(f"/fr{PAGE}/calendrier.ics").data)
    rule_told: Any = entry["rrule"]
    told = rule_told.to_ical().decode()
    start = entry.decoded("dtstart")
    found = list(rrulestr(told, dtstart=start))
    assert [moment.date() for moment in found] == list(days(first, rule, first, date(2028, 1, 1)))
    assert {moment.hour for moment in found} == {18}


def test_a_change_and_a_cancellation_reach_calendars(
    client: FlaskClient, body: Body, staff: SignedIn
) -> None:
    meeting = announce(staff, body)
    (before,) = entries(client.get("/fr/quartiers/est/calendrier.ics").data)
    change_meeting(staff, meeting, an_event(date(2026, 12, 17)), sequence=0, zone=PARIS)
    cancel_meeting(staff, meeting, {"fr": "La salle est fermée."}, sequence=1)
    (after,) = entries(client.get("/fr/quartiers/est/calendrier.ics").data)
    assert (before["uid"], before["sequence"], str(before["status"])) == (after["uid"], 0, "CONFIRMED")
    assert (after["sequence"], str(after["status"])) == (2, "CANCELLED")
    assert "La salle est fermée." in str(after["description"])


def test_a_page_costs_a_dozen_statements_at_most(
    client: FlaskClient, body: Body, staff: SignedIn,
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:  # fmt: skip
    paths = (
        PAGE,
        f"{PAGE}/calendrier.ics",
        "/contrats/val/instances",
        "/quartiers/est",
        "/quartiers/est/calendrier.ics",
    )
    costs: list[list[int]] = []
    for _round in range(2):
        costs.append([])
        for path in paths:
            client.application.extensions["page_store"].clear()
            with count_statements() as statements:
                assert client.get(f"/ar{path}").status_code == 200
            assert len(statements) <= 12, path
            costs[-1].append(len(statements))
        for _each in range(20):
            announce(staff, body)
    assert costs[0] == costs[1]
