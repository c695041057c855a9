"""The mails that sum work up: to whom, when, once, and with nothing in them that somebody said."""

import dataclasses
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Forbidden
from cdv_civic.core.work_sources import WorkItem, WorkSource, work_of
from cdv_civic.jobs import table
from cdv_civic.notices.letters import lay_out, written_in
from cdv_civic.notices.models import Notice
from cdv_civic.notices.refusals import read_token, refuse, token_for
from cdv_civic.voices.models import Voice
from cdv_civic.work_list import operations
from cdv_civic.work_list.letters import digest, write_digest
from cdv_civic.work_list.models import WorkDigest, WorkReminder
from cdv_civic.work_list.operations import choose_period, digests_wanted, send_digests
from cdv_civic.work_list.rules import Period
from cdv_civic.work_list.topics import WORK
from tests import factories as make
from tests.mail_server import MailBox, send_mails
from tests.races import at_once
from tests.work_list.places import MARK, BusyPlace, make_busy_place

#: Monday, 8 o'clock in Paris.
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
JOB = next(job for job in table.JOBS if job.name == "work-digests")


@pytest.fixture
def busy(app: Flask, mail: MailBox) -> BusyPlace:
    return make_busy_place()


def to(who: SignedIn) -> list[Notice]:
    db.session.rollback()
    found = (
        select(Notice).where(Notice.recipient == who.email, Notice.failed_at.is_(None)).order_by(Notice.id)
    )
    return list(db.session.execute(found).scalars())


def at(moment: datetime) -> int:
    with clock.frozen_everywhere(moment):
        return send_digests()


def test_on_monday_morning_whoever_has_work_gets_one_mail_and_the_others_none(busy: BusyPlace) -> None:
    people = busy.people
    assert at(MONDAY) == 6
    for who in (people.staff, people.moderator, people.contact, busy.state, busy.local, busy.translator):
        assert len(to(who)) == 1, who.roles
    for who in (people.member, people.relais):
        assert to(who) == [], who.roles
    assert at(MONDAY + timedelta(hours=3)) == 0
    assert at(MONDAY + timedelta(days=1)) == 0
    assert at(MONDAY + timedelta(days=7)) == 6


@pytest.mark.parametrize(
    "moment",
    [
        MONDAY - timedelta(hours=2),
        MONDAY + timedelta(hours=12),
        MONDAY + timedelta(days=5),
        MONDAY - timedelta(days=1),
    ],
)
def test_nothing_leaves_by_night_nor_at_the_week_end(busy: BusyPlace, moment: datetime) -> None:
    with clock.frozen_everywhere(moment):
        assert not digests_wanted()
    assert at(moment) == 0


@pytest.mark.parametrize("days", [1, 2, 3, 4])
def test_a_site_that_was_off_on_monday_writes_the_mail_of_the_week_once_it_is_back(
    busy: BusyPlace, days: int
) -> None:
    assert at(MONDAY + timedelta(days=days)) == 6
    assert at(MONDAY + timedelta(days=4, hours=1)) == 0
    assert at(MONDAY + timedelta(days=7)) == 6


def test_a_role_or_a_choice_of_the_middle_of_a_week_waits_for_its_monday(busy: BusyPlace) -> None:
    people = busy.people
    choose_period(people.moderator, Period.NEVER)
    assert at(MONDAY) == 5
    with clock.frozen_everywhere(MONDAY + timedelta(days=2)):
        new = make.make_account(role="administrator")
        choose_period(people.moderator, Period.WEEKLY)
    make.make_notice(failed_at=MONDAY)
    assert at(MONDAY + timedelta(days=3)) == 0
    assert at(MONDAY + timedelta(days=7)) == 7
    assert (len(to(new)), len(to(people.moderator))) == (1, 1)


