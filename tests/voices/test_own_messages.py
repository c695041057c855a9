"""« Mes messages »: whoever wrote with their account finds the reply on its first page, asks again, and goes on."""

import re
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Conflict, Forbidden, NotFound
from cdv_civic.core.work_sources import work_of
from cdv_civic.participation.rules.receipts import read_receipt
from cdv_civic.participation.rules.themes import SENSITIVE
from cdv_civic.voices.models import Voice
from cdv_civic.voices.operations import answering, keeping
from cdv_civic.voices.operations.receiving import Received, say
from cdv_civic.voices.queries.own import MOST_SHOWN, latest_own, own_page, own_voice
from tests import factories as make
from tests.conftest import TODAY, counting
from tests.signing_in import open_browser, send
from tests.voices.test_pages import FOLLOW, SPEAK, receipt_in, speak
from tests.voices.voices import BodyWithPeople, a_voice, make_place, make_voices, said, stored

SECRET = "Mon voisin me menace dans l’escalier."
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def place(app: Flask) -> BodyWithPeople:
    limiter.reset()
    return make_place()


def make_resident(email: str = "fatou@example.org") -> SignedIn:
    return make.make_account(email, role=None, organisation_name="", name="Fatou")


@pytest.fixture
def resident(app: Flask, client: FlaskClient) -> SignedIn:
    account = make_resident()
    open_browser(client, account)
    return account


def wrote(
    place: BodyWithPeople, author: SignedIn, words: str = "Quand rouvre le parc ?", **values: str
) -> Received:
    return say(a_voice(place.body, words, **values), author)


def answer(place: BodyWithPeople, got: Received, words: str = "Il rouvre en mai.") -> None:
    answering.answer(
        place.moderator,
        got.voice_id,
        {"fr": words, "ar": "في مايو."},
        answered_by="Ville",
        version=stored(got.voice_id).version,
    )


def later(days: int) -> AbstractContextManager[object]:
    return clock.frozen_everywhere(TODAY + timedelta(days=days))


def test_the_first_page_says_what_was_written_and_that_no_reply_came_yet(
    client: FlaskClient, place: BodyWithPeople, resident: SignedIn
) -> None:
    got = wrote(place, resident)
    page = client.get("/fr/moi").text
    assert "Pas encore de réponse" in page
    assert "Quand rouvre le parc ?" in page.replace("\u00a0", " ")
    assert f'href="/fr/moi/messages/{got.voice_id}"' in page
    assert "Vous pouvez demander" not in page, "it is too soon"


def test_the_receipt_of_a_word_of_an_account_leads_once_to_the_messages_of_the_account(
    client: FlaskClient, place: BodyWithPeople, resident: SignedIn
) -> None:
    linked = speak(client, sent_as="linked").text
    assert re.findall(r'href="(/fr/moi/messages|/fr/parole/suivi)"', linked) == ["/fr/moi/messages"]
    alone = speak(client, sent_as="alone", words="Et le banc ?").text
    assert re.findall(r'href="(/fr/moi/messages|/fr/parole/suivi)"', alone) == ["/fr/parole/suivi"]


def test_a_reply_is_read_on_the_first_page_and_in_full_one_tap_away(
    client: FlaskClient, place: BodyWithPeople, resident: SignedIn
) -> None:
    got = wrote(place, resident)
    long = "Il rouvre en mai. " * 20 + "Merci de votre patience."
    answer(place, got, long)
    page = client.get("/fr/moi").text
    assert "Vous avez une réponse" in page
    assert "Il rouvre en mai." in page
    assert "Merci de votre patience." not in page, "only its beginning"
    whole = client.get(f"/fr/moi/messages/{got.voice_id}").text
    assert "Merci de votre patience." in whole
    assert "Ville" in whole
    assert "في مايو." in client.get("/ar/moi").text, "in the reader's language"


