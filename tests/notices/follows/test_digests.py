"""One message with what is new, to whoever follows it: none without news, none twice, and nothing that is withdrawn."""

import dataclasses
import os
import signal
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cdv_civic.accounts import limits
from cdv_civic.accounts.erasure import erase_own_account
from cdv_civic.accounts.models import Account
from cdv_civic.commitments.models import Progress
from cdv_civic.core import background, clock
from cdv_civic.core.db import WriteConflict, db, transaction
from cdv_civic.core.policy.model import Reach
from cdv_civic.jobs.table import JOBS, run
from cdv_civic.notices import operations, refusals
from cdv_civic.notices.follows import digests
from cdv_civic.notices.follows.digests import digests_due, forget_told, write_digests
from cdv_civic.notices.follows.models import Digest, Follow, NewsChoice, Reminder
from cdv_civic.notices.follows.operations import choose_news, tell_from_now_on, unfollow
from cdv_civic.notices.follows.topics import NEWS
from cdv_civic.notices.models import Notice
from cdv_civic.notices.queries import given_up
from cdv_civic.notices.topics import Topic
from cdv_civic.voices.topics import ANSWERS
from tests import factories as make
from tests.conftest import TODAY
from tests.mail_server import MailBox, send_mails
from tests.notices.follows.following import (
    HOUR,
    MONDAY,
    SATURDAY,
    Place,
    before_writing,
    make_follower,
    make_place,
    write_at,
)
from tests.races import at_once, write_once_all_have_looked
from tests.sms_gateway import TextBox, texts

__all__ = ["texts"]


@pytest.fixture
def place(app: Flask, mail: MailBox) -> Place:
    return make_place()


def tell(place: Place, state: str = "en_cours", after: timedelta = HOUR, **values: Any) -> Progress:
    with clock.frozen_everywhere(TODAY + after):
        return make.make_progress(place.commitment, state, **values)