def test_one_mail_that_cannot_be_written_does_not_keep_the_others(
    busy: BusyPlace, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction() as session:
        first = session.execute(select(func.min(RoleGrant.account_id))).scalar_one()
        session.execute(update(Account).where(Account.id == first).values(email="no address"))
    assert at(MONDAY) == 5
    assert f"the mail about the work of account {first} was not written: BadEmail" in caplog.text


def test_days_of_a_clock_that_was_ahead_keep_no_mail_from_leaving(busy: BusyPlace) -> None:
    assert at(MONDAY + timedelta(days=21)) == 6, "three weeks ahead: nobody notices"
    assert at(MONDAY) == 6
    for week in (1, 2, 3):
        assert at(MONDAY + timedelta(weeks=week)) == 6, week


def test_the_hours_are_those_of_the_territory(
    busy: BusyPlace, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = dataclasses.replace(app.extensions["settings"], timezone="Pacific/Noumea")
    monkeypatch.setitem(app.extensions, "settings", there)
    assert at(MONDAY) == 6, "18 o'clock"
    assert at(MONDAY + timedelta(days=7, hours=2)) == 0, "20 o'clock"


def test_the_mail_says_how_many_of_what_and_leads_to_the_page_behind_sign_in(busy: BusyPlace) -> None:
    at(MONDAY)
    (letter,) = to(busy.people.moderator)
    assert letter.subject == "À faire : 7 choses vous attendent"
    text = letter.text_body or ""
    assert "1 recours attend votre réponse" in text
    assert "1 texte à lire avant ou après publication" in text
    assert "1 message du quartier à traiter" in text
    assert "1 compte rendu à publier" in text
    assert "1 tirage au sort à poursuivre : en retard de 4 jours" in text
    assert "1 idée attend une réponse, la date promise est passée" in text
    assert "1 personne dit que le groupe de son idée ne va pas" in text
    assert "https://site.example.org/fr/bureau" in text
    assert letter.unsubscribe_url is not None
    assert letter.useful_until == MONDAY + timedelta(hours=12)
    assert not letter.urgent


def test_a_mail_about_thousands_of_things_leaves_and_arrives(
    busy: BusyPlace, mail: MailBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        operations,
        "work_of",
        lambda *asked: tuple(dataclasses.replace(item, count=2591) for item in work_of(*asked)[:1]),
    )
    with clock.frozen_everywhere(MONDAY):
        send_digests()
        send_mails()
    assert mail.taken
    assert {letter["Subject"] for letter in mail.taken} == {"À faire : 2\u202f591 choses vous attendent"}


def test_no_mail_holds_a_word_a_name_or_a_contact(busy: BusyPlace) -> None:
    with transaction() as session:
        session.execute(
            update(Voice).values(contact_kind="email", contact=f"{MARK}@example.net", search_text=MARK)
        )
        session.execute(update(Account).values(name=MARK, organisation_name=MARK))
    assert at(MONDAY) == 6
    for letter in db.session.execute(select(Notice).where(Notice.unsubscribe_url.is_not(None))).scalars():
        said = f"{letter.subject} {letter.text_body} {letter.html_body}"
        assert MARK.casefold() not in said.casefold()
        assert "Conseil citoyen" not in said, "a place has a name"


WORDS = st.text(st.characters(categories=["L"]), min_size=4, max_size=12).map(lambda said: f"{MARK}{said}")


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(WORDS, st.integers(1, 5000)), min_size=1, max_size=6))
def test_whatever_places_are_called_the_mail_holds_counts_alone(
    app: Flask, places: list[tuple[str, int]]
) -> None:
    source = WorkSource(
        "a", "work.read", lambda *_: None, lambda n: f"{n} choses", lambda _place: "/", "inbox", True
    )
    items = [
        WorkItem(source, count, clock.today(), None, number, name)
        for number, (name, count) in enumerate(places)
    ]
    with app.test_request_context(), written_in("fr"):
        text, html = lay_out(digest(items, clock.today(), "fr"), "fr")
    assert MARK not in text + html
    assert str(sum(count for _name, count in places)) in re.sub(r"\s", "", text)


def test_where_nothing_waits_no_mail_leaves_and_nobody_looks_again(app: Flask, mail: MailBox) -> None:
    who = make.make_account(role="administrator")
    assert at(MONDAY) == 0
    make.make_notice(failed_at=clock.now())
    assert at(MONDAY + timedelta(hours=2)) == 0
    assert to(who) == []
    assert at(MONDAY + timedelta(days=7)) == 1


