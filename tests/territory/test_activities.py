"""« En ce moment »: what comes first, until when a page is right, and what home, quartier and body show."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from cdv_civic.accounts.models import ResidentQuartier
from cdv_civic.bodies.operations.meetings import cancel_meeting
from cdv_civic.bodies.operations.occurrences import cancel_occurrence
from cdv_civic.bodies.rules import weekly
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.territory.activities.registry import current_activities
from cdv_civic.territory.activities.rules import Span, Timing, next_change, order, timing_of
from cdv_civic.territory.activities.wording import when_text
from tests import factories as make
from tests.bodies.bodies import announce, at, make_body
from tests.conftest import TODAY
from tests.signing_in import open_browser
from tests.voices.voices import BodyWithPeople, make_place

pytestmark = pytest.mark.one_database

PARIS = ZoneInfo("Europe/Paris")
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
spans = st.builds(Span, st.none() | moments, st.none() | moments)


@given(st.lists(spans))
def test_what_ends_soonest_comes_first_and_what_has_no_end_last(listed: list[Span]) -> None:
    found = [span.closes_at for span in sorted(listed, key=order)]
    ends = [moment for moment in found if moment is not None]
    assert found[: len(ends)] == sorted(ends)


@given(st.lists(spans), moments, st.timedeltas(timedelta(0), timedelta(days=2)))
def test_nothing_changes_before_the_moment_that_is_told(
    listed: list[Span], now: datetime, later: timedelta
) -> None:
    until = next_change(listed, now, PARIS)
    assert until > now
    then = now + later
    if then < until:
        assert [timing_of(span, then) for span in listed] == [timing_of(span, now) for span in listed]
        assert then.astimezone(PARIS).date() == now.astimezone(PARIS).date()


@given(spans, moments)
def test_a_span_is_over_at_its_end_and_opens_at_its_beginning(span: Span, now: datetime) -> None:
    found = timing_of(span, now)
    assert (found is Timing.OVER) == (span.closes_at is not None and span.closes_at <= now)
    if found is Timing.COMING:
        assert span.opens_at is not None
        assert span.opens_at > now


def after(days: int, hour: int) -> datetime:
    return at(TODAY.date() + timedelta(days=days), hour)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (Span(), "à tout moment"),
        (Span(None, after(0, 16)), "jusqu’à 16:00"),
        (Span(None, after(0, 18)), "jusqu’à ce soir 18:00"),
        (Span(None, after(1, 12)), "jusqu’à demain 12:00"),
        (Span(None, after(3, 12)), "encore 3 jours"),
        (Span(None, after(1, 0)), "jusqu’à ce soir"),
        (Span(None, after(2, 0)), "jusqu’à demain soir"),
        (Span(None, after(3, 0)), "encore 2 jours"),
        (Span(after(0, 18), after(0, 20)), "aujourd’hui à 18:00"),
        (Span(after(1, 18), after(1, 20)), "demain à 18:00"),
        (Span(after(4, 18), after(4, 20)), "dans 4 jours (mardi 24 novembre à 18:00)"),
    ],
)
def test_days_left_are_said_in_words(app: Flask, span: Span, said: str) -> None:
    with app.test_request_context("/fr/"):
        assert when_text(span, TODAY) == said


# --- the pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def place(app: Flask) -> BodyWithPeople:
    return make_place()


def part(page: str) -> list[str]:
    found = page.partition('id="current-title"')[2].partition("</section>")[0]
    return re.findall(r'class="row-link" href="([^"]+)"', found)


SPEAK = "/fr/contrats/val/instances/conseil/parole"
MEETING = "/fr/contrats/val/instances/conseil/rencontres/{}"


def test_nothing_is_drawn_where_there_is_nothing(app: Flask, client: FlaskClient) -> None:
    contract = make.make_contract("val")
    make.make_quartier(contract, slug="est")
    make_body(contract, slug="conseil")
    for path in ("/fr/", "/fr/quartiers/est", "/fr/contrats/val/instances/conseil"):
        assert "En ce moment" not in client.get(path).text
    assert "Rien n’est annoncé" in client.get("/fr/en-ce-moment").text


def test_home_quartier_and_body_show_what_comes_soonest_first(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    later = announce(place.moderator, place.body, date(2026, 12, 10))
    sooner = announce(place.moderator, place.body, date(2026, 11, 24))
    make.make_quartier(place.contract, slug="ouest")
    meetings = [MEETING.format(sooner), MEETING.format(later)]
    slug = place.quartier.slug
    assert part(client.get("/fr/").text) == meetings, (
        "a body that listens has no end: told where a place is named"
    )
    quartier = client.get(f"/fr/quartiers/{slug}").text
    assert part(quartier) == meetings, "the button at its head says who listens"
    assert re.findall(r'class="button button-main" href="([^"?]+)', quartier) == [SPEAK]
    everything = client.get(f"/fr/en-ce-moment?quartier={slug}").text.partition("<main")[2]
    assert re.findall(r'class="row-link" href="([^"]+)"', everything) == [*meetings, SPEAK]
    body = client.get("/fr/contrats/val/instances/conseil").text
    assert part(body) == [], "its dates and its button say it"
    assert [body.count(each) for each in (*meetings, SPEAK)] == [1, 1, 1]
    assert part(client.get("/fr/quartiers/ouest").text) == []
    assert "dans 4 jours (mardi 24 novembre à 18:30)" in client.get("/fr/").text


def test_a_page_shows_three_and_leads_to_all(client: FlaskClient, place: BodyWithPeople) -> None:
    for day in (24, 25, 26, 27):
        announce(place.moderator, place.body, date(2026, 11, day))
    slug = place.quartier.slug
    page = client.get(f"/fr/quartiers/{slug}").text
    assert len(part(page)) == 3
    assert f'href="/fr/en-ce-moment?quartier={slug}"' in page
    assert "Voir aussi 1 autre chose à faire" in page
    everything = client.get(f"/fr/en-ce-moment?quartier={slug}").text.partition("<main")[2]
    assert everything.count('class="row-link"') == 5
    assert client.get("/fr/en-ce-moment?quartier=zzz").status_code == 404


def test_of_a_series_the_next_date_alone_is_shown_and_neither_cancelled_nor_past_ones(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    first = date(2026, 11, 6)
    series = announce(place.moderator, place.body, first, recurrence=weekly(first))
    off = announce(place.moderator, place.body, date(2026, 11, 26))
    cancel_meeting(place.moderator, off, {"fr": "Personne."}, sequence=0)
    announce(place.moderator, place.body, date(2026, 11, 10))
    announce(place.moderator, place.body, date(2027, 3, 10))
    assert part(client.get("/fr/").text) == [MEETING.format(series)]
    assert "aujourd’hui à 18:30" in client.get("/fr/").text
    cancel_occurrence(place.moderator, series, date(2026, 11, 20), {"fr": "Pluie."}, sequence=0, zone=PARIS)
    assert "dans 7 jours (vendredi 27 novembre à 18:30)" in client.get("/fr/").text
    with clock.frozen_everywhere(datetime(2026, 11, 27, 19, 30, tzinfo=UTC)):
        assert "vendredi 4 décembre à" in client.get("/fr/").text


def test_a_page_knows_until_when_it_is_right(app: Flask, place: BodyWithPeople) -> None:
    announce(place.moderator, place.body, date(2026, 11, 20))
    with app.test_request_context("/fr/"):
        begins, ends = at(date(2026, 11, 20), 18, 30), at(date(2026, 11, 20), 20)
        found = current_activities("fr")
        assert (len(found.activities), found.next_change) == (1, begins)
        with clock.frozen_everywhere(begins):
            assert current_activities("fr").next_change == ends
        with clock.frozen_everywhere(ends):
            found = current_activities("fr")
            assert (len(found.activities), found.next_change) == (0, at(date(2026, 11, 21), 0))


def test_ones_own_space_shows_what_can_be_done_in_ones_quartiers(
    app: Flask, client: FlaskClient, place: BodyWithPeople
) -> None:
    meeting = announce(place.moderator, place.body, date(2026, 11, 24))
    other = make_place("mont", "autre")
    announce(other.moderator, other.body, date(2026, 11, 25))
    resident = make.make_account(role=None, password_hash="")
    open_browser(client, resident)
    assert "En ce moment" not in client.get("/fr/moi").text
    with transaction() as session:
        session.add(
            ResidentQuartier(
                account_id=resident.actor_id,
                quartier_id=place.quartier.id,
                chosen_at=clock.now(),
                verified_at=None,
            )
        )
    assert part(client.get("/fr/moi").text) == [MEETING.format(meeting), SPEAK]


def test_a_body_that_nobody_reads_for_is_not_said_to_listen(client: FlaskClient) -> None:
    contract = make.make_contract("val")
    quartier = make.make_quartier(contract, slug="est")
    make_body(contract, slug="conseil", quartiers=[quartier])
    assert part(client.get("/fr/quartiers/est").text) == []