def body_of(mail: MailBox, kind: str = "plain") -> str:
    body = mail.taken[-1].get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_a_follower_reads_what_changed_and_where(place: Place, mail: MailBox) -> None:
    follower = make_follower(place)
    tell(place, sentence="Douze arbres ont été plantés.")
    assert write_at(SATURDAY) == 1
    send_mails()
    assert mail.recipients == [follower.email]
    text = body_of(mail)
    assert mail.taken[0]["Subject"] == "1 nouvelle de ce que vous suivez"
    assert (
        "Planter des arbres\nEn cours\nDouze arbres ont été plantés.\nhttps://site.example.org/fr/contrats/"
        in text
    )
    assert "https://site.example.org/fr/moi/suivis" in text
    assert "Planter des arbres</a><br>En cours<br><span>Douze arbres ont été plantés.</span>" in body_of(
        mail, "html"
    )
    assert mail.taken[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_sentence_that_nobody_translated_says_its_language(place: Place, mail: MailBox) -> None:
    make_follower(place, language="ar")
    tell(place, sentence="Douze arbres ont été plantés.")
    write_at(SATURDAY)
    send_mails()
    assert '<span lang="fr" dir="ltr">Douze arbres ont été plantés.</span>' in body_of(mail, "html")


def test_nothing_is_sent_where_nothing_happened(place: Place, mail: MailBox, session: Session) -> None:
    make_follower(place)
    assert write_at(SATURDAY) == 0
    assert session.execute(select(func.count()).select_from(Notice)).scalar() == 0
    assert session.execute(select(func.count()).select_from(Digest)).scalar() == 0
    with clock.frozen_everywhere(SATURDAY):
        assert not digests_due(), "the period is over all the same"


def test_what_was_told_is_not_told_again(place: Place, mail: MailBox) -> None:
    make_follower(place)
    tell(place)
    assert write_at(SATURDAY) == 1
    assert write_at(SATURDAY + HOUR) == 0
    assert write_at(SATURDAY + timedelta(days=1)) == 0
    tell(place, "realise", after=timedelta(days=2))
    assert write_at(SATURDAY + timedelta(days=2)) == 1
    send_mails()
    assert "Réalisé" in body_of(mail)
    assert "En cours" not in body_of(mail)


def test_a_week_is_told_on_monday(place: Place, mail: MailBox) -> None:
    make_follower(place, rhythm="weekly")
    tell(place)
    tell(place, "realise", after=timedelta(days=2))
    assert write_at(SATURDAY) == 0
    assert write_at(MONDAY) == 1
    send_mails()
    assert mail.taken[0]["Subject"] == "2 nouvelles de ce que vous suivez"


def test_it_speaks_the_language_of_its_reader(place: Place, mail: MailBox) -> None:
    make_follower(place, language="ar")
    tell(place)
    write_at(SATURDAY)
    send_mails()
    html = body_of(mail, "html")
    assert 'lang="ar" dir="rtl"' in html
    assert 'lang="fr" dir="ltr">Planter des arbres</a>' in html, "what is not translated says so"
    assert "/ar/contrats/" in html
    assert "Bonjour" not in html


def test_what_happened_before_one_followed_is_not_told(place: Place) -> None:
    tell(place, after=-HOUR)
    make_follower(place)
    assert write_at(SATURDAY) == 0


def test_one_event_of_several_followed_things_is_one_line(place: Place, mail: MailBox) -> None:
    make_follower(place, "commitment", "quartier", "organisation")
    tell(place)
    write_at(SATURDAY)
    send_mails()
    assert body_of(mail).count("Planter des arbres") == 1


def test_what_was_withdrawn_since_is_not_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was found before the run, and withdrawn before the digest was written."""
    make_follower(place)
    progress = tell(place)

    def withdraw() -> None:
        with transaction() as session:
            session.execute(
                update(Progress).where(Progress.id == progress.id).values(withdrawn_at=clock.now())
            )

    before_writing(monkeypatch, digests, withdraw)
    assert write_at(SATURDAY) == 0


def test_what_is_not_followed_any_more_is_not_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    follower = make_follower(place)
    tell(place)
    before_writing(monkeypatch, digests, lambda: unfollow(follower, "commitment", place.commitment.id))
    assert write_at(SATURDAY) == 0


def test_one_digest_that_cannot_be_written_does_not_keep_the_others(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = make_follower(place), make_follower(place)
    tell(place)
    write_mail = operations.write_mail

    def refuse_first(session: Session, address: str, *values: Any, **more: Any) -> Notice | None:
        if address == first.email:
            raise WriteConflict
        return write_mail(session, address, *values, **more)

    with monkeypatch.context() as patch:
        patch.setattr(digests, "write_mail", refuse_first)
        assert write_at(SATURDAY) == 1
    assert f"the digest of account {first.actor_id} was not written: WriteConflict" in caplog.text
    assert str(second.email) not in caplog.text
    assert write_at(SATURDAY) == 1, "it is tried again"


def test_many_news_are_counted_and_the_newest_told(place: Place, mail: MailBox) -> None:
    make_follower(place)
    for number in range(30):
        tell(place, after=HOUR + timedelta(minutes=number))
    write_at(SATURDAY)
    send_mails()
    assert mail.taken[0]["Subject"] == "30 nouvelles de ce que vous suivez"
    assert body_of(mail).count("Planter des arbres") == 25
    assert "Il y a encore 5 autres nouvelles" in body_of(mail)


def test_whoever_refused_news_gets_none_and_no_other_run_asks_again(
    app: Flask, place: Place, mail: MailBox
) -> None:
    follower = make_follower(place)
    refusals.refuse(refusals.refuser_of(follower.email or "", NEWS), NEWS.name)
    tell(place)
    assert write_at(SATURDAY) == 0
    with clock.frozen_everywhere(SATURDAY):
        assert not digests_due()


def test_one_who_refuses_while_the_mail_waits_does_not_get_it(
    app: Flask, place: Place, mail: MailBox
) -> None:
    follower = make_follower(place)
    tell(place)
    assert write_at(SATURDAY) == 1
    refusals.refuse(refusals.refuser_of(follower.email or "", NEWS), NEWS.name)
    send_mails()
    assert mail.taken == []


def test_a_closed_account_gets_nothing(place: Place, session: Session) -> None:
    follower = make_follower(place)
    tell(place)
    with transaction() as writing:
        writing.execute(
            update(Account).where(Account.id == follower.actor_id).values(disabled_at=clock.now())
        )
    assert write_at(SATURDAY) == 0


@pytest.mark.parametrize(
    "left", [{"disabled_at": TODAY}, {"email": "autre@example.org"}, {"email": None, "phone": "+33612345678"}]
)
def test_an_account_that_is_closed_or_leaves_its_address_while_the_mail_waits_does_not_get_it(
    place: Place, mail: MailBox, left: dict[str, Any]
) -> None:
    follower = make_follower(place)
    tell(place)
    assert write_at(SATURDAY) == 1
    with transaction() as writing:
        writing.execute(update(Account).where(Account.id == follower.actor_id).values(**left))
    assert send_mails().sent == 0
    assert mail.taken == []
    with clock.frozen_everywhere(SATURDAY):
        assert given_up(Reach(everywhere=True)) == []


def test_a_site_that_sends_nothing_tells_later(
    app: Flask, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_follower(place)
    tell(place)
    silent = dataclasses.replace(app.extensions["settings"], smtp_url="", environment="production")
    with monkeypatch.context() as patch:
        patch.setitem(app.extensions, "settings", silent)
        assert write_at(SATURDAY) == 0
    assert write_at(SATURDAY) == 1


def test_who_reads_on_the_site_is_not_told_later_what_they_read_there(place: Place) -> None:
    follower = make_follower(place, channel="none")
    tell(place)
    assert write_at(SATURDAY) == 0
    with clock.frozen_everywhere(SATURDAY):
        choose_news(follower, "email", "daily", "fr")
    assert write_at(SATURDAY + timedelta(days=1)) == 0


def test_two_runs_at_once_write_one_digest(
    app: Flask, place: Place, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make_follower(place)
    tell(place)
    db.session.rollback()
    with clock.frozen_everywhere(SATURDAY):
        write_once_all_have_looked(monkeypatch, digests, 2)
        counts = at_once(app, write_digests, write_digests)
    assert sum(each for each in counts if isinstance(each, int)) == 3, counts
    assert session.execute(select(func.count()).select_from(Notice)).scalar() == 3
    assert session.execute(select(func.count()).select_from(Digest)).scalar() == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a process")
@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_run_that_was_killed_is_gone_on_with(app: Flask, place: Place, steps: int) -> None:
    """The process dies after so many commits, or (0) inside the first one."""
    for _ in range(3):
        make_follower(place)
    tell(place)
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if not child:
        try:
            _die_after(steps)
        finally:
            os._exit(3)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert db.session.execute(select(func.count()).select_from(Digest)).scalar_one() == steps
    db.session.rollback()
    assert write_at(SATURDAY) == 3 - steps
    assert db.session.execute(select(func.count()).select_from(Notice)).scalar() == 3
    assert write_at(SATURDAY) == 0


def _die_after(steps: int) -> None:
    write_mail, done = operations.write_mail, [0]

    def write_or_die(*values: Any, **more: Any) -> Notice | None:
        if done[0] == steps:
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)
        done[0] += 1
        return write_mail(*values, **more)

    setattr(digests, "write_mail", write_or_die)  # noqa: B010  (in a process that ends here)
    with clock.frozen_everywhere(SATURDAY):
        write_digests()
    os.kill(os.getpid(), signal.SIGKILL)


def test_the_job_runs_under_its_lease(app: Flask, place: Place) -> None:
    make_follower(place)
    tell(place)
    job = next(job for job in JOBS if job.name == "write-digests")
    db.session.rollback()
    with clock.frozen_everywhere(SATURDAY):
        assert run(app, job)
        assert not run(app, job), "nothing is due"


def test_nothing_is_told_while_the_clock_is_in_doubt(
    app: Flask, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_follower(place)
    tell(place)
    with monkeypatch.context() as patch:
        patch.setattr(background, "sure_of_time", lambda: False)
        assert write_at(SATURDAY) == 0
    assert write_at(SATURDAY) == 1


def test_a_clock_that_was_ahead_for_a_while_silences_nothing_afterwards(place: Place) -> None:
    """Three weeks ahead: nobody notices a leap of less than a month."""
    make_follower(place)
    tell(place)
    assert write_at(SATURDAY + timedelta(days=21)) == 1
    with clock.frozen_everywhere(SATURDAY + timedelta(days=21)):
        make_follower(place)
    for days in (1, 2, 5):
        now = SATURDAY + timedelta(days=days)
        assert write_at(now) == 0
        tell(place, after=now - TODAY + HOUR)
        assert write_at(now + timedelta(days=1)) == 2, "once to each"


def test_a_clock_that_stepped_back_tells_nothing_twice(place: Place) -> None:
    make_follower(place)
    tell(place)
    assert write_at(SATURDAY) == 1
    assert write_at(SATURDAY - timedelta(hours=20)) == 0
    for hours in (0, 1, 24):
        assert write_at(SATURDAY + hours * HOUR) == 0


def test_statements_do_not_grow_with_what_is_followed(
    place: Place, count_statements: Callable[[], Any]
) -> None:
    def statements_with(more: int) -> int:
        for _ in range(more):
            make_follower(place, "commitment", "quartier", "body", "organisation")
        with clock.frozen_everywhere(SATURDAY + timedelta(days=more)), count_statements() as statements:
            assert write_digests() == 0
        db.session.rollback()
        return len(statements)

    assert statements_with(1) == statements_with(6)


# --- Text messages ---


def test_a_text_message_says_that_there_is_something_and_where(place: Place, texts: TextBox) -> None:
    make_follower(place, channel="sms", rhythm="daily", phone="+33612345678")
    tell(place, sentence="Douze arbres.")
    assert write_at(SATURDAY) == 0, "once a week at most"
    assert write_at(MONDAY) == 1
    send_mails()
    (text,) = (each["text"] for each in texts.taken)
    assert "Planter" not in text
    assert "https://site.example.org/fr/s/news." in text
    assert write_at(MONDAY + timedelta(days=1)) == 0


def test_the_link_of_a_text_leads_to_what_it_says(app: Flask) -> None:
    def heading(topic: Topic) -> str:
        page = app.test_client().get(f"/fr/s/{refusals.token_for('+33612345678', topic)}").text
        assert "Ne plus recevoir ces messages" in page, "or to its end"
        return page.partition("<h1>")[2].partition("</h1>")[0]

    assert heading(NEWS) == "Du nouveau sur ce que vous suivez"
    assert heading(ANSWERS) == "Ne plus recevoir ces messages", "it was about something else"


def test_an_arabic_text_message_fits_into_one(place: Place, texts: TextBox) -> None:
    make_follower(place, channel="sms", language="ar", phone="+33612345678")
    tell(place)
    assert write_at(MONDAY) == 1
    send_mails()
    assert "/ar/s/news." in texts.taken[0]["text"]


def test_text_messages_stay_within_what_the_site_may_send(
    place: Place, texts: TextBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_follower(place, channel="sms", phone="+33612345678")
    tell(place)
    with monkeypatch.context() as patch:
        patch.setattr(limits, "texts_run_low", lambda: True)
        assert write_at(MONDAY) == 0
    with monkeypatch.context() as patch:
        patch.setattr(digests, "MOST_WAITING_TEXTS", 0)
        assert write_at(MONDAY) == 0
    assert write_at(MONDAY) == 1, "it was only put off"


# --- What is kept ---


def test_what_was_told_is_forgotten_after_a_time(app: Flask, session: Session) -> None:
    account_id = make.make_account().actor_id
    with transaction() as writing:
        for day in (date(2026, 8, 21), date(2026, 8, 22)):
            writing.add(Digest(account_id=account_id, period=day, told=1))
            writing.add(Reminder(account_id=account_id, about=f"meeting:{day}", day=day, notice_id=None))
    assert forget_told() == 2
    assert session.execute(select(Digest.period)).scalars().all() == [date(2026, 8, 22)]


def test_all_of_it_goes_with_the_account(app: Flask, place: Place, session: Session) -> None:
    follower = make_follower(place)
    tell(place)
    write_at(SATURDAY)
    erase_own_account(follower)
    for table in (Follow, NewsChoice, Digest, Reminder):
        assert session.execute(select(func.count()).select_from(table)).scalar() == 0


def test_a_restore_tells_nobody_what_the_time_since_the_backup_told(app: Flask, place: Place) -> None:
    make_follower(place)
    tell(place)
    with clock.frozen_everywhere(SATURDAY), transaction() as session:
        tell_from_now_on(session)
    assert write_at(SATURDAY + HOUR) == 0
