"""Public pages of bodies, and their calendars."""

import html
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from flask.testing import FlaskClient

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.operations.describing import describe_body
from cdv_civic.bodies.operations.meetings import cancel_meeting, change_meeting
from cdv_civic.bodies.operations.occurrences import (
    cancel_occurrence,
    enter_attendance,
    move_occurrence,
    restore_occurrence,
)
from cdv_civic.bodies.operations.publication_drafts import PublicationDraft
from cdv_civic.bodies.operations.publications import publish, withdraw_publication
from cdv_civic.bodies.queries.events import events_of_body
from cdv_civic.bodies.rules import Slot, days, monthly, weekly
from cdv_civic.core import clock
from cdv_civic.territory.models import Body, Contract
from tests import factories as make
from tests.bodies.bodies import PARIS, an_event, announce, at, make_body
from tests.bodies.calendars import entries, expanded
from tests.conftest import TODAY

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


def test_a_body_of_which_nothing_is_known_says_so(client: FlaskClient, body: Body) -> None:
    page = client.get(f"/fr{PAGE}").text
    assert "activité non renseignée" in page
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
    assert f'href="/fr{PAGE}/rencontres"' in page
    dates = client.get(f"/fr{PAGE}/rencontres").text
    assert "Le premier samedi de chaque mois" in dates
    assert "Vos enfants sont gardés sur place." in dates
    assert "français, arabe" in dates
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
    assert "Annulé" in client.get(f"/fr{PAGE}").text
    page = client.get(f"/fr{PAGE}/rencontres").text
    coming, past = page.split("Les dernières rencontres")
    assert "Déjà tenue" in past
    assert "Déjà tenue" not in coming
    assert "Annulé" in coming
    assert "La salle est fermée." in coming


@pytest.mark.parametrize(
    ("times", "minute_before"),
    [
        ({"starts_at": at(TODAY.date(), 18), "ends_at": at(TODAY.date(), 19, 30)}, (19, 29)),
        (
            {
                "starts_at": at(TODAY.date(), 10),
                "ends_at": at(TODAY.date(), 12),
                "second_starts_at": at(TODAY.date(), 14),
                "second_ends_at": at(TODAY.date(), 16),
            },
            (15, 59),
        ),
        ({"starts_at": at(TODAY.date(), 18), "ends_at": None}, (23, 59)),
    ],
    ids=["one slot", "two slots", "no end"],
)
def test_a_meeting_of_today_is_to_come_until_the_minute_it_ends(
    client: FlaskClient, body: Body, staff: SignedIn, times: dict[str, Any], minute_before: tuple[int, int]
) -> None:
    meeting = announce(staff, body, TODAY.date(), title={"fr": "De ce soir"}, **times)
    last = at(TODAY.date(), *minute_before)
    # Each page is kept in the morning, and once more a minute before.
    for moment, where in ((TODAY, True), (last, True), (last + timedelta(minutes=1), False)):
        with clock.frozen_everywhere(moment):
            dates = client.get(f"/fr{PAGE}/rencontres").text
            coming, _title, past = dates.partition("Les dernières rencontres")
            assert ("De ce soir" in coming, "De ce soir" in past) == (where, not where), moment
            for path in (PAGE, "/quartiers/est/dates"):
                assert ("De ce soir" in client.get(f"/fr{path}").text) is where, moment
            own = client.get(f"/fr{PAGE}/rencontres/{meeting}").text
            assert ("aujourd’hui" in own) is where, moment


def test_the_quartier_shows_what_comes_and_leads_to_the_body(
    client: FlaskClient, body: Body, staff: SignedIn
) -> None:
    assert "Toutes les dates" not in client.get("/fr/quartiers/est").text
    assert "Pas de date annoncée" in client.get("/fr/quartiers/est/dates").text
    announce(staff, body)
    describe_body(staff, body.id, version=0, state="en_sommeil", contact={}, joining={})
    page = client.get("/fr/quartiers/est").text
    assert 'href="/fr/quartiers/est/dates"' in page
    dates = client.get("/fr/quartiers/est/dates").text
    assert "jeudi 10 décembre 2026" in dates
    assert f'href="/fr{PAGE}"' in dates
    assert f'href="/fr{PAGE}"' in page
    assert "En sommeil" in page


def test_the_list_puts_the_places_of_residents_first(
    client: FlaskClient, contract: Contract, body: Body
) -> None:
    make_body(contract, "Comité du contrat", "comite_pilotage", position=0)
    page = client.get("/fr/contrats/val/instances").text
    assert page.index("Conseil citoyen</bdi>") < page.index("Comité du contrat</bdi>")
    assert client.get("/fr/contrats/rien/instances").status_code == 404


