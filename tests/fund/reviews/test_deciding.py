"""The desk reads a review, and what was not spent goes back."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, Forbidden, NotFound
from cdv_civic.fund.models.projects import ProjectStep
from cdv_civic.fund.reviews.operations.deciding import ask_more, show_photo, take
from cdv_civic.notices.models import Notice
from tests.fund.reviews.reviews import PaidProject, make_paid, photo, proof, tell_all


@pytest.fixture
def paid(app: Flask) -> PaidProject:
    return make_paid(contact="porteur@example.org", contact_kind="email")


def letters() -> int:
    db.session.rollback()
    return db.session.execute(select(func.count()).select_from(Notice)).scalar_one()


def test_a_complete_review_closes_the_project_and_gives_back_what_was_not_spent(paid: PaidProject) -> None:
    tell_all(paid, 480_00)
    take(paid.staff, paid.id, 120_00, {}, version=1)
    row = paid.row
    assert (row.state, row.granted_cents, row.returned_cents) == ("closed", 500_00, 120_00)
    assert paid.reserved == 380_00
    assert [state for state, _day in paid.steps[-2:]] == ["reviewed", "closed"]
    assert paid.review is not None
    assert paid.review.taken_on == clock.today()
    assert letters() == 1


def test_less_than_what_was_not_spent_never_goes_back(paid: PaidProject) -> None:
    tell_all(paid, 480_00)
    for cents in (119_99, 500_01):
        with pytest.raises(DomainError) as refused:
            take(paid.staff, paid.id, cents, {"fr": "Une raison"}, version=1)
        assert refused.value.field == "returned"
    assert paid.row.state == "done"


def test_more_goes_back_with_a_reason(paid: PaidProject) -> None:
    tell_all(paid, 600_00)
    with pytest.raises(DomainError) as refused:
        take(paid.staff, paid.id, 50_00, {"fr": " "}, version=1)
    assert refused.value.field == "reason_fr"
    take(paid.staff, paid.id, 50_00, {"fr": "La location n’a pas eu lieu."}, version=1)
    assert paid.row.returned_cents == 50_00
    reasons = select(func.count()).select_from(ProjectStep).where(ProjectStep.reason_id.is_not(None))
    assert db.session.execute(reasons).scalar_one() == 1


def test_a_review_that_was_changed_meanwhile_is_read_again(paid: PaidProject) -> None:
    tell_all(paid)
    tell_all(paid, version=1, people=3)
    with pytest.raises(ChangedMeanwhile):
        take(paid.staff, paid.id, 0, {}, version=1)


def test_what_is_missing_is_asked_for_by_a_day(paid: PaidProject) -> None:
    tell_all(paid)
    day = clock.today() + timedelta(days=20)
    ask_more(paid.staff, paid.id, "Il manque une facture.", day, version=1)
    assert paid.review is not None
    assert paid.review.asked == "Il manque une facture."
    row = paid.row
    assert (row.state, row.review_due_on, letters()) == ("done", day, 1)
    tell_all(paid, version=2, files=[proof()])
    take(paid.staff, paid.id, 0, {}, version=3)


def test_a_question_has_words_and_a_day_to_come(paid: PaidProject) -> None:
    tell_all(paid)
    with pytest.raises(DomainError) as refused:
        ask_more(paid.staff, paid.id, "", clock.today(), version=1)
    assert [each.field for each in refused.value.refusals] == ["asked", "due_on"]


def test_there_is_nothing_to_take_before_a_carrier_told(paid: PaidProject) -> None:
    with pytest.raises(Conflict):
        take(paid.staff, paid.id, 0, {}, version=1)


def test_the_desk_of_another_contract_does_nothing_here(paid: PaidProject) -> None:
    tell_all(paid, files=[photo()])
    stranger = make_paid().staff
    with pytest.raises(Forbidden):
        take(stranger, paid.id, 0, {}, version=1)
    with pytest.raises(Forbidden):
        ask_more(stranger, paid.id, "Quoi ?", clock.today() + timedelta(days=2), version=1)
    with pytest.raises(Forbidden):
        show_photo(stranger, paid.id, paid.files[0].id, shown=False)


def test_a_photo_is_hidden_and_shown_again_and_a_proof_is_none(paid: PaidProject) -> None:
    tell_all(paid, files=[photo(), proof()])
    picture, document = paid.files
    show_photo(paid.staff, paid.id, picture.id, shown=False)
    hidden = [each.hidden_at is not None for each in paid.files]
    assert hidden == [True, False]
    show_photo(paid.staff, paid.id, picture.id, shown=False)
    show_photo(paid.staff, paid.id, picture.id, shown=True)
    assert [each.hidden_at for each in paid.files] == [None, None]
    with pytest.raises(NotFound):
        show_photo(paid.staff, paid.id, document.id, shown=False)
