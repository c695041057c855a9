"""Whoever says in their own space that they are under 18 is named on no page of a body, from then on."""

from flask import Flask
from flask.testing import FlaskClient

from cdv_civic.core import clock
from cdv_civic.core.db import SITE, transaction
from cdv_civic.my_space.operations import describe_myself
from cdv_civic.seats.models import Seat
from tests.bodies.bodies import make_body
from tests.factories import make_account, make_contract


def test_ticking_it_takes_the_name_off_the_page_at_once(app: Flask, client: FlaskClient) -> None:
    contract = make_contract("c")
    body = make_body(contract, "Conseil citoyen", slug="conseil")
    account = make_account(role=None, name="Zoubida", organisation_name="")
    with transaction(publishes=SITE) as session:
        session.add(
            Seat(
                body_id=body.id,
                client_key="u",
                college="habitants",
                way="volontaire",
                substitute=False,
                rank=None,
                first_name="Zoubida",
                last_name="Benali",
                represents="",
                email="",
                phone="",
                person_key=None,
                gender=None,
                minor=False,
                hidden=False,
                name_public_on=clock.today(),
                account_id=account.actor_id,
                role_grant_id=None,
                starts_on=clock.today(),
                ends_on=None,
                ended_on=None,
                ending=None,
                version=1,
                created_at=clock.now(),
            )
        )
    address = "/fr/contrats/c/instances/conseil"
    assert "Zoubida Benali" in client.get(address).text
    describe_myself(account, name="Zoubida", minor=True)
    assert "Zoubida" not in client.get(address).text
    describe_myself(account, name="Zoubida", minor=False)
    assert "Zoubida Benali" in client.get(address).text
