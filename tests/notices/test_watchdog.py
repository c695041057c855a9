"""When nothing leaves although messages are due, it is said: in the log, to the command line, at the desk."""

import dataclasses
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db, transaction
from cdv_civic.notices.delivery import Round
from cdv_civic.notices.models import Notice
from cdv_civic.notices.operations import DISCARDED, erase_old
from cdv_civic.notices.queries import stuck_since
from cdv_civic.notices.watchdog import tell_what_is_stuck
from tests.conftest import TODAY
from tests.factories import make_account, make_notice
from tests.mail_server import MailBox, deliver, send_mails
from tests.notices.test_outbox import stored, write
from tests.signing_in import sign_in

MINUTE = timedelta(minutes=1)


def at(minutes: float) -> object:
    db.session.rollback()
    with clock.frozen_everywhere(TODAY + minutes * MINUTE):
        return stuck_since()


def test_a_message_that_nobody_sends_is_missed_after_a_quarter_of_an_hour(app: Flask, mail: MailBox) -> None:
    assert at(0) is None
    write()
    assert at(14) is None
    assert at(15) == TODAY


def test_the_time_is_a_setting(app: Flask, mail: MailBox, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = dataclasses.replace(app.extensions["settings"], mail_stuck_minutes=5)
    monkeypatch.setitem(app.extensions, "settings", settings)
    write()
    assert at(5) == TODAY


def test_a_server_that_is_away_is_told_though_each_attempt_puts_the_mail_off(
    app: Flask, mail: MailBox
) -> None:
    mail.after_data = "452 no room"
    write()
    for minutes in (0, 1, 6):
        with clock.frozen_everywhere(TODAY + minutes * MINUTE):
            deliver()
    assert at(16) == TODAY


def test_a_mailbox_that_delays_its_own_mail_is_nothing_to_tell(app: Flask, mail: MailBox) -> None:
    mail.refusal = "450 grey list"
    write()
    for minutes in (0, 1, 6):
        with clock.frozen_everywhere(TODAY + minutes * MINUTE):
            deliver()
    assert at(30) is None
    assert at(52) is not None, "unless nobody tries it any more"


def test_as_long_as_others_leave_a_busy_server_is_not_stuck(app: Flask, mail: MailBox) -> None:
    make_notice(due_at=TODAY)
    make_notice(sent_at=TODAY + 20 * MINUTE)
    assert at(30) is None
    assert at(35) == TODAY + 20 * MINUTE
    make_notice(sent_at=TODAY + 33 * MINUTE, urgent=True)
    assert at(35) == TODAY + 20 * MINUTE, "links go another way"


def test_what_cannot_leave_here_or_is_held_is_not_missed(app: Flask, mail: MailBox) -> None:
    make_notice(kind="sms", recipient="+33612345678")
    make_notice(state="held")
    assert at(60) is None


def test_the_log_says_it_without_a_word_about_a_person(
    app: Flask, mail: MailBox, caplog: pytest.LogCaptureFixture
) -> None:
    write()
    tell_what_is_stuck()
    assert caplog.text == ""
    with clock.frozen_everywhere(TODAY + 15 * MINUTE):
        tell_what_is_stuck()
    assert "none has left since 2026-11-20T09:00+00:00" in caplog.text
    assert caplog.records[-1].levelname == "ERROR"
    assert "amie" not in caplog.text


def test_the_command_and_the_desk_say_it(app: Flask, client: FlaskClient, mail: MailBox) -> None:
    write()
    sign_in(client, make_account(role="administrator"))
    assert "Rien n’est parti depuis" not in client.get("/fr/bureau/messages").text
    with clock.frozen_everywhere(TODAY + 20 * MINUTE):
        listed = app.test_cli_runner().invoke(args=["notices", "list"]).output
        assert "nothing has left since 2026-11-20T09:00+00:00" in listed
        assert "Rien n’est parti depuis" in client.get("/fr/bureau/messages").text


def test_the_desk_says_what_may_have_left(app: Flask, client: FlaskClient, mail: MailBox) -> None:
    mail.goes_away_after_dot = True
    write(useful_until=TODAY + 30 * MINUTE)
    send_mails()
    sign_in(client, make_account(role="administrator"))
    assert "Peut-être parti" in client.get("/fr/bureau/messages").text
    assert "(may have left)" in app.test_cli_runner().invoke(args=["notices", "list"]).output


def test_held_messages_leave_once_they_are_released(app: Flask, mail: MailBox) -> None:
    one, two = make_notice(state="held").id, make_notice(state="held").id
    late = make_notice(state="held", useful_until=TODAY, urgent=True).id
    db.session.rollback()
    assert deliver() == Round()

    def say(*words: str) -> str:
        answer = app.test_cli_runner().invoke(args=["notices", *words])
        return answer.output if answer.exit_code == 0 else f"refused: {answer.exit_code}"

    assert say("list").count("held, of") == 3
    assert say("release") == "refused: 2", "all of them is said aloud"
    assert say("release", str(one)) == "1 will leave\n"
    assert send_mails() == Round(sent=1)
    assert say("release", "--all") == "2 will leave\n"
    assert say("release", "--all") == "0 will leave\n"
    assert send_mails() == Round(sent=1, given_up=1)
    assert stored(two).sent_at == TODAY
    assert stored(late).last_error == "TooLate"
    assert [entry.after for entry in db.session.query(AuditEntry)] == [{"released": 1}, {"released": 2}]


def test_of_many_held_messages_a_hundred_are_listed_at_a_time(app: Flask) -> None:
    numbers = [make_notice(state="held").id for _ in range(103)]

    def listed(*options: str) -> list[int]:
        said = app.test_cli_runner().invoke(args=["notices", "list", *options])
        assert said.exit_code == 0, said.output
        whole.append(said.output)
        return [int(line.split("\t")[0]) for line in said.output.splitlines() if "held, of" in line]

    whole: list[str] = []
    assert listed() == numbers[:100]
    assert f"3 more are held: --held-after {numbers[99]} shows the next ones" in whole[0]
    assert listed("--held-after", str(numbers[99])) == numbers[100:]
    assert "more are held" not in whole[1]


def test_held_messages_that_nobody_released_are_erased_as_others(app: Flask, mail: MailBox) -> None:
    notice_id = make_notice(state="held").id
    db.session.rollback()
    with clock.frozen_everywhere(TODAY + timedelta(days=29)):
        assert erase_old() == 0
    with clock.frozen_everywhere(TODAY + timedelta(days=30)):
        assert erase_old() == 1
    assert (stored(notice_id).recipient, stored(notice_id).last_error) == (None, DISCARDED)


def test_the_database_knows_no_other_states(app: Flask) -> None:
    for values in ({"state": "lost"}, {"state": "sent"}, {"state": "waiting", "sent_at": TODAY}):
        with pytest.raises(IntegrityError, match="ck_notice_"):
            make_notice(**values)
    notice_id = make_notice().id
    without_attempt = update(Notice).where(Notice.id == notice_id).values(state="sending")
    with pytest.raises(IntegrityError, match="ck_notice_attempt"), transaction() as session:
        session.execute(without_attempt)
