"""What the site says about privacy, tried out, and read again in the database, the log and the mails."""

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel.speaklater import LazyString
from limits import parse
from sqlalchemy import Text, func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts import limits
from cdv_civic.accounts.consents import (
    ANSWER_SENTENCES,
    ANSWER_TEXT_VERSION,
    SENTENCES,
    TEXT_VERSION,
    Consent,
    GivenConsent,
)
from cdv_civic.accounts.models import RecoveryCode, SecondFactor
from cdv_civic.accounts.rules import IDLE, IDLE_PASSWORD
from cdv_civic.bodies.models import Attendance
from cdv_civic.bodies.rules import monthly
from cdv_civic.consultations.in_person.operations.entering import HeardAnswer
from cdv_civic.consultations.in_person.operations.entering import assist as assist_answer
from cdv_civic.consultations.rules.questions import Given
from cdv_civic.core import clock
from cdv_civic.core.db import Model, db, transaction
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.core.policy.table import ACTIONS
from cdv_civic.core.settings import Settings
from cdv_civic.notices.letters import written_in
from cdv_civic.participation.rules.channels import Channel
from cdv_civic.sign_in.second_factor import operations as second_factor
from cdv_civic.voices import rules
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations import answering, keeping
from cdv_civic.voices.operations.receiving import assist, say
from tests import factories as make
from tests.bodies.bodies import announce
from tests.conftest import TODAY
from tests.consultations.answering.answers import kept_answers, make_asked
from tests.languages import DIRECTIONS
from tests.signing_in import SECRET, open_browser, sign_in
from tests.voices.test_pages import FOLLOW, SPEAK, speak
from tests.voices.voices import BodyWithPeople, a_voice, make_place, said, stored

#: An address of documentation (RFC 5737), and a browser that nobody has.
NETWORK, BROWSER = "203.0.113.77", "Promesse/1.0"
#: SHA-256 of the sentences of each text that a relais has read aloud. A new text gets a new version, never an old one.
HEARD = {
    "1": "3649ac449f5d7da476b68ef268f650a4",
    "2": "740a8abe795d5d757f896b2f4d488d10",
    "3": "abb622b40e6ecc12715967d22fdf81f1",
}
#: What people heard of the text of today in other languages than French.
HEARD_TRANSLATED = {
    "ar": "a723c42ff53eedc4dcc3aab28ccaf592",
    "en": "453e5a2d90ebc544cfc6f1f0c5eac496",
}
#: The same of what is read aloud before the answer to a consultation.
HEARD_ANSWER = {"1": "17bcb65c0472c6c0bbb6fd921eb045f4"}
HEARD_ANSWER_TRANSLATED = {"ar": "4c531dd3697dfbe4e541fc2b945b59d4", "en": "7abb64964733aa8dd4c459176ce18759"}


@pytest.fixture
def place(app: Flask) -> BodyWithPeople:
    limits.limiter.reset()
    return make_place()


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """Somebody whose network address and browser can be told apart from all others."""
    client = app.test_client()
    client.environ_base.update(REMOTE_ADDR=NETWORK, HTTP_USER_AGENT=BROWSER)
    return client


def everything() -> str:
    """All rows of all tables, as text."""
    db.session.rollback()
    return "\n".join(
        f"{table.name} {tuple(row)}"
        for table in Model.metadata.sorted_tables
        for row in db.session.execute(select(table))
    )


# --- reading ------------------------------------------------------------------------------------------------------


