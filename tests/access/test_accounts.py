"""Administrators of the whole site invite people and close accounts."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cdv_civic.access.operations import invite
from cdv_civic.core.audit import AuditEntry
from cdv_civic.core.errors import Conflict, Forbidden
from cdv_civic.core.policy import CommandLine, Role
from cdv_civic.people.models import Account
from cdv_civic.people.operations import disable_account
from tests.conftest import counting
from tests.factories import make_account, make_contract
from tests.mail_server import MailBox, send_mails
from tests.signing_in import send, sign_in, token_of

PAGE = "/fr/bureau/comptes"


def test_an_administrator_invites_somebody(client: FlaskClient, session: Session, mail: MailBox) -> None:
    sign_in(client, make_account(role="administrator"))
    answer = send(
        client, PAGE, email="nouvelle@example.org", name="Nouvelle", organisation_name="Ville", role="staff",
        contract="", language="ar",
    )  # fmt: skip
    assert answer.status_code == 303
    page = client.get(PAGE)
    assert "nouvelle@example.org" in page.text
    assert "invitation envoyée" in page.text
    send_mails()
    assert mail.recipients == ["nouvelle@example.org"]
    assert mail.taken[0]["Content-Language"] == "ar"
    session.rollback()
    entries = (
        session.execute(select(AuditEntry.after).where(AuditEntry.action == "account.manage")).scalars().all()
    )
    assert entries == [{"created": True}, {"invited": True}]
    account = session.execute(select(Account).where(Account.email == "nouvelle@example.org")).scalar_one()
    again = client.post(f"{PAGE}/{account.id}/inviter", data={"csrf_token": token_of(page)})
    assert again.status_code == 303
    send_mails()
    assert len(mail.taken) == 2


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "deja@example.org", "Cette adresse e-mail a déjà un compte."),
        ("email", "a@example.org\nBcc: b@example.org", "n’est pas complète"),
        ("name", "Nom\r\nBcc: b@example.org", "sur une seule ligne"),
        ("organisation_name", "", "Écrivez ce que les habitants liront"),
        ("name", "n" * 10_000, "C’est trop long."),
        ("role", "king", ""),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_sent(
    client: FlaskClient, mail: MailBox, field: str, value: str, sentence: str
) -> None:
    make_account("deja@example.org")
    sign_in(client, make_account(role="administrator"))
    typed = {
        "email": "n@example.org",
        "name": "N",
        "organisation_name": "Ville",
        "role": "staff",
        "language": "fr",
    }
    page = send(client, PAGE, **{**typed, "contract": "", field: value})
    assert page.status_code in (409, 422)
    assert sentence in page.text
    send_mails()
    assert mail.taken == []


def test_an_administrator_closes_an_account(app: Flask, client: FlaskClient) -> None:
    sign_in(client, make_account(role="administrator"))
    leaving = make_account()
    elsewhere = app.test_client()
    sign_in(elsewhere, leaving)
    page = client.get(PAGE)
    answer = client.post(f"{PAGE}/{leaving.actor_id}/fermer", data={"csrf_token": token_of(page)})
    assert answer.status_code == 303
    assert elsewhere.get("/fr/bureau").status_code == 302
    assert "fermé" in client.get(PAGE).text


def test_the_last_administrator_stays(client: FlaskClient) -> None:
    last = make_account(role="administrator")
    with pytest.raises(Conflict):
        disable_account(CommandLine(), last.email)
    other = make_account(role="administrator")
    disable_account(CommandLine(), other.email)
    with pytest.raises(Conflict):
        disable_account(CommandLine(), last.email)
    sign_in(client, last)
    client.post(f"{PAGE}/{last.actor_id}/fermer", data={"csrf_token": token_of(client.get(PAGE))})
    assert "dernier compte qui gère le site" in client.get(PAGE).text


def test_staff_and_administrators_of_one_contract_stay_out(client: FlaskClient, app: Flask) -> None:
    contract = make_contract()
    for account in (make_account(), make_account(role="administrator", contract=contract)):
        visitor = app.test_client()
        sign_in(visitor, account)
        assert visitor.get(PAGE).status_code == 403
        with pytest.raises(Forbidden):
            invite(account, email="n@example.org", name="N", organisation_name="V", role=Role.ADMINISTRATOR)


def test_the_page_takes_few_statements_however_many_accounts(app: Flask, client: FlaskClient) -> None:
    sign_in(client, make_account(role="administrator"))
    for _ in range(20):
        make_account(contract=make_contract())
    with counting(app) as statements:
        assert client.get(PAGE).status_code == 200
    assert len(statements) <= 6
