"""Who somebody is for one consultation alone, as a service of identity said it a moment ago.

Whoever comes back from there has a cookie that holds `person_hash` and nothing else, signed, for an hour: long enough
to answer. It is read as the answer is sent, and goes with it. `keep` is called by the page that the service leads back
to, `person_in` by the form.
"""

from typing import Final

from flask import request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web.own_cookies import cookie_name, delete_cookie, set_cookie

#: Seconds.
KEPT_FOR: Final = 60 * 60
_NAME: Final = "personne_"


def cookie_of(consultation_id: int) -> str:
    """What the cookie of one consultation is called."""
    return cookie_name(_NAME + keyed_hash("name of a cookie of a person", str(consultation_id))[:10])


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_settings().secret_key, salt="consultation person")


def person_hash(consultation_id: int, pairwise_sub: str) -> str:
    """What tells a person apart within one consultation; nobody can join those of two."""
    return keyed_hash("person of a consultation", str(consultation_id), pairwise_sub)


def keep(response: Response, consultation_id: int, hashed: str) -> None:
    """Let this browser answer a consultation as a person, for an hour."""
    set_cookie(
        response, cookie_of(consultation_id), str(_signer().dumps([consultation_id, hashed])), KEPT_FOR
    )


def person_in(consultation_id: int) -> str | None:
    """Who this browser answers a consultation as; None: nobody said so, or too long ago."""
    said = request.cookies.get(cookie_of(consultation_id))
    if not said:
        return None
    try:
        number, hashed = _signer().loads(said, max_age=KEPT_FOR)
    except (BadData, ValueError, TypeError):
        return None
    return str(hashed) if number == consultation_id else None


def forget(response: Response, consultation_id: int) -> None:
    """It has answered."""
    delete_cookie(response, cookie_of(consultation_id))
