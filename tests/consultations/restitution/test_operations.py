"""Writing, publishing and correcting an answer; counting who feels heard."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.consultations.models import Consultation
from cdv_civic.consultations.organiser_models import ConsultationPublic
from cdv_civic.consultations.restitution.models import Restitution, RestitutionPoint
from cdv_civic.consultations.restitution.operations import (
    NewPoint,
    publish_reply,
    save_reply,
    say_heard,
)
from cdv_civic.consultations.restitution.queries import commitments_led_to, heard_counts
from cdv_civic.consultations.restitution.rules import Fate, Heard
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import db, transaction
from cdv_civic.core.errors import ChangedMeanwhile, Conflict, DomainError, Forbidden, NotFound
from cdv_civic.core.localized import LocalizedText, write_original
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.core.row_ids import reserve_ids
from cdv_civic.core.text_owners import TextOwner
from tests import factories as make
from tests.consultations.factories import make_consultation
from tests.consultations.restitution.replies import POINTS, a_reply, make_reply, version_of


@contextmanager
def refused_for(part: str) -> Iterator[None]:
    """The act inside is refused as a conflict, with a sentence that holds this."""
    with pytest.raises(Conflict) as refused:
        yield
    assert part in str(refused.value.sentence)


def make_public(consultation: Consultation, name: str = "Les femmes âgées") -> int:
    with transaction() as session:
        id_ = reserve_ids(session, ConsultationPublic)[0]
        owner = TextOwner("consultation_public", id_, "name", consultation.contract_id)
        session.add(
            ConsultationPublic(
                id=id_,
                consultation_id=consultation.id,
                position=0,
                name_id=write_original(session, name, owner).id,
                channel="marche",
                reached=None,
            )
        )
    return id_


def stored(consultation: Consultation) -> Consultation:
    db.session.rollback()
    return db.session.get_one(Consultation, consultation.id, populate_existing=True)


def test_publishing_says_when_it_was_answered_and_leaves_its_lines(app: Flask, session: Session) -> None:
    row = make_consultation(stage="counted")
    make_reply(row)
    assert stored(row).answered_at == clock.now()
    actions = session.execute(select(AuditEntry.action).order_by(AuditEntry.id)).scalars().all()
    assert actions[-2:] == ["consultation.write_answer", "consultation.publish_answer"]


def test_publishing_twice_changes_nothing(app: Flask) -> None:
    row = make_consultation(stage="counted")
    who = make.make_account(role="administrator")
    make_reply(row, who=who)
    version = version_of(row)
    publish_reply(who, row.id, version=1)
    assert version_of(row) == version


def test_results_come_before_the_answer(app: Flask) -> None:
    row = make_consultation(stage="closed")
    who = make.make_account(role="administrator")
    save_reply(who, row.id, a_reply(), version=0)
    with refused_for("résultats"):
        publish_reply(who, row.id, version=1)
    assert stored(row).answered_at is None


@pytest.mark.parametrize("stage", ["open", "coming"])
def test_nobody_answers_before_it_is_closed(app: Flask, stage: str) -> None:
    row = make_consultation(stage=stage)
    with refused_for("encore ouverte"):
        save_reply(make.make_account(role="administrator"), row.id, a_reply(), version=0)


def test_an_incomplete_answer_is_kept_and_not_published(app: Flask) -> None:
    row = make_consultation(stage="counted")
    who = make.make_account(role="administrator")
    save_reply(who, row.id, a_reply(signed={}, points=()), version=0)
    with refused_for("au moins une chose"):
        publish_reply(who, row.id, version=1)
    save_reply(who, row.id, a_reply(), version=1)
    publish_reply(who, row.id, version=2)


def test_who_was_not_reached_is_said_before_it_is_published(app: Flask) -> None:
    row = make_consultation(stage="counted")
    public = make_public(row)
    who = make.make_account(role="administrator")
    save_reply(who, row.id, a_reply(), version=0)
    with refused_for("rencontré"):
        publish_reply(who, row.id, version=1)
    save_reply(who, row.id, a_reply(reached={public: False}), version=1)
    publish_reply(who, row.id, version=2)


def test_what_is_not_retained_says_why(app: Flask) -> None:
    row = make_consultation(stage="counted")
    points = (NewPoint({"fr": "Un jet d’eau."}, Fate.REFUSED, {}, None, 4),)
    with pytest.raises(DomainError) as refused:
        save_reply(make.make_account(role="administrator"), row.id, a_reply(points=points), version=0)
    assert [each.field for each in refused.value.refusals] == ["reason_4_fr"]
    assert version_of(row) == 0


def test_a_small_count_is_refused(app: Flask) -> None:
    row = make_consultation(stage="counted")
    points = (NewPoint({"fr": "Un jet d’eau."}, Fate.RETAINED, {}, 4, 1),)
    with pytest.raises(DomainError) as refused:
        save_reply(make.make_account(role="administrator"), row.id, a_reply(points=points), version=0)
    assert refused.value.refusals[0].field == "answers_1"


def test_a_correction_keeps_texts_that_stand_and_drops_those_that_go(app: Flask, session: Session) -> None:
    row = make_consultation(stage="counted")
    who = make.make_account(role="administrator")
    make_reply(row, who=who)
    before = (
        session.execute(select(RestitutionPoint.said_id).order_by(RestitutionPoint.position)).scalars().all()
    )
    session.rollback()
    save_reply(who, row.id, a_reply(points=POINTS[:1]), version=version_of(row))
    after = session.execute(select(RestitutionPoint.said_id)).scalars().all()
    assert after == before[:1]
    texts = (
        session.execute(select(LocalizedText.id).where(LocalizedText.owner_kind == "restitution_point"))
        .scalars()
        .all()
    )
    assert set(texts) == set(after), "no text is left without its point"
    assert session.execute(select(Restitution.corrected_at)).scalar() == clock.now()


def test_a_correction_of_what_is_published_stays_complete(app: Flask) -> None:
    row = make_consultation(stage="counted")
    who = make.make_account(role="administrator")
    make_reply(row, who=who)
    with pytest.raises(Conflict):
        save_reply(who, row.id, a_reply(signed={}), version=version_of(row))


def test_two_people_do_not_overwrite_each_other(app: Flask) -> None:
    row = make_consultation(stage="counted")
    who = make.make_account(role="administrator")
    save_reply(who, row.id, a_reply(), version=0)
    with pytest.raises(ChangedMeanwhile):
        save_reply(who, row.id, a_reply(), version=0)
    with pytest.raises(ChangedMeanwhile):
        publish_reply(who, row.id, version=7)


def test_others_may_not(app: Flask) -> None:
    contract = make.make_contract()
    orly, ivry = make.make_commune(contract, "Orly", "orly"), make.make_commune(contract, "Ivry", "ivry")
    row = make_consultation(contract, stage="counted", commune_id=orly.id)
    elsewhere = make.make_account(role="staff", scope=Scope(ScopeKind.COMMUNE, ivry.id))
    with pytest.raises(Forbidden):
        save_reply(elsewhere, row.id, a_reply(), version=0)
    here = make.make_account(role="staff", scope=Scope(ScopeKind.COMMUNE, orly.id))
    save_reply(here, row.id, a_reply(), version=0)
    with pytest.raises(Forbidden):
        publish_reply(elsewhere, row.id, version=1)
    with pytest.raises(Forbidden):
        save_reply(
            make.make_account(role="relais", scope=Scope(ScopeKind.COMMUNE, orly.id)),
            row.id,
            a_reply(),
            version=1,
        )


def test_what_came_of_it_is_linked_and_unlinked_by_code(app: Flask) -> None:
    contract = make.make_contract()
    row = make_consultation(contract, stage="counted")
    for code in ("A-1", "A-2"):
        make.make_commitment(contract, code=code)
    make.make_commitment(make.make_contract(), code="B-1")
    who = make.make_account(role="administrator")
    save_reply(who, row.id, a_reply(commitments=("A-1", "A-2")), version=0)
    assert set(commitments_led_to(row.id)) == {"A-1", "A-2"}
    save_reply(who, row.id, a_reply(commitments=("A-2",)), version=1)
    db.session.rollback()
    assert set(commitments_led_to(row.id)) == {"A-2"}
    with pytest.raises(DomainError) as refused:
        save_reply(who, row.id, a_reply(commitments=("B-1",)), version=2)
    assert refused.value.field == "commitments"


def test_taps_are_counted_without_a_name(app: Flask) -> None:
    row = make_consultation(stage="counted")
    with pytest.raises(NotFound):
        say_heard(row.slug, Heard.YES)
    make_reply(row)
    for heard in (Heard.YES, Heard.YES, Heard.NO):
        say_heard(row.slug, heard)
    db.session.rollback()
    assert heard_counts(row.id) == {Heard.YES: 2, Heard.NO: 1}
    assert heard_counts(row.id, before=clock.today()) == {}
