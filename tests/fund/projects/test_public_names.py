"""Who carries a project is named on no page, but as they wished; and pages hear of what everybody read of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cdv_civic.core import clock
from cdv_civic.core.db import CacheTag, db, transaction
from cdv_civic.fund.cache_tags import fund_tag
from cdv_civic.fund.models.funds import Fund
from cdv_civic.fund.operations.locking import held_project
from cdv_civic.fund.operations.moving import move
from cdv_civic.fund.projects.operations.correcting import give_up
from cdv_civic.fund.projects.operations.depositing import DepositedProject, deposit
from cdv_civic.fund.projects.operations.keeping import erase_people, forget_projects
from cdv_civic.fund.rules.fund_rules import PersonRules
from cdv_civic.fund.rules.projects import ProjectState
from cdv_civic.participation.rules.receipts import read_receipt
from tests import factories as make
from tests.conftest import TODAY
from tests.fund.funds import RULES, make_envelope, make_fund, make_round
from tests.fund.projects.deposits import typed


@pytest.fixture
def fund(app: Flask) -> Fund:
    fund = make_fund()
    make_envelope(fund)
    return fund


def made_admissible(got: DepositedProject, fund: Fund) -> None:
    desk = make.make_account(role="administrator")
    with transaction() as session:
        project = held_project(session, got.project_id)
        move(session, desk, project, ProjectState.ADMISSIBLE, fund.contract_id)


def pages(client: FlaskClient, fund: Fund, round_slug: str) -> str:
    """All that anybody may read where a project stands."""
    above = f"/fr/fonds/{fund.slug}/{round_slug}"
    return "".join(
        client.get(url).text for url in ("/fr/fonds", f"/fr/fonds/{fund.slug}", above, f"{above}/1")
    )


def test_no_page_says_who_to_write_to(client: FlaskClient, fund: Fund) -> None:
    fund_round = make_round(fund)
    named = {"accompanist": "Une relais d’ici", "co_carriers": ["Une voisine d’ici"]}
    got = deposit(typed(fund_round, contact="06 12 34 56 78", **named))
    for twice in range(2):
        said = pages(client, fund, fund_round.slug)
        for secret in ("Personne d’exemple", "12 34 56 78", "33612345678", "Une relais d’ici", "Une voisine"):
            assert secret not in said
        if not twice:
            made_admissible(got, fund)


def test_money_for_one_person_is_on_no_page(client: FlaskClient, fund: Fund) -> None:
    rules = replace(RULES, carriers=frozenset(), person=PersonRules(16, 25, "Vingt heures d’aide"))
    fund_round = make_round(fund, rules=rules)
    got = deposit(typed(fund_round, title="Mon permis", age=19, agrees=True))
    made_admissible(got, fund)
    assert "Mon permis" not in pages(client, fund, fund_round.slug)


def tag_of(fund: Fund) -> int:
    db.session.rollback()
    wanted = select(CacheTag.number).where(CacheTag.name == fund_tag(fund.id))
    return db.session.execute(wanted).scalar() or 0


def test_what_everybody_read_of_a_project_raises_the_tag_of_its_fund(fund: Fund) -> None:
    fund_round = make_round(fund)
    unread, read = (deposit(typed(fund_round, signed="Awa")) for _each in range(2))
    made_admissible(read, fund)
    before = tag_of(fund)
    give_up(read_receipt(unread.receipt))
    assert tag_of(fund) == before
    give_up(read_receipt(read.receipt))
    assert tag_of(fund) > before
    before = tag_of(fund)
    with clock.frozen_everywhere(TODAY + timedelta(days=800)):
        erase_people()
    assert tag_of(fund) > before
    before = tag_of(fund)
    with clock.frozen_everywhere(TODAY.replace(year=2040)):
        forget_projects()
    assert tag_of(fund) > before
