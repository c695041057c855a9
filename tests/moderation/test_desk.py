"""The moderators' desk, as they use it: the list, one text after the other, a form for each act."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.work_sources import work_of
from cdv_civic.moderation.operations.locking import OF_A_BODY, OF_STAFF
from cdv_civic.moderation.queries.places import moderated_places
from cdv_civic.moderation.queries.queue import (
    QueueFilters,
    Shown,
    next_waiting,
    of_body,
    queue_page,
    queue_totals,
)
from tests.conftest import counting
from tests.moderation.cases import (
    KIND,
    WORDS,
    Desk,
    decisions,
    make_desk,
    make_hint,
    make_report,
    make_text,
    stored_case,
)
from tests.signing_in import open_browser, send

WHY = {"ground": "loi-vie_privee", "facts_fr": "Une personne est nommée."}


@pytest.fixture
def desk(app: Flask) -> Desk:
    return make_desk()


@pytest.fixture
def browser(app: Flask, desk: Desk) -> FlaskClient:
    client = app.test_client()
    open_browser(client, desk.moderator)
    return client


def at(desk: Desk, *more: object) -> str:
    return "/".join(map(str, (f"/fr/bureau/instances/{desk.place.body.id}/moderation", *more)))


def hours(number: int) -> timedelta:
    return timedelta(hours=number)


def test_what_is_late_comes_first_and_what_asks_for_a_look_is_told(desk: Desk, browser: FlaskClient) -> None:
    now = clock.now()
    make_text(desk, "Un texte de demain.", due_at=now + hours(24))
    late = make_text(desk, "Un texte en retard.", due_at=now - hours(1))
    make_hint(late, 0, 2, "telephone")
    delicate = make_text(desk, "Un texte délicat.", due_at=now + hours(1), sensitive=True)
    public = make_text(desk, "Un texte signalé.", state="publie")
    make_report(public, due_at=now + hours(2))
    make_report(public, due_at=now + hours(3), contact=None)
    make_text(desk, "Un texte public.", state="publie")
    make_text(make_desk("mont"), "Un texte d’ailleurs.")
    page = browser.get(at(desk)).text
    order = [page.index(f"Un texte {each}") for each in ("en retard", "délicat", "signalé", "de demain")]
    assert order == sorted(order)
    assert "Un texte public." not in page
    assert "Un texte d’ailleurs." not in page
    for sentence in (
        "4 textes attendent.",
        "1 texte en retard",
        "Un numéro de téléphone",
        "signalé 2 fois",
        "délicat",
    ):
        assert sentence in page, sentence
    assert delicate


def test_the_list_is_narrowed_and_paged(desk: Desk, browser: FlaskClient) -> None:
    for number in range(65):
        make_text(desk, f"Texte numéro {number:03}.", due_at=clock.now() + hours(number))
    make_text(desk, "Un texte masqué.", state="masque")
    seen: list[str] = []
    address = at(desk)
    while address:
        page = browser.get(address).text
        seen += re.findall(r"Texte numéro (\d+)\.</a>", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following.group(1) if following else ""
    assert seen == [f"{number:03}" for number in range(65)]
    assert "Un texte masqué." in browser.get(f"{at(desk)}?quoi=masques").text
    assert "Rien ne correspond" in browser.get(f"{at(desk)}?quoi=signales&sorte={KIND}").text
    assert browser.get(f"{at(desk)}?quoi=autre&sorte=rien&apres=zz").status_code == 200


def test_an_hour_of_moderation_goes_from_text_to_text(desk: Desk, browser: FlaskClient) -> None:
    first = make_text(desk, due_at=clock.now() + hours(1))
    second = make_text(desk, "Un deuxième.", due_at=clock.now() + hours(2))
    make_hint(first, 9, 14)
    page = browser.get(at(desk, first)).text
    assert re.search(r"<mark[^>]*>.*?Untel<sup", page)
    assert "Un programme montre ces passages. Il ne décide rien." in page
    answer = send(browser, at(desk, first, "publier"), page=at(desk, first), version=1)
    assert (answer.status_code, answer.location) == (303, at(desk, second))
    assert "Voici le texte suivant." in browser.get(answer.location).text
    answer = send(browser, at(desk, second, "masquer"), version=1, **WHY)
    assert (answer.status_code, answer.location) == (303, f"{at(desk)}?fait={second}")
    assert "Tout est lu" in browser.get(at(desk)).text
    assert [stored_case(each).state for each in (first, second)] == ["publie", "masque"]


def test_a_refused_form_says_all_that_is_missing_and_keeps_what_was_typed(
    desk: Desk, browser: FlaskClient
) -> None:
    text_id = make_text(desk, state="publie")
    refused = send(
        browser, at(desk, text_id, "masquer-une-partie"), version=1, facts_fr="", part="Mes mots à moi."
    )
    assert refused.status_code == 422
    assert "3 choses à corriger" in refused.text
    assert "Mes mots à moi." in refused.text
    late = send(browser, at(desk, text_id, "masquer"), version=7, **WHY)
    assert (late.status_code, "Une personne est nommée." in late.text) == (409, True)
    assert decisions(text_id) == []


def test_the_charter_stands_before_the_law(desk: Desk, browser: FlaskClient) -> None:
    text_id = make_text(desk, state="publie")
    page = browser.get(at(desk, text_id, "masquer")).text
    assert page.index("On ne nomme personne.") < page.index("Ce que la loi interdit")
    send(
        browser, at(desk, text_id, "masquer"), version=1, ground=f"charte-{desk.principle_id}", facts_fr="Vu."
    )
    assert decisions(text_id)[0].principle_id == desk.principle_id
    assert "On ne nomme personne." in browser.get(at(desk, text_id)).text, (
        "what was decided is told to the next"
    )


def test_nobody_is_offered_to_decide_on_their_own_text(desk: Desk, browser: FlaskClient) -> None:
    text_id = make_text(desk, author_id=desk.moderator.actor_id)
    page = browser.get(at(desk, text_id)).text
    assert "Une autre personne le lit et décide." in page
    assert "Que décidez-vous ?" not in page
    answer = browser.get(at(desk, text_id, "masquer"))
    assert (answer.status_code, answer.location) == (303, at(desk, text_id))
    assert next_waiting(of_body(desk.place.body.id), desk.moderator.actor_id, 0) is None


def test_a_case_stands_under_its_own_place_only(desk: Desk, browser: FlaskClient) -> None:
    foreign, of_staff = make_text(make_desk("mont")), make_text(desk, body_id=None)
    for address in (at(desk, foreign), at(desk, of_staff), at(desk, 999_999), at(desk, foreign, "masquer")):
        assert browser.get(address).status_code == 404
    own = make_text(desk)
    assert browser.get(at(desk, own, "danser")).status_code == 404
    assert browser.get(f"/fr/bureau/moderation/textes/{foreign}").status_code == 403
    found = browser.get(f"/fr/bureau/moderation/textes/{own}")
    assert (found.status_code, found.location) == (303, at(desk, own))
    assert browser.get(f"/fr/bureau/moderation/contrats/{desk.place.contract.id}").status_code == 403


def test_staff_reads_what_no_body_does(desk: Desk, app: Flask) -> None:
    client = app.test_client()
    open_browser(client, desk.place.staff)
    text_id = make_text(desk, "Pour la ville.", body_id=None)
    here = f"/fr/bureau/moderation/contrats/{desk.place.contract.id}"
    answer = client.get("/fr/bureau/moderation")
    assert (answer.status_code, answer.location) == (303, here)
    assert "Pour la ville." in client.get(here).text
    assert send(client, f"{here}/{text_id}/publier", page=f"{here}/{text_id}", version=1).status_code == 303
    assert stored_case(text_id).state == "publie"
    other = make_text(desk, "Encore.", body_id=None)
    answer = client.post(
        f"{here}/publier",
        data={
            "text": [other],
            "csrf_token": re.findall(r'csrf_token" value="([^"]+)"', client.get(here).text)[-1],
        },
    )
    assert answer.location == here
    assert stored_case(other).state == "publie"


def test_several_are_published_from_the_list(desk: Desk, browser: FlaskClient) -> None:
    plain, delicate = make_text(desk), make_text(desk, sensitive=True)
    token = re.findall(r'csrf_token" value="([^"]+)"', browser.get(at(desk)).text)[-1]
    browser.post(at(desk, "publier"), data={"text": [plain, delicate], "csrf_token": token})
    page = browser.get(at(desk)).text
    assert "1 texte est public." in page
    assert "1 texte est resté" in page
    assert [stored_case(each).state for each in (plain, delicate)] == ["publie", "en_attente"]


def test_a_text_is_merged_with_one_that_the_form_offers(desk: Desk, browser: FlaskClient) -> None:
    public, waiting = (
        make_text(desk, "Un banc au parc.", state="publie"),
        make_text(desk, "Un banc, au parc !"),
    )
    assert "Un banc au parc." in browser.get(at(desk, waiting, "regrouper")).text
    assert send(browser, at(desk, waiting, "regrouper"), version=1, other_text="").status_code == 422
    assert send(browser, at(desk, waiting, "regrouper"), version=1, other_text=public).status_code == 303
    assert stored_case(waiting).merged_into_id == public


def test_words_of_strangers_are_shown_and_never_run(desk: Desk, browser: FlaskClient) -> None:
    text_id = make_text(desk, "<script>alert(1)</script> \u202egauche", title="<b>Titre</b>")
    make_hint(text_id, 0, 8)
    for page in (browser.get(at(desk)).text, browser.get(at(desk, text_id)).text):
        assert "<script>alert" not in page
        assert "<b>Titre" not in page


def test_the_desk_speaks_all_languages(desk: Desk, browser: FlaskClient) -> None:
    text_id = make_text(desk, WORDS)
    make_report(text_id)
    for language in site_languages():
        for address in (at(desk), at(desk, text_id), at(desk, text_id, "masquer")):
            assert browser.get(address.replace("/fr/", f"/{language.tag}/", 1)).status_code == 200


def test_work_that_waits_is_told_to_whoever_moderates(desk: Desk) -> None:
    make_text(desk)
    make_report(make_text(desk, state="publie"))
    make_text(desk, author_id=desk.moderator.actor_id)
    make_text(desk, body_id=None)
    told = {item.source.name: item.count for item in work_of(db.session(), desk.moderator)}
    assert told["texts-of-bodies"] == 2
    staff = {item.source.name: item.count for item in work_of(db.session(), desk.place.staff)}
    assert (staff.get("texts-of-bodies"), staff["texts-of-staff"]) == (None, 1)
    places = moderated_places(reach_of(desk.place.staff, OF_A_BODY), reach_of(desk.place.staff, OF_STAFF))
    assert [(place.body_id, place.waiting) for place in places] == [(None, 1)]


def test_the_list_costs_as_much_with_a_thousand_texts_as_with_ten(
    desk: Desk, browser: FlaskClient, app: Flask
) -> None:
    def cost() -> int:
        browser.get(at(desk))
        with counting(app) as statements:
            assert browser.get(at(desk)).status_code == 200
        return len(statements)

    for number in range(10):
        make_hint(make_text(desk, due_at=clock.now() + hours(number)), 0, 3)
    few = cost()
    for _each in range(300):
        make_text(desk)
    assert cost() == few <= 12


def test_each_list_holds_what_it_says(desk: Desk) -> None:
    here = of_body(desk.place.body.id)
    ids = {
        Shown.WAITING: make_text(desk),
        Shown.PUBLIC: make_text(desk, state="publie"),
        Shown.REWORDING: make_text(desk, state="a_reformuler"),
        Shown.HIDDEN: make_text(desk, state="masque"),
    }
    for shown, text_id in ids.items():
        page = queue_page(here, QueueFilters(shown), None, None, "fr")
        assert [line.id for line in page.rows] == [text_id]
    totals = queue_totals(here)
    assert (totals.waiting, totals.late, totals.reported) == (1, 0, 0)


def test_what_was_just_hidden_is_undone_from_the_next_page(desk: Desk, browser: FlaskClient) -> None:
    hidden, following = make_text(desk), make_text(desk, "Un autre texte.")
    done = send(browser, at(desk, hidden, "masquer"), **WHY)
    assert done.location.endswith(f"/{following}?fait={hidden}")
    assert at(desk, hidden, "remontrer") in browser.get(done.location).text
    send(browser, at(desk, hidden, "remontrer"))
    assert stored_case(hidden).state == "publie"
    last = send(browser, at(desk, following, "masquer"), **WHY)
    page = browser.get(last.location).text
    assert "Revenir sur la décision d’avant" in page
    assert at(desk, following, "remontrer") in page
    other = browser.get(at(desk, hidden) + "?fait=999999").text
    assert "Revenir sur la décision" not in other


def test_the_menu_of_a_body_leads_to_its_charter_and_its_words(desk: Desk, browser: FlaskClient) -> None:
    number = desk.place.body.id
    assert browser.get(f"/fr/bureau/chartes/groupe/{number}").location.endswith(
        f"/chartes/{desk.place.contract.id}/{number}"
    )
    words = browser.get(f"/fr/bureau/mots-a-signaler/groupe/{number}").location
    assert words.endswith("?contrat=val")
    assert browser.get(words).status_code == 200
    menu = browser.get(f"/fr/bureau/instances/{number}/parole").text
    assert f"/chartes/groupe/{number}" in menu
    assert f"/mots-a-signaler/groupe/{number}" in menu
    assert browser.get("/fr/bureau/chartes/groupe/999999").status_code == 404
    assert browser.get("/fr/bureau/mots-a-signaler/groupe/999999").status_code == 404
