"""Whoever put an idea or a point that was hidden reads why on the page of their receipt, and contests it there."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.limits import limiter
from cdv_civic.ideas.models import IdeaPoint
from cdv_civic.ideas.operations.pointing import make_point
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.moderation.operations.deciding import decide
from cdv_civic.moderation.rules.decisions import LegalGround, ModerationAct, Reasons
from tests.ideas.boxes import BoxWithPeople, a_point, make_a_box, put_one, stored_idea
from tests.ideas.test_pages import OURS, follow

FACTS = "La deuxième phrase insulte une voisine."


@pytest.fixture
def box(app: Flask) -> BoxWithPeople:
    limiter.reset()
    return make_a_box()


def hide(session: Session, box: BoxWithPeople, case_id: int) -> None:
    session.rollback()
    version = session.get_one(ModeratedText, case_id).version
    reasons = Reasons(law=LegalGround.INSULT, facts=FACTS)
    decide(box.moderator, case_id, ModerationAct.HIDE, reasons, version=version)


def test_the_author_of_a_hidden_idea_reads_why_and_asks_another_person(
    client: FlaskClient, session: Session, box: BoxWithPeople
) -> None:
    receipt = put_one(box, "Des bancs").receipt
    hide(session, box, stored_idea(1).case_id)
    page = follow(client, receipt)
    assert FACTS in page
    decision = re.search(r'name="decision" value="(\d+)"', page)
    assert decision is not None, "no way to contest"
    asked = client.post("/fr/contester", data={"receipt": receipt, "decision": decision[1]}, headers=OURS)
    assert asked.status_code == 200
    assert 'name="words"' in asked.text


def test_the_author_of_a_hidden_point_reads_why(
    client: FlaskClient, session: Session, box: BoxWithPeople
) -> None:
    made = make_point(a_point(put_one(box, "Des bancs").idea_id))
    hide(session, box, session.execute(select(IdeaPoint.case_id)).scalar_one())
    page = follow(client, made.receipt)
    assert FACTS in page
    assert "Contester la décision" in page
