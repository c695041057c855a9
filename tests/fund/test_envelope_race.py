"""Decisions that come at once: an envelope is never overspent, a project is decided once, and nothing is half written."""

from collections import Counter
from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select

from cdv_civic.core import clock
from cdv_civic.core.db import db, transaction
from cdv_civic.fund.models.funds import Fund, FundEnvelope, FundRound
from cdv_civic.fund.models.projects import FundProject, ProjectStep
from cdv_civic.fund.operations.granting import EnvelopeEmpty, give_back, grant
from cdv_civic.fund.operations.locking import held_envelope, held_fund, held_project, held_round
from cdv_civic.fund.operations.moving import StateGone, move
from cdv_civic.fund.rules.projects import ProjectState
from tests.fund import funds
from tests.races import at_once

DECISIONS = 50


def select_it(project: FundProject, envelope: FundEnvelope, cents: int) -> Callable[[], str]:
    """The decision of whoever chooses, as every operation takes it: rows in their order, the money, then the state."""

    def decide() -> str:
        with transaction() as session:
            fund = held_fund(session, project.fund_id, shared=True)
            held_round(session, project.round_id, shared=True)
            money = held_envelope(session, envelope.id)
            row = held_project(session, project.id)
            grant(money, row, cents)
            move(session, None, row, ProjectState.SELECTED, fund.contract_id)
        return "selected"

    return decide


def abandon(project: FundProject) -> Callable[[], str]:
    """Its money goes back to the envelope."""

    def act() -> str:
        with transaction() as session:
            fund = held_fund(session, project.fund_id, shared=True)
            held_round(session, project.round_id, shared=True)
            assert project.envelope_id is not None
            held_envelope(session, project.envelope_id)
            row = held_project(session, project.id)
            give_back(row, row.granted_cents)
            move(
                session,
                None,
                row,
                ProjectState.ABANDONED,
                fund.contract_id,
                reason={"fr": "Le projet s’arrête."},
            )
        return "abandoned"

    return act


def what_came(ended: list[object]) -> Counter[str]:
    return Counter(str(each) if isinstance(each, str) else type(each).__name__ for each in ended)


def stored(envelope: FundEnvelope) -> FundEnvelope:
    db.session.rollback()
    return db.session.get_one(FundEnvelope, envelope.id, populate_existing=True)


def steps(project: FundProject) -> int:
    return db.session.execute(
        select(func.count()).select_from(ProjectStep).where(ProjectStep.project_id == project.id)
    ).scalar_one()


def waiting(fund_round: FundRound, how_many: int) -> list[FundProject]:
    return [
        funds.make_project(fund_round, ProjectState.IN_CHOICE, title=f"Projet {number}")
        for number in range(how_many)
    ]


def make_one(cents: int) -> tuple[Fund, FundEnvelope, FundRound]:
    fund = funds.make_fund()
    return fund, funds.make_envelope(fund, cents), funds.make_round(fund)


def test_fifty_decisions_at_once_never_overspend_an_envelope(app: Flask) -> None:
    _fund, envelope, fund_round = make_one(10 * 450_00 + 100_00)
    projects = waiting(fund_round, DECISIONS)
    ended = at_once(app, *(select_it(each, envelope, 450_00) for each in projects))
    assert what_came(ended) == {"selected": 10, "EnvelopeEmpty": 40}
    assert stored(envelope).reserved_cents == 10 * 450_00
    told = {each.left_cents for each in ended if isinstance(each, EnvelopeEmpty)}
    assert told == {100_00}, "each is told what is left"
    rows = db.session.execute(select(FundProject).execution_options(populate_existing=True)).scalars().all()
    selected = [row for row in rows if row.state == ProjectState.SELECTED.value]
    assert sum(row.granted_cents for row in rows) == 10 * 450_00
    assert len(selected) == 10
    assert [steps(row) for row in rows if row.state == ProjectState.IN_CHOICE.value] == [1] * 40
    assert [steps(row) for row in selected] == [2] * 10


def test_money_that_goes_back_while_others_are_decided_is_granted_once(app: Flask) -> None:
    _fund, envelope, fund_round = make_one(500_00)
    first, *others = waiting(fund_round, 12)
    select_it(first, envelope, 500_00)()
    db.session.refresh(first)
    ended = at_once(app, abandon(first), *(select_it(each, envelope, 500_00) for each in others))
    came = what_came(ended)
    assert came["abandoned"] == 1
    assert came["selected"] <= 1, "who came before it went back found nothing, who came after found it once"
    assert came["selected"] + came["EnvelopeEmpty"] == len(others)
    assert stored(envelope).reserved_cents == came["selected"] * 500_00


def test_envelopes_do_not_wait_for_each_other_in_a_circle(app: Flask) -> None:
    fund, envelope, fund_round = make_one(2_000_00)
    next_year = funds.make_envelope(fund, 2_000_00, year=clock.today().year + 1)
    projects = waiting(fund_round, 16)
    ended = at_once(
        app,
        *(select_it(each, (envelope, next_year)[number % 2], 500_00) for number, each in enumerate(projects)),
    )
    assert what_came(ended) == {"selected": 8, "EnvelopeEmpty": 8}
    assert (stored(envelope).reserved_cents, stored(next_year).reserved_cents) == (2_000_00, 2_000_00)


def test_two_who_decide_the_same_project_at_once_decide_it_once(app: Flask) -> None:
    _fund, envelope, fund_round = make_one(1_000_00)
    (project,) = waiting(fund_round, 1)
    ended = at_once(app, select_it(project, envelope, 500_00), select_it(project, envelope, 300_00))
    assert what_came(ended) == {"selected": 1, StateGone.__name__: 1}
    db.session.rollback()
    row = db.session.get_one(FundProject, project.id, populate_existing=True)
    assert row.granted_cents == stored(envelope).reserved_cents
    assert (row.granted_cents, steps(row)) in {(500_00, 2), (300_00, 2)}
