"""The page of who speaks one's language, the link that leads there, and the desk."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.core.policy.model import Role, Scope, ScopeKind
from cdv_civic.language_help import operations
from cdv_civic.territory.models import Contract, Quartier
from tests import factories as make
from tests.language_help.services import make_service
from tests.packs.samples import load, small
from tests.page_forms import PageForm
from tests.signing_in import open_browser

pytestmark = pytest.mark.one_database

LINK = '/langues"'


def test_the_link_stands_under_each_page_once_somebody_speaks_the_language(
    app: Flask, client: FlaskClient
) -> None:
    contract = make.make_contract()
    pages = [f"/{tag}/mots" for tag in ("fr", "ar", "en")]
    assert [LINK in client.get(page).text for page in pages] == [False, False, False]
    service = make_service(contract, spoken=("ar", "tr"))
    assert [LINK in client.get(page).text for page in pages] == [True, True, False], (
        "who reads French may speak any other language"
    )
    operations.withdraw_service(make.make_account(role="administrator"), service)
    assert [LINK in client.get(page).text for page in pages] == [False, False, False]


def test_the_page_says_what_where_when_and_in_which_languages(app: Flask, client: FlaskClient) -> None:
    make_service(make.make_contract(), what={"fr": "On lit avec vous.", "ar": "نقرأ معكم."})
    page = client.get("/fr/langues").text
    for said in (
        "Maison inventée",
        "On lit avec vous.",
        "Türkçe",
        "(turc)",
        "1 place du Marché",
        "tel:0199001234",
    ):
        assert said in page
    arabic = client.get("/ar/langues").text
    assert "نقرأ معكم." in arabic
    assert '<html lang="ar" dir="rtl">' in arabic


def test_an_unknown_language_or_place_shows_all(app: Flask, client: FlaskClient) -> None:
    make_service(make.make_contract())
    assert "Maison inventée" in client.get("/fr/langues?langue=xx&ville=nulle-part&quartier=nul").text


def test_nobody_speaks_it_yet(app: Flask, client: FlaskClient) -> None:
    make_service(make.make_contract())
    assert "Demandez à la mairie" in client.get("/fr/langues?langue=zh").text


def test_staff_add_change_take_off_and_put_back(app: Flask) -> None:
    contract = make.make_contract()
    orly = make.make_commune(contract, "Orly", "orly")
    staff = make.make_account(role=Role.STAFF.value, scope=Scope(ScopeKind.COMMUNE, orly.id))
    browser = app.test_client()
    open_browser(browser, staff)
    page = browser.get("/fr/bureau/langues/nouveau").text
    assert "commune:" in page
    assert 'value="contract"' not in page
    form = PageForm(page, "client_key")
    typed = {
        "kind": "counter",
        "served": f"commune:{orly.id}",
        "service": "Point inventé",
        "what_fr": "On vous aide.",
        "spoken": "ta",
        "phone": "Tél. : 01.99.00.12.34",
    }
    refused = browser.post(
        "/fr/bureau/langues/nouveau", data=form.filled({**typed, "phone": "", "place": ""})
    )
    assert refused.status_code == 422
    assert "Écrivez une adresse ou un numéro de téléphone." in refused.text
    empty = form.filled({**typed, "service": "", "phone": "appelez-nous", "place": ""})
    refused = browser.post("/fr/bureau/langues/nouveau", data={**empty, "spoken": []})
    for field in ("service", "spoken", "phone"):
        assert f'id="{field}-error"' in refused.text, "all that is wrong is said at once"
    assert browser.post("/fr/bureau/langues/nouveau", data=form.filled(typed)).status_code == 303
    table = browser.get("/fr/bureau/langues").text
    assert "Point inventé" in table
    assert "01 99 00 12 34" in browser.get("/fr/langues").text
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', table)
    assert token
    button = {"csrf_token": token[1]}
    assert browser.post("/fr/bureau/langues/1/retirer", data=button).status_code == 303
    assert "Point inventé" not in browser.get("/fr/langues").text
    assert browser.post("/fr/bureau/langues/1/remettre", data=button).status_code == 303
    assert "On vous aide." in browser.get("/fr/langues").text


def test_the_towns_offered_are_those_of_the_contract_also_after_it_was_imported_anew(
    app: Flask, session: Session, client: FlaskClient
) -> None:
    load(small())
    make_service(session.execute(select(Contract)).scalar_one())
    session.rollback()
    assert '<option value="villejuif"' not in client.get("/fr/langues").text
    towns = [*small()["communes"], {"slug": "villejuif", "name": "Villejuif"}]
    load(small(communes=towns))
    session.rollback()
    assert '<option value="villejuif"' in client.get("/fr/langues").text
    load(small())
    session.rollback()
    assert '<option value="villejuif"' not in client.get("/fr/langues").text


def test_staff_of_one_town_open_no_form_of_the_next_town(app: Flask) -> None:
    contract = make.make_contract()
    orly, ivry = make.make_commune(contract, "Orly", "orly"), make.make_commune(contract, "Ivry", "ivry")
    theirs, whole = make_service(contract, commune=ivry), make_service(contract, service="Partout")
    mine = make_service(contract, service="Ici", commune=orly)
    operations.withdraw_service(make.make_account(role="administrator"), theirs)
    browser = app.test_client()
    open_browser(browser, make.make_account(role=Role.STAFF.value, scope=Scope(ScopeKind.COMMUNE, orly.id)))
    opened = {each: browser.get(f"/fr/bureau/langues/{each}").status_code for each in (theirs, whole, mine)}
    assert opened == {theirs: 403, whole: 403, mine: 200}, "what was taken off a page is that town’s affair"


def test_a_service_of_a_place_that_the_contract_names_no_more_can_be_taken_off(app: Flask) -> None:
    contract = make.make_contract()
    quartier = make.make_quartier(contract)
    make_service(contract, quartier=quartier)
    with transaction() as session:
        session.execute(update(Quartier).values(retired_at=clock.now()))
    browser = app.test_client()
    assert "Maison inventée" in browser.get("/fr/langues").text
    open_browser(browser, make.make_account(contract=contract))
    assert "Maison inventée" in browser.get("/fr/bureau/langues").text
