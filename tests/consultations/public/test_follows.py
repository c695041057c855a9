"""What followers of consultations learn, and the dates that they are reminded of."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.operations.reminders import withdraw_reminders_of
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.notices.follows import kinds
from cdv_civic.notices.follows.kinds import DateEvent, NewsEvent
from cdv_civic.notices.follows.operations import choose_news, follow
from cdv_civic.notices.follows.reminders import reminders_wanted, write_reminders
from tests import factories as make
from tests.conftest import TODAY, counting
from tests.consultations.factories import make_consultation
from tests.consultations.restitution.replies import make_reply
from tests.mail_server import MailBox, send_mails

HOUR = timedelta(hours=1)


def news_of(kind: str, *ids: int, since: datetime, until: datetime) -> list[NewsEvent]:
    return kinds.news({kind: ids}, since, until, "fr")


def dates_of(kind: str, *ids: int, days: int = 400) -> list[DateEvent]:
    today = clock.today()
    return kinds.dates({kind: ids}, today, today + timedelta(days=days), "fr")


def test_all_that_happens_to_one_is_told_once_each(app: Flask) -> None:
    row = make_consultation(
        stage="coming", opens_at=TODAY + HOUR, closes_at=TODAY + 3 * HOUR, paper_until=None
    )
    with clock.frozen_everywhere(TODAY + 5 * HOUR):
        events = news_of("consultation", row.id, since=TODAY - timedelta(days=9), until=TODAY + 5 * HOUR)
    assert [event.key.split(":")[2] for event in events] == ["fermeture", "ouverture", "annonce"]
    assert all(event.things == {("consultation", row.id)} for event in events)


def test_the_answer_leads_to_its_page(app: Flask) -> None:
    row = make_consultation(stage="counted")
    make_reply(row)
    events = news_of("consultation", row.id, since=TODAY - HOUR, until=TODAY + HOUR)
    answered = next(event for event in events if event.said == "La réponse est publiée")
    assert answered.page == ("restitution.show", {"slug": row.slug})


def test_followers_of_a_quartier_and_of_a_body_are_told_too(app: Flask) -> None:
    contract = make.make_contract()
    quartier, other = make.make_quartier(contract), make.make_quartier(contract)
    row = make_consultation(contract, quartiers=[quartier], opens_at=TODAY - HOUR)
    since, until = TODAY - 2 * HOUR, TODAY
    (event,) = news_of("quartier", quartier.id, since=since, until=until)
    assert event.things == {("quartier", quartier.id)}
    assert news_of("quartier", other.id, since=since, until=until) == []
    assert row.slug in str(event.page)


@pytest.mark.parametrize("hidden", ["draft", "withdrawn"])
def test_nothing_is_told_of_what_is_not_public(app: Flask, hidden: str) -> None:
    values = {"withdrawn_at": TODAY, "withdrawn_reason": "Une erreur."} if hidden == "withdrawn" else {}
    row = make_consultation(stage="open" if values else "draft", **values)  # type: ignore[arg-type]
    assert news_of("consultation", row.id, since=TODAY - timedelta(days=60), until=TODAY) == []
    assert dates_of("consultation", row.id) == []
    kind = kinds.kind_named("consultation")
    assert kind is not None
    assert kind.find(row.slug) is None


def test_the_dates_are_opening_closing_and_the_day_of_the_answer(app: Flask) -> None:
    row = make_consultation(stage="coming")
    found = dates_of("consultation", row.id)
    assert [event.about.rpartition(":")[2] for event in found] == ["ouvre", "ferme", "reponse"]
    for event in found:
        assert len(event.about.partition(":")[2].partition(":")[2]) > 0
        with transaction() as session:
            assert kinds.still_held(session, event.about)
        again = kinds.date_named(event.about, "fr")
        assert again is not None
        assert again.said == event.said


def test_a_date_that_was_moved_is_held_no_more(app: Flask) -> None:
    row = make_consultation()
    (closing, _due) = dates_of("consultation", row.id)
    with transaction() as session:
        kept = session.get_one(Consultation, row.id)
        kept.closes_at = row.closes_at and row.closes_at + timedelta(days=1)
        session.flush()
        assert not kinds.still_held(session, closing.about)


def test_an_answer_that_came_is_awaited_no_more(app: Flask) -> None:
    row = make_consultation(stage="counted")
    (due,) = dates_of("consultation", row.id)
    make_reply(row)
    assert dates_of("consultation", row.id) == []
    with transaction() as session:
        assert not kinds.still_held(session, due.about)
    named = kinds.date_named(due.about, "fr")
    assert named is not None
    assert named.said == "La réponse est publiée"


def test_as_many_statements_for_many_as_for_one(app: Flask) -> None:
    ids = [make_consultation().id for _each in range(5)]
    asked = []
    for some in (ids[:1], ids):
        with counting(app) as statements:
            news_of("consultation", *some, since=TODAY - timedelta(days=9), until=TODAY)
            dates_of("consultation", *some)
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_a_follower_is_reminded_the_day_before_it_closes(app: Flask, mail: MailBox) -> None:
    row = make_consultation(
        title="La rue", closes_at=datetime(2026, 12, 10, 17, 30, tzinfo=UTC), paper_until=None
    )
    who = make.make_account("lila@example.org", role=None, password_hash="", organisation_name="")
    follow(who, "consultation", row.slug, "fr")
    choose_news(who, "email", "daily", "fr")
    with clock.frozen_everywhere(datetime(2026, 12, 9, 7, tzinfo=UTC)):
        assert reminders_wanted()
        assert write_reminders() == 1
        assert write_reminders() == 0
        send_mails()
    assert mail.taken[0]["Subject"] == "Rappel : une date, le 10 décembre 2026"
    body = mail.taken[0].get_body(("plain",))
    assert body is not None
    assert "Dernier moment pour répondre" in body.get_content()


def test_whoever_moves_the_calendar_keeps_a_reminder_from_leaving(app: Flask, mail: MailBox) -> None:
    row = make_consultation(closes_at=datetime(2026, 12, 10, 17, 30, tzinfo=UTC), paper_until=None)
    who = make.make_account("lila@example.org", role=None, password_hash="", organisation_name="")
    follow(who, "consultation", row.slug, "fr")
    choose_news(who, "email", "daily", "fr")
    with clock.frozen_everywhere(datetime(2026, 12, 9, 7, tzinfo=UTC)):
        write_reminders()
        with transaction() as session:
            withdraw_reminders_of(session, row.id)
        send_mails()
    assert mail.recipients == []


def test_the_feed_and_the_page_to_follow_are_there(app: Flask) -> None:
    row = make_consultation(title="La rue")
    client = app.test_client()
    assert "La rue" in client.get(f"/fr/suivre/consultation/{row.slug}").text
    feed = client.get(f"/fr/nouvelles/consultation/{row.slug}.atom")
    assert feed.status_code == 200
    assert "La rue" in feed.text


def test_what_opens_at_midnight_opens_that_day_and_what_closes_then_closes_the_day_before(app: Flask) -> None:
    row = make_consultation(
        stage="coming",
        opens_at=datetime(2026, 11, 30, 23, tzinfo=UTC),
        closes_at=datetime(2026, 12, 12, 23, tzinfo=UTC),
        paper_until=None,
    )
    opening, closing, _due = dates_of("consultation", row.id)
    assert (opening.day, opening.said) == (date(2026, 12, 1), "Ouverture\u00a0: mardi 1er décembre")
    assert (closing.day, closing.said) == (
        date(2026, 12, 12),
        "Dernier moment pour répondre\u00a0: samedi 12 décembre",
    )
    with clock.frozen_everywhere(datetime(2026, 12, 12, 9, tzinfo=UTC)):
        (only,) = dates_of("consultation", row.id, days=1)
    assert only == closing
    (told,) = news_of("consultation", row.id, since=TODAY - timedelta(days=9), until=TODAY)
    assert told.said == "Consultation annoncée\u00a0: ouverture mardi 1er décembre"
