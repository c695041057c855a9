"""The mark by which a browser supports each idea of a box once, where nobody signed in.

Random, set only once somebody supports an idea, for that box alone, never on a device that several people use. It names
nobody, and what is kept of it (`operations.supporting.browser_hash`) leads back to no browser.
"""

import re
import secrets
from datetime import timedelta
from typing import Final

from flask import request
from werkzeug.wrappers import Response

from cdv_civic.core.hmac_hash import keyed_hash
from cdv_civic.core.web.own_cookies import cookie_name, set_cookie

KEPT_FOR: Final = timedelta(days=400)
_NAME: Final = "soutien_"
_MARK: Final = re.compile(r"[0-9a-f]{32}")


def _name(box_id: int) -> str:
    return cookie_name(_NAME + keyed_hash("name of a cookie of supports", str(box_id))[:10])


def mark_in(box_id: int) -> str | None:
    """The mark that this browser brings; None: it supported nothing here."""
    said = request.cookies.get(_name(box_id), "")
    return said if _MARK.fullmatch(said) else None


def new_mark() -> str:
    """A mark that no browser has."""
    return secrets.token_hex(16)


def remember(response: Response, box_id: int, mark: str) -> None:
    """Let this browser keep its mark."""
    set_cookie(response, _name(box_id), mark, KEPT_FOR)
