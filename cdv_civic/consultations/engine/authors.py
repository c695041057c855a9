"""Who answers, where somebody is signed in at all."""

from flask import current_app, request
from flask_login import current_user

from cdv_civic.accounts.sessions import SignedIn


def author_here() -> SignedIn | None:
    """Who has signed in, where this browser brings a session at all."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies or not current_user.is_authenticated:
        return None
    author: SignedIn = current_user._get_current_object()
    return author
