"""A project that was selected stops, and its money goes back to the envelope."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from cdv_civic.core.db import db
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError
from cdv_civic.fund.operations.granting import EnvelopeEmpty
from cdv_civic.fund.reviews.operations.deciding import take
from cdv_civic.fund.reviews.operations.finding import by_receipt
from cdv_civic.fund.reviews.operations.stopping import note_return, stop_at_desk, stop_by_carrier
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.notices.models import Notice
from tests.fund import funds
from tests.fund.reviews.reviews import make_paid, tell_all

WHY = {"fr": "L’association a fermé."}


@pytest.mark.parametrize("state", [ProjectState.SELECTED, ProjectState.NOTIFIED])
def test_all_the_money_goes_back_before_it_was_paid(app: Flask, state: ProjectState) -> None:
    project = make_paid(state, contact="porteur@example.org", contact_kind="email")
    assert stop_by_carrier(by_receipt(project.code), "Nous déménageons.")
    row = project.row
    assert (row.state, row.granted_cents, row.returned_cents) == ("abandoned", 500_00, 500_00)
    assert project.reserved == 0
    assert db.session.execute(select(func.count()).select_from(Notice)).scalar_one() == 1
    db.session.rollback()
    assert not stop_by_carrier(by_receipt(project.code), "Nous déménageons."), "sent twice"


def test_money_that_was_paid_goes_back_as_it_comes(app: Flask) -> None:
    project = make_paid()
    stop_by_carrier(by_receipt(project.code), "Nous déménageons.")
    assert project.reserved == 500_00
    note_return(project.staff, project.id, 300_00, version=project.row.version)
    note_return(project.staff, project.id, 420_00, version=project.row.version)
    assert project.reserved == 80_00
    with pytest.raises(ChangedMeanwhile):
        note_return(project.staff, project.id, 0, version=1)
    with pytest.raises(DomainError) as refused:
        note_return(project.staff, project.id, 500_01, version=project.row.version)
    assert refused.value.field == "returned"


def test_what_came_back_and_was_granted_to_others_stays_back(app: Flask) -> None:
    project = make_paid()
    stop_at_desk(project.staff, project.id, WHY, 500_00, version=1)
    funds.make_project(project.fund_round, ProjectState.SELECTED, project.envelope, granted_cents=500_00)
    funds.make_project(project.fund_round, ProjectState.SELECTED, project.envelope, granted_cents=400_00)
    with pytest.raises(EnvelopeEmpty):
        note_return(project.staff, project.id, 300_00, version=project.row.version)
    note_return(project.staff, project.id, 400_00, version=project.row.version)
    assert project.reserved == 1_000_00


def test_the_desk_says_why_and_how_much_came_back(app: Flask) -> None:
    project = make_paid()
    with pytest.raises(DomainError) as refused:
        stop_at_desk(project.staff, project.id, {}, 100_00, version=1)
    assert refused.value.field == "reason_fr"
    with pytest.raises(DomainError) as refused:
        stop_at_desk(project.staff, project.id, WHY, 600_00, version=1)
    assert refused.value.field == "returned"
    with pytest.raises(ChangedMeanwhile):
        stop_at_desk(project.staff, project.id, WHY, 0, version=9)
    assert project.row.state == "paid"
    stop_at_desk(project.staff, project.id, WHY, 100_00, version=1)
    assert (project.row.state, project.row.returned_cents) == ("abandoned", 100_00)


def test_a_carrier_says_why(app: Flask) -> None:
    project = make_paid()
    for reason in (" ", "a" * 1001):
        with pytest.raises(DomainError) as refused:
            stop_by_carrier(by_receipt(project.code), reason)
        assert refused.value.field == "reason"


def test_what_took_place_is_not_stopped_by_its_carrier_and_what_is_closed_by_nobody(app: Flask) -> None:
    project = make_paid()
    tell_all(project)
    with pytest.raises(Conflict):
        stop_by_carrier(by_receipt(project.code), "Trop tard.")
    take(project.staff, project.id, 0, {}, version=1)
    with pytest.raises(Conflict):
        stop_at_desk(project.staff, project.id, WHY, 0, version=project.row.version)
    with pytest.raises(Conflict):
        note_return(project.staff, project.id, 100, version=project.row.version)


def test_nothing_is_left_to_give_back_of_what_was_never_paid(app: Flask) -> None:
    project = make_paid(ProjectState.SELECTED)
    stop_at_desk(project.staff, project.id, WHY, None, version=1)
    with pytest.raises(Conflict):
        note_return(project.staff, project.id, 0, version=project.row.version)