def test_many_places_of_residents_are_folded_by_town(client: FlaskClient, contract: Contract) -> None:
    orly, thiais = (make.make_commune(contract, name, name.lower()) for name in ("Orly", "Thiais"))
    for number in range(6):
        make_body(contract, f"Collectif {number} de Thiais", "collectif", communes=[thiais])
        make_body(contract, f"Collectif {number} d’Orly", "collectif", communes=[orly])
    make_body(contract, "Collectif du territoire", "collectif")
    page = client.get("/fr/contrats/val/instances").text
    folds = [part.partition("</details>")[0] for part in page.split("<details")[1:]]
    assert [re.sub(r"<[^>]+>|\s+", " ", each.partition("</summary>")[0]).split()[-2:] for each in folds] == [
        ["territoire", "1"],
        ["Orly", "6"],
        ["Thiais", "6"],
    ]
    assert "Collectif 3 d’Orly" in folds[1]
    assert "Collectif du territoire" in folds[0]


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


def test_the_name_of_a_calendar_is_written_as_text(client: FlaskClient, contract: Contract) -> None:
    """Escaped as all text (RFC 5545, 3.3.11): a comma would make two names of it."""
    make_body(contract, "Conseil ; Nord, Sud \\ Est", slug="nord")
    answer = client.get("/fr/contrats/val/instances/nord/calendrier.ics")
    assert b"X-WR-CALNAME:Conseil \\; Nord\\, Sud \\\\ Est\r\n" in answer.data


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


@pytest.mark.parametrize("first", [date(2026, 12, 5), date(2027, 2, 6)])
def test_a_calendar_holds_what_was_decided_of_single_dates(
    client: FlaskClient, body: Body, staff: SignedIn, first: date
) -> None:
    """Over the nights when summer time begins and ends, with both hours of the day."""
    meeting = announce(
        staff, body, first, starts_at=at(first, 10), ends_at=at(first, 12), second_starts_at=at(first, 18, 30),
        recurrence=weekly(first, until=first + timedelta(days=360)),
    )  # fmt: skip
    off, moved, back = (first + timedelta(weeks=weeks) for weeks in (8, 17, 30))
    to = moved + timedelta(days=1)
    cancel_occurrence(staff, meeting, off, {"fr": "Fête"}, sequence=0, zone=PARIS)
    slots = [Slot(at(to, 9), at(to, 11)), Slot(at(to, 20), at(to, 21))]
    move_occurrence(staff, meeting, moved, slots, {"fr": "Salle prise"}, sequence=1, zone=PARIS)
    cancel_occurrence(staff, meeting, back, {"fr": "Erreur"}, sequence=2, zone=PARIS)
    restore_occurrence(staff, meeting, back, sequence=3, zone=PARIS)
    found = entries(client.get(f"/fr{PAGE}/rencontres/{meeting}.ics").data)
    assert {each["sequence"] for each in found} == {4}
    (event,) = events_of_body(body.id, "fr")
    expected = sorted(
        slot.start
        for each in event.occurrences(first, first + timedelta(days=400))
        if not each.cancelled
        for slot in each.slots
    )
    assert sorted(expanded(found)) == expected
    assert at(off, 10) not in expected
    assert at(to, 9) in expected
    (said,) = {str(each["description"]) for each in found if "Salle prise" in str(each.get("description"))}
    assert "Déplacé" in said


def test_a_quartier_and_a_body_mark_a_cancelled_date_and_go_on_to_the_next(
    client: FlaskClient, body: Body, staff: SignedIn
) -> None:
    meeting = announce(staff, body, SATURDAY, recurrence=monthly(SATURDAY))
    cancel_occurrence(staff, meeting, SATURDAY, {"fr": "La salle est fermée."}, sequence=0, zone=PARIS)
    to = [Slot(at(date(2027, 1, 9), 15))]
    move_occurrence(staff, meeting, date(2027, 1, 2), to, {"fr": "Jour de fête."}, sequence=1, zone=PARIS)
    assert client.get("/fr/quartiers/est").text.count("meeting-cancelled") == 1
    for path in (PAGE, "/quartiers/est/dates", f"{PAGE}/rencontres/{meeting}"):
        page = client.get(f"/fr{path}").text
        assert page.count("meeting-cancelled") == 1
        assert "La salle est fermée." in page
        assert "samedi 9 janvier 2027" in page
        assert "Cette date remplace celle du samedi 2 janvier 2027." in page
        assert "samedi 6 février 2027" in page


