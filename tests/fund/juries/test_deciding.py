"""What a meeting decides: entered, corrected, and written all at once as it is closed."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, Forbidden
from cdv_civic.core.policy.model import CommandLine
from cdv_civic.fund.juries.operations import closing
from cdv_civic.fund.juries.operations.closing import CannotClose, close_meeting
from cdv_civic.fund.juries.operations.deciding import ItemDecision, decide, undecide
from cdv_civic.fund.juries.operations.locking import MeetingClosed
from cdv_civic.fund.juries.operations.meetings import publish_minutes
from cdv_civic.fund.models.funds import FundEnvelope
from cdv_civic.fund.models.projects import FundProject, ProjectStep
from cdv_civic.fund.operations.granting import EnvelopeEmpty
from cdv_civic.fund.rules.juries import JuryOutcome
from cdv_civic.notices.models import Notice
from tests.bodies.bodies import make_body
from tests.fund import funds
from tests.fund.juries.commissions import WHY, Commission, carried, here, make_commission
from tests.races import at_once, write_once_all_have_looked


def reserved(made: Commission) -> int:
    db.session.rollback()
    return db.session.execute(
        select(FundEnvelope.reserved_cents).where(FundEnvelope.id == made.envelope.id)
    ).scalar_one()


def test_nothing_is_written_before_the_meeting_is_closed_and_then_all_of_it(app: Flask) -> None:
    made = make_commission(projects=3)
    assert made.decide(0, yes=3, no=1) is JuryOutcome.SELECTED
    assert made.decide(1, yes=1, no=3, reason=WHY, elsewhere={"fr": "La Caf."}) is JuryOutcome.NOT_SELECTED
    assert made.decide(2, yes=2, no=2) is JuryOutcome.TIE
    assert [each.state for each in map(made.project, range(3))] == ["in-choice"] * 3
    assert close_meeting(made.secretary, made.meeting_id) is True
    assert [each.state for each in map(made.project, range(3))] == ["selected", "not-selected", "in-choice"]
    assert (made.project(0).granted_cents, reserved(made)) == (500_00, 500_00)
    step = db.session.execute(
        select(ProjectStep).where(ProjectStep.project_id == made.projects[1].id, ProjectStep.position == 2)
    ).scalar_one()
    assert step.reason_id is not None
    assert step.elsewhere_id is not None


def test_closing_again_changes_nothing_and_tells_nobody_twice(app: Flask) -> None:
    made = make_commission(projects=1, contact_kind="email", contact="porteuse@example.org")
    made.decide(0)
    assert [close_meeting(made.secretary, made.meeting_id) for _ in range(2)] == [True, False]
    mails = db.session.execute(select(Notice.id)).all()
    assert len(mails) == 1
    with pytest.raises(MeetingClosed):
        made.decide(0, yes=0, no=3, reason=WHY)


def test_a_decision_is_corrected_and_taken_back_until_then(app: Flask) -> None:
    made = make_commission()
    made.decide(0)
    made.decide(0, cents=400_00)
    assert made.items[0].amount_cents == 400_00
    undecide(made.secretary, made.items[0].id, version=made.items[0].version)
    assert [made.items[0].outcome, made.items[0].amount_cents] == [None, None]
    close_meeting(made.secretary, made.meeting_id)
    assert made.project(0).state == "in-choice"


def test_too_few_members_leave_the_project_for_the_next_meeting(app: Flask) -> None:
    made = make_commission(quorum=4, present=3)
    assert made.decide(0, yes=3, no=0) is JuryOutcome.NO_QUORUM
    here(made, 0, 1, 2, 3)
    assert made.decide(0, yes=3, no=0) is JuryOutcome.SELECTED


def test_who_is_linked_does_not_count_for_the_quorum(app: Flask) -> None:
    made = make_commission(quorum=4)
    carried(made.projects[0], made.accounts[0])
    assert made.decide(0, yes=3, no=0) is JuryOutcome.NO_QUORUM
    assert (made.items[0].taking_part, made.items[0].aside) == (3, 1)
    assert made.decide(1, yes=4, no=0) is JuryOutcome.SELECTED


def test_the_secretary_who_carries_a_project_does_not_decide_it(app: Flask) -> None:
    made = make_commission()
    carried(made.projects[0], made.secretary)
    with pytest.raises(Forbidden):
        made.decide(0)
    assert made.decide(1) is JuryOutcome.SELECTED


def test_more_hands_than_members_are_refused(app: Flask) -> None:
    made = make_commission(present=3)
    with pytest.raises(DomainError) as refused:
        made.decide(0, yes=3, no=1)
    assert refused.value.field == "yes"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"cents": 500_01}, "amount"),
        ({"cents": 0}, "amount"),
        ({"cents": None}, "amount"),
        ({"envelope_id": None}, "envelope"),
        ({"envelope_id": 987_654}, "envelope"),
        ({"yes": None}, "yes"),
        ({"no": None}, "no"),
        ({"yes": 0, "no": 3}, "reason_fr"),
        ({"reason": {"fr": "a" * 1001}}, "reason_fr"),
        ({"elsewhere": {"ar": "هنا"}}, "elsewhere_fr"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(app: Flask, said: dict[str, Any], field: str) -> None:
    made = make_commission()
    with pytest.raises(DomainError) as refused:
        made.decide(0, **said)
    assert field in [each.field for each in refused.value.refusals]
    assert made.items[0].outcome is None


def test_what_is_left_counts_what_the_meeting_means_to_give(app: Flask) -> None:
    made = make_commission(projects=3)
    made.decide(0)
    made.decide(1, cents=400_00)
    with pytest.raises(EnvelopeEmpty) as refused:
        made.decide(2)
    assert refused.value.left_cents == 100_00
    assert made.decide(2, cents=100_00) is JuryOutcome.SELECTED


def test_money_that_went_meanwhile_refuses_the_whole_closing(app: Flask) -> None:
    made = make_commission()
    made.decide(0)
    made.decide(1)
    other = funds.make_project(made.round)
    with transaction() as session:
        row = session.get_one(FundProject, other.id)
        row.state, row.envelope_id, row.granted_cents = "selected", made.envelope.id, 300_00
    with pytest.raises(CannotClose) as refused:
        close_meeting(made.secretary, made.meeting_id)
    assert refused.value.number == made.projects[1].number
    assert "200" in str(refused.value.sentence)
    assert [each.state for each in map(made.project, range(2))] == ["in-choice"] * 2
    assert reserved(made) == 300_00
    made.decide(1, cents=200_00)
    assert close_meeting(made.secretary, made.meeting_id) is True


def test_a_project_that_stopped_meanwhile_refuses_it_too(app: Flask) -> None:
    made = make_commission()
    made.decide(0)
    with transaction() as session:
        session.get_one(FundProject, made.projects[0].id).state = "abandoned"
    with pytest.raises(CannotClose):
        close_meeting(made.secretary, made.meeting_id)


def test_no_decision_before_an_opinion_that_is_asked(app: Flask) -> None:
    made = make_commission()
    with transaction() as session:
        session.get_one(type(made.round), made.round.id).opinion_asked = True
    with pytest.raises(Conflict):
        made.decide(0)
    funds.make_opinion(made.projects[0], make_body(made.contract).id)
    assert made.decide(0) is JuryOutcome.SELECTED
    assert close_meeting(made.secretary, made.meeting_id) is True


def test_of_two_secretaries_the_second_is_told(app: Flask) -> None:
    made = make_commission()
    version = made.items[0].version
    made.decide(0)
    with pytest.raises(ChangedMeanwhile):
        made.decide(0, version=version, cents=100_00)
    assert made.items[0].amount_cents == 500_00


def test_two_closings_at_once_write_everything_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_commission(projects=1, contact_kind="email", contact="porteuse@example.org")
    made.decide(0)
    write_once_all_have_looked(monkeypatch, closing, 2)
    ended = at_once(app, *[lambda: close_meeting(made.secretary, made.meeting_id)] * 2)
    assert sorted(map(str, ended)) == ["False", "True"]
    assert reserved(made) == 500_00
    assert len(db.session.execute(select(Notice.id)).all()) == 1


def test_a_link_that_was_learned_after_the_decision_asks_for_it_anew(app: Flask) -> None:
    made = make_commission()
    made.decide(0, yes=4, no=0)
    carried(made.projects[0], made.accounts[2])
    with pytest.raises(CannotClose):
        close_meeting(made.secretary, made.meeting_id)
    made.decide(0, yes=3, no=0)
    assert close_meeting(made.secretary, made.meeting_id) is True
    assert (made.items[0].taking_part, made.items[0].aside) == (3, 1)


def test_nobody_but_those_who_run_the_fund_decides(app: Flask) -> None:
    made = make_commission()
    for who in made.accounts:
        with pytest.raises(Forbidden):
            decide(who, made.items[0].id, ItemDecision(yes=3, no=0), version=1)
        with pytest.raises(Forbidden):
            close_meeting(who, made.meeting_id)
    with pytest.raises(Conflict):
        publish_minutes(CommandLine(), made.meeting_id)
