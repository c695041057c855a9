"""A crowd against one text, or against one author: one case to look at, with a count; one answer; nothing by itself."""

import html

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cdv_civic.core.db import db
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.work_sources import work_of
from cdv_civic.moderation.appeals.desk_queries import MOST_ALIKE, appeals_page
from cdv_civic.moderation.appeals.operations.contesting import contest, contest_by_receipt
from cdv_civic.moderation.models import ModerationDecision, ModerationReport
from cdv_civic.moderation.queries.queue import QueueFilters, of_body, queue_page, queue_totals
from cdv_civic.moderation.reports.operations import report
from cdv_civic.moderation.reports.rules import MOST_OPEN_REPORTS
from cdv_civic.moderation.rules.appeals import AppealOutcome
from cdv_civic.moderation.rules.decisions import LegalGround, ModerationAct
from cdv_civic.notices.models import Notice
from cdv_civic.participation.rules.receipts import read_receipt
from tests import factories as make
from tests.mail_server import MailBox
from tests.moderation.appeals.test_appealing import an_appeal, answered, moderator_of, stored
from tests.moderation.notes import Notes, a_report, case, decide
from tests.signing_in import open_browser
from tests.voices.voices import make_place

CROWD = 200


def test_two_hundred_reports_of_a_text_are_one_line_with_a_count(
    app: Flask,
    client: FlaskClient,
    notes: Notes,
) -> None:
    place = make_place()
    text_id = notes.write(place.body)
    for number in range(CROWD):
        report(a_report(text_id, contact=f"voisin-{number}@example.org"))
    assert (case(text_id).state, case(text_id).shown_words) == ("publie", None), "a crowd hides nothing"
    page = queue_page(of_body(place.body.id), QueueFilters(), None, place.moderator.actor_id, "fr")
    assert [(line.id, line.reports) for line in page.rows] == [(text_id, CROWD)]
    totals = queue_totals(of_body(place.body.id))
    assert (totals.waiting, totals.reported) == (1, 1)
    told = {item.source.name: item.count for item in work_of(db.session(), place.moderator)}
    assert told["texts-of-bodies"] == 1
    open_browser(client, place.moderator)
    shown = html.unescape(client.get(f"/fr/bureau/instances/{place.body.id}/moderation/{text_id}").text)
    assert f"{CROWD} signalements" in shown
    assert shown.count("Le dernier mot.") <= MOST_OPEN_REPORTS
    with_words = select(func.count(ModerationReport.id)).where(
        (ModerationReport.words != "") | ModerationReport.contact.is_not(None)
    )
    assert db.session.execute(with_words).scalar_one() == MOST_OPEN_REPORTS


def test_reports_of_all_texts_of_an_author_hide_none_of_them(notes: Notes) -> None:
    place = make_place()
    texts = [notes.write(place.body) for _each in range(8)]
    for text_id in texts:
        for _each in range(MOST_OPEN_REPORTS + 2):
            report(a_report(text_id))
    assert {case(text_id).state for text_id in texts} == {"publie"}
    assert not db.session.execute(select(ModerationDecision)).all()
    assert queue_totals(of_body(place.body.id)).reported == len(texts)


def test_one_decision_answers_all_reports_and_tells_few(mail: MailBox, notes: Notes) -> None:
    place = make_place()
    text_id = notes.write(place.body)
    for number in range(40):
        report(a_report(text_id, contact=f"voisin-{number}@example.org"))
    decide(text_id, ModerationAct.KEEP, place.moderator)
    still_open = select(func.count(ModerationReport.id)).where(ModerationReport.decided_at.is_(None))
    assert db.session.execute(still_open).scalar_one() == 0
    assert db.session.execute(select(func.count(Notice.id))).scalar_one() == MOST_OPEN_REPORTS
    assert queue_totals(of_body(place.body.id)).reported == 0


