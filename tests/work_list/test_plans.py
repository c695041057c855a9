"""Where there are 20,000 rows, no source reads all of a table that only grows."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, insert, text

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.notices import work as notices_work
from cdv_civic.notices.models import Notice
from cdv_civic.voices import work as voices_work
from tests import factories as make
from tests.voices.voices import BodyWithPeople, make_place, make_voices

MANY = 20_000


@pytest.fixture
def place(app: Flask) -> BodyWithPeople:
    """20,000 words that were answered, at other bodies, and 20,000 messages that left."""
    place = make_place()
    other = make_place("mont", "autre")
    for each in (place, other):
        make_voices(each.body, 50)
    make_voices(other.body, MANY)
    sent = {
        "kind": "email", "recipient": None, "subject": "", "text_body": None, "html_body": None,
        "language": "fr", "created_at": clock.now(), "due_at": clock.now(), "state": "sent", "attempts": 1,
        "sent_at": clock.now(),
    }  # fmt: skip
    with transaction() as session:
        session.execute(insert(Notice), [{**sent, "key": f"sent-{number}"} for number in range(MANY)])
    make.make_notice(failed_at=clock.now(), last_error="451")
    with transaction() as session:
        session.execute(text("ANALYZE"))
    return place


def read_whole(statement: Select[Any], table: str) -> bool:
    """Whether the plan of a statement reads all of a table."""
    connection = db.session.connection()
    sqlite = connection.dialect.name == "sqlite"
    sql = str(statement.compile(connection.engine, compile_kwargs={"literal_binds": True}))
    lines = connection.exec_driver_sql(
        f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{sql}".replace("%", "%%")
    ).all()
    plan = "\n".join(str(line[-1]) for line in lines)
    assert table in plan, plan
    return re.search(rf"(SCAN|Seq Scan on) {table}\b(?! USING)", plan) is not None


def rows(source: Any, who: SignedIn, action: str) -> Select[Any]:
    found: Select[Any] = source(who, reach_of(who, action))
    return found


def test_the_words_that_wait_for_a_moderator_are_found_by_their_body(place: BodyWithPeople) -> None:
    statement = rows(voices_work.to_answer, place.moderator, "voice.answer")
    assert not read_whole(statement, "voice")


def test_messages_that_were_given_up_are_found_among_all_that_left(place: BodyWithPeople) -> None:
    administrator = make.make_account(role="administrator")
    assert not read_whole(rows(notices_work.given_up, administrator, "notice.manage"), "notice")


def test_postgresql_compiles_no_statement_before_it_begins(app: Flask, database_kind: str) -> None:
    """What counts the work of a town took ten times as long with it, at each page of the desk."""
    if database_kind != "postgresql":
        pytest.skip("SQLite compiles nothing")
    assert db.session.execute(text("SHOW jit")).scalar_one() == "off"
