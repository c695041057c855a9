"""Authors of ideas are told by the way they left, and a page promises it only where the site has that way."""

import dataclasses

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.limits import limiter
from cdv_civic.notices.models import Notice
from tests.ideas.boxes import BoxWithPeople, make_a_box, put_one
from tests.ideas.test_grouping import a_group
from tests.ideas.test_pages import receipt_in, send

TOLD = "Nous vous prévenons quand elle est dans un groupe"


@pytest.fixture
def box(app: Flask) -> BoxWithPeople:
    limiter.reset()
    return make_a_box()


@pytest.fixture
def quiet(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that sends neither mails nor text messages."""
    settings = dataclasses.replace(
        app.extensions["settings"], environment="production", smtp_url=None, sms=None
    )
    monkeypatch.setitem(app.extensions, "settings", settings)


def notices(session: Session) -> list[Notice]:
    session.rollback()
    return list(session.execute(select(Notice).order_by(Notice.id)).scalars())


@pytest.mark.parametrize("tag", ["fr", "ar"])
def test_a_number_gets_a_text_message_that_leads_to_the_receipt(
    box: BoxWithPeople, session: Session, tag: str
) -> None:
    one = put_one(box, "Des bancs", contact="06 12 34 56 78", contact_language=tag)
    a_group(box, "S’asseoir", one.idea_id)
    (notice,) = notices(session)
    assert (notice.kind, notice.recipient, notice.language) == ("sms", "+33612345678", tag)
    assert f"/{tag}/parole/suivi" in (notice.text_body or "")
    assert "bancs" not in (notice.text_body or "")


@pytest.mark.parametrize("contact", ["awa@example.org", "06 12 34 56 78"])
def test_a_way_that_the_site_has_is_promised(client: FlaskClient, box: BoxWithPeople, contact: str) -> None:
    assert TOLD in send(client, box, contact=contact).text


def test_a_number_that_takes_no_text_message_is_promised_none(
    client: FlaskClient, box: BoxWithPeople, session: Session
) -> None:
    answer = send(client, box, contact="01 23 45 67 89")
    assert TOLD not in answer.text
    assert "notez-le, ou prenez-le en photo" in answer.text
    a_group(box, "S’asseoir", 1)
    assert notices(session) == []


@pytest.mark.parametrize("contact", ["awa@example.org", "06 12 34 56 78"])
def test_a_site_that_sends_nothing_promises_nothing(
    client: FlaskClient, box: BoxWithPeople, quiet: None, session: Session, contact: str
) -> None:
    answer = send(client, box, contact=contact)
    assert TOLD not in answer.text
    assert receipt_in(answer)
    a_group(box, "S’asseoir", 1)
    assert notices(session) == []
