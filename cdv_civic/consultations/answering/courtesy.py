"""« Une réponse est déjà partie de cet appareil »: a courtesy to whoever forgot that they answered, not a refusal.

A cookie of its own for each consultation, set only once an answer came in without an account, never on a device that
several people use. It names nobody and no answer, and ends when the consultation closes.
"""

import hmac
from datetime import datetime
from typing import Final

from flask import request
from werkzeug.wrappers import Response

from cdv_civic.core import clock
from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.web.own_cookies import cookie_name, delete_cookie, set_cookie

_NAME: Final = "repondu_"


def _name(consultation_id: int) -> str:
    return cookie_name(_NAME + keyed_hash("name of a cookie of an answer", str(consultation_id))[:10])


def _proof(consultation_id: int) -> str:
    return keyed_hash("answered on this device", str(consultation_id))


def answered_here(consultation_id: int) -> bool:
    """Whether an answer to a consultation left this browser before."""
    said = request.cookies.get(_name(consultation_id), "")
    return said.isascii() and hmac.compare_digest(said, _proof(consultation_id))


def remember(response: Response, consultation_id: int, until: datetime) -> None:
    """Let an answer's page say so to this browser, until the consultation closes."""
    lasts = max(1, int((until - clock.now()).total_seconds()))
    set_cookie(response, _name(consultation_id), _proof(consultation_id), lasts)


def forget(response: Response, consultation_id: int) -> None:
    """Whoever takes the answer back may answer again without being asked."""
    delete_cookie(response, _name(consultation_id))
