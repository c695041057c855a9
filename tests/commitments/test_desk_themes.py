"""The themes of a contract's parts are suggested by the import and decided by staff."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.commitments.models import Commitment
from tests.factories import make_account, make_axis, make_commitment, make_contract
from tests.signing_in import send, sign_in


def test_a_theme_is_set_and_followed(client: FlaskClient, session: Session) -> None:
    contract = make_contract()
    axis = make_axis(contract, "Vivre en bonne santé")
    commitment = make_commitment(contract, axes=[axis])
    sign_in(client, make_account())
    address = f"/fr/bureau/themes/{axis.id}"
    assert send(client, address, theme="sante").status_code == 303
    page = client.get(f"/fr/bureau/themes?contrat={contract.id}").text
    assert "1 engagement le suit." in page
    assert "Vivre en bonne santé" in page
    assert "choisi par l’équipe" in page
    assert "L’import propose : Aucun thème." in client.get(address).text
    assert (
        "Vivre en bonne santé" not in client.get(f"/fr/bureau/themes?contrat={contract.id}&theme=aucun").text
    )
    session.rollback()
    assert session.execute(select(Commitment.theme).where(Commitment.id == commitment.id)).scalar() == "sante"
    assert send(client, address, theme="sport").status_code == 422


def test_only_the_parts_of_ones_contracts_are_shown(client: FlaskClient) -> None:
    mine, other = make_contract(), make_contract()
    make_axis(mine, "Chez moi")
    elsewhere = make_axis(other, "Chez les autres")
    sign_in(client, make_account(contract=mine))
    page = client.get(f"/fr/bureau/themes?contrat={other.id}").text
    assert "Chez moi" in page
    assert "Chez les autres" not in page
    assert client.get(f"/fr/bureau/themes/{elsewhere.id}").status_code == 403
    assert client.get("/fr/bureau/themes/999").status_code == 404


def test_300_parts_cost_what_3_do(client: FlaskClient, count_statements: Callable[[], Any]) -> None:
    contract = make_contract()
    sign_in(client, make_account())
    for _ in range(3):
        make_axis(contract)
    with count_statements() as few:
        client.get("/ar/bureau/themes")
    for _ in range(297):
        make_axis(contract)
    with count_statements() as many:
        client.get("/ar/bureau/themes")
    assert len(few) == len(many) <= 12
