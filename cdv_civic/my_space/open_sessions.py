"""The buttons that close one's own open sessions, from any page that lists them."""

from typing import cast

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts.open_sessions import close_all_sessions, close_session
from cdv_civic.accounts.rules import own_path
from cdv_civic.accounts.sessions import SignedIn, leave_browser
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web.desk import keep_nothing

blueprint = Blueprint("open_sessions", __name__, url_prefix="/<lang>")
keep_nothing(blueprint)


def _back() -> str:
    return own_path(request.form.get("retour")) or url_for("sign_in.entrance")


@blueprint.post("/moi/appareils/<int:session_id>/fermer")
@policy("account.self")
def close(session_id: int) -> AnyResponse:
    """Close one session, and go back to the page that listed it."""
    who = cast(SignedIn, current_user._get_current_object())
    close_session(who, session_id)
    if session_id == who.session_id:
        return leave_browser(shared=who.shared)
    flash(_("C’est fermé : cet appareil demande de nouveau qui vous êtes."), "success")
    return redirect(_back(), 303)


@blueprint.post("/moi/appareils/fermer")
@policy("account.self")
def close_all() -> AnyResponse:
    """Close all sessions, this one too."""
    who = cast(SignedIn, current_user._get_current_object())
    close_all_sessions(who)
    return leave_browser("partout", shared=who.shared)
