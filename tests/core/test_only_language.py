"""A form that is sent to be shown in another language comes back with all that was typed, and does nothing."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cdv_civic.core.db import Model, db
from cdv_civic.core.forms.protection import ONLY_LANGUAGE
from tests.cards.cards import UNTIL
from tests.factories import make_account, make_contract, make_quartier
from tests.signing_in import open_browser, token_of

WORDS = "Quand rouvre le parc de la cité ?"


def everything() -> dict[str, list[Any]]:
    """All rows but those of sessions and counters, which any request may touch."""
    db.session.rollback()
    left_out = {"account_session", "attempt", "rate_limit"}
    return {
        name: [tuple(row) for row in db.session.execute(select(table))]
        for name, table in Model.metadata.tables.items()
        if name not in left_out
    }


def test_a_form_of_the_desk_comes_back_in_the_other_language(app: Flask, client: FlaskClient) -> None:
    contract = make_contract()
    quartier = make_quartier(contract)
    open_browser(client, make_account(contract=contract))
    token = token_of(client.get("/fr/bureau/cartes/nouvelles"))
    before = everything()
    answer = client.post(
        "/en/bureau/cartes/nouvelles",
        data={
            "csrf_token": token,
            ONLY_LANGUAGE: "1",
            "quartier": str(quartier.id),
            "quantity": "3",
            "purpose": WORDS,
            "handed_out_by": "Maison du projet",
            "expires_on": UNTIL.isoformat(),
            "languages": ["fr"],
        },
    )
    assert answer.status_code == 422
    assert 'lang="en"' in answer.text
    assert f'value="{WORDS}"' in answer.text
    assert "error-summary" not in answer.text
    assert ONLY_LANGUAGE not in answer.text, "sent now, it is sent"
    assert everything() == before


def test_what_knows_no_form_to_show_again_does_nothing(app: Flask, client: FlaskClient) -> None:
    open_browser(client, make_account())
    token = token_of(client.get("/fr/bureau"))
    answer = client.post("/fr/deconnexion", data={"csrf_token": token, ONLY_LANGUAGE: "1"})
    assert (answer.status_code, answer.location) == (303, "/fr/deconnexion")
    assert client.get("/fr/bureau").status_code == 200, "still signed in"
