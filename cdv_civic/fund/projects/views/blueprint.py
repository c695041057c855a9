"""What the pages of whoever carries a project share: the blueprint, the round of an address, and who is there."""

from typing import Final

from flask import Blueprint, abort, current_app, g, request
from flask_login import current_user

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.fund.projects.queries.rounds import DepositRound, deposit_round

blueprint = Blueprint("fund_projects", __name__, url_prefix="/<lang>/fonds")
#: Not kept by us, for each form has a name of its own; a browser may go back to it.
OWN_COPY: Final = "private, no-cache"
#: Megabytes of a photo and of quotes.
MOST_FILES: Final = 42


def round_here(fund: str, slug: str) -> DepositRound:
    """The round of an address, or a page « not found ». 1 statement."""
    found = deposit_round(fund, slug, g.language.tag)
    if found is None:
        abort(404)
    return found


def author_here() -> SignedIn | None:
    """The resident who has signed in, where this browser brings a session at all."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies or not current_user.is_authenticated:
        return None
    who: SignedIn = current_user._get_current_object()
    return who
