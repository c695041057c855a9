"""What waits for whoever keeps a box: ideas whose promised day has passed, objections; by the box, in one statement."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text, update

from cdv_civic.accounts.limits import limiter
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.database_dates import days_after
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.work_sources import WorkItem, work_of
from cdv_civic.ideas import work
from cdv_civic.ideas.models import Idea
from cdv_civic.ideas.operations.answering import answer_idea
from cdv_civic.ideas.operations.objecting import answer_objection, object_to_group
from cdv_civic.moderation.models import ModeratedText
from cdv_civic.participation.rules.receipts import read_receipt
from tests.conftest import TODAY
from tests.ideas.boxes import BoxWithPeople, decide, make_a_box, put_one, stored_idea
from tests.ideas.test_grouping import a_group
from tests.signing_in import open_browser
from tests.voices.voices import make_place
from tests.work_list.test_plans import read_whole


@pytest.fixture
def box(app: Flask) -> BoxWithPeople:
    limiter.reset()
    return make_a_box(answer_days=10)


def came(idea_id: int, days_ago: int) -> None:
    day = TODAY.date() - timedelta(days=days_ago)
    with transaction() as session:
        session.execute(update(Idea).where(Idea.id == idea_id).values(received_on=day))


def waits(who: SignedIn, source: str = "ideas-to-answer") -> list[WorkItem]:
    db.session.rollback()
    return [item for item in work_of(db.session(), who) if item.source.name == source]


def test_an_idea_waits_once_its_promised_day_is_past(box: BoxWithPeople) -> None:
    on_the_day, late, later = (put_one(box, f"Idée {each}").idea_id for each in range(3))
    came(on_the_day, 10)
    assert waits(box.moderator) == []
    came(late, 11)
    came(later, 40)
    (line,) = waits(box.moderator)
    assert (line.count, line.place, line.place_id) == (2, "Une idée pour le quartier", box.id)
    assert line.due_on == TODAY.date() - timedelta(days=30)
    for stranger in (box.place.member, box.place.relais, box.place.contact):
        assert waits(stranger) == []


def test_what_is_answered_hidden_or_promised_for_no_day_waits_for_nobody(
    app: Flask, box: BoxWithPeople
) -> None:
    answered, hidden = (put_one(box, f"Idée {each}").idea_id for each in range(2))
    free = make_a_box(box.place, title={"fr": "Sans date promise"}, answer_days=None)
    for each in (answered, hidden, put_one(free).idea_id):
        came(each, 400)
    answer_idea(box.moderator, answered, {"fr": "Oui."}, answered_by="Ville", version=1)
    decide(stored_idea(hidden).case_id, "masque")
    assert waits(box.moderator) == []


def test_one_day_for_all_answers_counts_from_that_day_on(app: Flask) -> None:
    limiter.reset()
    box = make_a_box(answer_days=None, answer_due_on=TODAY.date() - timedelta(days=1))
    put_one(box)
    (line,) = waits(box.moderator)
    assert line.due_on == TODAY.date() - timedelta(days=1)


def test_objections_wait_until_they_are_answered(app: Flask, box: BoxWithPeople) -> None:
    got = put_one(box)
    a_group(box, "Un", got.idea_id)
    object_to_group(read_receipt(got.receipt), "Pas ce groupe.")
    (line,) = waits(box.moderator, "idea-objections")
    assert line.count == 1
    desk = app.test_client()
    open_browser(desk, box.moderator)
    assert desk.get(f"/fr/bureau/idees/{box.id}").location.endswith(f"/bureau/idees/{box.slug}")
    assert desk.get("/fr/bureau/idees/999").status_code == 404
    elsewhere = make_a_box(make_place("mont", "autre"), title={"fr": "Ailleurs, sur le mont"})
    assert desk.get(f"/fr/bureau/idees/{elsewhere.id}").status_code == 403
    answer_objection(box.moderator, 1, {"fr": "Elle reste."}, to_group=None, version=1)
    assert waits(box.moderator, "idea-objections") == []


def test_days_are_added_alike_on_both_databases(app: Flask) -> None:
    with transaction() as session:
        found = (
            session.execute(
                select(days_after(text("CAST('2026-02-27' AS DATE)"), text("3"))).select_from(
                    text("(SELECT 1) AS one")
                )
            ).scalar_one()
            if db.engine.dialect.name == "postgresql"
            else session.execute(select(days_after(text("'2026-02-27'"), text("3")))).scalar_one()
        )
    assert found == date(2026, 3, 2)


def test_among_ten_thousand_answered_ideas_those_that_wait_are_found_by_their_box(box: BoxWithPeople) -> None:
    first = stored_idea(put_one(box).idea_id)
    case = db.session.get_one(ModeratedText, first.case_id)
    columns = [c.name for c in ModeratedText.__table__.columns if c.name != "id"]
    values = {name: getattr(case, name) for name in columns}
    idea = {c.name: getattr(first, c.name) for c in Idea.__table__.columns if c.name != "id"}
    db.session.rollback()
    many = 3_000
    with transaction() as session:
        session.execute(insert(ModeratedText), [{**values, "id": 1_000 + each} for each in range(many)])
        session.execute(
            insert(Idea),
            [
                {
                    **idea,
                    "case_id": 1_000 + each,
                    "title": "",
                    "words": "",
                    "same_words": None,
                    "taken_back_at": clock.now(),
                    "client_key": f"k{each}",
                    "receipt_hash": f"r{each}",
                }
                for each in range(many)
            ],
        )
        session.execute(text("ANALYZE"))
    statement = work.to_answer(box.moderator, reach_of(box.moderator, "idea.group"))
    assert not read_whole(statement, "idea")


def test_the_list_of_work_leads_to_the_box(app: Flask, client: FlaskClient, box: BoxWithPeople) -> None:
    came(put_one(box).idea_id, 30)
    desk = app.test_client()
    open_browser(desk, box.moderator)
    page = desk.get("/fr/bureau").text
    assert "la date promise est passée" in page
    assert f"/fr/bureau/idees/{box.id}" in page
    assert "Des bancs" not in page