def test_reading_the_site_writes_nothing_down(
    visitor: FlaskClient, place: BodyWithPeople, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = everything()
    for address in (
        "/fr/",
        "/fr/quartiers?q=quartier+est",
        "/fr/contrats/val",
        "/fr/contrats/val/instances/conseil",
        "/fr/vie-privee",
        "/fr/connexion",
        SPEAK,
    ):
        answer = visitor.get(address)
        assert answer.status_code == 200, address
        assert "Set-Cookie" not in answer.headers, address
    assert everything() == before
    assert NETWORK not in caplog.text
    assert BROWSER not in caplog.text


def test_what_is_counted_against_abuse_names_no_address(
    visitor: FlaskClient, place: BodyWithPeople, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sign_in(visitor, "zoubida@example.org", "pas le bon mot de passe")
    visitor.post(FOLLOW, data={"receipt": "22222-22222"}, headers={"Sec-Fetch-Site": "same-origin"})
    speak(visitor)
    counted = everything() + repr(vars(limits.limiter.storage)) + caplog.text
    for secret in (NETWORK, "zoubida"):
        assert secret not in counted


def test_what_is_counted_against_abuse_is_forgotten_within_a_day() -> None:
    periods = {
        field.name: str(field.default)
        for field in fields(Settings)
        if field.name.endswith("_limit") and isinstance(field.default, str)
    }
    assert periods
    day = 24 * 3600
    assert {name: each for name, each in periods.items() if parse(each).get_expiry() > day} == {}
    assert {
        limit for limit in (limits.USUAL_DAY, *limits.A_DAY.values()) if limit.get_expiry() > day
    } == set()


def test_the_cookie_lasts_as_long_as_is_said(app: Flask) -> None:
    assert app.config["PERMANENT_SESSION_LIFETIME"] == timedelta(days=30).total_seconds()
    assert timedelta(days=30) == IDLE
    assert timedelta(hours=12) == IDLE_PASSWORD


def test_the_page_on_privacy_says_whom_to_ask(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Adressez-vous à l’organisme" in client.get("/fr/vie-privee").text
    settings = replace(app.extensions["settings"], voice_contact_days=45, mail_kept_days=12)
    monkeypatch.setitem(app.extensions, "settings", settings)
    app.extensions["page_store"].clear()
    page = client.get("/fr/vie-privee").text
    assert "Effacés 45\u00a0jours" in page or "Effacés 45 jours" in page, "numbers are those of the settings"


# --- saying something ---------------------------------------------------------------------------------------------


def test_a_visitors_word_says_nothing_of_who_sent_it(
    visitor: FlaskClient, place: BodyWithPeople, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = speak(visitor)
    assert answer.status_code == 200
    session.rollback()
    voice = session.execute(select(Voice)).scalar_one()
    assert (voice.author_id, voice.entered_by, voice.consent_id) == (None, None, None)
    assert (voice.contact, voice.contact_kind, voice.contact_language) == (None, None, None)
    kept = everything() + caplog.text
    for secret in (NETWORK, BROWSER):
        assert secret not in kept
    assert "Quand rouvre" not in caplog.text


def test_a_way_to_answer_is_erased_when_the_form_says(
    app: Flask, client: FlaskClient, place: BodyWithPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], voice_contact_days=7))
    form = client.get(SPEAK).text.replace("\u00a0", " ")
    assert "Effacé 7 jours après la réponse, ou après deux ans sans réponse" in form
    answered = said(place, contact="a@example.org", contact_language="ar").voice_id
    never = said(place, "Deux", contact="b@example.org").voice_id
    answering.answer(place.moderator, answered, {"fr": "Oui."}, version=1)
    for days, kept in ((6, 2), (7, 1), (729, 1), (730, 0)):
        with clock.frozen_everywhere(TODAY + timedelta(days=days)):
            keeping.erase_contacts()
        voices = [stored(each) for each in (answered, never)]
        assert sum(voice.contact is not None for voice in voices) == kept, days
        assert sum(voice.contact_language is not None for voice in voices) == kept, (
            "the language goes with it"
        )
    assert timedelta(days=2 * 365) == rules.FORGOTTEN_AFTER


def test_moderators_never_see_who_said_it(app: Flask, place: BodyWithPeople) -> None:
    resident = make.make_account(
        "mariam.secret@example.org", role=None, organisation_name="", name="Mariam-Secret"
    )
    got = say(a_voice(place.body, contact="autre.secret@example.org"), resident)
    desk = app.test_client()
    open_browser(desk, place.moderator)
    register = f"/fr/bureau/instances/{place.body.id}/parole"
    for rest in ("", *(f"/{got.voice_id}{act}" for act in ("", "/repondre", "/transmettre", "/corriger"))):
        page = desk.get(register + rest)
        assert page.status_code == 200
        assert "secret" not in page.text.lower(), rest


def test_who_reads_the_words_of_a_body(app: Flask, place: BodyWithPeople) -> None:
    assert ACTIONS["voice.answer"].roles == {Role.MODERATOR, Role.ADMINISTRATOR}
    assert ACTIONS["voice.reply"].roles == {Role.HOLDER, Role.ADMINISTRATOR}
    got = said(place)
    address = f"/fr/bureau/instances/{place.body.id}/parole/{got.voice_id}"
    for who, status in (
        (place.moderator, 200),
        (make.make_account(role="administrator"), 200),
        (place.staff, 403),
        (place.member, 403),
        (place.relais, 403),
        (place.contact, 403),
        (make.make_account(role=None), 403),
    ):
        client = app.test_client()
        open_browser(client, who)
        assert client.get(address).status_code == status


def test_a_day_to_answer_is_said_where_the_group_set_one_and_only_there(
    client: FlaskClient, place: BodyWithPeople, session: Session
) -> None:
    assert "pour répondre" not in client.get(SPEAK).text
    assert "n’a pas fixé de date pour répondre" in speak(client).text
    keeping.describe_listening(
        place.moderator, place.body.id, is_open=True, due_days=21, readers={}, version=0
    )
    assert "s’est donné 21 jours pour répondre" in client.get(SPEAK).text.replace("\u00a0", " ")
    answer = speak(client, words="Encore.")
    assert "11 décembre 2026" in answer.text
    session.rollback()
    days = session.execute(select(Voice.due_on).order_by(Voice.id)).scalars().all()
    assert days == [None, date(2026, 12, 11)]
    receipt = re.search(r'<strong dir="ltr">([^<]+)</strong>', answer.text.split('class="receipt"')[1])
    assert receipt
    with clock.frozen_everywhere(TODAY + timedelta(days=30)):
        late = client.post(
            FOLLOW, data={"receipt": receipt.group(1)}, headers={"Sec-Fetch-Site": "same-origin"}
        )
    assert "en retard" in late.text, "a day that has passed is not promised any more"


def test_no_form_and_no_column_asks_what_we_say_we_never_ask(app: Flask, place: BodyWithPeople) -> None:
    forbidden = re.compile(r"nationalit|religi|birth|naissance|ethnic|\borigin\b|postal|street|home_address")
    columns = [
        f"{table.name}.{column.name}" for table in Model.metadata.sorted_tables for column in table.columns
    ]
    found = {each for each in columns if forbidden.search(each)}
    assert found <= {"commitment_version.origin"}, "where a text comes from, not a person"
    resident = make.make_account(role=None, organisation_name="", name="Fatou")
    client = app.test_client()
    open_browser(client, resident)
    asked = re.compile(r"<(?:label|legend)[^>]*>(.*?)</(?:label|legend)>", re.S)
    private = re.compile(
        r"nationalité|religion|naissance|origine|adresse de votre logement|adresse postale", re.I
    )
    for address in (SPEAK, "/fr/moi", "/fr/moi/a-propos", "/fr/connexion", "/fr/connexion/e-mail"):
        page = client.get(address, follow_redirects=True)
        assert not [label for label in asked.findall(page.text) if private.search(label)], address
    assert "La langue de la réponse" in client.get(SPEAK).text, "this one is asked, and said"


# --- a relais -----------------------------------------------------------------------------------------------------


def aloud(tag: str, sentences: Sequence[LazyString] = SENTENCES) -> str:
    with written_in(tag):
        return " ".join(str(sentence) for sentence in sentences).replace("\u00a0", " ")


def test_what_a_relais_read_aloud_is_what_is_kept(
    app: Flask, place: BodyWithPeople, session: Session
) -> None:
    relais = app.test_client()
    open_browser(relais, place.relais)
    for tag in DIRECTIONS:
        page = relais.get(f"/{tag}/relais/{place.body.id}").text.replace("\u00a0", " ")
        with written_in(tag):
            for sentence in SENTENCES:
                assert str(sentence).replace("\u00a0", " ") in page
    silent = assist(place.relais, a_voice(place.body, channel="rue"), GivenConsent("spoken", "ar"))
    reached = assist(
        place.relais,
        a_voice(place.body, "Deux", channel="rue", contact="06 12 34 56 78"),
        GivenConsent("spoken", "fr"),
    )
    one, two = stored(silent.voice_id), stored(reached.voice_id)
    # « Je suis la seule personne à savoir que c’est vous »: the relais is the only account that the row knows.
    assert (one.author_id, one.entered_by, one.contact) == (None, place.relais.actor_id, None)
    # « Si vous voulez une réponse, j’écris aussi un téléphone. Le groupe peut alors vous joindre »
    assert two.contact == "+33612345678"
    desk = app.test_client()
    open_browser(desk, place.moderator)
    page = desk.get(f"/fr/bureau/instances/{place.body.id}/parole/{reached.voice_id}").text
    assert "+33612345678" in page
    kept = session.execute(select(Consent.text_version)).scalars().all()
    assert kept == [TEXT_VERSION, TEXT_VERSION]
    assert {column.name for column in Consent.__table__.columns} == {
        "id", "act", "given_on", "form", "text_version", "language", "relais_id",
    }  # fmt: skip


def test_an_older_consent_keeps_the_text_that_was_heard(place: BodyWithPeople, session: Session) -> None:
    for tag, heard in {"fr": HEARD[TEXT_VERSION], **HEARD_TRANSLATED}.items():
        assert hashlib.sha256(aloud(tag).encode()).hexdigest()[:32] == heard, (
            f"the sentences changed in {tag}: raise TEXT_VERSION, and add their hash"
        )
    assert len(set(HEARD.values())) == len(HEARD)
    with transaction() as writing:
        old = Consent(
            act="words", given_on=date(2026, 1, 1), form="spoken", text_version="1", language="fr",
            relais_id=place.relais.actor_id,
        )  # fmt: skip
        writing.add(old)
    assist(place.relais, a_voice(place.body, channel="rue"), GivenConsent("spoken", "fr"))
    kept = session.execute(select(Consent.text_version).order_by(Consent.id)).scalars().all()
    assert kept == ["1", TEXT_VERSION]


def test_what_a_relais_read_aloud_before_an_answer_is_what_is_kept(
    client: FlaskClient, session: Session
) -> None:
    asked = make_asked()
    relais = make.make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, asked.quartiers[0].id))
    open_browser(client, relais)
    for tag in DIRECTIONS:
        page = client.get(f"/{tag}/relais/consultations/{asked.row.slug}").text.replace("\u00a0", " ")
        with written_in(tag):
            for sentence in ANSWER_SENTENCES:
                assert str(sentence).replace("\u00a0", " ") in page
    given = {asked.tenant.id: Given(choices={asked.no: None})}
    heard = HeardAnswer(asked.row.id, given, "une-reponse-dite", "fr")
    kept = assist_answer(relais, heard, Channel.STREET, form="spoken", read_in="ar")
    # « Je n’écris pas votre nom »: the answer knows the relais, and no other account.
    (row,) = kept_answers()
    assert (row.account_id, row.person_hash, row.entered_by) == (None, None, relais.actor_id)
    # « Je vous donne un reçu ».
    assert kept.receipt is not None
    consent = session.execute(select(Consent)).scalar_one()
    assert (consent.act, consent.language, consent.text_version) == ("answer", "ar", ANSWER_TEXT_VERSION)


