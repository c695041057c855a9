"""What staff do for bodies."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cdv_civic.bodies.models import BodyLife, Meeting
from cdv_civic.bodies.operations.describing import describe_body
from cdv_civic.bodies.operations.meetings import announce_meeting, cancel_meeting, change_meeting
from cdv_civic.bodies.rules import weekly
from cdv_civic.core.audit.trail import AuditEntry, verify
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.idempotency import BadKey, KeyUsedElsewhere
from cdv_civic.core.localized import LocalizedText, Translation, standing
from tests import factories as make
from tests.bodies.bodies import PARIS, an_event, announce, at, make_body
from tests.publishing import seen_at_once

DAY = date(2026, 12, 10)


def test_a_body_is_described_and_each_change_leaves_a_line_in_the_trail(session: Session) -> None:
    body, staff = make_body(make.make_contract()), make.make_account()
    words = {"fr": "À la mairie.", "ar": "في البلدية."}
    describe_body(staff, body.id, version=0, state="actif", contact=words, joining={})
    describe_body(
        staff,
        body.id,
        version=1,
        state="en_sommeil",
        contact={"fr": "Ailleurs.", "ar": words["ar"]},
        joining={},
    )
    life = session.execute(select(BodyLife)).scalar_one()
    assert (life.state, life.version, life.joining_id) == ("en_sommeil", 2, None)
    stands = select(standing()).join(LocalizedText, LocalizedText.id == Translation.text_id)
    assert session.execute(stands).scalar_one() == "stale"  # its original changed, it did not
    entries = session.execute(select(AuditEntry).order_by(AuditEntry.id)).scalars().all()
    assert [entry.action for entry in entries] == ["body.edit", "body.edit"]
    assert entries[1].before == {"state": "actif"}
    assert verify(session)[1] is None


def test_a_text_that_is_emptied_is_gone_in_all_languages(session: Session) -> None:
    body, staff = make_body(make.make_contract()), make.make_account()
    describe_body(staff, body.id, version=0, state=None, contact={"fr": "Ici", "en": "Here"}, joining={})
    before = len(session.execute(select(LocalizedText)).scalars().all())
    describe_body(staff, body.id, version=1, state=None, contact={"fr": " ", "en": ""}, joining={})
    assert len(session.execute(select(LocalizedText)).scalars().all()) == before - 1
    assert session.execute(select(Translation)).scalars().all() == []


def test_a_translation_alone_is_refused(session: Session) -> None:
    body, staff = make_body(make.make_contract()), make.make_account()
    with pytest.raises(DomainError) as refused:
        describe_body(staff, body.id, version=0, state=None, contact={"en": "Here"}, joining={})
    assert refused.value.field == "contact_fr"
    assert session.execute(select(BodyLife)).scalars().all() == []


def test_two_people_at_the_same_form_do_not_overwrite_each_other(session: Session) -> None:
    body, staff = make_body(make.make_contract()), make.make_account()
    describe_body(staff, body.id, version=0, state="actif", contact={}, joining={})
    with pytest.raises(Conflict):
        describe_body(staff, body.id, version=0, state="en_sommeil", contact={}, joining={})


def test_staff_of_another_contract_may_do_nothing(session: Session) -> None:
    body = make_body(make.make_contract())
    stranger = make.make_account(contract=make.make_contract())
    meeting_id = announce(make.make_account(), body)
    with pytest.raises(Forbidden):
        describe_body(stranger, body.id, version=0, state="actif", contact={}, joining={})
    with pytest.raises(Forbidden):
        announce(stranger, body)
    with pytest.raises(Forbidden):
        change_meeting(stranger, meeting_id, an_event(), sequence=0, zone=PARIS)
    with pytest.raises(Forbidden):
        cancel_meeting(stranger, meeting_id, {"fr": "Non"}, sequence=0)


def test_the_same_form_sent_twice_announces_once(session: Session) -> None:
    body, staff = make_body(make.make_contract()), make.make_account()
    client_key = "0123456789abcdef"
    first = announce_meeting(staff, body.id, an_event(), client_key=client_key, zone=PARIS)
    assert announce_meeting(staff, body.id, an_event(), client_key=client_key, zone=PARIS) == first
    other = make_body(make.make_contract())
    with pytest.raises(KeyUsedElsewhere):
        announce_meeting(staff, other.id, an_event(), client_key=client_key, zone=PARIS)
    with pytest.raises(BadKey):
        announce_meeting(staff, body.id, an_event(), client_key="", zone=PARIS)


@pytest.mark.parametrize("kind", ["autre", "comite_pilotage", "comite_technique"])
def test_a_body_where_residents_do_not_sit_announces_nothing(session: Session, kind: str) -> None:
    body = make_body(make.make_contract(), kind=kind)
    with pytest.raises(DomainError):
        announce(make.make_account(), body)
    assert session.execute(select(Meeting)).scalars().all() == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"ends_at": at(DAY, 18)}, "end"),
        ({"ends_at": at(DAY, 18, 30)}, "end"),
        ({"second_ends_at": at(DAY, 22)}, "second_start"),
        ({"second_starts_at": at(DAY, 19)}, "second_start"),
        ({"second_starts_at": at(DAY, 21), "second_ends_at": at(DAY, 20)}, "second_end"),
        ({"second_starts_at": at(DAY, 21), "second_ends_at": at(DAY, 21)}, "second_end"),
        ({"title": {"en": "The park"}}, "title_fr"),
        ({"title": {"fr": "x" * 121}}, "title_fr"),
        ({"place": "x" * 201}, "place"),
        ({"kind": "fête"}, "kind"),
        ({"recurrence": weekly(DAY, until=DAY - timedelta(days=1))}, "until"),
        ({"recurrence": weekly(DAY, except_months=frozenset({12}))}, "except_months"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(
    session: Session, wrong: dict[str, Any], field: str
) -> None:
    body = make_body(make.make_contract())
    with pytest.raises(DomainError) as refused:
        announce(make.make_account(), body, **wrong)
    assert refused.value.field == field
    assert session.execute(select(Meeting)).scalars().all() == []


@pytest.mark.parametrize(
    "barely",
    [
        {"ends_at": at(DAY, 18, 31)},
        {"second_starts_at": at(DAY, 20), "second_ends_at": at(DAY, 20, 1)},
        {"ends_at": None, "second_starts_at": at(DAY, 18, 30)},
        {"title": {"fr": "x" * 120}},
        {"place": "x" * 200},
        {"recurrence": weekly(DAY, until=DAY)},
    ],
)
def test_what_just_makes_sense_is_announced(session: Session, barely: dict[str, Any]) -> None:
    assert announce(make.make_account(), make_body(make.make_contract()), **barely)


def test_a_cancelled_meeting_has_a_reason_and_a_higher_sequence(session: Session) -> None:
    staff = make.make_account()
    meeting_id = announce(staff, make_body(make.make_contract()))
    with pytest.raises(DomainError) as refused:
        cancel_meeting(staff, meeting_id, {"fr": " "}, sequence=0)
    assert refused.value.field == "reason_fr"
    cancel_meeting(staff, meeting_id, {"fr": "La salle est fermée."}, sequence=0)
    meeting = session.get_one(Meeting, meeting_id, populate_existing=True)
    assert (meeting.sequence, meeting.cancelled_at is not None) == (1, True)
    with pytest.raises(Conflict):
        change_meeting(staff, meeting_id, an_event(), sequence=0, zone=PARIS)
    with pytest.raises(NotFound):
        cancel_meeting(staff, 0, {"fr": "Non"}, sequence=0)


def test_the_database_itself_refuses_an_end_before_the_start(session: Session) -> None:
    meeting_id = announce(make.make_account(), make_body(make.make_contract()))
    with pytest.raises(IntegrityError), transaction() as writing:
        writing.get_one(Meeting, meeting_id).ends_at = at(DAY, 1)


def test_what_changes_of_a_body_and_its_meetings_is_seen_at_once_and_told_in_the_trail(
    session: Session,
) -> None:
    body, staff = make_body(make.make_contract()), make.make_account()
    with seen_at_once():
        describe_body(staff, body.id, version=0, state="actif", contact={}, joining={})
    with seen_at_once():
        meeting_id = announce(staff, body)
    with seen_at_once():
        change_meeting(staff, meeting_id, an_event(place="Salle des Essais"), sequence=0, zone=PARIS)
    with seen_at_once():
        cancel_meeting(staff, meeting_id, {"fr": "Il neige."}, sequence=1)
    lines = session.execute(select(AuditEntry.action).order_by(AuditEntry.id)).scalars().all()
    assert lines == ["body.edit", "meeting.announce", "meeting.edit", "meeting.cancel"]