def test_a_word_that_was_answered_last_comes_first_and_the_others_are_one_tap_away(
    client: FlaskClient, place: BodyWithPeople, resident: SignedIn
) -> None:
    first = wrote(place, resident, "La première.")
    with later(1):
        for number in range(MOST_SHOWN):
            wrote(place, resident, f"La suivante {number}.")
    with later(2):
        answer(place, first)
        open_browser(client, resident)
        page = client.get("/fr/moi").text
        assert page.index("Il rouvre en mai.") < page.index("La suivante 2.")
        assert "La suivante 0." not in page
        assert "Voir tous mes messages" in page
        assert "La suivante 0." in client.get("/fr/moi/messages").text


@pytest.mark.parametrize("theme", sorted(SENSITIVE))
def test_lists_say_nothing_of_a_sensitive_word(
    client: FlaskClient, place: BodyWithPeople, resident: SignedIn, theme: str
) -> None:
    got = wrote(place, resident, SECRET, theme=theme, kind="difficulte")
    answer(place, got, "Nous appelons le bailleur contre ces menaces.")
    for address in ("/fr/moi", "/fr/moi/messages"):
        page = client.get(address).text
        assert f"/fr/moi/messages/{got.voice_id}" in page
        for hidden in ("menace", "difficulté ·", "Violences", "Drogues", "femmes", "Enfants", "Conflit"):
            assert hidden not in page, address
    own = client.get(f"/fr/moi/messages/{got.voice_id}")
    assert SECRET in own.text.replace("\u00a0", " ")
    assert "quick-exit" in own.text, "it can be left fast"
    assert own.text.index("quick-exit") < own.text.index("menaces")
    assert "3919" in own.text
    assert re.search(r"<details class=\"disclosure\">\s*<summary>[^§]*?Ce que j’ai écrit", own.text), "closed"


def test_the_page_of_a_sensitive_word_of_ones_own_says_whom_to_call(
    client: FlaskClient, place: BodyWithPeople, resident: SignedIn
) -> None:
    got = wrote(place, resident, SECRET, theme="violences")
    page = client.get(f"/fr/moi/messages/{got.voice_id}").text
    assert 'href="tel:17"' in page
    assert 'href="tel:3919"' in page


def test_nobody_reads_the_words_of_somebody_else(
    app: Flask, client: FlaskClient, place: BodyWithPeople, resident: SignedIn
) -> None:
    other = wrote(place, make_resident("aline@example.org"), "Les mots d’Aline.")
    alone = said(place, "Sans compte.")
    for number in (other.voice_id, alone.voice_id, 999):
        assert client.get(f"/fr/moi/messages/{number}").status_code == 404
        assert client.get(f"/fr/moi/messages/{number}/retirer").status_code == 404
        assert send(client, f"/fr/moi/messages/{number}/demander", page="/fr/moi/nom").status_code == 404
        send(client, f"/fr/moi/messages/{number}/retirer", page="/fr/moi/nom")
    assert stored(other.voice_id).words == "Les mots d’Aline."
    assert stored(alone.voice_id).words == "Sans compte."
    assert "Aline" not in client.get("/fr/moi/messages").text
    assert app.test_client().get(f"/fr/moi/messages/{other.voice_id}").status_code == 302
    assert client.get("/fr/moi/messages").headers["Cache-Control"] == "no-store"


def test_whoever_wrote_nothing_is_led_to_write_and_whoever_works_here_reads_nothing_of_it(
    app: Flask, client: FlaskClient, place: BodyWithPeople, resident: SignedIn
) -> None:
    page = client.get("/fr/moi").text
    assert "Vous n’avez pas encore écrit ici" in page
    assert 'href="/fr/dire"' in page
    assert 'href="/fr/parole/suivi"' in page, "whoever holds a receipt"
    send(client, "/fr/moi/quartiers", page="/fr/moi", quartier=place.quartier.slug)
    assert f'href="/fr/dire?quartier={place.quartier.slug}"' in client.get("/fr/moi").text
    desk = app.test_client()
    open_browser(desk, place.moderator)
    assert "Mes messages" not in desk.get("/fr/moi").text


