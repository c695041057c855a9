"""« Garder pour plus tard »: what is begun to be answered, kept with the account of whoever is signed in."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cdv_civic.accounts.limits import limiter
from cdv_civic.consultations.operations.editing.publishing import take_back
from cdv_civic.core.db import db
from cdv_civic.drafts.models import Draft
from tests.consultations.answering.answers import Asked, Walker, make_asked, make_resident, receipt_in
from tests.factories import make_account
from tests.signing_in import open_browser


@pytest.fixture
def asked(app: Flask) -> Asked:
    limiter.reset()
    return make_asked()


@pytest.fixture
def resident(client: FlaskClient, asked: Asked) -> FlaskClient:
    open_browser(client, make_resident(asked.quartiers[0]))
    return client


def drafts() -> list[Draft]:
    db.session.rollback()
    statement = select(Draft).execution_options(populate_existing=True)
    return list(db.session.execute(statement).scalars())


def begun(client: FlaskClient, asked: Asked) -> Walker:
    walker = Walker(client, asked.url)
    walker.send({f"q{asked.tenant.id}": str(asked.yes)}).send({f"q{asked.rent.id}": "4"})
    return walker.send(go="passer").send({f"q{asked.words.id}": "Pour plus tard"}, garder="1")


def test_all_screens_are_kept_and_found_again_on_another_device(resident: FlaskClient, asked: Asked) -> None:
    walker = begun(resident, asked)
    assert (walker.page.status_code, walker.page.location) == (303, "/fr/moi/brouillons")
    (draft,) = drafts()
    assert draft.fields[f"q{asked.words.id}"] == ["Pour plus tard"]
    mine = resident.get("/fr/moi/brouillons").text
    assert "Une réponse à une consultation" in mine
    assert "La rue de l’école" in mine
    assert asked.url in mine
    walker = Walker(resident, asked.url)
    assert "Nous avons retrouvé ce que vous aviez écrit" in walker.page.text
    walker.send()
    assert walker.form.filled({})[f"q{asked.rent.id}"] == ["4"]
    walker.send().send(go="passer")
    assert walker.form.filled({})[f"q{asked.words.id}"] == ["Pour plus tard"]


def test_a_consultation_that_is_prepared_again_is_not_named_to_whoever_began(
    resident: FlaskClient, asked: Asked
) -> None:
    begun(resident, asked)
    take_back(make_account(contract=asked.contract), asked.row.id, version=asked.row.version)
    mine = resident.get("/fr/moi/brouillons").text
    assert "Une réponse à une consultation" in mine
    assert "La rue de l’école" not in mine
    assert asked.url not in mine


def test_a_draft_goes_with_the_answer(resident: FlaskClient, asked: Asked) -> None:
    begun(resident, asked)
    walker = Walker(resident, asked.url).send().send().send(go="passer").send().send()
    assert receipt_in(walker.page)
    assert drafts() == []


def test_somebody_else_and_a_visitor_find_nothing_of_it(resident: FlaskClient, asked: Asked) -> None:
    begun(resident, asked)
    other = resident.application.test_client()
    assert "Garder pour plus tard" not in Walker(other, asked.url).page.text
    open_browser(other, make_resident())
    walker = Walker(other, asked.url)
    assert "Garder pour plus tard" in walker.page.text
    assert "Pour plus tard" not in walker.form.filled({}).get(f"q{asked.words.id}", [])
    assert "checked" not in walker.page.text.partition("<form")[2].partition("</form>")[0]


def test_nothing_is_kept_where_nothing_was_answered(resident: FlaskClient, asked: Asked) -> None:
    walker = Walker(resident, asked.url).send(garder="1")
    assert (walker.page.status_code, drafts()) == (422, [])
    assert "rien à garder" in walker.page.text
