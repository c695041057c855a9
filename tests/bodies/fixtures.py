"""A body, its moderator, and the moderator at the desk."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core.policy.model import Scope, ScopeKind
from cdv_civic.territory.models import Body, Contract
from tests import factories as make
from tests.bodies.bodies import make_body
from tests.signing_in import open_browser


@pytest.fixture
def contract(app: Flask) -> Contract:
    return make.make_contract("val")


@pytest.fixture
def body(contract: Contract) -> Body:
    return make_body(contract, slug="conseil")


@pytest.fixture
def moderator(body: Body) -> SignedIn:
    return make.make_account(role="moderator", scope=Scope(ScopeKind.BODY, body.id))


@pytest.fixture
def desk(client: FlaskClient, moderator: SignedIn) -> FlaskClient:
    open_browser(client, moderator)
    return client
