"""The letter for everybody, its one tap, and the desk where it is written."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.restitution.operations import say_heard
from cdv_civic.consultations.restitution.queries import heard_counts
from cdv_civic.consultations.restitution.rules import Heard
from cdv_civic.core import clock
from cdv_civic.core.db import db
from tests import factories as make
from tests.conftest import TODAY, counting
from tests.consultations.factories import make_consultation
from tests.consultations.restitution.replies import make_reply, version_of
from tests.signing_in import open_browser, send

pytestmark = pytest.mark.one_database

HERE = {"Sec-Fetch-Site": "same-origin"}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def answered(app: Flask) -> Consultation:
    contract = make.make_contract("val")
    make.make_commitment(contract, "Planter des arbres", code="A-1")
    row = make_consultation(
        contract,
        stage="counted",
        slug="le-parc",
        title="Les jeux du parc",
        translations={"title": {"ar": "ألعاب الحديقة"}},
    )
    make_reply(row, commitments=("A-1",), next_on=clock.today() + timedelta(days=30))
    return row


def test_the_letter_says_what_is_done_what_is_not_and_why_and_what_comes_next(
    client: FlaskClient, answered: Consultation
) -> None:
    page = plain(client.get("/fr/consultations/le-parc/reponse").text)
    order = [
        "Vous avez dit", "Le parc manque d’ombre.",
        "Nous faisons", "Des bancs à l’ombre.", "au moins 40 réponses",
        "Nous ne faisons pas, parce que", "Un jet d’eau.", "L’eau coûte trop cher.",
        "Nous étudions encore", "Une aire pour chiens.", "Nous cherchons la place.",
        "La suite, le 20 décembre 2026", "Les bancs arrivent en juin.",
        "La mairie et le conseil citoyen", "Planter des arbres", "Vous sentez-vous entendu",
    ]  # fmt: skip
    places = [page.index(each) for each in order]
    assert places == sorted(places)
    assert not re.search(r"\b47\b", page.partition("<main")[2]), "the exact count is for the desk"


def test_it_is_read_in_arabic_too(client: FlaskClient, answered: Consultation) -> None:
    page = client.get("/ar/consultations/le-parc/reponse").text
    assert "الحديقة تنقصها الظلال." in page
    assert "ألعاب الحديقة" in page


def test_an_answer_that_is_not_published_is_not_found(client: FlaskClient) -> None:
    row = make_consultation(stage="counted")
    assert client.get(f"/fr/consultations/{row.slug}/reponse").status_code == 404
    make_reply(row, published=False)
    assert client.get(f"/fr/consultations/{row.slug}/reponse").status_code == 404


def test_publishing_and_correcting_are_seen_on_every_kept_page_at_once(client: FlaskClient) -> None:
    row = make_consultation(stage="counted", answer_due_on=clock.today() - timedelta(days=2))
    pages = (
        "/fr/",
        "/fr/consultations",
        f"/fr/consultations/{row.slug}",
        f"/fr/consultations/{row.slug}/reponse",
    )
    before = {page: client.get(page).text for page in pages}
    make_reply(row)
    after = {page: client.get(page).text for page in pages}
    assert all(before[page] != after[page] for page in pages)
    make_reply(row, said={"fr": "Autre chose."})
    assert "Autre chose." in client.get(pages[-1]).text
    assert "corrigé le" in client.get(pages[-1]).text


def test_the_page_of_the_action_leads_back(client: FlaskClient, answered: Consultation) -> None:
    page = client.get("/fr/contrats/val/engagements/A-1").text
    assert "/fr/consultations/le-parc" in page


def test_one_tap_is_counted_once_for_a_device_and_sets_no_other_cookie(
    app: Flask, client: FlaskClient, answered: Consultation
) -> None:
    address = "/fr/consultations/le-parc/reponse/entendu"
    assert "Set-Cookie" not in client.get("/fr/consultations/le-parc/reponse").headers
    answer = client.post(address, data={"heard": "oui"}, headers=HERE)
    assert answer.status_code == 200
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 1
    assert "entendu=" in cookies[0]
    assert "HttpOnly" in cookies[0]
    assert str(answered.id) not in cookies[0].partition(";")[0]
    again = client.post(address, data={"heard": "non"}, headers=HERE)
    assert "déjà répondu" in again.text
    other = app.test_client().post(address, data={"heard": "en_partie"}, headers=HERE)
    assert other.status_code == 200
    db.session.rollback()
    assert heard_counts(answered.id) == {Heard.YES: 1, Heard.PARTLY: 1}


def test_on_a_shared_device_no_cookie_is_left(client: FlaskClient, answered: Consultation) -> None:
    who = make.make_account("lila@example.org", role=None, password_hash="", organisation_name="")
    open_browser(client, who, shared=True)
    answer = client.post("/fr/consultations/le-parc/reponse/entendu", data={"heard": "oui"}, headers=HERE)
    assert answer.status_code == 200
    assert not [each for each in answer.headers.getlist("Set-Cookie") if "entendu" in each]


@pytest.mark.parametrize("data", [{}, {"heard": "peut-être"}])
def test_what_is_no_answer_is_asked_again(
    client: FlaskClient, answered: Consultation, data: dict[str, str]
) -> None:
    answer = client.post("/fr/consultations/le-parc/reponse/entendu", data=data, headers=HERE)
    assert answer.status_code == 422
    assert 'name="heard"' in answer.text
    db.session.rollback()
    assert heard_counts(answered.id) == {}


def test_another_site_counts_nothing(client: FlaskClient, answered: Consultation) -> None:
    answer = client.post(
        "/fr/consultations/le-parc/reponse/entendu",
        data={"heard": "oui"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 422
    db.session.rollback()
    assert heard_counts(answered.id) == {}


def test_taps_show_from_the_next_day_on_and_in_steps(client: FlaskClient, answered: Consultation) -> None:
    for heard, taps in ((Heard.YES, 12), (Heard.PARTLY, 7), (Heard.NO, 4)):
        for _each in range(taps):
            say_heard("le-parc", heard)
    address = "/fr/consultations/le-parc/reponse"
    assert "Jusqu’à hier" not in plain(client.get(address).text)
    with clock.frozen_everywhere(TODAY + timedelta(days=1)):
        assert "oui 10, en partie 5, non 0" in plain(client.get(address).text)


def test_the_page_costs_as_much_with_many_taps_and_points(
    app: Flask, client: FlaskClient, answered: Consultation
) -> None:
    with counting(app) as statements:
        client.get("/ar/consultations/le-parc/reponse")
    assert len([each for each in statements if "language_help" not in each]) <= 9


def fields_of(page: str) -> dict[str, str]:
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version
    return {"version": version[1]}


def test_the_desk_writes_reads_publishes_and_corrects(app: Flask, client: FlaskClient) -> None:
    row = make_consultation(stage="counted", title="La rue")
    desk = f"/fr/bureau/consultations/{row.slug}/reponse"
    open_browser(client, make.make_account(role="administrator"))
    assert "La rue" in client.get("/fr/bureau/consultations-a-repondre").text
    written = {
        "said_fr": "La rue est sombre.",
        "point_1_fr": "Des lampes.",
        "fate_1": "en_partie",
        "reason_1_fr": "Six lampes sur dix.",
        "answers_1": "52",
        "next_fr": "Les lampes arrivent en mars.",
    }
    answer = send(client, desk, **fields_of(client.get(desk).text), **written)
    assert answer.status_code == 303
    page = client.get(desk).text
    assert "Dites qui répond" in page
    asked = client.get(f"{desk}/publier").text
    assert "Dites qui répond" in asked
    assert "<form" not in asked.partition("<main")[2].partition("</main")[0], "nothing is pressed before"
    assert "Six lampes sur dix." in page
    answer = send(client, desk, **fields_of(page), **written, signed_fr="La voirie")
    assert answer.status_code == 303
    assert "Six lampes sur dix." in client.get(f"{desk}/apercu").text
    publish = f"{desk}/publier"
    assert send(client, publish, **fields_of(client.get(publish).text)).status_code == 303
    public = f"/fr/consultations/{row.slug}/reponse"
    assert "Six lampes sur dix." in client.get(public).text
    page = client.get(desk).text
    written["reason_1_fr"] = "Huit lampes sur dix."
    assert send(client, desk, **fields_of(page), **written, signed_fr="La voirie").status_code == 303
    assert "Huit lampes sur dix." in client.get(public).text
    assert version_of(row) == 4


def test_what_is_refused_comes_back_with_all_that_was_typed(app: Flask, client: FlaskClient) -> None:
    row = make_consultation(stage="counted")
    desk = f"/fr/bureau/consultations/{row.slug}/reponse"
    open_browser(client, make.make_account(role="administrator"))
    answer = send(
        client,
        desk,
        **fields_of(client.get(desk).text),
        said_fr="La rue est sombre.",
        point_7_fr="Des lampes.",
        fate_7="non_retenu",
        answers_7="3",
    )
    assert answer.status_code == 422
    for typed in ("La rue est sombre.", "Des lampes.", "Dites pourquoi", 'value="3"'):
        assert typed in plain(answer.text), typed


def test_the_desk_says_that_an_answer_is_late(app: Flask, client: FlaskClient) -> None:
    row = make_consultation(stage="counted", answer_due_on=clock.today() - timedelta(days=3))
    open_browser(client, make.make_account(role="administrator"))
    page = plain(client.get(f"/fr/bureau/consultations/{row.slug}/reponse").text)
    assert "Le retard est de 3 jours" in page
    assert "au plus tard" not in page


def test_before_it_closes_the_desk_says_so(app: Flask, client: FlaskClient) -> None:
    row = make_consultation()
    open_browser(client, make.make_account(role="administrator"))
    page = client.get(f"/fr/bureau/consultations/{row.slug}/reponse")
    assert "pas encore fermée" in plain(page.text)


def test_the_desk_is_closed_to_others(app: Flask, client: FlaskClient) -> None:
    row = make_consultation(stage="counted")
    open_browser(client, make.make_account("lila@example.org", role=None))
    for rest in ("", "/apercu", "/publier"):
        assert client.get(f"/fr/bureau/consultations/{row.slug}/reponse{rest}").status_code == 403
