"""A project at the desk: admitted or not, completed, given to whoever advises and chooses, notified, paid; by whom."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, Forbidden, NotFound
from cdv_civic.core.localized import texts_in_all
from cdv_civic.fund.instruction.operations import deciding
from cdv_civic.fund.instruction.operations.deciding import OpinionMissing
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.fund.operations.moving import StateGone
from cdv_civic.fund.rules.fund_rules import CarrierKind
from cdv_civic.fund.rules.projects import ProjectState
from tests.fund import funds
from tests.fund.instruction.desk import FundDesk, mails_to, make_desk, steps_of, stored_project
from tests.publishing import seen_at_once
from tests.races import at_once

WHY = {"fr": "Il manque le devis du car."}
CARRIER = "porteur@example.org"


@pytest.fixture
def desk(app: Flask) -> FundDesk:
    return make_desk()


def came_in(desk: FundDesk, state: ProjectState = ProjectState.SUBMITTED, **values: Any) -> FundProject:
    return funds.make_project(desk.round, state, **{"contact_kind": "email", "contact": CARRIER, **values})


def selected(desk: FundDesk, state: ProjectState = ProjectState.SELECTED, **values: Any) -> FundProject:
    return came_in(desk, state, envelope=desk.envelope, granted_cents=400_00, **values)


def test_a_project_that_can_be_chosen_tells_its_carrier(desk: FundDesk, mail: object) -> None:
    project = came_in(desk, return_by=clock.today())
    with seen_at_once():
        deciding.admit(desk.staff, project.id, version=1)
    row = stored_project(project)
    assert (row.state, row.version, row.return_by) == ("admissible", 2, None)
    (mail,) = mails_to(CARRIER)
    assert "Votre projet peut être choisi." in mail
    assert project.title not in mail


def test_what_is_missing_is_read_by_the_carrier_who_has_a_day_to_answer(desk: FundDesk, mail: object) -> None:
    project = came_in(desk)
    day = clock.today() + timedelta(days=10)
    deciding.say_missing(desk.staff, project.id, WHY, day, version=1)
    row = stored_project(project)
    assert (row.state, row.return_by) == ("incomplete", day)
    (step,) = steps_of(project)
    assert texts_in_all(step.reason_id) == [WHY]
    assert "Il manque quelque chose" in mails_to(CARRIER)[0]
    assert "devis" not in mails_to(CARRIER)[0], "words stay behind the receipt"


def test_nobody_is_told_that_something_is_missing_without_what(desk: FundDesk) -> None:
    project = came_in(desk)
    with pytest.raises(DomainError) as refused:
        deciding.say_missing(
            desk.staff, project.id, {"fr": " "}, clock.today() - timedelta(days=1), version=1
        )
    assert {each.field for each in refused.value.refusals} == {"reason_fr", "return_by"}
    row = stored_project(project)
    assert (row.state, row.version, steps_of(project)) == ("submitted", 1, [])


def test_a_refusal_says_why_and_where_else_to_ask_and_can_be_taken_back(desk: FundDesk, mail: object) -> None:
    project = came_in(desk)
    elsewhere = {"fr": "Demandez au centre social."}
    deciding.refuse_project(desk.staff, project.id, {"fr": "Trop cher."}, elsewhere, version=1)
    (step,) = steps_of(project)
    assert texts_in_all(step.reason_id, step.elsewhere_id) == [{"fr": "Trop cher."}, elsewhere]
    deciding.reinstate(desk.staff, project.id, version=2)
    assert stored_project(project).state == "admissible"
    assert len(mails_to(CARRIER)) == 2


def test_what_is_complete_now_is_looked_at_again(desk: FundDesk) -> None:
    project = came_in(desk, ProjectState.INCOMPLETE)
    deciding.reinstate(desk.staff, project.id, version=1)
    assert stored_project(project).state == "submitted"


def test_the_opinion_comes_before_the_choice_where_the_rules_ask_for_it(app: Flask) -> None:
    desk = make_desk(opinion_asked=True)
    project = came_in(desk, ProjectState.ADMISSIBLE)
    with pytest.raises(OpinionMissing) as refused:
        deciding.bring_to_choice(desk.staff, project.id, version=1)
    assert desk.body.name in str(refused.value.sentence)
    deciding.ask_opinion(desk.staff, project.id, version=1)
    with pytest.raises(OpinionMissing):
        deciding.bring_to_choice(desk.staff, project.id, version=2)
    funds.make_opinion(project, desk.body.id)
    deciding.bring_to_choice(desk.staff, project.id, version=stored_project(project).version)
    assert [step.state for step in steps_of(project)] == ["opinion", "in-choice"]


def test_no_opinion_is_asked_where_the_rules_ask_for_none_or_nobody_gives_it(app: Flask) -> None:
    desk = make_desk()
    project = came_in(desk, ProjectState.ADMISSIBLE)
    with pytest.raises(DomainError, match="DomainError"):
        deciding.ask_opinion(desk.staff, project.id, version=1)
    other = funds.make_fund(desk.contract)
    alone = funds.make_project(funds.make_round(other, opinion_asked=True), ProjectState.ADMISSIBLE)
    with pytest.raises(DomainError) as refused:
        deciding.ask_opinion(desk.staff, alone.id, version=1)
    assert "réglages" in str(refused.value.sentence)
    deciding.bring_to_choice(desk.staff, project.id, version=1)
    assert stored_project(project).state == "in-choice"


def test_nothing_goes_to_the_choice_of_a_round_that_is_closed(app: Flask) -> None:
    desk = make_desk(closed_at=clock.now())
    project = came_in(desk, ProjectState.ADMISSIBLE)
    with pytest.raises(DomainError) as refused:
        deciding.bring_to_choice(desk.staff, project.id, version=1)
    assert "fermé" in str(refused.value.sentence)


def test_a_decision_is_sent_on_a_day_by_an_act(desk: FundDesk, mail: object) -> None:
    yesterday = clock.today() - timedelta(days=1)
    project = selected(desk, state_on=clock.today() - timedelta(days=3))
    deciding.notify(desk.staff, project.id, yesterday, " DEL  2026-12 ", version=1)
    row = stored_project(project)
    assert (row.state, row.state_on, row.decision_reference) == ("notified", yesterday, "DEL 2026-12")
    assert "officielle" in mails_to(CARRIER)[0]


@pytest.mark.parametrize(("days", "field"), [(1, "on"), (-9, "on")])
def test_a_letter_leaves_neither_tomorrow_nor_before_its_decision(
    desk: FundDesk, days: int, field: str
) -> None:
    project = selected(desk, decision_reference="DEL 1")
    with pytest.raises(DomainError) as refused:
        deciding.notify(desk.staff, project.id, clock.today() + timedelta(days=days), "x" * 101, version=1)
    assert {each.field for each in refused.value.refusals} == {field, "reference"}
    row = stored_project(project)
    assert (row.state, row.decision_reference) == ("selected", "DEL 1")


def test_the_money_leaves_and_the_review_is_awaited_by_the_day_of_the_round(mail: object) -> None:
    until = clock.today() + timedelta(days=90)
    desk = make_desk(review_until=until)
    project = selected(desk, ProjectState.NOTIFIED, decision_reference="DEL 1")
    deciding.pay(desk.staff, project.id, clock.today(), version=1)
    row = stored_project(project)
    assert (row.state, row.review_due_on, row.granted_cents) == ("paid", until, 400_00)
    assert "versé" in mails_to(CARRIER)[0]


def test_a_carrier_without_a_contact_is_not_written_to(desk: FundDesk, mail: object) -> None:
    project = came_in(desk, contact_kind=None, contact=None)
    deciding.admit(desk.staff, project.id, version=1)
    assert mails_to(CARRIER) == []


ACTS: dict[str, Callable[[Any, int], None]] = {
    "admit": lambda who, each: deciding.admit(who, each, version=1),
    "missing": lambda who, each: deciding.say_missing(who, each, WHY, None, version=1),
    "refuse": lambda who, each: deciding.refuse_project(who, each, WHY, {}, version=1),
    "reinstate": lambda who, each: deciding.reinstate(who, each, version=1),
    "opinion": lambda who, each: deciding.ask_opinion(who, each, version=1),
    "choice": lambda who, each: deciding.bring_to_choice(who, each, version=1),
    "notify": lambda who, each: deciding.notify(who, each, clock.today(), "", version=1),
    "pay": lambda who, each: deciding.pay(who, each, clock.today(), version=1),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_each_act_asks_who_acts_and_on_what_was_shown(
    desk: FundDesk, act: Callable[[Any, int], None]
) -> None:
    project = came_in(desk, version=2)
    with pytest.raises(Forbidden):
        act(desk.other, project.id)
    with pytest.raises(NotFound):
        act(desk.staff, 999_999)
    with pytest.raises(DomainError):
        act(desk.staff, project.id)
    assert steps_of(project) == []


def test_contacts_of_the_owner_and_of_the_state_look_at_its_projects(desk: FundDesk) -> None:
    for who in (desk.owner, desk.state, desk.staff):
        project = came_in(desk)
        deciding.admit(who, project.id, version=1)
        assert stored_project(project).state == "admissible"


def test_a_state_that_does_not_follow_is_said_and_nothing_is_written(desk: FundDesk) -> None:
    project = came_in(desk, ProjectState.ADMISSIBLE)
    with pytest.raises(StateGone):
        deciding.admit(desk.staff, project.id, version=1)
    assert steps_of(project) == []


def test_of_two_who_decide_at_once_the_second_gets_a_sentence(app: Flask, desk: FundDesk) -> None:
    project = came_in(desk)
    ended = at_once(
        app,
        lambda: deciding.admit(desk.staff, project.id, version=1),
        lambda: deciding.refuse_project(desk.owner, project.id, WHY, {}, version=1),
    )
    assert [type(each) for each in ended if each is not None] == [ChangedMeanwhile]
    assert len(steps_of(project)) == 1


def test_the_audit_trail_names_the_act_and_no_words(desk: FundDesk) -> None:
    project = came_in(desk, carrier_kind=CarrierKind.ASSOCIATION.value, carrier_name="Les amis")
    deciding.say_missing(desk.staff, project.id, WHY, None, version=1)
    db.session.rollback()
    entry = db.session.execute(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).scalar_one()
    assert (entry.action, entry.object_kind, entry.object_id) == (
        "project.instruct",
        "fund_project",
        project.id,
    )
    assert entry.scope == desk.contract.slug
    assert "devis" not in str(entry.after)
    assert "Les amis" not in str(entry.after)