# --- Asking again ---


def test_one_asks_where_a_word_stands_once_its_day_has_passed_and_the_group_finds_it(
    client: FlaskClient, place: BodyWithPeople, resident: SignedIn, session: Session
) -> None:
    got = wrote(place, resident)
    with later(30):
        open_browser(client, resident)
        assert "Vous pouvez demander où ça en est." in client.get("/fr/moi").text
        page = f"/fr/moi/messages/{got.voice_id}"
        assert "Demander où ça en est" in client.get(page).text
        assert send(client, f"{page}/demander", page=page).location == page
        after = client.get(page).text
        assert "le groupe voit que vous attendez" in after.replace("\u00a0", " ")
        assert "Vous avez demandé où ça en est le 20 décembre 2026" in after.replace("\u00a0", " ")
        assert "Demander où ça en est" not in after
        (item,) = work_of(session, place.moderator)
        assert item.due_on == clock.today(), "it presses, though no day was set"
        desk = client.application.test_client()
        open_browser(desk, place.moderator)
        register = f"/fr/bureau/instances/{place.body.id}/parole"
        assert "on vous demande où ça en est" in desk.get(register).text
        assert "où ça en est" in desk.get(f"{register}/{got.voice_id}").text


def test_whoever_has_only_a_receipt_asks_too(client: FlaskClient, place: BodyWithPeople) -> None:
    receipt = receipt_in(speak(client))
    assert "Demander où ça en est" not in client.post(FOLLOW, data={"receipt": receipt}, headers=OURS).text
    with later(30):
        limiter.reset()
        assert "Demander où ça en est" in client.post(FOLLOW, data={"receipt": receipt}, headers=OURS).text
        ask = "/fr/parole/suivi/demander"
        for _twice in range(2):
            page = client.post(ask, data={"receipt": receipt}, headers=OURS)
            assert page.status_code == 200
            assert "Vous avez demandé où ça en est" in page.text
        assert client.post(ask, data={"receipt": "22222-22222"}, headers=OURS).status_code == 422
        assert stored(1).asked_again_on == clock.today()


def test_the_database_takes_no_day_of_asking_before_it_was_said(place: BodyWithPeople) -> None:
    got = wrote(place, make_resident())
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(
            update(Voice).where(Voice.id == got.voice_id).values(asked_again_on=TODAY - timedelta(days=1))
        )


def test_what_is_answered_and_what_is_fresh_is_not_asked_about(place: BodyWithPeople, app: Flask) -> None:
    fatou = make_resident()
    got = wrote(place, fatou)
    with pytest.raises(Conflict):
        keeping.ask_again_signed_in(fatou, got.voice_id)
    with pytest.raises(Conflict):
        keeping.ask_again(read_receipt(got.receipt))
    with later(30):
        assert keeping.ask_again_signed_in(fatou, got.voice_id) == clock.today()
        with pytest.raises(Conflict):
            keeping.ask_again_signed_in(fatou, got.voice_id)
    with later(44):
        keeping.ask_again_signed_in(fatou, got.voice_id)
        answer(place, got)
    with later(90), pytest.raises(Conflict):
        keeping.ask_again_signed_in(fatou, got.voice_id)


def test_only_whoever_said_it_asks_and_takes_it_back(place: BodyWithPeople, app: Flask) -> None:
    fatou, aline = make_resident(), make_resident("aline@example.org")
    got = wrote(place, fatou)
    with later(30):
        for act in (keeping.ask_again_signed_in, keeping.take_away_signed_in):
            with pytest.raises(Forbidden):
                act(None, got.voice_id)  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            keeping.ask_again_signed_in(aline, got.voice_id)
        with pytest.raises(NotFound):
            keeping.ask_again("0" * 10)
        assert not keeping.take_away_signed_in(aline, got.voice_id)
        assert stored(got.voice_id).asked_again_on is None


