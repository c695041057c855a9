"""Signing in as a person would: through the form, with its token."""

import html
import re
import secrets

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.people.models import AccountSession
from cdv_civic.people.sessions import SignedIn, hashed
from tests.factories import PASSWORD


def token_of(page: TestResponse) -> str:
    """The token of the first form of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found, page.text[:2000]
    return html.unescape(found.group(1))


def sign_in(
    client: FlaskClient, account: SignedIn | str, password: str = PASSWORD, back: str = ""
) -> TestResponse:
    """Send the sign-in form; the answer to it."""
    page = client.get("/fr/connexion/equipe")
    email = account if isinstance(account, str) else account.email
    return client.post(
        "/fr/connexion/equipe",
        data={"csrf_token": token_of(page), "email": email, "password": password, "retour": back},
    )


def open_browser(client: FlaskClient, account: SignedIn, *, shared: bool = False) -> None:
    """The cookie that a browser holds after a sign-in, without the work of one."""
    token = secrets.token_urlsafe(16)
    with transaction() as writing:
        writing.add(
            AccountSession(
                account_id=account.actor_id,
                token_hash=hashed(token),
                opened_at=clock.now(),
                seen_at=clock.now(),
                device="Firefox, Linux",
                way="password",
                shared=shared,
            )
        )
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True


def send(client: FlaskClient, address: str, page: str | None = None, **fields: object) -> TestResponse:
    """Send a form that stands on `page` (the address itself where None) with its token."""
    token = token_of(client.get(page or address))
    data = {"csrf_token": token, **{name: value for name, value in fields.items() if value is not None}}
    return client.post(address, data=data, content_type="multipart/form-data")
