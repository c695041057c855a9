"""A form sent after its session has ended: what was typed comes back, with the way in."""

import pytest
from flask.testing import FlaskClient

from cdv_civic.accounts.models import AccountSession
from cdv_civic.commitments.models import Commitment
from cdv_civic.core.db import transaction
from tests.factories import make_account, make_commitment, make_contract
from tests.signing_in import open_browser, sign_in, token_of

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
SENTENCE = "Les murs de la médiathèque sont montés."
PROGRESS = {
    "state": "en_cours",
    "happened_on": "2026-01-10",
    "sentence": SENTENCE,
    "client_key": "a" * 32,
}


@pytest.fixture
def commitment() -> Commitment:
    return make_commitment(make_contract())


def forget_sessions() -> None:
    with transaction() as session:
        session.query(AccountSession).delete()


def typed(client: FlaskClient, address: str, **fields: str) -> dict[str, str]:
    return {"csrf_token": token_of(client.get(address)), **fields}


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Votre connexion est fermée"), ("ar", "تم تسجيل خروجكم")]
)
def test_what_was_typed_comes_back_and_can_be_sent_again(
    client: FlaskClient, commitment: Commitment, language: str, words: str
) -> None:
    account = make_account()
    open_browser(client, account)
    address = f"/{language}/bureau/engagements/{commitment.id}/avancement"
    form = typed(client, address, **PROGRESS)
    forget_sessions()
    answer = client.post(address, data=form, headers=FROM_HERE)
    assert answer.status_code == 403
    assert words in answer.text
    assert SENTENCE in answer.text
    assert f'href="/{language}/connexion" target="_blank"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    sign_in(client, account)
    shown = client.post(address, data=form, headers=FROM_HERE)
    assert shown.status_code == 422, "its token was that of the session before"
    assert SENTENCE in shown.text
    again = {**form, "csrf_token": token_of(shown)}
    assert client.post(address, data=again, headers=FROM_HERE).status_code == 303


def test_a_shared_device_shows_nothing_again(client: FlaskClient, commitment: Commitment) -> None:
    open_browser(client, make_account(), shared=True)
    with client.session_transaction() as cookie:
        cookie["shared"] = True
    address = f"/fr/bureau/engagements/{commitment.id}/avancement"
    form = typed(client, address, **PROGRESS)
    forget_sessions()
    answer = client.post(address, data=form, headers=FROM_HERE)
    assert answer.status_code == 302
    assert answer.location.startswith("/fr/connexion")
    assert SENTENCE not in answer.text


def test_what_another_site_sends_is_not_shown(client: FlaskClient, commitment: Commitment) -> None:
    answer = client.post(
        f"/fr/bureau/engagements/{commitment.id}/avancement",
        data={"sentence": SENTENCE},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 302
    assert SENTENCE not in answer.text


def test_a_secret_typed_beside_words_is_not_shown(client: FlaskClient, commitment: Commitment) -> None:
    answer = client.post(
        f"/fr/bureau/engagements/{commitment.id}/avancement",
        data={"sentence": SENTENCE, "password": "un secret de chaise"},
        headers=FROM_HERE,
    )
    assert SENTENCE in answer.text
    assert "un secret de chaise" not in answer.text
    assert "Envoyer de nouveau" not in answer.text