def test_a_meeting_tells_what_happened_at_each_date(client: FlaskClient, body: Body, staff: SignedIn) -> None:
    first = date(2026, 9, 5)
    meeting = announce(staff, body, first, recurrence=monthly(first))
    enter_attendance(staff, meeting, first, present=1, first_time=1, version=0, zone=PARIS)
    draft = PublicationDraft(
        "compte_rendu", {"fr": "Nous avons parlé."}, meeting_id=meeting, meeting_day=date(2026, 10, 3)
    )
    publish(staff, body.id, draft, client_key="un-compte-rendu", zone=PARIS)
    page = client.get(f"/fr{PAGE}/rencontres/{meeting}").text
    assert "1 personne est venue, dont 1 pour la première fois" in page
    assert page.index("Nous avons parlé.") < page.index("1 personne est venue")
    assert "Pas encore de compte rendu." in page  # of November
    assert f"{PAGE}/rencontres/{meeting}.ics" in page
    for path in ("/rencontres/999", "/publications/999", "/rencontres/99999999999999999999"):
        assert client.get(f"/fr{PAGE}{path}").status_code == 404, path
    body_page = client.get(f"/en{PAGE}").text
    assert "What it said and decided" in body_page
    assert "3 meetings held" in body_page
    assert "1 person present" in body_page


def test_what_was_said_is_cut_into_pages_both_ways(client: FlaskClient, body: Body, staff: SignedIn) -> None:
    for number in range(45):
        day = date(2026, 1, 1) + timedelta(days=number // 2)
        draft = PublicationDraft(
            "avis", {"fr": "Oui."}, title={"fr": f"Avis numéro {number:02}."}, said_on=day
        )
        publish(staff, body.id, draft, client_key=f"avis-{number:08}", zone=PARIS)
    seen: list[str] = []
    address = f"/fr{PAGE}/publications"
    while True:
        page = client.get(address).text
        seen += re.findall(r"Avis numéro \d\d", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if not following:
            break
        address = html.unescape(following.group(1))
    assert seen == [f"Avis numéro {number:02}" for number in reversed(range(45))]
    before = re.search(r'rel="prev" href="([^"]+)"', page)
    assert before
    assert "Avis numéro 24" in client.get(html.unescape(before.group(1))).text
    for strange in ("apres=0-1", "avant=999999999-1", "apres=1-2-3", "apres=x"):
        assert client.get(f"/fr{PAGE}/publications?{strange}").status_code == 200


def test_the_sitemap_names_bodies_meetings_and_publications(
    client: FlaskClient, body: Body, contract: Contract, staff: SignedIn
) -> None:
    make_body(contract, "Comité", "comite_pilotage", slug="comite")
    meeting = announce(staff, body)
    draft = PublicationDraft("avis", {"fr": "Oui."}, title={"fr": "Avis"}, said_on=date(2026, 11, 2))
    kept = publish(staff, body.id, draft, client_key="un-avis-garde", zone=PARIS)
    gone = publish(staff, body.id, draft, client_key="un-avis-retire", zone=PARIS)
    withdraw_publication(staff, gone, {"fr": "Erreur."}, version=1)
    sitemap = client.get("/sitemap.xml").text
    for path in ("/contrats/val/instances", PAGE, f"{PAGE}/rencontres/{meeting}", f"{PAGE}/publications/{kept}",
                 "/contrats/val/instances/comite"):  # fmt: skip
        for tag in ("fr", "en", "ar"):
            assert f"/{tag}{path}</loc>" in sitemap or f'/{tag}{path}"' in sitemap, path
    assert f"/publications/{gone}" not in sitemap
    page = client.get(f"/fr{PAGE}/publications/{kept}").text
    assert 'hreflang="ar"' in page


def test_a_page_costs_a_dozen_statements_at_most(
    client: FlaskClient, body: Body, staff: SignedIn,
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:  # fmt: skip
    said = PublicationDraft("avis", {"fr": "Oui."}, title={"fr": "Avis"}, said_on=date(2026, 11, 2))
    meeting = announce(staff, body)
    publication = publish(staff, body.id, said, client_key="avis-premier", zone=PARIS)
    paths = (
        PAGE,
        f"{PAGE}/calendrier.ics",
        "/contrats/val/instances",
        "/quartiers/est",
        "/quartiers/est/calendrier.ics",
        f"{PAGE}/publications",
        f"{PAGE}/rencontres/{meeting}",
        f"{PAGE}/publications/{publication}",
    )
    costs: list[list[int]] = []
    client.get("/ar/")  # whether anybody helps in other languages is read once
    for _round in range(2):
        costs.append([])
        for path in paths:
            client.application.extensions["page_store"].clear()
            with count_statements() as statements:
                assert client.get(f"/ar{path}").status_code == 200
            assert len(statements) <= 12, path
            costs[-1].append(len(statements))
        for number in range(20):
            announce(staff, body)
            publish(staff, body.id, said, client_key=f"avis-{len(costs)}-{number:04}", zone=PARIS)
    assert costs[0] == costs[1]
