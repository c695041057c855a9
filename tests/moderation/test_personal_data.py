"""What an account finds of its reports and appeals, what is left after it, and how long ways to be told are kept."""

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import personal_parts
from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.core.ledger import LedgerEntry
from cdv_civic.moderation.appeals.operations.contesting import NewAppeal, contest, contest_by_receipt
from cdv_civic.moderation.models import ModerationAppeal, ModerationReport
from cdv_civic.moderation.reports.keeping import erase_contacts
from cdv_civic.moderation.reports.operations import report
from cdv_civic.moderation.rules.decisions import ModerationAct
from cdv_civic.participation.rules.receipts import read_receipt
from tests import factories as make
from tests.conftest import TODAY
from tests.moderation.notes import Notes, a_report, case, decide, with_account
from tests.voices.voices import make_place


def shown(session: Session, name: str, account_id: int) -> list[Any]:
    part = next(each for each in personal_parts() if each.key == name)
    return list(part.read(session, account_id))


def test_reports_and_appeals_are_shown_and_lose_the_person_with_the_account(
    app: Flask, session: Session, notes: Notes
) -> None:
    place = make_place()
    somebody = make.make_account()
    own = notes.write(place.body, author=with_account(somebody))
    others = notes.write(place.body)
    report(a_report(others, contact="awa@exemple.fr"), somebody)
    contest(somebody, NewAppeal(decide(own, ModerationAct.HIDE, place.moderator), "Non.", "un-recours-0001"))
    (reported,) = shown(session, "moderation_reports", somebody.actor_id)
    assert (reported["words"], reported["contact"]) == ("Le dernier mot.", "awa@exemple.fr")
    (appealed,) = shown(session, "moderation_appeals", somebody.actor_id)
    assert appealed["words"] == "Non."
    db.session.rollback()
    for part in personal_parts():
        if part.key.startswith("moderation"):
            with transaction() as writing:
                part.erase(writing, somebody.actor_id)
    row = db.session.get_one(ModerationReport, 1, populate_existing=True)
    assert (row.reporter_id, row.contact, row.contact_kind) == (None, None, None)
    assert row.words == "Le dernier mot."
    assert case(own).author_id is None
    assert db.session.get_one(ModerationAppeal, 1).words == "Non."


def contact(number: int) -> str | None:
    db.session.rollback()
    return db.session.get_one(ModerationReport, number, populate_existing=True).contact


def test_a_way_to_be_told_is_kept_as_long_as_something_may_come_of_it(notes: Notes) -> None:
    place = make_place()
    kept, contested, waiting = (notes.write(place.body) for _each in range(3))
    for each in (kept, contested):
        taken = report(a_report(each, contact="awa@exemple.fr"))
        decision = decide(each, ModerationAct.KEEP, place.moderator)
    contest_by_receipt(read_receipt(taken.receipt), NewAppeal(decision, "Non.", "un-recours-0001"))
    report(a_report(waiting, contact="awa@exemple.fr"))
    assert erase_contacts() == 0
    with clock.frozen_everywhere(TODAY.replace(year=2027, month=5, day=20)):
        assert erase_contacts() == 0, "it can be contested today"
    with clock.frozen_everywhere(TODAY.replace(year=2027, month=5, day=21)):
        assert erase_contacts() == 1
        assert [contact(number) is None for number in (1, 2, 3)] == [True, False, False]
        assert erase_contacts() == 0
    with clock.frozen_everywhere(TODAY + timedelta(days=731)):
        assert erase_contacts() == 1
        assert contact(2) is not None, "an appeal waits for its answer"
        assert contact(3) is None
    kinds = set(db.session.execute(select(LedgerEntry.kind)).scalars())
    assert kinds == {"moderation.contact"}