def test_what_was_heard_before_an_answer_has_its_version(app: Flask) -> None:
    for tag, heard in {"fr": HEARD_ANSWER[ANSWER_TEXT_VERSION], **HEARD_ANSWER_TRANSLATED}.items():
        assert hashlib.sha256(aloud(tag, ANSWER_SENTENCES).encode()).hexdigest()[:32] == heard, (
            f"the sentences changed in {tag}: raise ANSWER_TEXT_VERSION, and add their hash"
        )
    assert len(set(HEARD_ANSWER.values())) == len(HEARD_ANSWER)


# --- bodies -------------------------------------------------------------------------------------------------------


def test_attendance_is_numbers_without_a_name() -> None:
    columns = Attendance.__table__.columns
    assert [column.name for column in columns if isinstance(column.type, Text)] == []


def test_a_calendar_is_a_file_that_stays_as_it_was_taken(client: FlaskClient, place: BodyWithPeople) -> None:
    first = date(2026, 12, 10)
    meeting = announce(place.moderator, place.body, first, recurrence=monthly(first))
    page = client.get("/fr/contrats/val/instances/conseil").text
    assert "webcal:" not in page, "nothing on the page makes a calendar ask again"
    file = client.get(f"/fr/contrats/val/instances/conseil/rencontres/{meeting}.ics")
    assert file.status_code == 200
    assert "REFRESH-INTERVAL" not in file.text
    assert "X-PUBLISHED-TTL" not in file.text
    desk = client.application.test_client()
    open_browser(desk, place.moderator)
    at_desk = f"/fr/bureau/instances/{place.body.id}/rencontres/{meeting}"
    for act in ("annuler", "dates/2026-12-10/annuler", "dates/2026-12-10/deplacer"):
        form = desk.get(f"{at_desk}/{act}")
        assert form.status_code == 200, act
        assert "doivent la changer elles-mêmes" in form.text, act


def test_turning_the_second_factor_off_erases_its_codes(place: BodyWithPeople, session: Session) -> None:
    person = make.make_account(role=None)
    with transaction() as writing:
        second_factor.enrol(writing, person.actor_id, SECRET)
    assert second_factor.renew_codes(person)
    second_factor.turn_off(person)
    session.rollback()
    for table in (RecoveryCode, SecondFactor):
        rows = select(func.count()).select_from(table).where(table.account_id == person.actor_id)
        assert session.execute(rows).scalar_one() == 0
