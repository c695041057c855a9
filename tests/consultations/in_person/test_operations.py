"""What is said in the street, by groups and at tables: who may enter it, what is kept, and what is never added up."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.consents import ANSWER_TEXT_VERSION, Consent
from cdv_civic.consultations.in_person.models import ConsultationWorkshopTable
from cdv_civic.consultations.in_person.operations import workshops
from cdv_civic.consultations.in_person.operations.entering import HeardAnswer, assist, enter_group
from cdv_civic.consultations.in_person.operations.workshops import (
    NewWorkshop,
    enter_table,
    note_workshop,
    remove_table,
)
from cdv_civic.consultations.in_person.queries import entered_in_person, offered_to, tables_of, workshops_of
from cdv_civic.consultations.models import ConsultationAnswer
from cdv_civic.consultations.operations.locking import NotOpen
from cdv_civic.consultations.paper.operations.evidence import erase_evidence, evidence_to_erase
from cdv_civic.consultations.rules.questions import Given
from cdv_civic.core import clock, ledger
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import Conflict, DomainError, Forbidden
from cdv_civic.core.idempotency import made_before
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.core.site_identity import site_id
from cdv_civic.core.uploads.receiving import Upload
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.participation.rules.channels import Channel
from tests import factories
from tests.consultations.answering.answers import Asked, make_asked
from tests.races import at_once


@pytest.fixture
def asked(app: Flask) -> Asked:
    return make_asked()


def heard(asked: Asked, key: str, **values: object) -> HeardAnswer:
    given = {asked.tenant.id: Given(choices={asked.no: None})}
    return HeardAnswer(asked.row.id, given, key, "fr", **values)  # type: ignore[arg-type]


def answers(session: Session) -> list[ConsultationAnswer]:
    session.rollback()
    return list(session.execute(select(ConsultationAnswer).order_by(ConsultationAnswer.id)).scalars())


def test_a_relais_of_one_quartier_writes_for_somebody_who_agreed(asked: Asked, session: Session) -> None:
    relais = factories.make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, asked.quartiers[1].id))
    kept = assist(relais, heard(asked, "dans-la-rue-1"), Channel.MARKET, form="spoken", read_in="ar")
    again = assist(relais, heard(asked, "dans-la-rue-1"), Channel.MARKET, form="spoken", read_in="ar")
    assert (again.id, again.receipt, again.again) == (kept.id, kept.receipt, True)
    (row,) = answers(session)
    assert (row.speaker, row.channel, row.evidence, row.relayed) == ("person", "marche", "temoin", True)
    assert (row.entered_by, row.account_id, row.people) == (relais.actor_id, None, None)
    consents = session.execute(select(Consent)).scalars().all()
    assert [(each.act, each.language, each.text_version) for each in consents] == [
        ("answer", "ar", ANSWER_TEXT_VERSION)
    ]
    assert entered_in_person(asked.row.id).in_the_street == 1


def test_nothing_is_written_without_consent_or_far_from_the_quartiers(asked: Asked, session: Session) -> None:
    relais = factories.make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, asked.quartiers[0].id))
    with pytest.raises(DomainError):
        assist(relais, heard(asked, "sans-accord-1"), Channel.STREET, form="", read_in="fr")
    with pytest.raises(DomainError):
        assist(relais, heard(asked, "en-ligne-1"), Channel.ONLINE, form="spoken", read_in="fr")
    elsewhere = factories.make_quartier(asked.contract, "Quartier Sud")
    stranger = factories.make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, elsewhere.id))
    with pytest.raises(Forbidden):
        assist(stranger, heard(asked, "ailleurs-1"), Channel.STREET, form="spoken", read_in="fr")
    assert answers(session) == []
    assert session.execute(select(func.count(Consent.id))).scalar_one() == 0
    assert [each.slug for each in offered_to(relais, "fr")] == [asked.row.slug]
    assert offered_to(stranger, "fr") == []


def test_a_group_has_one_voice_and_its_size(asked: Asked, session: Session) -> None:
    staff = factories.make_account(contract=asked.contract)
    enter_group(staff, heard(asked, "une-classe-1"), 24)
    (row,) = answers(session)
    assert (row.speaker, row.people, row.channel, row.receipt_hash) == ("group", 24, "groupe", None)
    for size in (0, 1, 501):
        with pytest.raises(DomainError):
            enter_group(staff, heard(asked, f"une-classe-{size}-x"), size)
    entered = entered_in_person(asked.row.id)
    assert (entered.groups, entered.people_in_groups) == (1, 24)


def test_tables_never_seat_more_people_than_came(asked: Asked, session: Session) -> None:
    staff = factories.make_account(contract=asked.contract)
    workshop = note_workshop(staff, NewWorkshop(asked.row.id, "atelier-un", None, "Maison du projet", 12))
    assert note_workshop(staff, NewWorkshop(asked.row.id, "atelier-un", None, "Ailleurs", 3)) == workshop
    enter_table(staff, workshop, heard(asked, "table-un-1"), number=1, people=7, sheet=None)
    with pytest.raises(DomainError) as refused:
        enter_table(staff, workshop, heard(asked, "table-deux"), number=2, people=6, sheet=None)
    assert refused.value.field == "people"
    with pytest.raises(Conflict):
        enter_table(staff, workshop, heard(asked, "table-un-2"), number=1, people=5, sheet=None)
    enter_table(staff, workshop, heard(asked, "table-deux"), number=2, people=5, sheet=None)
    assert [(each.number, each.people) for each in tables_of(workshop)] == [(1, 7), (2, 5)]
    (line,) = workshops_of(asked.row.id)
    assert (line.present, line.tables, line.seated) == (12, 2, 12)
    assert [row.speaker for row in answers(session)] == ["table", "table"]
    remove_table(staff, workshop, asked.row.id, 1)
    assert [each.number for each in tables_of(workshop)] == [2]
    assert len(answers(session)) == 1


def test_two_people_who_enter_one_table_at_once_make_one(app: Flask, asked: Asked, session: Session) -> None:
    staff = factories.make_account(contract=asked.contract)
    workshop = note_workshop(staff, NewWorkshop(asked.row.id, "atelier-un", None, "Maison du projet", 10))

    # Before the threads: rows of a test belong to its own session.
    one, other = heard(asked, "table-par-une"), heard(asked, "table-par-deux")

    def enters(said: HeardAnswer) -> object:
        return enter_table(staff, workshop, said, number=1, people=5, sheet=None)

    done = at_once(app, lambda: enters(one), lambda: enters(other))
    assert sum(isinstance(each, Conflict) for each in done) == 1, done
    session.rollback()
    assert session.execute(select(func.count(ConsultationWorkshopTable.answer_id))).scalar_one() == 1


def test_a_workshop_that_is_noted_twice_at_once_is_one(
    app: Flask, asked: Asked, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = factories.make_account(contract=asked.contract)
    new = NewWorkshop(asked.row.id, "atelier-deux-fois", None, "Maison du projet", 10)
    both = threading.Barrier(2)

    def look(*args: Any, **values: Any) -> object:
        found = made_before(*args, **values)
        with suppress(threading.BrokenBarrierError):
            both.wait(0.3)
        return found

    monkeypatch.setattr(workshops, "made_before", look)
    first, second = at_once(app, lambda: note_workshop(staff, new), lambda: note_workshop(staff, new))
    assert first == second
    session.rollback()
    assert [each.id for each in workshops_of(asked.row.id)] == [first]


def test_a_table_is_taken_out_by_whoever_entered_it_or_reads_all_words(
    asked: Asked, session: Session
) -> None:
    one, other = (
        factories.make_account(role="relais", scope=Scope(ScopeKind.QUARTIER, place.id))
        for place in asked.quartiers
    )
    workshop = note_workshop(one, NewWorkshop(asked.row.id, "atelier-un", None, "Maison du projet", 12))
    for number in (1, 2):
        enter_table(one, workshop, heard(asked, f"table-{number}-x"), number=number, people=5, sheet=None)
    with pytest.raises(Forbidden):
        remove_table(other, workshop, asked.row.id, 1)
    assert len(answers(session)) == 2
    remove_table(one, workshop, asked.row.id, 1)
    remove_table(factories.make_account(contract=asked.contract), workshop, asked.row.id, 2)
    assert answers(session) == []


def test_what_is_entered_stands_on_the_trail_of_the_contract(asked: Asked, session: Session) -> None:
    enter_group(factories.make_account(contract=asked.contract), heard(asked, "une-classe-9"), 24)
    entry = session.execute(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).scalar_one()
    assert (entry.action, entry.scope) == ("consultation.enter", asked.contract.slug)


@pytest.mark.parametrize("stage", ["coming", "closed"])
def test_nothing_comes_in_before_it_opens_or_after_its_paper(app: Flask, stage: str) -> None:
    asked = make_asked(stage=stage)
    staff = factories.make_account(contract=asked.contract)
    with pytest.raises(NotOpen):
        enter_group(staff, heard(asked, "une-classe-1"), 24)


def test_what_was_said_has_a_day_within_the_consultation(app: Flask) -> None:
    asked = make_asked(stage="paper")
    staff = factories.make_account(contract=asked.contract)
    today = clock.today()
    enter_group(staff, heard(asked, "une-classe-2", said_on=today - timedelta(days=2)), 24)
    for number, day in enumerate((today + timedelta(days=1), today - timedelta(days=90))):
        with pytest.raises(DomainError) as refused:
            enter_group(staff, heard(asked, f"un-autre-jour-{number}", said_on=day), 24)
        assert refused.value.field == "said_on"


def photographed(asked: Asked, session: Session) -> int:
    """A workshop with a table whose sheet was photographed."""
    staff = factories.make_account(contract=asked.contract)
    workshop = note_workshop(staff, NewWorkshop(asked.row.id, "atelier-un", None, "Maison du projet", 10))
    enter_table(staff, workshop, heard(asked, "table-un-1"), number=1, people=5, sheet=photo())
    assert files(session) == 1
    return workshop


def photo() -> Upload:
    return Upload("pdf", {".pdf": b"%PDF-1.4 %%EOF"}, 14)


def files(session: Session) -> int:
    session.rollback()
    return session.execute(select(func.count(StoredFile.id))).scalar_one()


def test_the_sheet_of_a_table_goes_with_it(asked: Asked, session: Session) -> None:
    workshop = photographed(asked, session)
    remove_table(factories.make_account(contract=asked.contract), workshop, asked.row.id, 1)
    assert files(session) == 0


def test_a_restored_backup_brings_back_neither_a_table_that_was_taken_out_nor_its_sheet(
    app: Flask, asked: Asked, session: Session
) -> None:
    workshop = photographed(asked, session)
    remove_table(factories.make_account(contract=asked.contract), workshop, asked.row.id, 1)
    lines, _unreadable = ledger.read_lines([app.extensions["settings"].ledger_dir], site_id(session))
    session.rollback()
    with transaction() as restored:
        restored.execute(delete(ledger.LedgerEntry))
    staff = factories.make_account(contract=asked.contract)
    again = enter_table(staff, workshop, heard(asked, "table-un-1"), number=1, people=5, sheet=photo())
    assert (again.again, files(session)) == (False, 1)
    assert ledger.replay([replace(line, object_id=str(again.id)) for line in lines]).done == {
        "consultation.table": 1
    }
    assert (answers(session), files(session)) == ([], 0)


def test_the_sheet_of_a_table_goes_some_months_after_the_end_and_its_answer_stays(
    asked: Asked, session: Session
) -> None:
    photographed(asked, session)
    ends_at = asked.row.paper_until or asked.row.closes_at
    assert ends_at is not None
    for days, left in ((179, 1), (180, 0)):
        with clock.frozen_everywhere(ends_at + timedelta(days=days)):
            assert evidence_to_erase() is (not left)
            session.rollback()
            assert erase_evidence() == 1 - left
            assert files(session) == left
    assert len(answers(session)) == 1
