"""What the public pages of ideas share: the blueprint, the box of an address, and who is there."""

from flask import Blueprint, abort, current_app, g, request
from flask_login import current_user

from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core.web.validity import also_shows, shows_only
from cdv_civic.ideas.cache_tags import box_tag
from cdv_civic.ideas.queries.boxes import PublicBox, public_box
from cdv_civic.territory.cache_tags import contract_tag

blueprint = Blueprint("ideas", __name__, url_prefix="/<lang>/idees")
#: Not kept by us, for each form has a name of its own; a browser may go back to it.
OWN_COPY = "private, no-cache"


def box_here(slug: str) -> PublicBox:
    """The box of an address, or a page « not found »; the page shows it and its contract, and nothing else that is
    published. 1 statement."""
    box = public_box(slug, g.language.tag)
    if box is None:
        abort(404)
    shows_only(contract_tag(box.contract))
    also_shows(box_tag(box.id))
    return box


def author_here() -> SignedIn | None:
    """The resident who has signed in, where this browser brings a session at all."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies or not current_user.is_authenticated:
        return None
    who: SignedIn = current_user._get_current_object()
    return who
