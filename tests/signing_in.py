"""Signing in as a person would: through the form, with its token."""

import html
import re
import secrets

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from cdv_civic.accounts.emails import fold_email
from cdv_civic.accounts.models import Account, AccountSession
from cdv_civic.accounts.rules import code_at, step_at
from cdv_civic.accounts.sessions import SignedIn, hashed
from cdv_civic.core import clock
from cdv_civic.core.db import transaction
from cdv_civic.sign_in.second_factor.operations import enrol
from tests.factories import PASSWORD


def token_of(page: TestResponse) -> str:
    """The token of the first form of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found, page.text[:2000]
    return html.unescape(found.group(1))


#: The telephone of accounts that `sign_in` gives one.
SECRET = "ESSAISESSAISESSAISESSAISESSAISES"


def current_code(secret: str) -> str:
    """The code that an authenticator app with this secret shows now."""
    return code_at(secret, step_at(clock.now()))


def with_factor(account: SignedIn | str) -> str | None:
    """Give an account a telephone that shows the codes of `SECRET`, as if no code had served; its code."""
    email = fold_email(account) if isinstance(account, str) else account.email
    with transaction() as writing:
        account_id = writing.execute(select(Account.id).where(Account.email == email)).scalar()
        if account_id is None:
            return None
        enrol(writing, account_id, SECRET)
    return current_code(SECRET)


def sign_in(
    client: FlaskClient, account: SignedIn | str, password: str = PASSWORD, back: str = "", **fields: str
) -> TestResponse:
    """Send the sign-in form, then the code of the telephone where one is asked for; the last answer."""
    page = client.get("/fr/connexion/equipe")
    email = account if isinstance(account, str) else account.email
    answer = client.post(
        "/fr/connexion/equipe",
        data={
            "csrf_token": token_of(page),
            "email": email,
            "password": password,
            "retour": back,
            **fields,
        },
    )
    if answer.location in ("/fr/connexion/equipe/code", "/fr/connexion/equipe/telephone"):
        code = with_factor(account)
        return send(client, "/fr/connexion/equipe/code", code=code)
    return answer


def open_browser(
    client: FlaskClient, account: SignedIn, *, shared: bool = False, way: str = "password"
) -> None:
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
                way=way,
                shared=shared,
            )
        )
    with client.session_transaction() as session:
        session["_user_id"] = session["token"] = token
        session["_fresh"] = True


def send(client: FlaskClient, address: str, page: str | None = None, **fields: object) -> TestResponse:
    """Send a form that stands on `page` (the address itself where None) with its token."""
    token = token_of(client.get(page or address))
    data = {"csrf_token": token, **{name: value for name, value in fields.items() if value is not None}}
    return client.post(address, data=data, content_type="multipart/form-data")
