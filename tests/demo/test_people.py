"""The demonstration has a working account for each role."""

import dataclasses

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.operations import WrongCredentials, authenticate
from cdv_civic.accounts.queries import account_id_of
from cdv_civic.cards.operations.entry import CardRefused, open_card
from cdv_civic.cards.rules import grouped, is_whole
from cdv_civic.core.policy.model import Role, ScopeKind
from cdv_civic.core.policy.table import ROLES
from cdv_civic.demo import accounts
from cdv_civic.demo import cards as card
from cdv_civic.sign_in.second_factor.operations import WrongCode, use_code
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.factories import load_actor
from tests.signing_in import current_code


@pytest.fixture
def quartier_id(app: Flask) -> int:
    """As much of the demonstration's contract as its accounts are for."""
    contract = make.make_contract(accounts.CONTRACT)
    commune = make.make_commune(contract, slug="orly")
    quartier = make.make_quartier(contract, communes=[commune], slug=accounts.QUARTIER)
    make_body(contract, slug=accounts.BODY, quartiers=[quartier])
    make.make_organisation(contract, slug=accounts.HOLDER)
    return quartier.id


def test_every_role_that_can_be_granted_has_an_account(quartier_id: int) -> None:
    accounts.ensure_demo_accounts()
    accounts.ensure_demo_accounts()
    granted = {role for role, words in ROLES.items() if words.scopes}
    assert {each.role for each in accounts.ACCOUNTS} == {*granted, Role.RESIDENT}
    for each in accounts.ACCOUNTS:
        if each.role is Role.RESIDENT:
            continue
        actor = load_actor(authenticate(each.email, accounts.PASSWORD).id)
        assert {(grant.role, grant.scope.kind) for grant in actor.grants} == {
            (Role.PERSON, ScopeKind.SITE),
            (each.role, each.kind),
        }


def test_what_the_source_publishes_opens_nothing_in_production(
    app: Flask, quartier_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads this program must not be the administrator of a demonstration that is on the Internet."""
    accounts.ensure_demo_account()  # by somebody who tried the site on the same database before
    production = dataclasses.replace(app.extensions["settings"], environment="production", demo=True)
    monkeypatch.setitem(app.extensions, "settings", production)
    accounts.ensure_demo_accounts()
    card.ensure_demo_card(quartier_id)
    for each in accounts.ACCOUNTS:
        with pytest.raises(WrongCredentials):
            authenticate(each.email, accounts.PASSWORD)
    administrator = next(each.email for each in accounts.ACCOUNTS if each.role is Role.ADMINISTRATOR)
    account_id = account_id_of(administrator)
    assert account_id is not None
    with pytest.raises(WrongCode):
        use_code(account_id, current_code(accounts.SECRET))
    with pytest.raises(CardRefused):
        open_card(card.CODE)


def test_the_accounts_are_listed_while_developing_only(
    app: Flask, client: FlaskClient, quartier_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.ensure_demo_accounts()
    card.ensure_demo_card(quartier_id)
    assert accounts.EMAIL not in client.get("/fr/connexion/equipe").text
    assert grouped(card.CODE) not in client.get("/fr/carte").text
    assert accounts.RESIDENT not in client.get("/fr/connexion/e-mail").text
    settings = dataclasses.replace(app.extensions["settings"], environment="development", demo=True)
    monkeypatch.setitem(app.extensions, "settings", settings)
    page = client.get("/fr/connexion/equipe").text
    assert all(each.email in page for each in accounts.ACCOUNTS if each.role is not Role.RESIDENT)
    assert grouped(card.CODE) in client.get("/fr/carte").text
    assert accounts.RESIDENT in client.get("/fr/connexion/e-mail").text


def test_the_card_opens_an_account_again_and_again(quartier_id: int) -> None:
    assert is_whole(card.CODE)
    card.ensure_demo_card(quartier_id)
    card.ensure_demo_card(quartier_id)
    first, second = open_card(card.CODE), open_card(card.CODE)
    assert (first.first_time, second.first_time) == (True, False)
    assert first.account_id == second.account_id
