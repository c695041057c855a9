"""Answering as somebody without a script does: one screen after the other, back again, sent once or twice."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdv_civic.accounts.limits import limiter
from cdv_civic.consultations.operations.editing import questions
from cdv_civic.consultations.operations.editing.building import NewQuestion
from cdv_civic.consultations.rules.questions import Given, QuestionKind
from cdv_civic.core import clock
from cdv_civic.core.db import db
from tests import factories
from tests.conftest import TODAY, counting
from tests.consultations import factories as make
from tests.consultations.answering.answers import (
    SAME_ORIGIN,
    Asked,
    Walker,
    change_row,
    kept_answers,
    kept_given,
    make_asked,
    make_resident,
    receipt_in,
)
from tests.signing_in import open_browser


@pytest.fixture
def asked(app: Flask) -> Asked:
    limiter.reset()
    return make_asked()


def test_one_question_a_screen_without_an_account(client: FlaskClient, asked: Asked) -> None:
    walker = Walker(client, asked.url)
    assert "Êtes-vous locataire" in walker.page.text
    assert "1 sur 4" in walker.page.text
    assert "Combien de pièces" not in walker.page.text
    walker.send({f"q{asked.tenant.id}": str(asked.yes)})
    assert "Combien de pièces" in walker.page.text
    assert "2 sur 5" in walker.page.text
    walker.send({f"q{asked.rent.id}": "4"})
    assert "Partagez 10 points" in walker.page.text
    first, second, third = asked.options["points"]
    walker.send({f"q{asked.points.id}_{first}": "7", f"q{asked.points.id}_{third}": "3"})
    walker.send({f"q{asked.words.id}": "Des bancs à l’ombre"})
    assert walker.screen == "fin"
    walker.send(quartier=str(asked.quartiers[1].id))
    assert walker.page.status_code == 200
    assert receipt_in(walker.page)
    (row,) = kept_answers()
    assert (row.quartier_id, row.account_id, row.person_hash) == (asked.quartiers[1].id, None, None)
    assert (row.channel, row.evidence, row.speaker, row.received_on) == (
        "en_ligne",
        "aucune",
        "person",
        TODAY.date(),
    )
    assert kept_given(row.id) == {
        asked.tenant.id: Given(choices={asked.yes: None}),
        asked.rent.id: Given(number=4),
        asked.points.id: Given(choices={first: 7, third: 3}),
        asked.words.id: Given(words="Des bancs à l’ombre"),
    }
    assert second not in kept_given(row.id)[asked.points.id].choices


def test_all_questions_of_a_step_on_one_page(client: FlaskClient, asked: Asked) -> None:
    change_row(asked, one_question_a_screen=False)
    walker = Walker(client, asked.url)
    for question in ("Êtes-vous locataire", "Combien de pièces"):
        assert question in walker.page.text
    assert "Partagez 10 points" not in walker.page.text
    walker.send({f"q{asked.tenant.id}": str(asked.no), f"q{asked.rent.id}": "4"})
    walker.send({f"q{asked.words.id}": "Rien"}).send()
    assert receipt_in(walker.page)
    (row,) = kept_answers()
    # Of somebody who is no tenant nobody asked how many rooms they have.
    assert set(kept_given(row.id)) == {asked.tenant.id, asked.words.id}


def test_whoever_goes_back_and_changes_their_mind_finds_all_the_rest_again(
    client: FlaskClient, asked: Asked
) -> None:
    walker = Walker(client, asked.url).walk(asked, yes=True, words="Un banc")
    for expected in (f"q{asked.words.id}", f"q{asked.points.id}", f"q{asked.rent.id}", f"q{asked.tenant.id}"):
        assert walker.send(go="retour").screen == expected
    assert walker.form.filled({})[f"q{asked.tenant.id}"] == [str(asked.yes)]
    walker.send({f"q{asked.tenant.id}": str(asked.no)})
    assert walker.screen == f"q{asked.points.id}"
    walker.send().send()
    assert "Un banc" not in walker.page.text or walker.screen == "fin"
    walker.send()
    (row,) = kept_answers()
    assert kept_given(row.id)[asked.words.id] == Given(words="Un banc")
    assert asked.rent.id not in kept_given(row.id)


def test_whoever_passes_answers_nothing_and_what_is_required_cannot_be_passed(
    client: FlaskClient, asked: Asked
) -> None:
    walker = Walker(client, asked.url)
    assert 'value="passer"' not in walker.page.text
    walker.send(go="passer")
    assert (walker.page.status_code, walker.screen) == (422, f"q{asked.tenant.id}")
    assert "Choisissez une réponse." in walker.page.text
    walker.send({f"q{asked.tenant.id}": str(asked.no)})
    assert 'value="passer"' in walker.page.text
    walker.send({f"q{asked.points.id}_{asked.options['points'][0]}": "3"}, go="passer")
    walker.send(go="passer").send()
    (row,) = kept_answers()
    assert set(kept_given(row.id)) == {asked.tenant.id}


def test_points_that_do_not_add_up_say_how_many_are_left(client: FlaskClient, asked: Asked) -> None:
    walker = Walker(client, asked.url).send({f"q{asked.tenant.id}": str(asked.no)})
    name = f"q{asked.points.id}_{asked.options['points'][0]}"
    walker.send({name: "7"})
    assert (walker.page.status_code, walker.screen) == (422, f"q{asked.points.id}")
    assert re.search(r"7 points sur 10.*il en reste 3", walker.page.text)
    assert walker.form.filled({})[name] == ["7"]


def test_the_same_form_twice_is_one_answer_with_one_receipt(client: FlaskClient, asked: Asked) -> None:
    walker = Walker(client, asked.url).walk(asked)
    last = walker.form.filled({})
    pages = [client.post(asked.url, data=last, headers=SAME_ORIGIN) for _each in range(3)]
    assert {receipt_in(page) for page in pages} == {receipt_in(pages[0])}
    assert len(kept_answers()) == 1


def test_whoever_goes_back_after_sending_and_sends_otherwise_is_asked_which_to_keep(
    client: FlaskClient, asked: Asked
) -> None:
    walker = Walker(client, asked.url).walk(asked, words="Un banc")
    last = walker.form.filled({})
    first = client.post(asked.url, data=last, headers=SAME_ORIGIN)
    walker.page = client.post(
        asked.url, data={**last, f"q{asked.words.id}": "Deux bancs"}, headers=SAME_ORIGIN
    )
    assert (walker.page.status_code, len(kept_answers())) == (409, 1)
    assert "déjà envoyé une réponse" in walker.page.text
    (row,) = kept_answers()
    assert kept_given(row.id)[asked.words.id].words == "Un banc"
    walker.send()
    assert receipt_in(walker.page) == receipt_in(first)
    (row,) = kept_answers()
    assert (kept_given(row.id)[asked.words.id].words, row.version) == ("Deux bancs", 2)
    # The first page loaded again puts nothing back.
    again = client.post(asked.url, data=last, headers=SAME_ORIGIN)
    assert again.status_code == 409
    assert kept_given(row.id)[asked.words.id].words == "Deux bancs"


def test_an_answer_that_comes_after_closing_is_given_back_and_the_form_of_an_earlier_one_its_receipt(
    client: FlaskClient, asked: Asked
) -> None:
    early = Walker(client, asked.url).walk(asked, words="À temps")
    kept = early.form.filled({})
    early.send()
    visitor = client.application.test_client()
    late = Walker(visitor, asked.url).walk(asked, words="Trop tard, avec mes mots")
    change_row(asked, closes_at=clock.now() - timedelta(minutes=1))
    late.send()
    assert late.page.status_code == 409
    assert "n’est pas partie" in late.page.text
    assert "Trop tard, avec mes mots" in late.page.text
    assert len(kept_answers()) == 1
    again = client.post(asked.url, data=kept, headers=SAME_ORIGIN)
    assert receipt_in(again) == receipt_in(early.page)
    closed = visitor.get(asked.url)
    assert (closed.status_code, "client_key" in closed.text) == (200, False)


def test_a_screen_that_comes_after_closing_gives_back_what_was_typed(
    client: FlaskClient, asked: Asked
) -> None:
    walker = Walker(client, asked.url).send({f"q{asked.tenant.id}": str(asked.no)}).send(go="passer")
    change_row(asked, closes_at=clock.now() - timedelta(minutes=1))
    walker.send({f"q{asked.words.id}": "Mes mots"})
    assert walker.page.status_code == 409
    assert "Mes mots" in walker.page.text


@pytest.mark.parametrize("stage", ["draft", "withdrawn"])
def test_what_is_not_public_is_no_page(client: FlaskClient, app: Flask, stage: str) -> None:
    if stage == "draft":
        url = f"/fr/consultations/{make.make_consultation(stage='draft').slug}/repondre"
    else:
        asked = make_asked()
        url = asked.url
        change_row(asked, withdrawn_at=clock.now(), withdrawn_reason_id=asked.row.purpose_id)
    assert client.get(url).status_code == 404
    assert client.get("/fr/consultations/aucune/repondre").status_code == 404


def test_one_that_is_not_open_yet_says_when(client: FlaskClient, app: Flask) -> None:
    asked = make_asked(stage="coming")
    page = client.get(asked.url)
    assert "pas encore ouverte" in page.text
    assert "22 novembre 2026" in page.text


def test_age_is_confirmed_where_it_is_asked_and_the_quartier_where_there_are_several(
    client: FlaskClient, app: Flask
) -> None:
    asked = make_asked(quartiers=1, age_to_answer=13, age_for_name=15, age_for_photo=18)
    walker = Walker(client, asked.url).walk(asked, words="Un mot")
    assert "J’ai 13 ans ou plus" in walker.page.text
    assert 'name="quartier"' not in walker.page.text
    walker.send()
    assert (walker.page.status_code, kept_answers()) == (422, [])
    assert "Cochez cette case si vous avez 13 ans ou plus" in walker.page.text
    assert walker.form.filled({})[f"q{asked.words.id}"] == ["Un mot"]
    walker.send(age="y")
    assert receipt_in(walker.page)
    assert kept_answers()[0].quartier_id is None


def test_a_quartier_of_another_consultation_is_refused(client: FlaskClient, asked: Asked) -> None:
    walker = Walker(client, asked.url).walk(asked).send(quartier="999999")
    assert (walker.page.status_code, kept_answers()) == (422, [])


def test_a_form_that_another_site_fills_in_is_refused_and_says_so(client: FlaskClient, asked: Asked) -> None:
    walker = Walker(client, asked.url).walk(asked, words="Des mots")
    page = client.post(asked.url, data=walker.form.filled({}), headers={"Sec-Fetch-Site": "cross-site"})
    assert (page.status_code, kept_answers()) == (422, [])
    assert "vient d’une autre page que la nôtre" in page.text


def test_a_form_without_its_key_takes_nothing(client: FlaskClient, asked: Asked) -> None:
    walker = Walker(client, asked.url).walk(asked)
    fields = {name: value for name, value in walker.form.filled({}).items() if name != "client_key"}
    page = client.post(asked.url, data=fields, headers=SAME_ORIGIN)
    assert (page.status_code, kept_answers()) == (422, [])


def test_a_flood_from_one_address_is_told_to_wait_and_keeps_what_was_typed(
    client: FlaskClient, asked: Asked
) -> None:
    for _each in range(20):
        assert receipt_in(Walker(client.application.test_client(), asked.url).walk(asked).send().page)
    walker = Walker(client.application.test_client(), asked.url).walk(asked, words="Encore").send()
    assert walker.page.status_code == 429
    assert walker.form.filled({})[f"q{asked.words.id}"] == ["Encore"]
    assert len(kept_answers()) == 20


def test_a_text_that_is_too_long_comes_back_whole(client: FlaskClient, asked: Asked) -> None:
    walker = Walker(client, asked.url).send({f"q{asked.tenant.id}": str(asked.no)}).send(go="passer")
    long = "Une phrase. " * 1700
    walker.send({f"q{asked.words.id}": long})
    assert (walker.page.status_code, walker.screen) == (422, f"q{asked.words.id}")
    assert walker.form.filled({})[f"q{asked.words.id}"] == [long]
    assert "Enlevez-en" in walker.page.text


def test_a_change_of_language_shows_the_same_screen_with_all_that_was_typed(
    client: FlaskClient, asked: Asked
) -> None:
    walker = Walker(client, asked.url).send({f"q{asked.tenant.id}": str(asked.no)}).send(go="passer")
    fields = walker.form.filled({f"q{asked.words.id}": "Un banc"}) | {"only_language": "1"}
    page = client.post(asked.url.replace("/fr/", "/en/"), data=fields, headers=SAME_ORIGIN)
    assert "Un banc" in page.text
    assert "Envoyer" not in page.text
    assert kept_answers() == []


def test_no_cookie_before_an_answer_is_sent_and_one_that_names_nobody_after(
    client: FlaskClient, asked: Asked
) -> None:
    walker = Walker(client, asked.url)
    assert "Set-Cookie" not in walker.page.headers
    walker.walk(asked)
    assert "Set-Cookie" not in walker.page.headers
    walker.send()
    (cookie,) = walker.page.headers.getlist("Set-Cookie")
    assert re.fullmatch(
        r"repondu_[0-9a-f]{10}=[0-9a-f]{64}; Expires=[^;]+; Max-Age=864000; HttpOnly; Path=/; SameSite=Lax",
        cookie,
    )
    other = Walker(client.application.test_client(), asked.url).walk(asked).send()
    assert [each.split("; E")[0] for each in other.page.headers.getlist("Set-Cookie")] == [
        cookie.split("; E")[0]
    ]


def test_whoever_answers_again_from_a_device_is_asked_for_whom_and_not_refused(
    client: FlaskClient, asked: Asked
) -> None:
    Walker(client, asked.url).walk(asked).send()
    walker = Walker(client, asked.url)
    assert "déjà partie de cet appareil" in walker.page.text
    walker.send(go="autre")
    assert walker.screen == f"q{asked.tenant.id}"
    walker.walk(asked).send()
    assert receipt_in(walker.page)
    assert len(kept_answers()) == 2


def test_two_private_windows_are_two_answers(client: FlaskClient, asked: Asked) -> None:
    for visitor in (client, client.application.test_client()):
        Walker(visitor, asked.url).walk(asked).send()
    assert len(kept_answers()) == 2


def test_a_device_that_several_people_use_keeps_nothing(client: FlaskClient, asked: Asked) -> None:
    walker = Walker(client, asked.url)
    assert f'data-answers="visitor:consultation.answer:{asked.row.id}"' in walker.page.text
    walker.send({f"q{asked.tenant.id}": str(asked.no)}, shared="y")
    assert "data-answers=" not in walker.page.text
    walker.send(go="passer").send(go="passer").send()
    assert receipt_in(walker.page)
    assert "Set-Cookie" not in walker.page.headers


@pytest.mark.parametrize("more", [{}, {"only_language": "1"}])
def test_no_other_site_gives_a_form_a_name_that_it_knows(
    client: FlaskClient, asked: Asked, more: dict[str, str]
) -> None:
    planted = Walker(client, asked.url).walk(asked).form.filled({}) | {"client_key": "connu-de-l-autre-site"}
    page = client.post(asked.url, data={**planted, **more}, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 422
    assert "connu-de-l-autre-site" not in page.text
    assert 'name="client_key"' in page.text


def test_no_other_site_leads_to_the_change_of_an_answer_that_it_holds(
    client: FlaskClient, asked: Asked
) -> None:
    receipt = receipt_in(Walker(client, asked.url).walk(asked).send().page)
    for go in ("", "changer"):
        page = client.post(
            asked.url,
            data={"receipt": receipt, "shown": f"q{asked.tenant.id}", "go": go},
            headers={"Sec-Fetch-Site": "cross-site"},
        )
        assert f"q{asked.tenant.id}" not in page.text


def test_on_a_device_of_several_nobody_goes_back_to_what_another_typed(app: Flask) -> None:
    asked = make_asked()
    for shared, kept in (({}, "private, no-cache"), ({"shared": "y"}, "no-store")):
        walker = Walker(app.test_client(), asked.url)
        walker.send({f"q{asked.tenant.id}": str(asked.no)}, **shared)
        assert walker.page.headers["Cache-Control"] == kept


def test_nor_does_one_on_which_somebody_signed_in_as_on_a_shared_one(
    client: FlaskClient, asked: Asked
) -> None:
    open_browser(client, make_resident(asked.quartiers[0]), shared=True)
    walker = Walker(client, asked.url)
    assert "data-answers=" not in walker.page.text
    walker.walk(asked).send()
    assert receipt_in(walker.page)
    assert "repondu_" not in str(walker.page.headers)


def test_an_answer_of_somebody_signed_in_leaves_without_their_account_where_none_is_asked(
    client: FlaskClient, asked: Asked
) -> None:
    open_browser(client, make_resident(asked.quartiers[0]))
    walker = Walker(client, asked.url)
    assert "cette réponse part sans lui" in walker.page.text
    walker.walk(asked).send()
    (row,) = kept_answers()
    assert (row.account_id, row.evidence) == (None, "aucune")


TYPED = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=60)


def as_shown(text: str) -> str:
    """What a page can say of it: overrides of direction go with the request."""
    return re.sub("[\u202d\u202e]", "", text)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    choice=TYPED, number=TYPED, points=st.lists(TYPED, min_size=3, max_size=3), words=TYPED, data=st.data()
)
def test_after_an_error_every_field_shows_what_was_typed(
    client: FlaskClient,
    asked: Asked,
    choice: str,
    number: str,
    points: list[str],
    words: str,
    data: st.DataObject,
) -> None:
    """On whatever screen, whatever the button: what was typed stands in the page, in a field or carried."""
    typed = {
        f"q{asked.rent.id}": number,
        f"q{asked.words.id}": words,
        **{
            f"q{asked.points.id}_{option}": each
            for option, each in zip(asked.options["points"], points, strict=True)
        },
    }
    shown = data.draw(
        st.sampled_from(["fin", *(f"q{each.id}" for each in (asked.tenant, asked.words, asked.points))])
    )
    go = data.draw(st.sampled_from(["", "retour", "aller"]))
    page = client.post(
        asked.url,
        data={
            **typed,
            f"q{asked.tenant.id}": choice,
            "client_key": "une-cle-de-formulaire",
            "shown": shown,
            "go": go,
        },
        headers=SAME_ORIGIN,
    )
    assert page.status_code in (200, 422)
    sent = dict(
        re.findall(r'<input[^>]*?name="(q[\d_]+)"[^>]*?value="([^"]*)"', page.text, re.S)
        + re.findall(r'<textarea[^>]*?name="(q[\d_]+)"[^>]*>\n?(.*?)</textarea>', page.text, re.S)
    )
    for name, value in typed.items():
        assert html.unescape(sent.get(name, "")) == as_shown(value), name
    assert kept_answers() == []


def test_a_screen_costs_the_same_whatever_it_asks(client: FlaskClient, app: Flask, asked: Asked) -> None:
    url = asked.url
    with counting(app) as few:
        client.get(url)
    assert len(few) == 6  # with the numbers of the tags, that every public page asks for
    with counting(app) as kept:
        client.get(url)
    assert len(kept) == 1
    step = make.make_step(asked.row)
    for _each in range(20):
        make.make_question(step, kind="multiple", options=["A", "B", "C", "D"])
    change_row(asked)
    with counting(app) as many:
        client.get(url)
    assert len(many) == len(few)


def test_what_is_asked_is_kept_until_somebody_changes_it(client: FlaskClient, app: Flask) -> None:
    asked = make_asked(reaches_nobody=True)
    first = questions.question_version(asked.tenant, None)
    before = client.get(asked.url).text
    assert "Êtes-vous locataire" in before
    db.session.rollback()
    staff = factories.make_account("organise@example.org", contract=asked.contract)
    new = NewQuestion(QuestionKind.SINGLE, {"fr": "Louez-vous ?"}, required=True)
    questions.change_question(staff, asked.row.id, asked.tenant.id, new, version=first)
    after = client.get(asked.url).text
    assert "Louez-vous ?" in after
    assert "Êtes-vous locataire" not in after
    change_row(asked, withdrawn_at=clock.now(), withdrawn_reason_id=asked.row.purpose_id)
    assert client.get(asked.url).status_code == 404


def test_taking_an_answer_costs_the_same_whatever_came_before(
    client: FlaskClient, app: Flask, asked: Asked
) -> None:
    url = asked.url
    last = Walker(client, url).walk(asked, words="Un banc").form.filled({})
    client.post(url, data=last, headers=SAME_ORIGIN)
    with counting(app) as first:
        page = client.post(url, data={**last, "client_key": "un-formulaire-de-plus"}, headers=SAME_ORIGIN)
    assert receipt_in(page)
    make.make_answers(asked.row, 500, choices={asked.no: None})
    with counting(app) as later:
        client.post(url, data={**last, "client_key": "un-autre-formulaire"}, headers=SAME_ORIGIN)
    assert len(first) == len(later) == 5
    assert len(kept_answers()) == 503


def test_before_sending_one_reads_all_that_one_answered(client: FlaskClient, asked: Asked) -> None:
    walker = Walker(client, asked.url).walk(asked, words="Des bancs à l’ombre")
    assert walker.screen == "fin"
    said = walker.page.text.partition('class="said-answers"')[2].partition("</dl>")[0]
    assert "Des bancs à l’ombre" in said
    assert "Êtes-vous locataire" in said


def test_the_receipt_says_where_it_is_typed_and_who_changes_an_answer_knows_it(
    client: FlaskClient, asked: Asked
) -> None:
    walker = Walker(client, asked.url).walk(asked)
    walker.send(quartier=str(asked.quartiers[0].id))
    assert 'href="/fr/parole/suivi"' in walker.page.text.partition("Il se tape ici")[2][:80]
    changing = client.post(
        asked.url, data={"receipt": receipt_in(walker.page), "go": "changer"}, headers=SAME_ORIGIN
    )
    assert "vous changez votre réponse" in changing.text


def test_where_no_service_tells_who_answers_the_page_says_what_to_do(
    client: FlaskClient, asked: Asked
) -> None:
    change_row(asked, proof="franceconnect")
    page = client.get(asked.url).text
    assert "Demandez à la mairie ou à la maison de quartier" in page
    assert f'href="/fr/consultations/{asked.row.slug}"' in page
