"""A message that only some roles get is not sent to somebody who lost theirs while it waited."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from cdv_civic.accounts.models import Account, RoleGrant
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.model import Reach
from cdv_civic.notices import queries
from cdv_civic.notices.letters import Letter, written_in
from cdv_civic.notices.models import Notice
from cdv_civic.notices.operations import write_mail
from cdv_civic.notices.outcomes import NOT_THEIRS
from cdv_civic.notices.topics import WATCH, Topic, topics
from cdv_civic.voices.topics import ANSWERS, REPLIES, TRANSMITTED
from cdv_civic.work_list.topics import WORK
from tests import factories as make
from tests.mail_server import MailBox, send_mails

EVERYWHERE = Reach(everywhere=True)


def write_to(address: str, topic: Topic) -> None:
    with transaction() as session, written_in("fr"):
        assert write_mail(session, address, "fr", Letter("Bonjour", ["Bonjour"]), topic=topic) is not None


def end_roles(who: SignedIn) -> None:
    with transaction() as session:
        session.execute(
            update(RoleGrant).where(RoleGrant.account_id == who.actor_id).values(ends_at=clock.now())
        )


def close_account(who: SignedIn) -> None:
    with transaction() as session:
        session.execute(
            update(Account)
            .where(Account.id == who.actor_id)
            .values(disabled_at=datetime(2026, 11, 1, tzinfo=UTC))
        )


def change_address(who: SignedIn) -> None:
    with transaction() as session:
        session.execute(
            update(Account).where(Account.id == who.actor_id).values(email="ailleurs@example.org")
        )


@pytest.mark.parametrize("loses", [end_roles, close_account, change_address])
def test_who_works_here_no_more_gets_no_count_of_work_that_waited_in_the_outbox(
    app: Flask, mail: MailBox, loses: object
) -> None:
    stays, goes = make.make_account(), make.make_account()
    for who in (stays, goes):
        write_to(who.email, WORK)
    loses(goes)  # type: ignore[operator]
    send_mails()
    assert mail.recipients == [stays.email]
    db.session.rollback()
    ended = db.session.execute(select(Notice).where(Notice.recipient == goes.email)).scalar_one()
    assert (ended.state, ended.last_error) == ("failed", NOT_THEIRS)
    assert queries.given_up(EVERYWHERE) == [], "nobody need do anything"


def test_a_role_of_another_kind_is_not_enough(app: Flask, mail: MailBox) -> None:
    who = make.make_account(role="translator")
    for topic in (TRANSMITTED, REPLIES):
        write_to(who.email, topic)
    send_mails()
    assert mail.recipients == []


def test_what_was_written_to_an_address_that_is_nobodys_account_leaves(app: Flask, mail: MailBox) -> None:
    with transaction() as session:
        session.execute(delete(Account))
    for topic in (ANSWERS, WATCH):
        write_to("une.habitante@example.org", topic)
    send_mails()
    assert len(mail.recipients) == 2


def test_each_topic_of_some_roles_says_so(app: Flask) -> None:
    of_roles = {topic.name for topic in topics() if topic.of_role}
    assert of_roles == {"work", "transmitted", "replies", "consultationsdue"}
    assert all(topic.action != "account.self" for topic in topics() if topic.of_role)
