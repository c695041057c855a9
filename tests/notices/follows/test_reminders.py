"""The day before a date one mail reminds who follows it: once, and not where it was cancelled or moved meanwhile."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.bodies.operations.meetings import cancel_meeting, change_meeting
from cdv_civic.bodies.operations.occurrences import cancel_occurrence, move_occurrence, restore_occurrence
from cdv_civic.bodies.rules import Slot, weekly
from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.jobs.table import JOBS, run
from cdv_civic.notices import refusals
from cdv_civic.notices.follows import kinds, reminders
from cdv_civic.notices.follows.models import Reminder
from cdv_civic.notices.follows.operations import choose_news, unfollow
from cdv_civic.notices.follows.reminders import reminders_wanted, write_reminders
from cdv_civic.notices.follows.topics import NEWS, REMINDERS
from cdv_civic.notices.models import Notice
from cdv_civic.notices.outcomes import WITHDRAWN
from cdv_civic.territory.models import Commune, Contract
from tests import factories as make
from tests.bodies.bodies import PARIS, an_event, announce, at, make_body
from tests.mail_server import MailBox, send_mails
from tests.notices.follows.following import HOUR, Place, before_writing, make_follower, make_place
from tests.races import at_once, write_once_all_have_looked

DAY = date(2026, 12, 10)
#: The day before, at eight in the morning in Paris.
MORNING = datetime(2026, 12, 9, 7, tzinfo=UTC)


@pytest.fixture
def place(app: Flask, mail: MailBox) -> Place:
    return make_place()


@pytest.fixture
def staff(app: Flask) -> SignedIn:
    return make.make_account(role="administrator")


def remind_at(moment: datetime) -> int:
    with clock.frozen_everywhere(moment):
        written = write_reminders() if reminders_wanted() else 0
    db.session.rollback()
    return written


def send_at(moment: datetime) -> None:
    with clock.frozen_everywhere(moment):
        send_mails()


def notices() -> list[tuple[str, str | None]]:
    rows = db.session.execute(select(Notice.state, Notice.last_error).order_by(Notice.id))
    return [(state, error) for state, error in rows]


@pytest.mark.parametrize("kind", ["body", "quartier"])
def test_a_follower_is_reminded_the_day_before_and_once(
    place: Place, staff: SignedIn, mail: MailBox, kind: str
) -> None:
    follower = make_follower(place, kind)
    announce(staff, place.body, DAY)
    assert remind_at(MORNING - timedelta(minutes=1)) == 0
    assert remind_at(MORNING) == 1
    assert remind_at(MORNING + HOUR) == 0
    send_at(MORNING + HOUR)
    assert mail.recipients == [follower.email]
    assert mail.taken[0]["Subject"] == "Rappel : une rencontre, le 10 décembre 2026"
    body = mail.taken[0].get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "jeudi 10 décembre 2026, de 18:30 à 20:00 · Pied d’immeuble" in text
    assert "Conseil des Saules" in text
    assert re.search(r"^Voir la rencontre\r?\nhttps://\S+/rencontres/\d+\r?$", text, re.MULTILINE), (
        "the one button"
    )
    assert mail.taken[0]["List-Unsubscribe"] is not None


def test_a_follower_of_a_body_and_its_quartier_gets_one_mail(place: Place, staff: SignedIn) -> None:
    make_follower(place, "body", "quartier", "commitment")
    announce(staff, place.body, DAY)
    assert remind_at(MORNING) == 1


def test_it_speaks_the_language_of_its_reader(place: Place, staff: SignedIn, mail: MailBox) -> None:
    make_follower(place, "body", language="ar")
    announce(staff, place.body, DAY)
    remind_at(MORNING)
    send_at(MORNING)
    body = mail.taken[0].get_body(("plain",))
    assert body is not None
    assert "الحديقة" in body.get_content()


def test_who_wants_text_messages_or_nothing_is_not_reminded(place: Place, staff: SignedIn) -> None:
    make_follower(place, "body", channel="none")
    make_follower(place, "body", channel="sms", phone="+33612345678")
    announce(staff, place.body, DAY)
    assert remind_at(MORNING) == 0


def test_reminders_are_refused_without_refusing_news(app: Flask, place: Place, staff: SignedIn) -> None:
    mail_of_one = make_follower(place, "body").email or ""
    mail_of_other = make_follower(place, "body").email or ""
    refusals.refuse(refusals.refuser_of(mail_of_one, REMINDERS), REMINDERS.name)
    refusals.refuse(refusals.refuser_of(mail_of_other, NEWS), NEWS.name)
    announce(staff, place.body, DAY)
    assert remind_at(MORNING) == 1
    assert remind_at(MORNING + HOUR) == 0


def test_who_stopped_following_is_not_reminded(place: Place, staff: SignedIn) -> None:
    follower = make_follower(place, "body")
    announce(staff, place.body, DAY)
    unfollow(follower, "body", place.body.id)
    assert remind_at(MORNING) == 0


def test_a_reminder_that_waits_is_withdrawn_with_its_meeting(
    place: Place, staff: SignedIn, mail: MailBox
) -> None:
    make_follower(place, "body")
    meeting_id = announce(staff, place.body, DAY)
    assert remind_at(MORNING) == 1
    cancel_meeting(staff, meeting_id, {"fr": "Panne."}, sequence=0)
    assert notices() == [("failed", WITHDRAWN)]
    send_at(MORNING)
    assert mail.taken == []
    assert remind_at(MORNING + HOUR) == 0


def test_a_date_that_is_cancelled_takes_its_reminders_along_and_the_next_one_has_its_own(
    place: Place, staff: SignedIn, mail: MailBox
) -> None:
    make_follower(place, "body")
    meeting_id = announce(staff, place.body, DAY, recurrence=weekly(DAY))
    assert remind_at(MORNING) == 1
    cancel_occurrence(staff, meeting_id, DAY, {"fr": "Panne."}, sequence=0, zone=PARIS)
    send_at(MORNING)
    assert mail.taken == []
    assert remind_at(MORNING + HOUR) == 0
    assert remind_at(MORNING + timedelta(days=7)) == 1


def test_a_date_that_is_restored_is_reminded_of_after_all(
    place: Place, staff: SignedIn, mail: MailBox
) -> None:
    make_follower(place, "body")
    meeting_id = announce(staff, place.body, DAY, recurrence=weekly(DAY))
    remind_at(MORNING)
    cancel_occurrence(staff, meeting_id, DAY, {"fr": "Panne."}, sequence=0, zone=PARIS)
    restore_occurrence(staff, meeting_id, DAY, sequence=1, zone=PARIS)
    assert remind_at(MORNING + HOUR) == 1
    send_at(MORNING + HOUR)
    assert len(mail.taken) == 1


def test_another_date_of_the_series_that_is_cancelled_changes_nothing_for_this_one(
    place: Place, staff: SignedIn, mail: MailBox
) -> None:
    make_follower(place, "body")
    meeting_id = announce(staff, place.body, DAY, recurrence=weekly(DAY))
    remind_at(MORNING)
    later = DAY + timedelta(days=7)
    cancel_occurrence(staff, meeting_id, later, {"fr": "Congés."}, sequence=0, zone=PARIS)
    remind_at(MORNING + HOUR)
    send_at(MORNING + HOUR)
    assert len(mail.taken) == 1


def test_a_date_that_is_moved_is_reminded_of_on_its_new_day(
    place: Place, staff: SignedIn, mail: MailBox
) -> None:
    make_follower(place, "body")
    meeting_id = announce(staff, place.body, DAY, recurrence=weekly(DAY))
    remind_at(MORNING)
    saturday = DAY + timedelta(days=2)
    slots = [Slot(at(saturday, 10), at(saturday, 12))]
    move_occurrence(staff, meeting_id, DAY, slots, {"fr": "Salle prise."}, sequence=0, zone=PARIS)
    assert remind_at(MORNING + HOUR) == 0
    assert remind_at(MORNING + timedelta(days=2)) == 1
    send_at(MORNING + timedelta(days=2))
    (message,) = mail.taken
    assert "12 décembre" in message["Subject"]


def test_another_hour_is_reminded_of_though_the_first_mail_left(
    place: Place, staff: SignedIn, mail: MailBox
) -> None:
    make_follower(place, "body")
    meeting_id = announce(staff, place.body, DAY)
    remind_at(MORNING)
    send_at(MORNING)
    draft = an_event(DAY, starts_at=at(DAY, 19), ends_at=at(DAY, 20))
    change_meeting(staff, meeting_id, draft, sequence=0, zone=PARIS)
    assert remind_at(MORNING + HOUR) == 1
    send_at(MORNING + HOUR)
    body = mail.taken[1].get_body(("plain",))
    assert body is not None
    assert "de 19:00 à 20:00" in body.get_content()


@pytest.mark.parametrize("series", [False, True])
def test_another_place_is_reminded_of_though_the_first_mail_left(
    place: Place, staff: SignedIn, mail: MailBox, series: bool
) -> None:
    """Whoever was told where it is would wait before a closed door."""
    make_follower(place, "body")
    meeting_id = announce(staff, place.body, DAY, recurrence=weekly(DAY) if series else None)
    remind_at(MORNING)
    send_at(MORNING)
    if series:
        slots = [Slot(at(DAY, 18, 30), at(DAY, 20))]
        move_occurrence(
            staff, meeting_id, DAY, slots, {"fr": "Panne."}, sequence=0, zone=PARIS, place="Salle des fêtes"
        )
    else:
        draft = an_event(DAY, place="Salle des fêtes")
        change_meeting(staff, meeting_id, draft, sequence=0, zone=PARIS)
    assert remind_at(MORNING + HOUR) == 1
    assert remind_at(MORNING + HOUR) == 0
    send_at(MORNING + HOUR)
    body = mail.taken[1].get_body(("plain",))
    assert body is not None
    assert "Salle des fêtes" in body.get_content()


def reminded_of(place: Place, staff: SignedIn, *, recurrence: Any = None) -> tuple[SignedIn, int]:
    """A follower whose reminder of a meeting has left, and the meeting."""
    follower = make_follower(place, "body")
    meeting_id = announce(staff, place.body, DAY, recurrence=recurrence)
    assert remind_at(MORNING) == 1
    send_at(MORNING)
    return follower, meeting_id


def test_who_was_reminded_is_told_once_that_the_meeting_is_cancelled(
    place: Place, staff: SignedIn, mail: MailBox
) -> None:
    follower, meeting_id = reminded_of(place, staff)
    assert remind_at(MORNING + HOUR) == 0, "it is held"
    cancel_meeting(staff, meeting_id, {"fr": "Panne."}, sequence=0)
    assert remind_at(MORNING + HOUR) == 1
    assert remind_at(MORNING + 2 * HOUR) == 0
    send_at(MORNING + 2 * HOUR)
    assert mail.recipients == [follower.email] * 2
    message = mail.taken[1]
    assert message["Subject"] == "Changement : la rencontre du 10 décembre 2026"
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "n’est plus tenue comme nous vous l’avons écrit" in text
    assert "Le parc\nAnnulé · Conseil des Saules" in text.replace("\r\n", "\n")
    assert f"/fr/contrats/{place.contract}/instances/{place.body.slug}/rencontres/{meeting_id}" in text


def test_a_date_of_a_series_that_is_cancelled_after_its_reminder_is_told_with_the_next_one(
    place: Place, staff: SignedIn, mail: MailBox
) -> None:
    _follower, meeting_id = reminded_of(place, staff, recurrence=weekly(DAY))
    cancel_occurrence(staff, meeting_id, DAY, {"fr": "Panne."}, sequence=0, zone=PARIS)
    assert remind_at(MORNING + HOUR) == 1
    send_at(MORNING + HOUR)
    body = mail.taken[1].get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "Annulé : jeudi 10 décembre 2026. Prochaine date : jeudi 17 décembre 2026" in text


def test_who_is_reminded_of_another_hour_of_the_day_gets_that_mail_alone(
    place: Place, staff: SignedIn, mail: MailBox
) -> None:
    _follower, meeting_id = reminded_of(place, staff)
    draft = an_event(DAY, starts_at=at(DAY, 19), ends_at=at(DAY, 20))
    change_meeting(staff, meeting_id, draft, sequence=0, zone=PARIS)
    assert [remind_at(MORNING + hours * HOUR) for hours in (1, 2)] == [1, 0]
    send_at(MORNING + 2 * HOUR)
    assert [each["Subject"].partition(" :")[0] for each in mail.taken] == ["Rappel", "Rappel"]


def test_a_meeting_that_is_put_off_by_days_is_told_to_who_was_reminded(
    place: Place, staff: SignedIn, mail: MailBox
) -> None:
    _follower, meeting_id = reminded_of(place, staff)
    later = DAY + timedelta(days=9)
    draft = an_event(later, starts_at=at(later, 18), ends_at=at(later, 20))
    change_meeting(staff, meeting_id, draft, sequence=0, zone=PARIS)
    assert remind_at(MORNING + HOUR) == 1
    send_at(MORNING + HOUR)
    body = mail.taken[1].get_body(("plain",))
    assert body is not None
    assert "Prochaine date : samedi 19 décembre 2026" in body.get_content()
    assert remind_at(datetime(2026, 12, 18, 7, tzinfo=UTC)) == 1, "and reminded of the new day"


def test_a_date_that_is_restored_after_it_was_called_off_is_reminded_of_anew(
    place: Place, staff: SignedIn
) -> None:
    _follower, meeting_id = reminded_of(place, staff, recurrence=weekly(DAY))
    cancel_occurrence(staff, meeting_id, DAY, {"fr": "Panne."}, sequence=0, zone=PARIS)
    assert remind_at(MORNING + HOUR) == 1
    restore_occurrence(staff, meeting_id, DAY, sequence=1, zone=PARIS)
    assert remind_at(MORNING + 2 * HOUR) == 1
    assert remind_at(MORNING + 3 * HOUR) == 0


def test_nobody_is_told_of_a_change_who_wants_no_more_mails_or_after_the_hour_has_come(
    app: Flask, place: Place, staff: SignedIn
) -> None:
    refuses, meeting_id = reminded_of(place, staff)
    refusals.refuse(refusals.refuser_of(refuses.email or "", REMINDERS), REMINDERS.name)
    cancel_meeting(staff, meeting_id, {"fr": "Panne."}, sequence=0)
    assert remind_at(MORNING + HOUR) == 0
    reads_here, other = reminded_of(make_place(), staff)
    choose_news(reads_here, "none", "weekly", "fr")
    cancel_meeting(staff, other, {"fr": "Panne."}, sequence=0)
    assert remind_at(MORNING + HOUR) == 0
    _late, third = reminded_of(make_place(), staff)
    cancel_meeting(staff, third, {"fr": "Panne."}, sequence=0)
    assert remind_at(at(DAY, 18, 31)) == 0


def test_whoever_follows_nothing_any_more_is_still_told_that_it_is_cancelled(
    place: Place, staff: SignedIn
) -> None:
    follower, meeting_id = reminded_of(place, staff)
    unfollow(follower, "body", place.body.id)
    cancel_meeting(staff, meeting_id, {"fr": "Panne."}, sequence=0)
    assert remind_at(MORNING + HOUR) == 1


def test_two_runs_at_once_tell_of_a_change_once(
    app: Flask, place: Place, staff: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        make_follower(place, "body")
    meeting_id = announce(staff, place.body, DAY)
    assert remind_at(MORNING) == 2
    send_at(MORNING)
    cancel_meeting(staff, meeting_id, {"fr": "Panne."}, sequence=0)
    db.session.rollback()
    with clock.frozen_everywhere(MORNING + HOUR):
        write_once_all_have_looked(monkeypatch, reminders, 2)
        counts = at_once(app, write_reminders, write_reminders)
    assert sum(each for each in counts if isinstance(each, int)) == 2, counts


@pytest.mark.parametrize("moved", [False, True])
def test_whoever_looks_after_one_group_cannot_flood_its_followers(
    place: Place, staff: SignedIn, mail: MailBox, moved: bool
) -> None:
    make_follower(place, "quartier")
    for minute in range(14):
        starts_at = at(DAY, 18, minute)
        if minute == 0 or not moved:
            meeting_id = announce(staff, place.body, DAY, starts_at=starts_at, ends_at=at(DAY, 20))
        else:
            draft = an_event(DAY, starts_at=starts_at, ends_at=at(DAY, 20))
            change_meeting(staff, meeting_id, draft, sequence=minute - 1, zone=PARIS)
        remind_at(MORNING)
        send_at(MORNING)
    # One more says that what the last reminder told is not so any more: nobody stands before a closed door.
    assert len(mail.taken) == reminders.MOST_IN_A_DAY.amount + moved == 10 + moved


def test_one_that_could_not_leave_in_time_does_not_leave_late(
    place: Place, staff: SignedIn, mail: MailBox
) -> None:
    make_follower(place, "body")
    announce(staff, place.body, DAY)
    remind_at(MORNING)
    send_at(at(DAY, 18, 31))
    assert mail.taken == []


def test_one_that_is_cancelled_while_it_is_written_is_not_written(
    place: Place, staff: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_follower(place, "body")
    meeting_id = announce(staff, place.body, DAY)
    before_writing(
        monkeypatch, reminders, lambda: cancel_meeting(staff, meeting_id, {"fr": "Panne."}, sequence=0)
    )
    assert remind_at(MORNING) == 0
    assert db.session.execute(select(func.count()).select_from(Reminder)).scalar() == 0


def test_two_runs_at_once_remind_once(
    app: Flask, place: Place, staff: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make_follower(place, "body")
    announce(staff, place.body, DAY)
    db.session.rollback()
    with clock.frozen_everywhere(MORNING):
        write_once_all_have_looked(monkeypatch, reminders, 2)
        counts = at_once(app, write_reminders, write_reminders)
    assert sum(each for each in counts if isinstance(each, int)) == 3, counts
    assert db.session.execute(select(func.count()).select_from(Notice)).scalar() == 3


def test_a_cancellation_and_a_reminder_at_once_leave_no_reminder_to_send(
    app: Flask, place: Place, staff: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        make_follower(place, "body")
    meeting_id = announce(staff, place.body, DAY)
    db.session.rollback()
    with clock.frozen_everywhere(MORNING):
        at_once(
            app,
            write_reminders,
            lambda: cancel_meeting(staff, meeting_id, {"fr": "Panne."}, sequence=0),
        )
    db.session.rollback()
    assert "waiting" not in {state for state, _error in notices()}


def test_the_body_of_the_whole_town_reminds_its_quartiers(app: Flask, mail: MailBox, staff: SignedIn) -> None:
    place = make_place()
    commune = db.session.execute(select(Commune)).scalar_one()
    contract = db.session.execute(select(Contract)).scalar_one()
    town = make_body(contract, "Conseil des personnes âgées", communes=[commune])
    make_follower(place, "quartier")
    announce(staff, town, DAY)
    assert remind_at(MORNING) == 1


def test_a_date_keeps_its_name_on_both_sides_of_summer_time(
    app: Flask, staff: SignedIn, mail: MailBox
) -> None:
    place = make_place()
    first = date(2027, 3, 25)
    announce(staff, place.body, first, recurrence=weekly(first))
    with clock.frozen_everywhere(datetime.combine(date(2027, 3, 30), time(12), UTC)):
        found = kinds.dates({"body": [place.body.id]}, date(2027, 3, 25), date(2027, 4, 8), "fr")
        assert [each.about.partition("T")[2][:5] for each in found] == ["17:30", "16:30"]
        assert all(kinds.still_held(db.session(), each.about) for each in found)


def test_a_clock_that_was_ahead_for_a_while_costs_nobody_the_reminder(place: Place, staff: SignedIn) -> None:
    """Two weeks ahead: nobody notices a leap of less than a month."""
    make_follower(place, "body")
    announce(staff, place.body, DAY)
    assert remind_at(MORNING) == 1
    assert remind_at(MORNING - timedelta(days=14)) == 0
    assert remind_at(MORNING) == 1
    assert remind_at(MORNING - timedelta(hours=20)) == 0, "a step back of less than a day"
    assert remind_at(MORNING + HOUR) == 0


def test_the_job_of_the_table_writes_them(app: Flask, place: Place, staff: SignedIn) -> None:
    make_follower(place, "body")
    announce(staff, place.body, DAY)
    job = next(job for job in JOBS if job.name == "write-reminders")
    db.session.rollback()
    with clock.frozen_everywhere(MORNING):
        assert run(app, job)
    assert [state for state, _error in notices()] == ["waiting"]


def test_statements_do_not_grow_with_what_is_followed(
    place: Place, staff: SignedIn, count_statements: Callable[[], Any]
) -> None:
    announce(staff, place.body, DAY)

    def statements_with(more: int) -> int:
        for _ in range(more):
            make_follower(place, "body", "quartier", "organisation")
        with clock.frozen_everywhere(MORNING - HOUR), count_statements() as statements:
            assert write_reminders() == 0
        db.session.rollback()
        return len(statements)

    assert statements_with(1) == statements_with(5)
