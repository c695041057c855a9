"""« Garder pour plus tard »: a project that is begun, kept with the account of whoever is signed in."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cdv_civic.accounts.limits import limiter
from cdv_civic.core.db import db
from cdv_civic.drafts.models import Draft
from cdv_civic.fund.models.funds import Fund, FundRound
from cdv_civic.fund.models.projects import FundProject
from tests import factories as make
from tests.fund.funds import make_envelope, make_fund, make_round
from tests.fund.projects.deposits import FIELDS, OURS, address
from tests.page_forms import PageForm
from tests.signing_in import open_browser

LIST = "/fr/moi/brouillons"


@pytest.fixture
def fund(app: Flask) -> Fund:
    limiter.reset()
    fund = make_fund()
    make_envelope(fund)
    return fund


@pytest.fixture
def url(fund: Fund) -> str:
    fund_round: FundRound = make_round(fund)
    return address(fund, fund_round)


@pytest.fixture
def resident(client: FlaskClient) -> FlaskClient:
    open_browser(client, make.make_account(role=None))
    return client


def drafts() -> list[Draft]:
    db.session.rollback()
    statement = select(Draft).execution_options(populate_existing=True)
    return list(db.session.execute(statement).scalars())


def begin(client: FlaskClient, url: str, **typed: str) -> None:
    sent = PageForm(client.get(url).text, "draft_version").filled(
        {"title": "Un goûter", "label_1": "Le goûter", "amount_1": "300", **typed}
    )
    answer = client.post(url, data=sent | {"garder": ["1"]}, headers=OURS)
    assert (answer.status_code, answer.location) == (303, LIST)


def test_what_is_begun_is_found_again_without_the_contact(resident: FlaskClient, url: str) -> None:
    begin(resident, url, contact="quelqu-un@example.org")
    (draft,) = drafts()
    assert draft.fields["amount_1"] == ["300"]
    assert "contact" not in draft.fields
    mine = resident.get(LIST).text
    assert "Un projet pour un fonds" in mine
    assert url in mine
    page = resident.get(url).text
    assert "Nous avons retrouvé ce que vous aviez écrit" in page
    assert dict(PageForm(page, "draft_version").sent)["amount_1"] == "300"


@pytest.mark.parametrize("sent_as", ["linked", "alone"])
def test_the_draft_goes_with_the_project_linked_or_not(resident: FlaskClient, url: str, sent_as: str) -> None:
    begin(resident, url)
    form = PageForm(resident.get(url).text, "draft_version").filled({**FIELDS, "sent_as": sent_as})
    answer = resident.post(url, data=form, headers=OURS)
    assert answer.status_code == 200, answer.text
    assert "data-draft-sent" in answer.text
    assert drafts() == []
    author = db.session.execute(select(FundProject.author_id)).scalar_one()
    assert (author is not None) == (sent_as == "linked")


def test_it_stays_where_the_sending_is_refused(resident: FlaskClient, url: str) -> None:
    begin(resident, url)
    form = PageForm(resident.get(url).text, "draft_version").filled({**FIELDS, "asked": "rien"})
    answer = resident.post(url, data={**form, "sent_as": "linked"}, headers=OURS)
    assert answer.status_code == 422
    assert "data-draft-shown-again" in answer.text
    assert len(drafts()) == 1


def test_a_visitor_is_offered_none(client: FlaskClient, url: str) -> None:
    page = client.get(url).text
    assert "Garder pour plus tard" not in page
    assert "data-draft" not in page


def test_who_signed_in_finds_their_projects_on_their_first_page(resident: FlaskClient, url: str) -> None:
    form = PageForm(resident.get(url).text, "draft_version").filled({**FIELDS, "sent_as": "linked"})
    assert resident.post(url, data=form, headers=OURS).status_code == 200
    page = resident.get("/fr/moi").text
    assert "Mes projets" in page
    assert "Un goûter au pied des tours" in page
    assert "Un goûter au pied des tours" in resident.get("/fr/moi/donnees").text
