"""Messages belong to whom they were written: they are in the export, and go with the account."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.erasure import erase_own_account
from cdv_civic.core.db import transaction
from cdv_civic.notices.delivery import Round
from cdv_civic.notices.models import Notice
from cdv_civic.notices.personal_data import ERASED, PERSONAL_PART
from tests.conftest import TODAY
from tests.factories import make_account, make_notice
from tests.mail_server import MailBox, deliver, send_mails

pytestmark = pytest.mark.one_database


def test_messages_to_both_addresses_are_shown_and_nobody_elses(app: Flask, session: Session) -> None:
    account = make_account("zoubida@example.org", phone="+33612345678")
    make_notice(recipient="zoubida@example.org", subject="Lettre")
    make_notice(recipient="+33612345678", kind="sms", subject="")
    make_notice(recipient="autre@example.org")
    make_notice(recipient=None)
    assert [row["subject"] for row in PERSONAL_PART.read(session, account.actor_id)] == ["Lettre", ""]


def test_they_go_with_the_account_and_those_that_wait_do_not_leave(
    app: Flask, session: Session, mail: MailBox
) -> None:
    account = make_account("zoubida@example.org")
    make_notice(recipient="zoubida@example.org", subject="Pour Zoubida")
    make_notice(recipient="zoubida@example.org", sent_at=TODAY)
    other = make_notice(recipient="autre@example.org")
    erase_own_account(account)
    session.rollback()
    rows = session.execute(select(Notice).order_by(Notice.id)).scalars().all()
    assert [(row.recipient, row.subject, row.text_body, row.last_error) for row in rows[:2]] == [
        (None, "", None, ERASED),
        (None, "", None, None),
    ]
    assert rows[2].recipient == other.recipient
    assert send_mails() == Round(sent=1)
    assert mail.recipients == ["autre@example.org"]


def test_one_whose_reader_goes_while_the_server_is_spoken_to_is_not_handed_over(
    app: Flask, session: Session, mail: MailBox
) -> None:
    account = make_account("zoubida@example.org")
    notice_id = make_notice(recipient="zoubida@example.org").id
    session.rollback()

    def go() -> None:
        with app.app_context():
            erase_own_account(account)

    mail.before_data = go
    assert deliver() == Round()
    assert deliver() == Round()
    assert mail.taken == []
    with transaction() as writing:
        row = writing.get_one(Notice, notice_id, populate_existing=True)
        assert (row.sent_at, row.recipient, row.last_error) == (None, None, ERASED)