def test_an_answer_that_is_being_written_stands_when_somebody_asks_again(
    place: BodyWithPeople, app: Flask
) -> None:
    fatou = make_resident()
    got = wrote(place, fatou)
    with later(30):
        version = stored(got.voice_id).version
        keeping.ask_again_signed_in(fatou, got.voice_id)
        answering.answer(place.moderator, got.voice_id, {"fr": "Oui."}, answered_by="Ville", version=version)
        assert stored(got.voice_id).state == "repondu"


# --- Going on, and taking back ---


def test_another_question_begins_with_the_one_before(
    client: FlaskClient, place: BodyWithPeople, resident: SignedIn
) -> None:
    got = wrote(place, resident)
    answer(place, got)
    page = client.get(f"/fr/moi/messages/{got.voice_id}").text
    going_on = f"{SPEAK}?suite={got.voice_id}"
    assert f'href="{going_on}"' in page
    form = client.get(going_on).text.replace("\u00a0", " ")
    assert "À la suite de mon message du 20 novembre 2026 :" in form
    assert re.search(r'name="theme"[^>]*value="ecologie"[^>]*checked|checked[^>]*value="ecologie"', form)


def test_a_number_that_is_not_ones_own_begins_nothing(
    app: Flask, client: FlaskClient, place: BodyWithPeople, resident: SignedIn
) -> None:
    other = wrote(place, make_resident("aline@example.org"), theme="violences")
    mine = wrote(place, resident)
    for number in (other.voice_id, 999, "x", "9" * 30):
        assert "À la suite" not in client.get(f"{SPEAK}?suite={number}").text
    assert "À la suite" not in app.test_client().get(f"{SPEAK}?suite={mine.voice_id}").text


def test_whoever_lost_the_receipt_takes_a_word_back_with_the_account(
    client: FlaskClient, place: BodyWithPeople, resident: SignedIn, session: Session
) -> None:
    got = wrote(place, resident)
    page = f"/fr/moi/messages/{got.voice_id}/retirer"
    assert "Retirer ce message" in client.get(page).text
    assert session.get(Voice, got.voice_id) is not None, "looking takes nothing"
    assert send(client, page).location == "/fr/moi/messages"
    session.rollback()
    session.expire_all()
    assert session.get(Voice, got.voice_id) is None
    assert "Votre message est retiré" in client.get("/fr/moi/messages").text


# --- What it costs ---


def test_lists_cost_one_statement_however_much_one_wrote(app: Flask, place: BodyWithPeople) -> None:
    fatou = make_resident()
    wrote(place, fatou)
    account_id = fatou.actor_id

    def cost() -> list[int]:
        db.session.rollback()
        found = []
        for read in (
            lambda: latest_own(account_id, "fr"),
            lambda: own_page(account_id, "fr", None),
            lambda: own_voice(account_id, 1, "fr"),
        ):
            with counting(app) as seen:
                read()
            found.append(len(seen))
        return found

    few = cost()
    make_voices(place.body, 60, author_id=account_id)
    assert cost() == few == [1, 1, 2]
    assert len(latest_own(account_id, "fr")[0]) == MOST_SHOWN


def test_thanks_offer_to_follow_who_reads_it_but_after_a_sensitive_word_help_stands_alone(
    client: FlaskClient, place: BodyWithPeople
) -> None:
    thanks = speak(client, quartier=str(place.quartier.id)).text
    assert "/fr/suivre/instance/val/conseil" in thanks
    assert f"/fr/suivre/quartier/{place.quartier.slug}" in thanks
    assert thanks.index("receipt") < thanks.index("/fr/suivre/"), "the receipt comes first"
    assert "/fr/suivre/" not in speak(client, client_key="e" * 32, words="Aidez-moi", theme="violences").text
