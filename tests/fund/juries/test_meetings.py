"""Members, meetings, agendas."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from cdv_civic.accounts.models import Account
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.idempotency import new_key
from cdv_civic.core.work_sources import work_of
from cdv_civic.fund.juries.operations.agenda import add_waiting, move_item, remove_item, set_presences
from cdv_civic.fund.juries.operations.closing import close_meeting
from cdv_civic.fund.juries.operations.meetings import (
    MeetingSettings,
    cancel_meeting,
    change_meeting,
    make_meeting,
    publish_minutes,
)
from cdv_civic.fund.juries.operations.members import MemberDraft, add_member, change_member, end_member
from cdv_civic.fund.juries.personal_data import PART, forget_account, forget_former
from cdv_civic.fund.juries.queries.minutes import public_meeting
from cdv_civic.fund.models.choosing import JuryItem, JuryMember
from cdv_civic.fund.rules.fund_rules import AmountLimit, CarrierKind, ChoiceMode, FundRules
from cdv_civic.fund.rules.projects import ProjectState
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.fund import funds
from tests.fund.juries.commissions import Commission, here, make_commission

BY_VOTE = FundRules(
    carriers=frozenset(CarrierKind), largest=AmountLimit(1500_00), choice=ChoiceMode.VOTE, counting={}
)


def settings(made: Commission, **values: object) -> MeetingSettings:
    return MeetingSettings(
        **{"starts_at": clock.now(), "place": "Mairie", "method": "hands", **values}  # type: ignore[arg-type]
    )


def member(made: Commission, number: int) -> JuryMember:
    db.session.rollback()
    return db.session.get_one(JuryMember, made.members[number].id, populate_existing=True)


def test_a_meeting_takes_the_projects_that_wait_in_the_order_of_their_numbers(app: Flask) -> None:
    made = make_commission(projects=3)
    assert [each.project_id for each in made.items] == [each.id for each in made.projects]
    later = funds.make_project(made.round, ProjectState.IN_CHOICE)
    funds.make_project(made.round, ProjectState.ADMISSIBLE)
    assert add_waiting(made.secretary, made.meeting_id) == 1
    assert made.items[-1].project_id == later.id
    other = make_meeting(made.secretary, made.round.id, settings(made), client_key=new_key())
    assert add_waiting(made.secretary, other) == 0, "on another agenda"


def test_the_same_form_again_makes_no_other_meeting(app: Flask) -> None:
    made = make_commission()
    ids = {
        make_meeting(made.secretary, made.round.id, settings(made), client_key="un-formulaire-de-reunion")
        for _ in range(2)
    }
    assert len(ids) == 1


def test_where_the_vote_decides_no_commission_meets(app: Flask) -> None:
    made = make_commission()
    by_vote = funds.make_round(made.fund, rules=BY_VOTE)
    with pytest.raises(DomainError):
        make_meeting(made.secretary, by_vote.id, settings(made), client_key=new_key())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"place": " "}, "place"),
        ({"place": "a" * 201}, "place"),
        ({"method": "x"}, "method"),
        ({"quorum": 0}, "quorum"),
    ],
)
def test_what_a_meeting_cannot_be_is_said(app: Flask, wrong: dict[str, object], field: str) -> None:
    made = make_commission()
    with pytest.raises(DomainError) as refused:
        change_meeting(made.secretary, made.meeting_id, settings(made, **wrong), version=made.meeting.version)
    assert refused.value.field == field


def test_how_it_decides_stays_once_something_is_decided(app: Flask) -> None:
    made = make_commission()
    made.decide(0)
    with pytest.raises(DomainError):
        change_meeting(
            made.secretary, made.meeting_id, settings(made, method="marks"), version=made.meeting.version
        )
    change_meeting(made.secretary, made.meeting_id, settings(made), version=made.meeting.version)
    assert made.meeting.place == "Mairie"
    with pytest.raises(Conflict):
        cancel_meeting(made.secretary, made.meeting_id, version=made.meeting.version)
    with pytest.raises(Conflict):
        remove_item(made.secretary, made.items[0].id)


def test_carriers_are_heard_in_an_order_that_one_changes(app: Flask) -> None:
    made = make_commission(projects=3)
    first, second, third = (each.id for each in made.items)
    move_item(made.secretary, third, up=True)
    assert [each.id for each in made.items] == [first, third, second]
    move_item(made.secretary, first, up=True)
    move_item(made.secretary, second, up=False)
    assert [each.id for each in made.items] == [first, third, second]
    move_item(made.secretary, first, up=False)
    assert [each.id for each in made.items] == [third, first, second]
    remove_item(made.secretary, first)
    assert [each.id for each in made.items] == [third, second]


def test_a_meeting_is_taken_away_with_all_that_is_its_own(app: Flask) -> None:
    made = make_commission()
    cancel_meeting(made.secretary, made.meeting_id, version=made.meeting.version)
    other = make_meeting(made.secretary, made.round.id, settings(made), client_key=new_key())
    assert add_waiting(made.secretary, other) == 0
    items = select(JuryItem.project_id).where(JuryItem.meeting_id == other)
    assert set(db.session.execute(items).scalars()) == {each.id for each in made.projects}


def test_only_members_of_this_commission_are_there(app: Flask) -> None:
    made = make_commission()
    stranger = funds.make_member(funds.make_fund(made.contract))
    with pytest.raises(DomainError):
        set_presences(made.secretary, made.meeting_id, [stranger.id], version=made.meeting.version)


def test_a_member_is_tied_to_the_account_of_an_address_once(app: Flask) -> None:
    made = make_commission()
    known = make.make_account(role=None)
    said = MemberDraft("Nouvelle", "resident", email=known.email)
    seat = add_member(made.secretary, made.fund.id, said, client_key="un-membre-de-test")
    assert add_member(made.secretary, made.fund.id, said, client_key="un-membre-de-test") == seat
    with pytest.raises(Conflict) as refused:
        add_member(made.secretary, made.fund.id, said, client_key=new_key())
    assert refused.value.field == "email"
    fresh = MemberDraft("Autre", "state", "Préfecture", email="toute.nouvelle@example.org")
    add_member(made.secretary, made.fund.id, fresh, client_key=new_key())
    made_account = select(Account.id).where(Account.email == "toute.nouvelle@example.org")
    assert db.session.execute(made_account).first() is not None
    change_member(made.secretary, seat, MemberDraft("Nouvelle", "resident", "Rien", unlink=True), version=1)
    db.session.rollback()
    row = db.session.get_one(JuryMember, seat, populate_existing=True)
    assert (row.account_id, row.represents) == (None, ""), "residents speak for themselves"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a" * 101}, "name"),
        ({"side": "x"}, "side"),
        ({"represents": "a" * 101}, "represents"),
    ],
)
def test_what_a_member_cannot_be_is_said(app: Flask, wrong: dict[str, str], field: str) -> None:
    made = make_commission()
    with pytest.raises(DomainError) as refused:
        add_member(
            made.secretary,
            made.fund.id,
            MemberDraft(**{"name": "N", "side": "state", **wrong}),  # type: ignore[arg-type]
            client_key=new_key(),
        )
    assert refused.value.field == field


def test_a_body_of_another_contract_sends_nobody(app: Flask) -> None:
    made = make_commission()
    other = make_body(make.make_contract())
    with pytest.raises(DomainError):
        add_member(
            made.secretary, made.fund.id, MemberDraft("N", "council", body_id=other.id), client_key=new_key()
        )


def test_a_member_leaves_once_their_meetings_are_closed(app: Flask) -> None:
    made = make_commission()
    with pytest.raises(Conflict):
        end_member(made.secretary, made.members[0].id, version=1)
    here(made, 1)
    end_member(made.secretary, made.members[0].id, version=1)
    assert member(made, 0).left_on == clock.today()
    with pytest.raises(NotFound):
        end_member(made.secretary, made.members[0].id, version=2)
    with pytest.raises(Forbidden):
        end_member(made.accounts[1], made.members[1].id, version=1)


def test_a_name_goes_with_the_account_and_two_years_after_leaving(app: Flask) -> None:
    made = make_commission()
    here(made)
    read = PART.read(db.session(), made.accounts[0].actor_id)
    assert [each["name"] for each in read] == ["Membre 0"]
    with transaction() as session:
        forget_account(session, made.accounts[0].actor_id)
    assert (member(made, 0).name, member(made, 0).account_id) == ("", None)
    end_member(made.secretary, made.members[1].id, version=1)
    assert forget_former() == 0
    with transaction() as session:
        row = session.get_one(JuryMember, made.members[1].id)
        row.since_on = row.left_on = clock.today() - timedelta(days=730)
    assert forget_former() == 1
    assert (member(made, 1).name, member(made, 1).side) == ("", "council")


def test_minutes_are_public_once_they_are_published_and_not_of_a_withdrawn_fund(app: Flask) -> None:
    made = make_commission()
    address = made.fund.slug, made.round.slug, made.meeting_id
    close_meeting(made.secretary, made.meeting_id)
    assert public_meeting(*address) is None
    for _ in range(2):
        publish_minutes(made.secretary, made.meeting_id)
    assert public_meeting(*address) == made.fund.id
    assert public_meeting(made.fund.slug, "autre", made.meeting_id) is None
    with transaction() as session:
        session.get_one(type(made.fund), made.fund.id).withdrawn_at = clock.now()
    db.session.rollback()
    assert public_meeting(*address) is None


def test_a_meeting_that_is_to_come_is_not_closed(app: Flask) -> None:
    made = make_commission()
    tomorrow = settings(made, starts_at=clock.now() + timedelta(days=1))
    change_meeting(made.secretary, made.meeting_id, tomorrow, version=made.meeting.version)
    with pytest.raises(DomainError):
        close_meeting(made.secretary, made.meeting_id)


def test_what_waits_for_the_secretary_is_told(app: Flask) -> None:
    made = make_commission()
    funds.make_project(made.round, ProjectState.IN_CHOICE)
    funds.make_project(funds.make_round(made.fund, rules=BY_VOTE), ProjectState.IN_CHOICE)
    found = {each.source.name: each.count for each in work_of(db.session(), made.secretary)}
    assert found == {"projects-to-choose": 1, "juries-to-close": 1}
    add_waiting(made.secretary, made.meeting_id)
    close_meeting(made.secretary, made.meeting_id)
    db.session.rollback()
    found = {each.source.name: each.count for each in work_of(db.session(), made.secretary)}
    assert found == {"projects-to-choose": 3}
