"""What waits for whoever instructs: by the round, in one statement, each thing once; and in what order payments are due."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, text

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.work_sources import WorkItem, work_of
from cdv_civic.fund.instruction import work
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.rules.fund_rules import CarrierKind
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.fund.scopes import INSTRUCT
from tests.fund import funds
from tests.fund.instruction.desk import FundDesk, completed_once, make_desk
from tests.signing_in import open_browser
from tests.work_list.test_plans import read_whole

SOURCES = {
    "projects-to-look-at": work.to_look_at,
    "projects-completed": work.completed,
    "projects-overdue": work.overdue,
    "projects-to-notify": work.to_notify,
    "projects-to-pay": work.to_pay,
}


@pytest.fixture
def desk(app: Flask) -> FundDesk:
    today = clock.today()
    return make_desk(
        instruction_until=today + timedelta(days=5),
        decision_until=today + timedelta(days=6),
        payment_until=today + timedelta(days=7),
    )


def waits(who: SignedIn) -> dict[str, WorkItem]:
    db.session.rollback()
    return {item.source.name: item for item in work_of(db.session(), who) if item.source.name in SOURCES}


def test_what_came_in_waits_until_the_day_that_its_round_promised(desk: FundDesk) -> None:
    since = clock.today() - timedelta(days=9)
    funds.make_project(desk.round, state_on=since)
    funds.make_project(desk.round)
    found = waits(desk.staff)
    assert set(found) == {"projects-to-look-at"}
    line = found["projects-to-look-at"]
    assert (line.count, line.since_on, line.place) == (2, since, "Appel de l’automne")
    assert line.due_on == clock.today() + timedelta(days=5)


def test_what_was_completed_waits_apart(desk: FundDesk) -> None:
    completed_once(funds.make_project(desk.round))
    assert set(waits(desk.staff)) == {"projects-completed"}


def test_a_return_that_is_late_is_said_once_whoever_was_to_answer(desk: FundDesk) -> None:
    day = clock.today() - timedelta(days=2)
    for state in (ProjectState.SUBMITTED, ProjectState.INCOMPLETE, ProjectState.ADMISSIBLE):
        funds.make_project(desk.round, state, return_by=day)
    funds.make_project(desk.round, ProjectState.IN_CHOICE, return_by=day)
    funds.make_project(desk.round, ProjectState.INCOMPLETE, return_by=clock.today())
    found = waits(desk.staff)
    assert set(found) == {"projects-overdue"}
    assert (found["projects-overdue"].count, found["projects-overdue"].due_on) == (3, day)


def test_letters_and_payments_wait_until_their_day(desk: FundDesk) -> None:
    told = clock.today() - timedelta(days=30)
    given: dict[str, Any] = {"envelope": desk.envelope, "granted_cents": 100_00}
    funds.make_project(desk.round, ProjectState.SELECTED, **given)
    funds.make_project(desk.round, ProjectState.NOTIFIED, state_on=told, **given)
    found = waits(desk.staff)
    assert set(found) == {"projects-to-notify", "projects-to-pay"}
    assert found["projects-to-notify"].due_on == clock.today() + timedelta(days=6)
    assert found["projects-to-pay"].due_on == clock.today() + timedelta(days=7)


def test_an_association_is_paid_within_sixty_days_of_its_letter(desk: FundDesk) -> None:
    told = clock.today() - timedelta(days=61)
    funds.make_project(
        desk.round,
        ProjectState.NOTIFIED,
        desk.envelope,
        granted_cents=100_00,
        state_on=told,
        carrier_kind=CarrierKind.ASSOCIATION.value,
        carrier_name="Les amis",
    )
    assert waits(desk.staff)["projects-to-pay"].due_on == told + timedelta(days=60)


def test_only_those_within_reach_are_told(desk: FundDesk) -> None:
    funds.make_project(desk.round)
    funds.make_project(funds.make_round(funds.make_fund(desk.contract)))
    assert sum(item.count for item in work_of(db.session(), desk.staff) if item.source.name in SOURCES) == 2
    for who, count in ((desk.owner, 1), (desk.state, 2), (desk.other, 0)):
        found = [item for item in work_of(db.session(), who) if item.source.name in SOURCES]
        assert sum(item.count for item in found) == count


def test_each_line_leads_to_the_list_that_it_counts(client: FlaskClient, desk: FundDesk) -> None:
    day = clock.today() - timedelta(days=2)
    funds.make_project(desk.round, return_by=day)
    open_browser(client, desk.staff)
    text_ = client.get("/fr/bureau").text
    assert f"/fr/bureau/projets/appels/{desk.round.id}?retard=1" in text_
    assert "1 projet attend un retour, la date est passée" in text_


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())
def test_no_source_reads_all_projects(desk: FundDesk, source: Any) -> None:
    project = funds.make_project(desk.round, ProjectState.NOT_SELECTED)
    other = funds.make_round(funds.make_fund())
    with transaction() as session:
        row = session.get_one(FundProject, project.id)
        names = [each.name for each in FundProject.__table__.columns if each.name != "id"]
        same = {name: getattr(row, name) for name in names}
        session.execute(
            insert(FundProject),
            [
                {
                    **same,
                    "fund_id": other.fund_id,
                    "round_id": other.id,
                    "number": 10_000 + number,
                    "client_key": f"copie-{number}",
                    "receipt_hash": f"copie-{number}",
                }
                for number in range(20_000)
            ],
        )
    with transaction() as session:
        session.execute(text("ANALYZE"))
    statement = source(desk.owner, reach_of(desk.owner, INSTRUCT))
    assert not read_whole(statement, "fund_project")
