"""What is kept of whoever carried a project, for how long, and what a restore must not bring back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.consents import Consent, GivenConsent
from cdv_civic.accounts.erasure import erase_account
from cdv_civic.accounts.personal_parts import personal_parts
from cdv_civic.core import clock, ledger
from cdv_civic.core.db import db, transaction
from cdv_civic.core.ledger import LedgerEntry, LedgerLine
from cdv_civic.core.localized import LocalizedText
from cdv_civic.core.uploads.receiving import Upload
from cdv_civic.core.uploads.stored_files import StoredFile
from cdv_civic.fund.models.choosing import JuryItem, JuryMark, ProjectOpinion
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectCoCarrier, ProjectCost, ProjectStep
from cdv_civic.fund.projects.operations.depositing import assist, deposit
from cdv_civic.fund.projects.operations.keeping import (
    erase_people,
    forget_projects,
    people_to_erase,
    projects_to_forget,
)
from cdv_civic.fund.rules.projects import ProjectState
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.conftest import TODAY
from tests.fund.funds import (
    make_envelope,
    make_fund,
    make_mark,
    make_meeting,
    make_member,
    make_opinion,
    make_project,
    make_round,
)
from tests.fund.projects.deposits import stored_project, typed


@pytest.fixture
def fund(app: Flask) -> Fund:
    fund = make_fund()
    make_envelope(fund)
    return fund


@pytest.fixture
def fund_round(fund: Fund) -> FundRound:
    return make_round(fund)


def how_many(session: Session, table: type) -> int:
    session.rollback()
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def persons_of(project: FundProject) -> tuple[object, ...]:
    return (project.contact, project.contact_kind, project.contact_name, project.signed, project.accompanist)


def test_contact_and_names_go_two_years_after_the_last_step(fund_round: FundRound, session: Session) -> None:
    got = deposit(typed(fund_round, signed="Awa", co_carriers=["Une voisine"], accompanist="Une relais"))
    with clock.frozen_everywhere(TODAY + timedelta(days=729)):
        assert not people_to_erase()
        assert erase_people() == 0
    with clock.frozen_everywhere(TODAY + timedelta(days=730)):
        assert people_to_erase()
        assert erase_people() == 1
        assert not people_to_erase()
    project = stored_project(got.project_id)
    assert persons_of(project) == (None, None, "", None, "")
    assert project.title
    assert how_many(session, ProjectCoCarrier) == 0


def test_a_restore_forgets_the_person_again(fund_round: FundRound, session: Session) -> None:
    got = deposit(typed(fund_round))
    with clock.frozen_everywhere(TODAY + timedelta(days=800)):
        erase_people()
    entry = session.execute(select(LedgerEntry).where(LedgerEntry.kind == "fund_project.person")).scalar_one()
    line = LedgerLine(entry.key, entry.kind, entry.object_id, entry.born, entry.code, entry.at)
    with transaction() as open_session:
        project = open_session.get_one(FundProject, got.project_id)
        project.contact, project.contact_kind = "06", "phone"
    replay = ledger.kinds()[entry.kind]
    with transaction() as open_session:
        assert replay(open_session, line)
        assert not replay(open_session, replace(line, born="2020-01-01T00:00:00"))
    assert stored_project(got.project_id).contact is None


def test_a_project_goes_whole_ten_years_after_its_last_step(
    fund: Fund, fund_round: FundRound, session: Session
) -> None:
    relais = make.make_account(role="administrator")
    pdf = Upload("pdf", {".pdf": b"%PDF-1.4 %%EOF"}, 14)
    got = assist(relais, typed(fund_round, quotes=[(pdf, "devis.pdf")]), "rue", GivenConsent("spoken", "fr"))
    project = stored_project(got.project_id)
    make_opinion(project, make_body(make.make_contract()).id)
    agenda = make_meeting(project)
    make_mark(agenda, make_member(fund))
    with transaction() as open_session:
        meeting = open_session.merge(agenda.meeting)
        meeting.closed_at = clock.now()
    other = make_project(fund_round, number=7, state_on=TODAY.date() + timedelta(days=400))
    texts = how_many(session, LocalizedText)
    with clock.frozen_everywhere(TODAY.replace(year=2036)):
        assert projects_to_forget()
        assert forget_projects() == 1
        assert not projects_to_forget()
    for table in (ProjectOpinion, JuryItem, JuryMark, Consent, StoredFile):
        assert how_many(session, table) == 0, table
    assert [row.id for row in session.execute(select(FundProject.id))] == [other.id]
    assert how_many(session, ProjectCost) == 1
    assert how_many(session, ProjectStep) == 1
    assert how_many(session, LocalizedText) == texts - 1, "its opinion’s"


def test_a_project_that_goes_gives_the_envelope_its_sum_back(fund: Fund, fund_round: FundRound) -> None:
    envelope = make_envelope(make_fund(), 1000_00)
    other = make_round(db.session.get_one(Fund, envelope.fund_id))
    make_project(other, ProjectState.SELECTED, envelope, granted_cents=400_00)
    with clock.frozen_everywhere(TODAY.replace(year=2037)):
        assert forget_projects() == 1
    db.session.rollback()
    assert db.session.get_one(FundEnvelope, envelope.id, populate_existing=True).reserved_cents == 0


def test_my_data_show_my_projects_and_an_erased_account_leaves_them_without_me(
    fund_round: FundRound, session: Session
) -> None:
    person = make.make_account(role=None)
    mine = deposit(typed(fund_round, signed="Awa"), person)
    alone = deposit(typed(fund_round, title="Un bal"))
    assert person.actor_id is not None
    part = next(each for each in personal_parts() if each.key == "fund_projects")
    (shown,) = part.read(session, person.actor_id)
    assert (shown["title"], shown["contact"]) == ("Un goûter au pied des tours", "quelqu-un@example.org")
    session.rollback()
    with transaction() as open_session:
        erase_account(open_session, person, person.actor_id, "account.self")
    project = stored_project(mine.project_id)
    assert persons_of(project) == (None, None, "", None, "")
    assert (project.author_id, project.title) == (None, "Un goûter au pied des tours")
    assert stored_project(alone.project_id).contact is not None