def test_each_person_chooses_every_morning_once_a_week_or_never(busy: BusyPlace) -> None:
    choose_period(busy.people.moderator, Period.DAILY)
    choose_period(busy.people.staff, Period.NEVER)
    assert at(MONDAY) == 5
    assert at(MONDAY + timedelta(days=1)) == 1
    assert at(MONDAY + timedelta(days=5)) == 0, "Saturday"
    assert (len(to(busy.people.moderator)), len(to(busy.people.staff))) == (2, 0)


def test_a_role_that_ended_gets_nothing(busy: BusyPlace) -> None:
    with transaction() as session:
        session.execute(
            update(RoleGrant)
            .where(RoleGrant.account_id == busy.people.moderator.actor_id)
            .values(ends_at=MONDAY - timedelta(minutes=1))
        )
        session.execute(
            update(Account).where(Account.id == busy.people.contact.actor_id).values(disabled_at=clock.now())
        )
    at(MONDAY)
    assert to(busy.people.moderator) == []
    assert to(busy.people.contact) == []


def test_rights_that_end_after_the_list_of_readers_was_made_are_looked_at_again(
    busy: BusyPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    moderator = busy.people.moderator.actor_id

    def whom(_days: object) -> list[int]:
        with transaction() as session:
            session.execute(
                update(RoleGrant).where(RoleGrant.account_id == moderator).values(ends_at=clock.now())
            )
        return [moderator]

    monkeypatch.setattr(operations, "_whom", whom)
    assert at(MONDAY) == 0


def test_whoever_refused_such_mails_gets_none(busy: BusyPlace) -> None:
    refuse(read_token(token_for(busy.people.moderator.email, WORK)), WORK.name)
    at(MONDAY)
    assert to(busy.people.moderator) == []


def test_two_processes_at_once_write_each_mail_once(app: Flask, busy: BusyPlace) -> None:
    with clock.frozen_everywhere(MONDAY):
        ended = at_once(app, send_digests, send_digests, send_digests)
    assert not [each for each in ended if isinstance(each, Exception)], ended
    assert sum(int(str(each)) for each in ended) == 6
    assert len(to(busy.people.moderator)) == 1


def test_nothing_is_lost_or_doubled_by_a_run_that_was_cut_off(
    app: Flask, busy: BusyPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = write_digest
    calls: list[int] = []

    def cut(*values: object) -> bool:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return written(*values)  # type: ignore[arg-type]

    monkeypatch.setattr(operations, "write_digest", cut)
    with pytest.raises(KeyboardInterrupt):
        at(MONDAY)
    assert at(MONDAY) == 5
    for who in (
        busy.people.staff,
        busy.people.moderator,
        busy.people.contact,
        busy.state,
        busy.local,
        busy.translator,
    ):
        assert len(to(who)) == 1


def test_the_job_is_asked_for_when_somebody_may_be_written_to(app: Flask, busy: BusyPlace) -> None:
    assert JOB.erases, "while the clock is in doubt it does not know which day it is"
    assert not JOB.wanted()
    with clock.frozen_everywhere(MONDAY):
        assert JOB.wanted()
        send_digests()
        assert not JOB.wanted()


def test_days_that_were_looked_at_are_forgotten(busy: BusyPlace) -> None:
    at(MONDAY)
    assert db.session.execute(select(func.count()).select_from(WorkDigest)).scalar_one() > 0
    at(MONDAY + timedelta(days=40))
    left = db.session.execute(select(WorkDigest.day)).scalars().all()
    assert left == []


def test_a_site_without_mail_looks_at_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = make_busy_place()
    without = dataclasses.replace(app.extensions["settings"], environment="production")
    monkeypatch.setitem(app.extensions, "settings", without)
    with clock.frozen_everywhere(MONDAY):
        assert not digests_wanted()
        assert send_digests() == 0
    assert to(busy.people.staff) == []


def test_a_resident_chooses_nothing(app: Flask) -> None:
    with pytest.raises(Forbidden):
        choose_period(make.make_account(role=None), Period.NEVER)
    assert db.session.execute(select(func.count()).select_from(WorkReminder)).scalar_one() == 0


def test_a_choice_said_twice_at_once_is_kept_once(app: Flask) -> None:
    who = make.make_account()
    ended = at_once(app, *(lambda: choose_period(who, Period.DAILY) for _each in range(3)))
    assert ended == [None, None, None]
    db.session.rollback()
    assert db.session.execute(select(WorkReminder.period)).scalars().all() == ["daily"]
