"""Late reviews: who is reminded, how often, and what the desk is told."""

from datetime import timedelta
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import func, select

from cdv_civic.core import clock
from cdv_civic.core.db import db
from cdv_civic.core.work_sources import work_of
from cdv_civic.fund.reviews.operations.deciding import ask_more
from cdv_civic.fund.reviews.operations.reminding import anyone_to_remind, remind_late
from cdv_civic.notices.models import Notice
from tests.conftest import TODAY
from tests.fund.reviews.reviews import PaidProject, make_paid, tell_all

CONTACT: Final[dict[str, Any]] = {"contact": "porteur@example.org", "contact_kind": "email"}


@pytest.fixture
def late(app: Flask) -> PaidProject:
    return make_paid(review_due_on=clock.today() - timedelta(days=1), **CONTACT)


def letters() -> int:
    db.session.rollback()
    return db.session.execute(select(func.count()).select_from(Notice)).scalar_one()


def waits(paid: PaidProject) -> dict[str, int]:
    db.session.rollback()
    return {
        item.source.name: item.count
        for item in work_of(db.session(), paid.staff)
        if item.source.name in ("reviews-to-read", "late-reviews")
    }


def test_a_late_carrier_is_reminded_every_thirty_days(late: PaidProject) -> None:
    assert anyone_to_remind()
    assert remind_late() == 1
    assert letters() == 1
    assert not anyone_to_remind()
    assert remind_late() == 0
    for days, told in ((29, 0), (30, 1)):
        with clock.frozen_everywhere(TODAY + timedelta(days=days)):
            assert anyone_to_remind() is bool(told)
            assert remind_late() == told


def test_nobody_is_reminded_in_time_or_once_they_told(app: Flask) -> None:
    make_paid(**CONTACT)
    make_paid(review_due_on=None, **CONTACT)
    make_paid(review_due_on=clock.today() - timedelta(days=1))
    told = make_paid(review_due_on=clock.today() - timedelta(days=1), **CONTACT)
    tell_all(told)
    assert not anyone_to_remind()
    assert remind_late() == 0


def test_who_is_asked_for_more_is_reminded_too(late: PaidProject) -> None:
    tell_all(late)
    with clock.frozen_everywhere(TODAY + timedelta(hours=1)):
        ask_more(late.staff, late.id, "Une facture", clock.today() + timedelta(days=2), version=1)
    assert letters() == 1
    with clock.frozen_everywhere(TODAY + timedelta(days=3)):
        assert remind_late() == 1
    assert letters() == 2


def test_the_desk_is_told_what_waits_and_what_is_late(late: PaidProject) -> None:
    assert waits(late) == {"late-reviews": 1}
    tell_all(late)
    assert waits(late) == {"reviews-to-read": 1}
    with clock.frozen_everywhere(TODAY + timedelta(hours=1)):
        ask_more(late.staff, late.id, "Une facture", clock.today() + timedelta(days=2), version=1)
        assert waits(late) == {}
    with clock.frozen_everywhere(TODAY + timedelta(days=3)):
        assert waits(late) == {"late-reviews": 1}
        tell_all(late, version=2)
        assert waits(late) == {"reviews-to-read": 1}
    assert waits(make_paid()) == {}, "of another contract"
