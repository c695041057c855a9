"""What a receipt leads to: one's own answer in words, changing it, taking it back, finding it with an account."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.consultations.answering import persons
from cdv_civic.consultations.answering.operations.answering import answer, by_receipt, join
from cdv_civic.consultations.answering.operations.retention import unlink_answers
from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.rules.questions import Given
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.participation.rules.receipts import written
from tests import factories
from tests.consultations import factories as make
from tests.consultations.answering.answers import (
    SAME_ORIGIN,
    Asked,
    Walker,
    a_sent,
    kept_answers,
    kept_given,
    make_asked,
    make_resident,
    receipt_in,
)
from tests.signing_in import open_browser, send

FOLLOW = "/fr/parole/suivi"
TAKE_AWAY = "/fr/consultations/reponse/retirer"
JOIN = "/fr/consultations/reponse/compte"


@pytest.fixture
def asked(app: Flask) -> Asked:
    limiter.reset()
    return make_asked()


def full(asked: Asked) -> dict[int, Given]:
    first, second, _third = asked.options["points"]
    return {
        asked.tenant.id: Given(choices={asked.yes: None}),
        asked.rent.id: Given(number=3),
        asked.points.id: Given(choices={first: 4, second: 6}),
        asked.words.id: Given(words="Un banc\n\nà l’ombre"),
    }


@pytest.fixture
def receipt(asked: Asked) -> str:
    kept = answer(a_sent(asked, full(asked), quartier_id=asked.quartiers[0].id))
    assert kept.receipt
    return written(kept.receipt)


def post(client: FlaskClient, url: str, **fields: str) -> TestResponse:
    return client.post(url, data=fields, headers=SAME_ORIGIN)


def close(asked: Asked) -> None:
    with transaction() as session:
        session.get_one(Consultation, asked.row.id, populate_existing=True).closes_at = clock.now()


def test_a_receipt_shows_the_answer_in_words_and_what_one_may_do(
    client: FlaskClient, asked: Asked, receipt: str
) -> None:
    page = post(client, FOLLOW, receipt=receipt)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    for said in ("Êtes-vous locataire", "Oui", "Propreté", "4 points", "Calme", "à l’ombre", "Quartier Est"):
        assert said in page.text
    assert "Arbres" not in page.text
    for may in ("Changer ma réponse", "Retirer ma réponse", "Retrouver ma réponse avec mon compte"):
        assert may in page.text
    close(asked)
    after = post(client, FOLLOW, receipt=receipt)
    assert "votre réponse ne change plus" in after.text
    assert "Changer ma réponse" not in after.text
    assert "Retirer ma réponse" not in after.text


def test_the_form_comes_filled_and_the_new_answer_takes_the_place_of_the_other(
    client: FlaskClient, asked: Asked, receipt: str
) -> None:
    walker = Walker(client, asked.url)
    walker.page = post(client, asked.url, receipt=receipt, go="changer")
    assert walker.form.filled({})[f"q{asked.tenant.id}"] == [str(asked.yes)]
    assert "data-answers=" not in walker.page.text
    walker.send({f"q{asked.tenant.id}": str(asked.no)}).send()
    assert walker.form.filled({})[f"q{asked.words.id}"] == ["Un banc\n\nà l’ombre"]
    walker.send({f"q{asked.words.id}": "Deux bancs"})
    assert "J’ai" not in walker.page.text
    assert walker.form.filled({})["quartier"] == [str(asked.quartiers[0].id)]
    last = walker.form.filled({"quartier": ""})
    walker.send(quartier="")
    assert receipt_in(walker.page) == receipt
    assert "Votre réponse est changée" in walker.page.text
    (row,) = kept_answers()
    assert (row.quartier_id, row.version) == (None, 2)
    assert kept_given(row.id) == {
        asked.tenant.id: Given(choices={asked.no: None}),
        asked.points.id: full(asked)[asked.points.id],
        asked.words.id: Given(words="Deux bancs"),
    }
    # A second tap.
    again = client.post(asked.url, data=last, headers=SAME_ORIGIN)
    assert receipt_in(again) == receipt
    assert kept_answers()[0].version == 2


def test_a_change_that_comes_too_late_is_given_back(client: FlaskClient, asked: Asked, receipt: str) -> None:
    walker = Walker(client, asked.url)
    walker.page = post(client, asked.url, receipt=receipt, go="changer")
    walker.send().send().send().send({f"q{asked.words.id}": "Trop tard"})
    close(asked)
    walker.send()
    assert walker.page.status_code == 409
    assert "Trop tard" in walker.page.text
    assert kept_given(kept_answers()[0].id) == full(asked)


def test_two_windows_do_not_overwrite_each_other_without_a_word(
    client: FlaskClient, asked: Asked, receipt: str
) -> None:
    def opened() -> Walker:
        walker = Walker(client, asked.url)
        walker.page = post(client, asked.url, receipt=receipt, go="changer")
        return walker.send().send().send()

    one, other = opened(), opened()
    one.send({f"q{asked.words.id}": "Une fenêtre"}).send()
    other.send({f"q{asked.words.id}": "L’autre fenêtre"}).send()
    assert other.page.status_code == 409
    assert "L’autre fenêtre" in other.page.text
    assert kept_given(kept_answers()[0].id)[asked.words.id].words == "Une fenêtre"


def test_a_receipt_of_another_consultation_or_of_none_changes_nothing(
    client: FlaskClient, app: Flask, asked: Asked, receipt: str
) -> None:
    other = make_asked_beside(asked)
    assert (
        post(client, f"/fr/consultations/{other}/repondre", receipt=receipt, go="changer").status_code == 404
    )
    wrong = post(client, asked.url, receipt="ACE34-HJK79", go="changer")
    assert wrong.status_code == 422
    assert kept_given(kept_answers()[0].id) == full(asked)


def make_asked_beside(asked: Asked) -> str:
    row = make.make_consultation(asked.contract, slug="autre")
    make.make_question(make.make_step(row))
    return "autre"


def test_taking_back_asks_first_and_then_leaves_nothing(
    client: FlaskClient, asked: Asked, receipt: str
) -> None:
    page = post(client, TAKE_AWAY, receipt=receipt)
    assert "Retirer votre réponse" in page.text
    assert len(kept_answers()) == 1
    page = post(client, TAKE_AWAY, receipt=receipt, sure="oui")
    assert "Votre réponse est retirée" in page.text
    assert kept_answers() == []
    assert post(client, FOLLOW, receipt=receipt).status_code == 422


def test_nothing_is_taken_back_once_it_is_closed(client: FlaskClient, asked: Asked, receipt: str) -> None:
    close(asked)
    page = post(client, TAKE_AWAY, receipt=receipt, sure="oui")
    assert page.status_code == 409
    assert "fermée" in page.text
    assert len(kept_answers()) == 1


def test_another_site_takes_nothing_back(client: FlaskClient, asked: Asked, receipt: str) -> None:
    client.post(TAKE_AWAY, data={"receipt": receipt, "sure": "oui"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert len(kept_answers()) == 1


def test_whoever_is_signed_in_finds_it_again_in_one_step(
    client: FlaskClient, asked: Asked, receipt: str
) -> None:
    who = make_resident()
    open_browser(client, who)
    page = post(client, JOIN, receipt=receipt)
    assert (page.status_code, page.location) == (303, "/fr/moi/reponses/ecole")
    assert "Un banc" in client.get(page.location).text
    assert kept_answers()[0].account_id == who.actor_id


def test_whoever_is_not_comes_in_beside_the_page_and_sends_it_again(
    client: FlaskClient, asked: Asked, receipt: str
) -> None:
    page = post(client, JOIN, receipt=receipt)
    assert "/fr/connexion" in page.text
    assert receipt in page.text
    assert kept_answers()[0].account_id is None
    open_browser(client, make_resident())
    assert post(client, JOIN, receipt=receipt).status_code == 303


def test_an_answer_of_another_account_is_refused_in_words(
    client: FlaskClient, asked: Asked, receipt: str
) -> None:
    join(make_resident(), by_receipt(receipt.replace("-", "")))
    open_browser(client, make_resident())
    page = post(client, JOIN, receipt=receipt)
    assert page.status_code == 409
    assert "un autre compte" in page.text


# --- With an account ---


def linked(asked: Asked, receipt: str, client: FlaskClient) -> SignedIn:
    who = make_resident()
    join(who, by_receipt(receipt.replace("-", "")))
    open_browser(client, who)
    return who


def test_ones_own_answers_stand_on_the_page_of_the_account(
    client: FlaskClient, asked: Asked, receipt: str
) -> None:
    linked(asked, receipt, client)
    assert "La rue de l’école" in client.get("/fr/moi").text
    assert "La rue de l’école" in client.get("/fr/moi/reponses").text
    data = client.get("/fr/moi/donnees").text
    assert "Vos réponses aux consultations" in data
    assert "Un banc" in data
    stranger = client.application.test_client()
    open_browser(stranger, make_resident())
    assert "La rue de l’école" not in stranger.get("/fr/moi").text
    assert "Aucune réponse n’est liée" in stranger.get("/fr/moi/reponses").text
    for path in ("", "/retirer"):
        assert stranger.get(f"/fr/moi/reponses/ecole{path}").status_code == 404


def test_an_answer_is_changed_with_the_account_alone(client: FlaskClient, asked: Asked, receipt: str) -> None:
    linked(asked, receipt, client)
    walker = Walker(client, asked.url)
    walker.page = post(client, asked.url, own="1", go="changer")
    walker.send().send().send().send({f"q{asked.words.id}": "Avec mon compte"}).send()
    assert "Votre réponse est changée" in walker.page.text
    assert kept_given(kept_answers()[0].id)[asked.words.id].words == "Avec mon compte"
    stranger = client.application.test_client()
    assert post(stranger, asked.url, own="1", go="changer").status_code == 404


def test_whoever_was_signed_out_while_changing_keeps_all_that_was_typed(
    client: FlaskClient, asked: Asked, receipt: str
) -> None:
    linked(asked, receipt, client)
    walker = Walker(client, asked.url)
    walker.page = post(client, asked.url, own="1", go="changer")
    walker.send().send().send().send({f"q{asked.words.id}": "Sans mon compte"})
    client.delete_cookie("session")
    walker.send()
    assert walker.page.status_code == 403
    assert walker.form.filled({})[f"q{asked.words.id}"] == ["Sans mon compte"]
    assert kept_given(kept_answers()[0].id) == full(asked)


def test_an_answer_is_taken_back_with_the_account_after_a_question(
    client: FlaskClient, asked: Asked, receipt: str
) -> None:
    linked(asked, receipt, client)
    page = client.get("/fr/moi/reponses/ecole/retirer")
    assert "s’efface tout de suite" in page.text
    assert len(kept_answers()) == 1
    assert send(client, "/fr/moi/reponses/ecole/retirer").status_code == 303
    assert kept_answers() == []


def test_where_an_account_is_asked_the_way_in_leads_back_and_a_second_answer_may_take_the_place_of_the_first(
    client: FlaskClient, app: Flask
) -> None:
    limiter.reset()
    asked = make_asked(proof="message")
    gate = client.get(asked.url)
    assert "une seule fois" in gate.text
    assert "retour=/fr/consultations/ecole/repondre" in gate.text
    assert "client_key" not in gate.text
    open_browser(client, make_resident())
    walker = Walker(client, asked.url).walk(asked, words="Première").send()
    assert "liée à votre compte" in walker.page.text
    assert "Set-Cookie" not in walker.page.headers or "repondu_" not in str(walker.page.headers)
    walker = Walker(client, asked.url).walk(asked, words="Seconde").send()
    assert walker.page.status_code == 409
    assert "déjà répondu" in walker.page.text
    walker.send()
    assert "Votre réponse est changée" in walker.page.text
    (row,) = kept_answers()
    assert kept_given(row.id)[asked.words.id].words == "Seconde"


def test_whoever_was_signed_out_meanwhile_keeps_all_that_was_typed(client: FlaskClient, app: Flask) -> None:
    limiter.reset()
    asked = make_asked(proof="message")
    open_browser(client, make_resident())
    walker = Walker(client, asked.url).walk(asked, words="Mes mots")
    client.delete_cookie("session")
    walker.send()
    assert (walker.page.status_code, kept_answers()) == (403, [])
    assert "/fr/connexion" in walker.page.text
    open_browser(client, make_resident())
    walker.send()
    assert receipt_in(walker.page)
    assert kept_given(kept_answers()[0].id)[asked.words.id].words == "Mes mots"


def test_a_card_is_asked_for_in_words(client: FlaskClient, app: Flask) -> None:
    limiter.reset()
    asked = make_asked(proof="carte")
    assert "la carte remise dans votre quartier" in client.get(asked.url).text
    open_browser(client, make_resident(asked.quartiers[0]))
    walker = Walker(client, asked.url).walk(asked, words="Mes mots").send()
    assert (walker.page.status_code, kept_answers()) == (422, [])
    assert "Mes mots" in walker.page.text


def test_a_person_whom_a_service_of_identity_named_answers_once(client: FlaskClient, app: Flask) -> None:
    limiter.reset()
    asked = make_asked(proof="franceconnect")
    assert "FranceConnect" in client.get(asked.url).text
    consultation_id = asked.row.id
    with app.test_request_context("/"):
        response = app.make_response("")
        hashed = persons.person_hash(consultation_id, "un-sub")
        persons.keep(response, consultation_id, hashed)
    name, _, value = response.headers["Set-Cookie"].partition("=")
    client.set_cookie(name, value.partition(";")[0])
    walker = Walker(client, asked.url).walk(asked).send()
    assert receipt_in(walker.page)
    assert f"{name}=;" in str(walker.page.headers)
    assert kept_answers()[0].person_hash == hashed
    assert "un-sub" not in hashed
    client.set_cookie(name, value.partition(";")[0][:-2] + "xx")
    assert "FranceConnect" in client.get(asked.url).text


def test_staff_answers_as_anybody_does(client: FlaskClient, asked: Asked) -> None:
    open_browser(client, factories.make_account(contract=asked.contract))
    assert receipt_in(Walker(client, asked.url).walk(asked).send().page)
    assert kept_answers()[0].account_id is None


def test_a_receipt_leads_nowhere_once_answers_are_joined_to_nobody(
    client: FlaskClient, session: Session, asked: Asked, receipt: str
) -> None:
    with transaction() as writing:
        row = writing.get_one(Consultation, asked.row.id, populate_existing=True)
        row.frozen_at, row.answered_at = clock.now(), clock.now().replace(year=2025)
    unlink_answers()
    assert post(client, FOLLOW, receipt=receipt).status_code == 422
