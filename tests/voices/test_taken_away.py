"""Whoever said something takes it back with the receipt: from the register, the public page and the organisation."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cdv_civic.accounts import limits
from cdv_civic.accounts.consents import Consent, GivenConsent
from cdv_civic.accounts.limits import limiter
from cdv_civic.core.localized import LocalizedText
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.voices.models import Voice, VoiceReply, VoiceStep
from cdv_civic.voices.operations import answering, publishing, replying
from cdv_civic.voices.operations.receiving import assist
from tests.signing_in import open_browser
from tests.voices.test_pages import FOLLOW, INDEX, receipt_in, speak
from tests.voices.voices import BodyWithPeople, a_voice, make_place, said

AWAY = "/fr/parole/suivi/retirer"
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def place(app: Flask) -> BodyWithPeople:
    limiter.reset()
    return make_place()


def take_away(client: FlaskClient, receipt: str, **fields: str) -> TestResponse:
    return client.post(AWAY, data={"receipt": receipt, **fields}, headers=OURS)


def rows(session: Session, table: type) -> int:
    session.rollback()
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_whoever_has_the_receipt_takes_the_word_back_everywhere(
    app: Flask, client: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    texts = rows(session, LocalizedText)
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#4f8a4b").save(out, "JPEG")
    receipt = receipt_in(
        speak(
            client,
            words="L’ascenseur est en panne.",
            contact="amina@example.org",
            shares_contact="y",
            agrees_public="y",
            photo=(io.BytesIO(out.getvalue()), "parc.jpg"),
        )
    )
    publishing.publish(place.moderator, 1, "", read_again=True, confirmed=False, version=1)
    answering.transmit(place.moderator, 1, place.town.id, {"fr": "Vu.", "ar": "نعم."}, version=2)
    replying.reply(place.contact, 1, "Réparé.", version=3)
    landlord, desk = app.test_client(), app.test_client()
    open_browser(landlord, place.contact)
    open_browser(desk, place.moderator)
    seen: tuple[Callable[[], str], ...] = (
        lambda: client.get(INDEX).text,
        lambda: landlord.get("/fr/bureau/transmis").text,
        lambda: landlord.get("/fr/bureau/transmis/1").text,
        lambda: desk.get(f"/fr/bureau/instances/{place.body.id}/parole").text,
    )
    assert all("ascenseur" in page() for page in seen)
    followed = client.post(FOLLOW, data={"receipt": receipt}, headers=OURS)
    assert "Retirer ce message" in followed.text
    asked = take_away(client, receipt)
    assert (asked.status_code, asked.headers["Cache-Control"]) == (200, "no-store")
    assert "ascenseur" not in asked.text
    assert rows(session, Voice) == 1, "it is asked first"
    done = take_away(client, receipt, sure="oui")
    assert "Votre message est retiré" in done.text
    assert not any("ascenseur" in page() for page in seen)
    assert [rows(session, table) for table in (Voice, VoiceStep, VoiceReply, StoredFile)] == [0, 0, 0, 0]
    assert rows(session, LocalizedText) == texts, "answers and sentences go with it"
    assert take_away(client, receipt, sure="oui").status_code == 303


def test_a_word_written_by_a_relais_goes_with_its_consent(
    client: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    kept = assist(place.relais, a_voice(place.body, "Un.", channel="rue"), GivenConsent("spoken", "fr"))
    got = assist(place.relais, a_voice(place.body, "Deux.", channel="rue"), GivenConsent("spoken", "fr"))
    answering.answer(place.moderator, got.voice_id, {"fr": "Oui."}, version=1)
    take_away(client, got.receipt, sure="oui")
    session.rollback()
    assert session.execute(select(Voice.id)).scalars().all() == [kept.voice_id]
    assert rows(session, Consent) == 1


def test_what_is_no_receipt_takes_nothing_away_and_is_counted(
    app: Flask, client: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    said(place)
    for wrong in ("", "AAAAA-AAAAB", "22222-22222"):
        answer = take_away(client, wrong, sure="oui")
        assert (answer.status_code, answer.location) == (303, "/fr/parole/suivi")
    for _each in range(11):
        take_away(client, "22222-22222", sure="oui")
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        assert not limits.may_wait(limits.AttemptKind.RECEIPT), (
            "from now on one at a time, half a second each"
        )
    assert rows(session, Voice) == 1


def test_another_site_takes_nothing_away(
    client: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    got = said(place)
    answer = client.post(
        AWAY, data={"receipt": got.receipt, "sure": "oui"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 422
    assert rows(session, Voice) == 1
