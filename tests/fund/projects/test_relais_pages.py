"""« Écrire un projet pour une personne »: what a relais sees, and no more."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.core.db import transaction
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject
from cdv_civic.territory.models import Quartier
from tests import factories as make
from tests.conftest import TODAY, counting
from tests.fund.funds import make_envelope, make_fund, make_round
from tests.fund.projects.deposits import FIELDS, FOLLOW, OURS, stored_project
from tests.page_forms import PageForm
from tests.signing_in import open_browser

START = "/fr/relais/projets"


@pytest.fixture
def fund(app: Flask) -> Fund:
    contract = make.make_contract()
    make.make_quartier(contract, "Plateau")
    fund = make_fund(contract)
    make_envelope(fund)
    return fund


@pytest.fixture
def fund_round(fund: Fund) -> FundRound:
    return make_round(fund)


@pytest.fixture
def relais(client: FlaskClient, fund: Fund, session: Session) -> FlaskClient:
    quartier = session.execute(
        select(Quartier.id).where(Quartier.contract_id == fund.contract_id)
    ).scalar_one()
    open_browser(client, make.make_account(role=Role.RELAIS.value, scope=Scope(ScopeKind.QUARTIER, quartier)))
    return client


def at(fund: Fund, fund_round: FundRound) -> str:
    return f"{START}/{fund.slug}/{fund_round.slug}"


def test_a_relais_finds_the_open_rounds_of_their_quartier_alone(
    relais: FlaskClient, fund: Fund, fund_round: FundRound
) -> None:
    other = make_fund(make.make_contract("ailleurs"))
    away, over = make_round(other), make_round(fund, closes_at=TODAY - timedelta(hours=1))
    page = relais.get(START).text
    assert at(fund, fund_round) in page
    assert at(fund, over) not in page
    assert at(other, away) not in page
    assert relais.get(at(other, away)).status_code == 403


def test_the_list_costs_as_much_for_many_rounds_as_for_one(
    app: Flask, relais: FlaskClient, fund: Fund, fund_round: FundRound
) -> None:
    relais.get(START)
    with counting(app) as few:
        relais.get(START)
    for _each in range(8):
        make_round(make_fund(make.make_contract()))
        make_round(fund)
    with counting(app) as many:
        relais.get(START)
    assert len(few) == len(many)


def test_what_is_agreed_is_read_aloud_then_written_and_the_receipt_handed_over(
    relais: FlaskClient, client: FlaskClient, fund: Fund, fund_round: FundRound, session: Session
) -> None:
    assert "coordonnées bancaires" in relais.get(at(fund, fund_round)).text
    url = f"{at(fund, fund_round)}/ecrire"
    assert relais.get(url).location == at(fund, fund_round), "nothing is written before"
    page = relais.get(f"{url}?accord=spoken").text
    assert "Garder pour plus tard" not in page, "those words are somebody else's"
    sent = PageForm(page, "consent").filled({**FIELDS, "contact": ""})
    answer = relais.post(url, data=sent)
    assert answer.status_code == 200, answer.text
    found = re.search(r'<strong dir="ltr">([0-9A-Z-]{11})</strong>', answer.text)
    assert found is not None
    session.rollback()
    project = stored_project(session.execute(select(FundProject.id)).scalar_one())
    assert (project.relayed, project.channel, project.contact) == (True, "permanence", None)
    assert "Un goûter" not in relais.get(START).text
    assert "Déposé" in client.post(FOLLOW, data={"receipt": found[1]}, headers=OURS).text


def test_a_round_that_closes_meanwhile_gives_the_words_back(
    relais: FlaskClient, fund: Fund, fund_round: FundRound
) -> None:
    url = f"{at(fund, fund_round)}/ecrire"
    sent = PageForm(relais.get(f"{url}?accord=signed").text, "consent").filled(FIELDS)
    with transaction() as session:
        session.get_one(FundRound, fund_round.id).closed_at = TODAY
    late = relais.post(url, data=sent)
    assert late.status_code == 409
    assert "ne reçoit rien en ce moment" in late.text
    assert "de la musique" in late.text
    assert "ne reçoit rien en ce moment" in relais.get(at(fund, fund_round)).text
