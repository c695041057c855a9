"""Voices that read questions: who gives them, one a language, also when people have answered; and how they go."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.accounts.personal_parts import personal_parts
from cdv_civic.consultations.operations.editing import copying, publishing, questions, steps
from cdv_civic.consultations.operations.editing.creating import Organiser
from cdv_civic.consultations.recordings.operations import (
    AlreadyRecorded,
    NewRecording,
    erase_recordings,
    keep_recording,
    recordings_to_erase,
    remove_recording,
)
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import DomainError, Forbidden, NotFound
from cdv_civic.core.uploads.stored_files import store
from tests import factories
from tests.consultations import factories as make
from tests.consultations.answering.answers import Asked, make_asked
from tests.consultations.recordings.voices import files, kept, record, relais_of, voice


@pytest.fixture
def asked(app: Flask) -> Asked:
    return make_asked()


def test_a_relais_gives_a_voice_also_when_people_have_answered_and_the_trail_says_so(
    asked: Asked, session: Session
) -> None:
    make.make_answer(asked.row)
    record(relais_of(asked.quartiers[0]), asked.tenant, "snk")
    assert kept(session) == [(asked.tenant.id, "snk")]
    entry = session.execute(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).scalar_one()
    assert (entry.action, entry.scope) == ("consultation.voice", asked.contract.slug)


def test_nobody_else_does(asked: Asked) -> None:
    elsewhere = factories.make_quartier(factories.make_contract("autre"))
    for stranger in (relais_of(elsewhere), factories.make_account(role=None)):
        with pytest.raises(Forbidden):
            record(stranger, asked.tenant)
    found = record(relais_of(asked.quartiers[0]), asked.tenant)
    with pytest.raises(Forbidden):
        remove_recording(relais_of(elsewhere), asked.row.id, found)


def test_a_draft_gets_its_voices_from_those_who_prepare_it(app: Flask) -> None:
    asked = make_asked(stage="draft")
    with pytest.raises(Forbidden):
        record(relais_of(asked.quartiers[0]), asked.tenant)
    record(factories.make_account(contract=asked.contract), asked.tenant)


def test_a_question_has_one_voice_a_language(asked: Asked, session: Session) -> None:
    relais = relais_of(asked.quartiers[0])
    first = record(relais, asked.tenant, "ar", client_key="une-voix-deux-fois")
    assert record(relais, asked.tenant, "ar", client_key="une-voix-deux-fois") == first
    record(relais, asked.tenant, "fr")
    record(relais, asked.points, "ar")
    assert files(session) == 3
    for replaces in (None, first + 100):
        with pytest.raises(AlreadyRecorded) as refused:
            record(relais, asked.tenant, "ar", replaces=replaces)
        assert refused.value.field == "language"
    assert files(session) == 3


def test_another_one_takes_its_place_and_the_first_is_erased(asked: Asked, session: Session) -> None:
    relais = relais_of(asked.quartiers[0])
    first = record(relais, asked.tenant, "ar")
    record(relais_of(asked.quartiers[1]), asked.tenant, "ar", replaces=first)
    assert kept(session) == [(asked.tenant.id, "ar")]
    assert files(session) == 1
    noted = session.execute(select(ledger.LedgerEntry)).scalars().all()
    assert [(each.kind, each.object_id) for each in noted] == [("consultation.voice", str(first))]


@pytest.mark.parametrize(
    ("language", "stage", "question"),
    [("sgn", "open", 0), ("xx", "open", 0), ("ar", "counted", 0), ("ar", "open", 999)],
)
def test_what_nobody_would_hear_is_refused_and_leaves_no_file(
    app: Flask, session: Session, language: str, stage: str, question: int
) -> None:
    asked = make_asked(stage=stage)
    new = NewRecording(asked.row.id, question or asked.tenant.id, language, "une-voix-de-trop")
    with pytest.raises((DomainError, NotFound)):
        keep_recording(relais_of(asked.quartiers[0]), new, voice())
    assert files(session) == 0
    assert list(store().older_than(clock.now() + timedelta(days=1))) == []


def test_a_voice_that_is_taken_off_is_erased(asked: Asked, session: Session) -> None:
    relais = relais_of(asked.quartiers[0])
    found = record(relais, asked.tenant)
    remove_recording(relais, asked.row.id, found)
    assert (kept(session), files(session)) == ([], 0)
    with pytest.raises(NotFound):
        remove_recording(relais, asked.row.id, found)


@pytest.mark.parametrize("way", ["withdraw", "step", "question", "discard"])
def test_voices_go_with_what_they_read(app: Flask, session: Session, way: str) -> None:
    asked = make_asked(stage="open" if way == "withdraw" else "draft")
    staff = factories.make_account(contract=asked.contract)
    record(staff, asked.words)
    version = asked.row.version
    acts = {
        "withdraw": lambda: publishing.withdraw(staff, asked.row.id, {"fr": "Une erreur"}, version=version),
        "step": lambda: steps.delete_step(staff, asked.row.id, asked.words.step_id, version=version),
        "question": lambda: questions.delete_question(staff, asked.row.id, asked.words.id, version=version),
        "discard": lambda: publishing.discard(staff, asked.row.id, version=version),
    }
    acts[way]()
    assert (kept(session), files(session)) == ([], 0)


def test_a_copy_of_a_consultation_has_no_voice(asked: Asked, session: Session) -> None:
    staff = factories.make_account(contract=asked.contract)
    record(staff, asked.tenant)
    copying.copy(
        staff, Organiser(asked.contract.id), asked.row.id, {"fr": "Encore"}, client_key="une-copie-sans-voix"
    )
    assert len(kept(session)) == 1


def test_voices_go_some_months_after_the_end(asked: Asked, session: Session) -> None:
    record(relais_of(asked.quartiers[0]), asked.tenant)
    ends_at = asked.row.paper_until
    assert ends_at is not None
    for days, left in ((179, 1), (180, 0)):
        with clock.frozen_everywhere(ends_at + timedelta(days=days)):
            assert recordings_to_erase() is (not left)
            session.rollback()
            assert erase_recordings() == 1 - left
            assert files(session) == left


def test_whoever_gave_it_finds_it_among_their_data_and_leaves_it_without_a_name(
    asked: Asked, session: Session
) -> None:
    relais = relais_of(asked.quartiers[0])
    record(relais, asked.tenant, "ar")
    (part,) = [each for each in personal_parts() if each.key == "consultation_voices"]
    account_id = relais.actor_id or 0
    (row,) = part.read(session, account_id)
    assert (row["question"], row["language"]) == ("Êtes-vous locataire ?", "arabe")
    session.rollback()
    with transaction() as writing:
        part.erase(writing, account_id)
    assert part.read(session, account_id) == []
    assert len(kept(session)) == 1
