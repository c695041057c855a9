"""Anybody reports a public text, without an account: what is kept, what is not, and what a crowd cannot do."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cdv_civic.core.db import db
from cdv_civic.core.errors import DomainError, NotFound
from cdv_civic.moderation.models import ModerationReport
from cdv_civic.moderation.reports.operations import ReportedBefore, report
from cdv_civic.moderation.reports.rules import MOST_OPEN_REPORTS
from cdv_civic.moderation.rules.decisions import ModerationAct
from cdv_civic.notices.models import Notice
from tests import factories as make
from tests.mail_server import MailBox
from tests.moderation.notes import Notes, a_report, case, decide, make_charter
from tests.page_forms import PageForm
from tests.races import at_once
from tests.signing_in import open_browser
from tests.voices.voices import make_place

RECEIPT = re.compile(r'<p class="receipt">.*?<strong dir="ltr">([^<]+)</strong>', re.S)


def stored(report_id: int) -> ModerationReport:
    db.session.rollback()
    return db.session.get_one(ModerationReport, report_id, populate_existing=True)


def how_many() -> int:
    db.session.rollback()
    return db.session.execute(select(func.count()).select_from(ModerationReport)).scalar_one()


def test_a_report_keeps_words_reason_and_a_way_to_be_told(notes: Notes) -> None:
    text_id = notes.write(make_place().body)
    taken = report(a_report(text_id, contact="Awa@Exemple.fr", lang="ar"))
    row = stored(taken.report_id)
    assert (row.words, row.reason, row.contact_kind, row.contact, row.lang) == (
        "Le dernier mot.",
        "injure",
        "email",
        "awa@exemple.fr",
        "ar",
    )
    assert taken.in_full
    assert taken.receipt
    assert taken.receipt not in (row.receipt_hash, row.client_key)


def test_the_same_form_twice_is_one_report_with_one_receipt(notes: Notes) -> None:
    new = a_report(notes.write(make_place().body))
    first, second = report(new), report(new)
    assert first == second
    assert how_many() == 1


def test_the_same_form_at_the_same_moment_is_one_report(app: Flask, notes: Notes) -> None:
    new = a_report(notes.write(make_place().body))
    ended = at_once(app, *[lambda: report(new)] * 4)
    assert len({str(each) for each in ended}) == 1
    assert how_many() == 1


def test_one_account_reports_a_text_once(notes: Notes) -> None:
    place = make_place()
    text_id, other = notes.write(place.body), notes.write(place.body)
    somebody = make.make_account()
    report(a_report(text_id), somebody)
    with pytest.raises(ReportedBefore):
        report(a_report(text_id, words="Encore."), somebody)
    report(a_report(other), somebody)
    assert how_many() == 2


def test_only_what_everybody_reads_can_be_reported(client: FlaskClient, notes: Notes) -> None:
    place = make_place()
    waiting, hidden = notes.write(place.body, read_before=True), notes.write(place.body)
    decide(hidden, ModerationAct.HIDE, place.moderator)
    for text_id in (waiting, hidden, 4711):
        with pytest.raises(NotFound):
            report(a_report(text_id))
    pages = [client.get(f"/fr/signaler/{text_id}") for text_id in (waiting, hidden, 4711)]
    assert {page.status_code for page in pages} == {404}
    plain = {re.sub(r"signaler/\d+", "", page.text) for page in pages}
    assert len(plain) == 1, "the pages of what is hidden and of what never was are the same"


def test_another_reason_asks_for_words_and_the_form_keeps_what_was_typed(
    client: FlaskClient,
    notes: Notes,
) -> None:
    text_id = notes.write(make_place().body)
    with pytest.raises(DomainError):
        report(a_report(text_id, "autre", words=" "))
    page = client.get(f"/fr/signaler/{text_id}").text
    form = PageForm(page, "client_key")
    sent = client.post(
        f"/fr/signaler/{text_id}", data=form.filled({"reason": "autre", "contact": "pas une adresse"})
    )
    assert sent.status_code == 422
    assert "pas une adresse" in sent.text
    assert how_many() == 0


def test_the_page_quotes_the_text_as_everybody_reads_it(client: FlaskClient, notes: Notes) -> None:
    place = make_place()
    text_id = notes.write(place.body, "Monsieur Untel jette ses sacs la nuit.")
    decide(text_id, ModerationAct.HIDE_PART, place.moderator, part="[…] jette ses sacs la nuit.")
    page = html.unescape(client.get(f"/fr/signaler/{text_id}").text)
    assert "[…] jette ses sacs la nuit." in page
    assert "Untel" not in page
    assert "Quitter vite" in page


def test_a_life_in_danger_shows_whom_to_call_before_and_after(client: FlaskClient, notes: Notes) -> None:
    text_id = notes.write(make_place().body)
    page = client.get(f"/fr/signaler/{text_id}").text
    numbers = ["tel:15", "tel:17", "tel:18", "tel:112", "sms:114", "tel:119", "tel:3919"]
    assert [each for each in numbers if each not in page] == []
    sent = client.post(
        f"/fr/signaler/{text_id}", data=PageForm(page, "client_key").filled({"reason": "danger"})
    )
    assert sent.status_code == 200
    assert [each for each in numbers if each not in sent.text] == []
    assert sent.text.index("tel:17") < RECEIPT.search(sent.text).start()  # type: ignore[union-attr]
    assert "internet-signalement.gouv.fr" in sent.text
    row = db.session.execute(select(ModerationReport)).scalar_one()
    assert row.due_at - row.received_at == timedelta(hours=24)


def test_a_crowd_against_one_text_hides_nothing_and_keeps_few_words(notes: Notes) -> None:
    text_id = notes.write(make_place().body)
    taken = [report(a_report(text_id, contact="a@exemple.fr")) for _each in range(MOST_OPEN_REPORTS + 5)]
    assert [each.in_full for each in taken] == [True] * MOST_OPEN_REPORTS + [False] * 5
    assert case(text_id).state == "publie"
    assert how_many() == MOST_OPEN_REPORTS + 5
    last = stored(taken[-1].report_id)
    assert (last.words, last.contact) == ("", None)
    assert report(a_report(text_id, "danger")).in_full, "a life in danger is always read"


def test_a_crowd_that_comes_at_once_finds_the_same_bound(app: Flask, notes: Notes) -> None:
    text_id = notes.write(make_place().body)
    for _each in range(MOST_OPEN_REPORTS - 1):
        report(a_report(text_id))
    news = [a_report(text_id) for _each in range(4)]
    ended = at_once(app, *[lambda new=new: report(new) for new in news])
    assert sum(each.in_full for each in ended) == 1  # type: ignore[attr-defined]


def test_many_forms_of_one_network_are_slowed_down(
    client: FlaskClient, notes: Notes, no_attempts: None
) -> None:
    text_id = notes.write(make_place().body)
    statuses = []
    for _each in range(25):
        page = client.get(f"/fr/signaler/{text_id}").text
        form = PageForm(page, "client_key").filled({"reason": "haine"})
        statuses.append(client.post(f"/fr/signaler/{text_id}", data=form).status_code)
    assert statuses.count(200) == 20
    assert set(statuses[20:]) == {429}


def test_a_receipt_leads_to_where_the_report_stands(client: FlaskClient, notes: Notes) -> None:
    place = make_place()
    (principle,) = make_charter(place.body, "On ne blesse personne.")
    text_id = notes.write(place.body)
    taken = report(a_report(text_id))
    waiting = html.unescape(client.post("/fr/parole/suivi", data={"receipt": taken.receipt}).text)
    assert "Votre signalement est arrivé" in waiting
    assert "Contester" not in waiting
    decide(text_id, ModerationAct.HIDE, place.moderator, principle_id=principle)
    hidden = html.unescape(client.post("/fr/parole/suivi", data={"receipt": taken.receipt}).text)
    assert "Ce texte est masqué." in hidden
    assert "On ne blesse personne." in hidden
    assert "Un mot blesse." not in hidden, "facts are the author's"
    assert "Contester la décision" not in hidden, "what was asked for was done"


def test_whoever_left_an_address_is_told_in_their_language(mail: MailBox, notes: Notes) -> None:
    place = make_place()
    text_id = notes.write(place.body)
    report(a_report(text_id, contact="awa@exemple.fr", lang="en"))
    report(a_report(text_id))
    decide(text_id, ModerationAct.KEEP, place.moderator)
    (letter,) = db.session.execute(select(Notice)).scalars().all()
    assert (letter.recipient, letter.language) == ("awa@exemple.fr", "en")
    assert "Le dernier mot." not in (letter.text_body or "")
    assert stored(1).decision_id is not None


@pytest.mark.parametrize(
    ("contact", "told"),
    [("awa@exemple.fr", True), ("06 12 34 56 78", True), ("01 23 45 67 89", False), ("", False)],
)
def test_a_receipt_promises_a_letter_only_where_one_can_leave(
    client: FlaskClient, notes: Notes, contact: str, told: bool
) -> None:
    text_id = notes.write(make_place().body)
    form = PageForm(client.get(f"/fr/signaler/{text_id}").text, "client_key")
    sent = client.post(f"/fr/signaler/{text_id}", data=form.filled({"reason": "injure", "contact": contact}))
    assert ("Nous vous écrivons la décision" in sent.text) is told
    assert ("seul chemin vers la décision" in sent.text) is not told
    assert "Revenir au texte" in sent.text


def test_somebody_signed_in_finds_the_report_in_their_account(client: FlaskClient, notes: Notes) -> None:
    text_id = notes.write(make_place().body)
    somebody = make.make_account()
    open_browser(client, somebody)
    page = client.get(f"/fr/signaler/{text_id}").text
    sent = client.post(
        f"/fr/signaler/{text_id}",
        data=PageForm(page, "client_key").filled({"reason": "haine"}),
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert sent.status_code == 200
    assert stored(1).reporter_id == somebody.actor_id
    assert "Votre signalement est arrivé" in html.unescape(client.get("/fr/moi/moderation").text)
    assert "Haine ou racisme" in html.unescape(client.get("/fr/moi").text)


def test_a_report_is_due_in_the_hours_of_whoever_moderates_the_text(notes: Notes) -> None:
    place, other = make_place(), make_place("ailleurs")
    for whose, hours in ((place.contract, 500), (place.body, 5), (other.body, 9)):
        make_charter(whose, hours=hours)
    for text_of, hours in ((place.body, 5), (place.contract, 500), (other.body, 9), (other.contract, 72)):
        row = stored(report(a_report(notes.write(text_of))).report_id)
        assert row.due_at - row.received_at == timedelta(hours=hours)
