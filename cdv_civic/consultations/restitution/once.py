"""One tap for each device: a courtesy that a cookie keeps, and nothing that counts on it.

The cookie is set only by a tap, says which answers this device has tapped on, and goes nowhere else: it names nobody.
On a device that several people share (a session that says so) it is never set.
"""

from typing import Final

from flask import current_app, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts.sessions import shared_session
from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.web.own_cookies import cookie_name, set_cookie

_NAME: Final = "entendu"
#: Answers that a device remembers; a mark for each.
_MOST: Final = 20
_MARK: Final = 16
_LASTS: Final = 180 * 24 * 3600


def _mark(slug: str) -> str:
    return keyed_hash("tapped on the answer", slug)[:_MARK]


def _marks() -> list[str]:
    said = request.cookies.get(cookie_name(_NAME), "")
    return [each for each in said.split(".") if len(each) == _MARK and each.isalnum()][-_MOST:]


def tapped_before(slug: str) -> bool:
    """Whether this device tapped on this answer."""
    return _mark(slug) in _marks()


def _is_shared() -> bool:
    """Whether somebody has signed in here who said that others use this device; asked where a session is at all."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return False
    return bool(current_user.is_authenticated) and shared_session()


def remember(response: AnyResponse, slug: str) -> None:
    """Let this device know that it did, unless others use it too."""
    if _is_shared():
        return
    marks = [each for each in _marks() if each != _mark(slug)]
    set_cookie(response, cookie_name(_NAME), ".".join([*marks, _mark(slug)][-_MOST:]), _LASTS)
