"""What the database itself promises of funds, whatever an operation forgets."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.fund.models.choosing import JuryConflict, JuryItem, JuryMark, JuryMeeting, JuryPresence
from cdv_civic.fund.models.funds import FundEnvelope, FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectCoCarrier, ProjectCoFunder, ProjectCost
from cdv_civic.fund.rules.projects import ProjectState
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.fund import funds


def refused(statement: Any) -> bool:
    """Whether the database refuses a statement."""
    try:
        with transaction() as session:
            session.execute(statement.execution_options(synchronize_session=False))
    except IntegrityError:
        return True
    return False


def reserved(envelope: FundEnvelope) -> int:
    return db.session.execute(
        select(FundEnvelope.reserved_cents).where(FundEnvelope.id == envelope.id)
    ).scalar_one()


def granted(project: FundProject, envelope: FundEnvelope, cents: int, returned: int = 0) -> Any:
    return (
        update(FundProject)
        .where(FundProject.id == project.id)
        .values(state="selected", envelope_id=envelope.id, granted_cents=cents, returned_cents=returned)
    )


def test_an_envelope_is_never_overspent(app: Flask) -> None:
    fund = funds.make_fund()
    envelope = funds.make_envelope(fund, 800_00)
    fund_round = funds.make_round(fund)
    first, second = (funds.make_project(fund_round, ProjectState.IN_CHOICE) for _ in range(2))
    assert not refused(granted(first, envelope, 500_00))
    assert refused(granted(second, envelope, 300_01))
    assert not refused(granted(second, envelope, 300_00))
    assert reserved(envelope) == 800_00
    assert refused(update(FundEnvelope).where(FundEnvelope.id == envelope.id).values(cents=799_99))


def test_what_goes_back_can_be_granted_again(app: Flask) -> None:
    fund = funds.make_fund()
    envelope = funds.make_envelope(fund, 500_00)
    other = funds.make_envelope(fund, 500_00, year=clock.today().year + 1)
    project = funds.make_project(funds.make_round(fund), ProjectState.IN_CHOICE)
    assert not refused(granted(project, envelope, 500_00, 120_00))
    assert reserved(envelope) == 380_00
    assert not refused(granted(project, other, 500_00, 120_00)), "moved to another envelope"
    assert (reserved(envelope), reserved(other)) == (0, 380_00)
    assert refused(granted(project, other, 500_00, 500_01))


def test_a_project_holds_money_just_where_it_was_selected(app: Flask) -> None:
    fund = funds.make_fund()
    envelope = funds.make_envelope(fund)
    project = funds.make_project(funds.make_round(fund), ProjectState.IN_CHOICE)
    asked = update(FundProject).where(FundProject.id == project.id)
    assert refused(asked.values(state="selected"))
    assert refused(asked.values(granted_cents=100, envelope_id=envelope.id))
    assert refused(granted(project, envelope, 500_01)), "more than it asks"
    assert refused(asked.values(state="selected", granted_cents=100)), "of no envelope"
    assert refused(granted(project, funds.make_envelope(funds.make_fund()), 100)), "of another fund"


@pytest.mark.parametrize(
    "change",
    [
        lambda row, _project: (
            update(FundRound).where(FundRound.id == row.id).values(rules={"smallest_cents": 5})
        ),
        lambda row, _project: update(FundRound).where(FundRound.id == row.id).values(opinion_asked=True),
        lambda row, _project: update(FundRound).where(FundRound.id == row.id).values(frozen_at=None),
        lambda _row, one: update(FundProject).where(FundProject.id == one.id).values(asked_cents=1),
        lambda _row, one: update(FundProject).where(FundProject.id == one.id).values(title="Autre"),
        lambda _row, one: update(FundProject).where(FundProject.id == one.id).values(frozen_at=None),
        lambda _row, one: update(FundProject).where(FundProject.id == one.id).values(purposes=["autre"]),
        lambda _row, one: update(ProjectCost).where(ProjectCost.project_id == one.id).values(cents=1),
        lambda _row, one: delete(ProjectCost).where(ProjectCost.project_id == one.id),
        lambda _row, one: insert(ProjectCost).values(project_id=one.id, position=9, label="Plus", cents=1),
        lambda _row, one: insert(ProjectCoFunder).values(
            project_id=one.id, position=9, name="X", asked_cents=1
        ),
    ],
)
def test_rules_projects_and_costs_freeze_with_the_first_opinion(
    app: Flask, change: Callable[[FundRound, FundProject], Any]
) -> None:
    fund_round = funds.make_round(funds.make_fund())
    project = funds.make_project(fund_round)
    funds.freeze_project(project)
    assert refused(change(fund_round, project))


def test_what_is_not_content_goes_on_once_it_is_frozen(app: Flask) -> None:
    fund_round = funds.make_round(funds.make_fund())
    project = funds.make_project(fund_round)
    funds.freeze_project(project)
    assert not refused(
        update(FundProject).where(FundProject.id == project.id).values(state="admissible", service="Jeunesse")
    )
    assert not refused(update(ProjectCost).where(ProjectCost.project_id == project.id).values(spent_cents=5))
    assert not refused(update(FundRound).where(FundRound.id == fund_round.id).values(closes_at=None))
    other = funds.make_project(fund_round)
    assert not refused(update(FundProject).where(FundProject.id == other.id).values(title="Encore à écrire"))


def test_nobody_gives_an_opinion_or_a_mark_on_what_can_still_change(app: Flask) -> None:
    contract = make.make_contract()
    fund = funds.make_fund(contract)
    project = funds.make_project(funds.make_round(fund))
    agenda = funds.make_meeting(project)
    member = funds.make_member(fund)
    with pytest.raises(IntegrityError):
        funds.make_mark(agenda, member)
    funds.make_opinion(project, make_body(contract).id)
    funds.make_mark(agenda, member)


def test_nobody_marks_a_project_that_they_are_linked_to(app: Flask) -> None:
    fund = funds.make_fund()
    project = funds.make_project(funds.make_round(fund))
    agenda, member = funds.make_meeting(project), funds.make_member(fund)
    funds.freeze_project(project)
    linked = insert(JuryConflict).values(
        member_id=member.id, project_id=project.id, kind="declared", noted_at=clock.now()
    )
    assert not refused(linked)
    with pytest.raises(IntegrityError):
        funds.make_mark(agenda, member)


@pytest.mark.parametrize("link", ["author", "co-carrier", "body"])
def test_whoever_carries_a_project_marks_nothing_of_it(app: Flask, link: str) -> None:
    contract = make.make_contract()
    fund, body = funds.make_fund(contract), make_body(contract)
    account = make.make_account(role=None)
    project = funds.make_project(
        funds.make_round(fund),
        author_id=account.actor_id if link == "author" else None,
        body_id=body.id if link == "body" else None,
    )
    if link == "co-carrier":
        with transaction() as session:
            session.execute(
                insert(ProjectCoCarrier).values(
                    project_id=project.id, position=1, name="Autre", account_id=account.actor_id
                )
            )
    agenda = funds.make_meeting(project)
    member = funds.make_member(fund, account_id=account.actor_id, body_id=body.id)
    other = funds.make_member(fund)
    funds.freeze_project(project)
    with pytest.raises(IntegrityError):
        funds.make_mark(agenda, member)
    funds.make_mark(agenda, other)


def test_a_link_is_not_noted_over_a_mark_that_stands(app: Flask) -> None:
    fund = funds.make_fund()
    project = funds.make_project(funds.make_round(fund))
    agenda, member = funds.make_meeting(project), funds.make_member(fund)
    funds.freeze_project(project)
    mark = funds.make_mark(agenda, member)
    linked = insert(JuryConflict).values(
        member_id=member.id, project_id=project.id, kind="declared", noted_at=clock.now()
    )
    assert refused(linked)
    assert not refused(delete(JuryMark).where(JuryMark.item_id == mark.item_id))
    assert not refused(linked)


def test_marks_and_presences_of_a_closed_meeting_stay(app: Flask) -> None:
    fund = funds.make_fund()
    project = funds.make_project(funds.make_round(fund))
    agenda, member = funds.make_meeting(project), funds.make_member(fund)
    funds.freeze_project(project)
    funds.make_mark(agenda, member)
    there = insert(JuryPresence).values(meeting_id=agenda.meeting.id, member_id=member.id, fund_id=fund.id)
    assert not refused(there)
    assert not refused(
        update(JuryMeeting).where(JuryMeeting.id == agenda.meeting.id).values(closed_at=clock.now())
    )
    assert refused(update(JuryMark).where(JuryMark.item_id == agenda.item.id).values(mark=3))
    assert refused(delete(JuryMark).where(JuryMark.item_id == agenda.item.id))
    assert refused(delete(JuryPresence).where(JuryPresence.meeting_id == agenda.meeting.id))
    late = funds.make_member(fund)
    assert refused(
        insert(JuryPresence).values(meeting_id=agenda.meeting.id, member_id=late.id, fund_id=fund.id)
    )
    assert refused(insert(JuryMark).values(item_id=agenda.item.id, member_id=late.id, mark=3))


def test_no_decision_comes_before_an_opinion_that_the_rules_ask_for(app: Flask) -> None:
    contract = make.make_contract()
    fund = funds.make_fund(contract)
    envelope = funds.make_envelope(fund)
    fund_round = funds.make_round(fund, opinion_asked=True)
    project = funds.make_project(fund_round, ProjectState.IN_CHOICE)
    assert refused(granted(project, envelope, 100))
    assert refused(update(FundProject).where(FundProject.id == project.id).values(state="not-selected"))
    funds.make_opinion(project, make_body(contract).id, "against")
    assert not refused(granted(project, envelope, 100))


def test_the_agenda_of_a_closed_meeting_stays(app: Flask) -> None:
    fund_round = funds.make_round(funds.make_fund())
    project = funds.make_project(fund_round)
    agenda = funds.make_meeting(project)
    closed = update(JuryMeeting).where(JuryMeeting.id == agenda.meeting.id).values(closed_at=clock.now())
    assert not refused(closed)
    assert refused(update(JuryItem).where(JuryItem.id == agenda.item.id).values(heard=True))
    assert refused(delete(JuryItem).where(JuryItem.id == agenda.item.id))
    more = {
        "round_id": fund_round.id,
        "meeting_id": agenda.meeting.id,
        "position": 2,
        "heard": False,
        "version": 1,
    }
    assert refused(insert(JuryItem).values(project_id=funds.make_project(fund_round).id, **more))
