"""Who prepares consultations, and where."""

import pytest
from flask import Flask

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.territory.models import Commune, Contract, Quartier
from tests import factories as make


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make.make_contract()


@pytest.fixture
def commune(contract: Contract) -> Commune:
    return make.make_commune(contract)


@pytest.fixture
def quartier(contract: Contract, commune: Commune) -> Quartier:
    return make.make_quartier(contract, communes=[commune])


@pytest.fixture
def staff(contract: Contract) -> SignedIn:
    return make.make_account(contract=contract)


@pytest.fixture
def colleague(contract: Contract) -> SignedIn:
    return make.make_account(contract=contract)
