"""Browsers in which somebody has come in with their password: strangers' wrong passwords do not count there.

The way of « device cookies »: who guesses at an account from elsewhere uses up the tries of strangers, never those of
the browser that its holder uses. The cookie opens nothing: it names no one, holds a random number and its hash under
SECRET_KEY, and lets its bearer try as often as anybody else.
"""

import hmac
import secrets
from datetime import timedelta
from typing import Final

from flask import Response, after_this_request, request

from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.web.own_cookies import cookie_name, set_cookie

KEPT: Final = timedelta(days=180)
#: After a password was chosen by a link: until it is typed for the first time.
JUST_CHOSEN: Final = timedelta(hours=1)
#: One cookie for each account of a browser that several colleagues use.
_NAME: Final = "connu_"


def _name(email: str) -> str:
    return cookie_name(_NAME + keyed_hash("name of a known device", email)[:10])


def _proof(email: str, device: str) -> str:
    return keyed_hash("known device", email, device)


def device_of(email: str) -> str | None:
    """The number of this browser, where the account of a folded e-mail was opened in it before."""
    device, _, proof = request.cookies.get(_name(email), "").partition(".")
    known = proof.isascii() and hmac.compare_digest(proof, _proof(email, device))
    return device if known else None


def remember(email: str, kept: timedelta = KEPT) -> None:
    """Know this browser again, for the account of a folded e-mail. Never one that others use too."""
    device = device_of(email) or secrets.token_urlsafe(16)

    @after_this_request
    def keep(response: Response) -> Response:
        set_cookie(response, _name(email), f"{device}.{_proof(email, device)}", kept)
        return response
