"""Projects come in, are corrected, completed and given up: each once, with a number of their own."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cdv_civic.accounts.consents import Consent, GivenConsent
from cdv_civic.core import clock
from cdv_civic.core.audit.trail import AuditEntry
from cdv_civic.core.db import transaction
from cdv_civic.core.errors import ChangedMeanwhile, DomainError, Forbidden, NotFound, SeveralRefusals
from cdv_civic.core.localized import LocalizedText
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import (
    FundProject,
    ProjectCoCarrier,
    ProjectCoFunder,
    ProjectCost,
    ProjectStep,
)
from cdv_civic.fund.operations.locking import held_project
from cdv_civic.fund.operations.moving import StateGone, move
from cdv_civic.fund.projects.operations.correcting import ProjectFrozen, correct, give_up
from cdv_civic.fund.projects.operations.depositing import DepositedProject, RoundClosed, assist, deposit
from cdv_civic.fund.rules.admissibility import FundBreach
from cdv_civic.fund.rules.fund_rules import AmountLimit, CarrierKind
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.participation.rules.receipts import read_receipt
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.conftest import TODAY
from tests.fund.funds import RULES, freeze_project, make_envelope, make_fund, make_project, make_round
from tests.fund.projects.deposits import stored_project, typed


@pytest.fixture
def fund(app: Flask) -> Fund:
    fund = make_fund()
    make_envelope(fund)
    return fund


@pytest.fixture
def fund_round(fund: Fund) -> FundRound:
    return make_round(fund)


def how_many(session: Session, table: type = FundProject) -> int:
    session.rollback()
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def at_once(app: Flask, acts: list[Callable[[], object]]) -> tuple[list[object], list[Exception]]:
    """What acts give that begin in the same moment, and what they are refused for."""
    ready = threading.Barrier(len(acts))
    done: list[object] = []
    refused: list[Exception] = []

    def do(act: Callable[[], object]) -> None:
        with app.app_context():
            ready.wait()
            try:
                done.append(act())
            except Exception as error:
                refused.append(error)

    with clock.frozen_everywhere(TODAY):
        threads = [threading.Thread(target=do, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return done, refused


def code_of(got: DepositedProject) -> str:
    return read_receipt(got.receipt)


def test_twenty_deposits_at_once_get_the_numbers_from_one_to_twenty(
    app: Flask, fund_round: FundRound
) -> None:
    forms = [typed(fund_round, title=f"Projet {number}") for number in range(20)]
    done, refused = at_once(app, [lambda each=each: deposit(each) for each in forms])  # type: ignore[misc]
    assert refused == []
    numbers = [got.number for got in done if isinstance(got, DepositedProject)]
    assert sorted(numbers) == list(range(1, 21))


def test_one_form_sent_twenty_times_at_once_is_one_project(
    app: Flask, fund_round: FundRound, session: Session
) -> None:
    form = typed(fund_round)
    done, refused = at_once(app, [lambda: deposit(form)] * 20)
    assert refused == []
    assert len({got.receipt for got in done if isinstance(got, DepositedProject)}) == 1
    assert how_many(session) == 1


def test_each_round_counts_its_own_projects(fund: Fund, fund_round: FundRound) -> None:
    other = make_round(fund)
    assert [deposit(typed(each)).number for each in (fund_round, other, fund_round)] == [1, 1, 2]


def test_a_form_gives_its_receipt_again_once_the_round_is_closed(fund: Fund) -> None:
    fund_round = make_round(fund, closes_at=TODAY + timedelta(hours=1))
    form = typed(fund_round)
    first = deposit(form)
    late = TODAY + timedelta(hours=2)
    assert deposit(form, at=late).receipt == first.receipt
    with pytest.raises(RoundClosed):
        deposit(typed(fund_round), at=late)
    with pytest.raises(RoundClosed):
        deposit(typed(make_round(fund, closed_at=TODAY)))


def test_nobody_deposits_where_nobody_sees_the_round(fund: Fund) -> None:
    with pytest.raises(NotFound):
        deposit(typed(make_round(fund, published_at=None)))
    gone = make_fund(withdrawn_at=TODAY)
    with pytest.raises(NotFound):
        deposit(typed(make_round(gone)))


def test_all_that_is_wrong_is_said_at_once_beside_its_field(fund: Fund) -> None:
    rules = replace(
        RULES,
        carriers=frozenset({CarrierKind.ASSOCIATION}),
        largest=AmountLimit(500_00, strict=True),
        purposes=("solidarity",),
        outside_programme=True,
        most_percent=80,
    )
    fund_round = make_round(fund, rules=rules)
    form = typed(fund_round, carrier_kind="residents", in_programme=True, title="")
    with pytest.raises(SeveralRefusals) as refused:
        deposit(form)
    fields = {each.field for each in refused.value.refusals}
    assert fields == {"title", "carrier_kind", "asked", "purposes", "in_programme"}
    said = " ".join(str(each.sentence) for each in refused.value.refusals)
    assert "moins de" in said
    assert "80" in said


def test_what_is_left_to_the_desk_is_told_and_refuses_nothing(fund: Fund) -> None:
    rules = replace(RULES, objective_asked=True, deposit_days=60)
    fund_round = make_round(fund, rules=rules, choice_on=TODAY.date() + timedelta(days=40))
    assert deposit(typed(fund_round)).later == {FundBreach.TOO_LATE, FundBreach.OBJECTIVE}


def test_the_envelope_of_the_quartier_is_obvious_and_another_is_refused(app: Flask) -> None:
    contract = make.make_contract()
    here, there = (make.make_quartier(contract, name) for name in ("Ici", "Là"))
    fund = make_fund(contract)
    of_here = make_envelope(fund, scope="quartier", quartier_id=here.id)
    of_there = make_envelope(fund, scope="quartier", quartier_id=there.id)
    whole = make_envelope(fund)
    fund_round = make_round(fund)

    def envelope_of(**changes: int | None) -> int | None:
        return stored_project(deposit(typed(fund_round, **changes)).project_id).envelope_id

    assert envelope_of(quartier_id=here.id) == of_here.id
    assert envelope_of() == whole.id
    got = deposit(typed(fund_round, envelope_id=of_there.id))
    assert stored_project(got.project_id).quartier_id == there.id
    with pytest.raises(DomainError) as refused:
        envelope_of(quartier_id=here.id, envelope_id=of_there.id)
    assert refused.value.field == "envelope"
    elsewhere = make.make_quartier(make.make_contract("ailleurs"))
    with pytest.raises(DomainError) as refused:
        envelope_of(quartier_id=elsewhere.id)
    assert refused.value.field == "quartier"


def test_minors_are_never_named_nor_accounts_of_minors(fund_round: FundRound) -> None:
    assert stored_project(deposit(typed(fund_round, signed="Awa")).project_id).signed == "Awa"
    assert stored_project(deposit(typed(fund_round, signed="Awa", minor=True)).project_id).signed is None
    young = make.make_account(role=None, minor=True)
    project = stored_project(deposit(typed(fund_round, signed="Awa"), young).project_id)
    assert (project.signed, project.minor, project.author_id) == (None, True, young.actor_id)


def test_a_council_that_carries_is_named_and_known(app: Flask) -> None:
    contract = make.make_contract()
    body = make_body(contract)
    fund_round = make_round(make_fund(contract))
    form = typed(fund_round, carrier_kind="council", body_id=body.id)
    project = stored_project(deposit(form).project_id)
    assert (project.body_id, project.carrier_name) == (body.id, body.name)
    elsewhere = make_body(make.make_contract("ailleurs"))
    with pytest.raises(DomainError) as refused:
        deposit(typed(fund_round, carrier_kind="council", body_id=elsewhere.id))
    assert refused.value.field == "body"


def test_a_project_is_corrected_as_long_as_it_lies_with_the_desk(
    fund_round: FundRound, session: Session
) -> None:
    got = deposit(
        typed(fund_round, co_carriers=["Une voisine"], co_funders=[("La ville", "100")], asked="1300")
    )
    changed = typed(
        fund_round,
        title="Un bal",
        lines=[("Le bal", "800")],
        asked="600",
        own="200",
        contact="",
        co_carriers=["Un voisin", "Une voisine"],
    )
    assert correct(code_of(got), changed, 1)
    project = stored_project(got.project_id)
    assert (project.title, project.asked_cents, project.cost_cents) == ("Un bal", 600_00, 800_00)
    assert project.contact == "quelqu-un@example.org", "an empty contact keeps the one that is there"
    assert (project.version, project.state, project.number) == (2, "submitted", 1)
    session.rollback()
    assert session.execute(select(ProjectCost.label)).scalars().all() == ["Le bal"]
    assert session.execute(
        select(ProjectCoCarrier.name).order_by(ProjectCoCarrier.position)
    ).scalars().all() == [
        "Un voisin",
        "Une voisine",
    ]
    assert how_many(session, ProjectCoFunder) == 0
    assert not correct(code_of(got), changed, 1), "sent twice"
    with pytest.raises(ChangedMeanwhile):
        correct(code_of(got), replace(changed, title="Un autre bal"), 1)


def incomplete(got: DepositedProject, fund: Fund) -> None:
    desk = make.make_account(role="administrator")
    with transaction() as session:
        project = held_project(session, got.project_id)
        move(
            session,
            desk,
            project,
            ProjectState.INCOMPLETE,
            fund.contract_id,
            reason={"fr": "Il manque un devis."},
        )


def test_what_is_completed_goes_back_to_the_desk_also_after_closing(fund: Fund, session: Session) -> None:
    fund_round = make_round(fund, closes_at=TODAY + timedelta(hours=1))
    got = deposit(typed(fund_round))
    incomplete(got, fund)
    with clock.frozen_everywhere(TODAY + timedelta(days=3)):
        assert correct(code_of(got), typed(fund_round, summary="Avec un devis."), 2)
        assert not correct(code_of(got), typed(fund_round, summary="Avec un devis."), 2)
    assert stored_project(got.project_id).state == "submitted"
    session.rollback()
    states = session.execute(select(ProjectStep.state).order_by(ProjectStep.position)).scalars().all()
    assert states == ["submitted", "incomplete", "submitted"]


def test_what_people_gave_their_opinion_on_stays_as_it_is(fund: Fund, fund_round: FundRound) -> None:
    got = deposit(typed(fund_round))
    freeze_project(stored_project(got.project_id))
    with pytest.raises(ProjectFrozen):
        correct(code_of(got), typed(fund_round, title="Autre"), stored_project(got.project_id).version)
    admissible = make_project(fund_round, ProjectState.ADMISSIBLE, number=90)
    assert admissible.state == "admissible"


def test_rules_hold_for_corrections_too(fund_round: FundRound) -> None:
    got = deposit(typed(fund_round))
    with pytest.raises(DomainError):
        correct(code_of(got), typed(fund_round, asked="1"), 1)
    with pytest.raises(NotFound):
        correct("ACE34HJK79", typed(fund_round), 1)


def test_a_project_is_given_up_before_it_is_decided_and_not_after(
    fund: Fund, fund_round: FundRound, session: Session
) -> None:
    got = deposit(typed(fund_round))
    assert give_up(code_of(got))
    assert not give_up(code_of(got)), "twice"
    assert stored_project(got.project_id).state == "abandoned"
    session.rollback()
    reason = session.execute(
        select(ProjectStep.reason_id).where(ProjectStep.state == "abandoned")
    ).scalar_one()
    assert "arrêté" in session.get_one(LocalizedText, reason).original
    with pytest.raises(StateGone):
        correct(code_of(got), typed(fund_round, title="Autre"), 2)
    other = deposit(typed(fund_round))
    with transaction() as session_:
        project = held_project(session_, other.project_id)
        project.state, project.granted_cents = "selected", 100_00
    with pytest.raises(StateGone):
        give_up(code_of(other))


def test_a_relais_writes_a_project_for_somebody_who_agreed(
    fund: Fund, fund_round: FundRound, session: Session
) -> None:
    relais = make.make_account(role="administrator")
    agreed = GivenConsent("spoken", "ar")
    form = typed(fund_round, contact="", lang="ar")
    got = {assist(relais, form, "permanence", agreed).receipt for _each in range(3)}
    assert len(got) == 1
    project = stored_project(session.execute(select(FundProject.id)).scalar_one())
    assert (project.relayed, project.channel, project.author_id) == (True, "permanence", None)
    assert (project.entered_by, project.contact, project.lang) == (relais.actor_id, None, "ar")
    consent = session.get_one(Consent, project.consent_id)
    assert (consent.act, consent.form, consent.language) == ("project", "spoken", "ar")
    entry = session.execute(select(AuditEntry).where(AuditEntry.action == "project.enter")).scalar_one()
    assert "goûter" not in str(entry.after)
    with pytest.raises(DomainError):
        assist(relais, typed(fund_round), "en_ligne", agreed)
    with pytest.raises(DomainError):
        assist(relais, typed(fund_round), "rue", GivenConsent("", "fr"))
    assert how_many(session, Consent) == 1
    with pytest.raises(Forbidden):
        assist(make.make_account(role=None), typed(fund_round), "rue", agreed)
