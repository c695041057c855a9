"""The form of a body opens and closes by the clock of the server, and loses nothing that was typed."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.consents import GivenConsent
from cdv_civic.accounts.limits import limiter
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import DomainError
from cdv_civic.participation.rules.phases import Stage
from cdv_civic.voices.models import Voice, VoiceSettings
from cdv_civic.voices.operations import keeping
from cdv_civic.voices.operations.receiving import NotListening, assist, say, write_down
from cdv_civic.voices.queries.listening import listening_at, options_of
from tests.conftest import counting
from tests.signing_in import open_browser, send
from tests.voices.test_pages import BODY, INDEX, SPEAK, field_of, speak
from tests.voices.voices import BodyWithPeople, a_voice, make_place

PARIS = ZoneInfo("Europe/Paris")
FIRST, LAST = date(2026, 11, 25), date(2026, 12, 2)


@pytest.fixture
def place(app: Flask) -> BodyWithPeople:
    limiter.reset()
    return make_place()


def open_between(place: BodyWithPeople, first: date | None, last: date | None, **values: Any) -> None:
    keeping.describe_listening(
        place.moderator,
        place.body.id,
        **{
            "is_open": True,
            "opens_on": first,
            "closes_on": last,
            "due_days": None,
            "readers": {},
            "version": options_of(place.body.id).version,
            **values,
        },
    )


@contextmanager
def clock_at(day: date, hour: int = 12, minute: int = 0) -> Iterator[None]:
    """A time of the wall clock in the territory."""
    with clock.frozen_everywhere(datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)):
        yield


BEFORE = (date(2026, 11, 24), 23, 59)
OPENS = (FIRST, 0, 0)
CLOSING = (LAST, 23, 59)
AFTER = (date(2026, 12, 3), 0, 0)


@pytest.mark.parametrize(
    ("first", "last", "open_at"),
    [
        (FIRST, LAST, [False, True, True, False]),
        (FIRST, None, [False, True, True, True]),
        (None, LAST, [True, True, True, False]),
        (None, None, [True, True, True, True]),
        (LAST, LAST, [False, False, True, False]),
    ],
)
def test_words_are_taken_from_the_first_day_on_until_the_last_is_over(
    place: BodyWithPeople, session: Session, first: date | None, last: date | None, open_at: list[bool]
) -> None:
    open_between(place, first, last)
    for moment, listens in zip((BEFORE, OPENS, CLOSING, AFTER), open_at, strict=True):
        with clock_at(*moment):
            found = listening_at(place.body.id, clock.now())
            assert found is not None
            assert found.listens is listens
            if listens:
                assert say(a_voice(place.body)).voice_id
            else:
                with pytest.raises(NotListening):
                    say(a_voice(place.body))
    session.rollback()
    assert session.execute(select(func.count()).select_from(Voice)).scalar_one() == sum(open_at)


def test_a_body_that_is_closed_or_that_nobody_reads_for_stays_so_whatever_its_days(
    place: BodyWithPeople,
) -> None:
    open_between(place, None, LAST, is_open=False)
    found = listening_at(place.body.id, clock.now())
    assert found is not None
    assert (found.listens, found.meant, found.stage) == (False, False, Stage.OPEN)
    assert listening_at(place.body.id + 9, clock.now()) is None


def test_what_people_say_to_somebody_is_written_down_before_and_after(place: BodyWithPeople) -> None:
    open_between(place, FIRST, LAST)
    for moment in (BEFORE, AFTER):
        with clock_at(*moment):
            assert write_down(place.member, a_voice(place.body, channel="papier")).voice_id
            spoken = a_voice(place.body, channel="marche")
            assert assist(place.relais, spoken, GivenConsent("spoken", "fr")).voice_id


def test_a_form_that_was_taken_gives_its_receipt_again_after_it_closed(place: BodyWithPeople) -> None:
    open_between(place, None, LAST)
    word = a_voice(place.body)
    with clock_at(*CLOSING):
        got = say(word)
    with clock_at(*AFTER):
        assert say(word) == got, "the network was gone, and the person sends it again"
        with pytest.raises(NotListening):
            say(dataclasses.replace(word, words="Autre chose."))


def test_the_last_day_cannot_come_before_the_first(place: BodyWithPeople, session: Session) -> None:
    with pytest.raises(DomainError) as refused:
        open_between(place, LAST, FIRST)
    assert refused.value.field == "closes_on"
    open_between(place, FIRST, LAST)
    with pytest.raises(IntegrityError), transaction() as writing:
        writing.execute(update(VoiceSettings).values(closes_at=VoiceSettings.opens_at))


# --- on pages -----------------------------------------------------------------------------------------------------


def test_pages_say_until_when_and_from_when(client: FlaskClient, place: BodyWithPeople) -> None:
    open_between(place, FIRST, LAST)
    with clock_at(*BEFORE):
        for address in (BODY, INDEX, SPEAK):
            page = client.get(address).text
            assert "Ouvre le 25 novembre 2026." in page, address
            assert "Dire quelque chose</" not in page, address
    with clock_at(*OPENS):
        for address in (BODY, INDEX, SPEAK):
            page = client.get(address).text
            assert "Ouvert jusqu’au 2 décembre 2026 inclus." in page, address
        assert "Dire quelque chose</" in client.get(BODY).text, "the page of the day before is not kept"
    with clock_at(*AFTER):
        for address in (BODY, INDEX, SPEAK):
            page = client.get(address).text
            assert "C’était ouvert jusqu’au 2 décembre 2026 inclus." in page, address
            assert "Dire quelque chose</" not in page, address
        assert "ne reçoit plus de messages" in client.get(SPEAK).text
        assert "Où demander" in client.get(SPEAK).text


def test_pages_of_a_body_without_days_say_none(client: FlaskClient, place: BodyWithPeople) -> None:
    for first, last in ((None, None), (date(2026, 11, 1), None)):
        open_between(place, first, last)
        for address in (BODY, INDEX, SPEAK):
            page = client.get(address).text
            assert "Ouvert jusqu’au" not in page
            assert "Ouvre le" not in page
    open_between(place, FIRST, LAST, is_open=False)
    assert "Ouvre le" not in client.get(SPEAK).text, "a day that its people do not mean is no promise"


@pytest.mark.parametrize("wrong", [{}, {"kind": ""}, {"contact": "pas bon"}])
def test_what_was_typed_until_it_closed_is_given_back(
    client: FlaskClient, place: BodyWithPeople, session: Session, wrong: dict[str, Any]
) -> None:
    open_between(place, None, LAST)
    with clock_at(*CLOSING):
        key = field_of(client.get(SPEAK), "client_key")
    with clock_at(*AFTER):
        answer = speak(client, client_key=key, words="Mes mots à moi.", **wrong)
    assert answer.status_code == 409
    assert "Mes mots à moi." in answer.text
    assert "Votre message n’est pas parti" in answer.text
    session.rollback()
    assert session.execute(select(func.count()).select_from(Voice)).scalar_one() == 0


def test_whoever_sends_once_more_after_it_closed_gets_the_receipt(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    open_between(place, None, LAST)
    with clock_at(*CLOSING):
        key = field_of(client.get(SPEAK), "client_key")
        assert speak(client, client_key=key).status_code == 200
    with clock_at(*AFTER):
        again = speak(client, client_key=key)
        assert (again.status_code, "C’est reçu" in again.text) == (200, True)


def test_moderators_set_the_two_days_and_find_them_again(
    app: Flask, client: FlaskClient, place: BodyWithPeople
) -> None:
    desk = app.test_client()
    open_browser(desk, place.moderator)
    address = f"/fr/bureau/instances/{place.body.id}/parole/reglages"
    days = {"opens_on": "2026-11-25", "closes_on": "02/12/2026", "is_open": "y"}
    assert send(desk, address, **days, version="0").status_code == 303
    page = desk.get(address).text
    assert 'value="2026-11-25"' in page
    assert 'value="2026-12-02"' in page
    wrong = send(desk, address, opens_on="2026-12-03", closes_on="2026-12-02", is_open="y", version="1")
    assert (wrong.status_code, 'id="closes_on-error"' in wrong.text) == (422, True)
    assert 'value="2026-12-03"' in wrong.text
    stale = send(desk, address, **{**days, "closes_on": "2026-12-09"}, version="0")
    assert stale.status_code == 409
    assert "2 décembre 2026" in stale.text, "what is stored stands beside what was typed"
    assert "9 décembre 2026" in stale.text
    assert send(desk, address, opens_on="", closes_on="", is_open="y", version="1").status_code == 303
    assert options_of(place.body.id).closes_at is None


def test_days_cost_the_pages_no_statement(app: Flask, client: FlaskClient, place: BodyWithPeople) -> None:
    def costs() -> list[int]:
        found = []
        for address in (BODY, INDEX, SPEAK):
            app.extensions["page_store"].clear()
            with counting(app) as statements:
                assert client.get(address).status_code == 200
            found.append(len(statements))
        return found

    before = costs()
    open_between(place, date(2026, 11, 1), LAST)
    assert costs() == before