def test_a_crowd_that_contests_a_decision_is_one_appeal_with_one_answer(
    mail: MailBox,
    client: FlaskClient,
    notes: Notes,
) -> None:
    place = make_place()
    other = moderator_of(place)
    text_id = notes.write(place.body)
    crowd = MOST_ALIKE + 5
    reporter = make.make_account("voisine@example.org", role=None, password_hash="")
    report(a_report(text_id, contact="voisine@example.org"), reporter)
    receipts = [report(a_report(text_id)).receipt for _each in range(crowd)]
    decision = decide(text_id, ModerationAct.KEEP, place.moderator)
    appeals = [
        contest_by_receipt(
            read_receipt(receipt), an_appeal(decision, f"Relisez, svp. {number}", f"un-recours-{number:06}")
        )
        for number, receipt in enumerate(receipts)
    ]
    appeals.append(contest(reporter, an_appeal(decision, "Moi aussi.", "un-recours-compte")))
    page = appeals_page(other, reach_of(other, "appeal.decide"), None)
    assert [(row.id, row.alike) for row in page.rows] == [(appeals[0], crowd)]
    told = {item.source.name: item.count for item in work_of(db.session(), other)}
    assert told["appeals-to-answer"] == 1
    open_browser(client, other)
    shown = html.unescape(client.get(f"/fr/bureau/recours/{appeals[0]}").text)
    assert f"{crowd} autres personnes ont signalé ce texte" in shown
    assert "Relisez, svp. 1" in shown
    before = db.session.execute(select(func.count(Notice.id))).scalar_one()
    assert not answered(other, appeals[0], AppealOutcome.UPHELD)
    assert {stored(each).outcome for each in appeals} == {"maintenue"}
    assert {stored(each).decided_by for each in appeals} == {other.actor_id}
    assert not appeals_page(other, reach_of(other, "appeal.decide"), None).rows
    after = db.session.execute(select(func.count(Notice.id))).scalar_one()
    assert after - before == 1, "who left an address is told once"
    last = client.application.test_client().post("/fr/parole/suivi", data={"receipt": receipts[-1]})
    assert "Nous avons relu." in html.unescape(last.text)


def test_who_is_of_the_crowd_answers_none_of_it(notes: Notes) -> None:
    place = make_place()
    other, third = moderator_of(place), moderator_of(place)
    text_id = notes.write(place.body)
    receipt = report(a_report(text_id)).receipt
    report(a_report(text_id), other)
    decision = decide(text_id, ModerationAct.KEEP, place.moderator)
    first = contest_by_receipt(read_receipt(receipt), an_appeal(decision, key="un-recours-premier"))
    own = contest(other, an_appeal(decision, key="un-recours-a-moi"))
    answered(other, first, AppealOutcome.UPHELD)
    assert (stored(first).outcome, stored(own).outcome) == ("maintenue", None), "theirs waits for others"
    answered(third, own, AppealOutcome.REVERSED, law=LegalGround.INSULT.value)
    assert case(text_id).state == "masque"


def test_an_appeal_of_the_author_is_never_answered_with_those_of_the_crowd(notes: Notes) -> None:
    place = make_place()
    other = moderator_of(place)
    hidden, kept = (notes.write(place.body) for _each in range(2))
    notes.receipts["x"] = hidden
    receipt = report(a_report(kept)).receipt
    of_crowd = contest_by_receipt(
        read_receipt(receipt), an_appeal(decide(kept, ModerationAct.KEEP, place.moderator))
    )
    decision = decide(hidden, ModerationAct.HIDE, place.moderator)
    of_author = contest_by_receipt("x", an_appeal(decision, key="un-recours-auteur"))
    answered(other, of_crowd, AppealOutcome.UPHELD)
    assert stored(of_author).outcome is None


def test_reports_of_one_network_are_bounded(
    client: FlaskClient,
    notes: Notes,
    no_attempts: None,
) -> None:
    """Whichever texts they are about: an author with many texts is reported no faster."""
    place = make_place()
    statuses = []
    for number in range(25):
        text_id = notes.write(place.body, f"Texte {number}")
        statuses.append(
            client.post(
                f"/fr/signaler/{text_id}",
                data={"client_key": f"un-signalement-de-{number:06}", "reason": "haine"},
                headers={"Sec-Fetch-Site": "same-origin"},
            ).status_code
        )
    assert statuses.count(200) == 20
    assert set(statuses[20:]) == {429}
