"""Mails that could not be sent, for administrators; and, while developing, all mails."""

from typing import cast

from flask import (
    Blueprint,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.errors import NotFound
from cdv_civic.core.forms.protection import asks_no_token
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.decisions import reach_of
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.policy.model import Actor
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web import navigation
from cdv_civic.core.web.desk import keep_nothing
from cdv_civic.notices import operations, queries, refusals
from cdv_civic.notices.follows.topics import NEWS
from cdv_civic.notices.topics import ALL

blueprint = Blueprint("notices", __name__, url_prefix="/<lang>")
keep_nothing(blueprint)
#: Mails bring their styles with them; nothing else of them may do anything.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def _developing() -> None:
    settings = current_settings()
    if not settings.development:
        raise NotFound(_l("Cette page n’existe pas"))


@blueprint.get("/messages-envoyes")
@policy("public")
def sent() -> str:
    """All mails of a site in development: its outbox, which goes nowhere without SMTP_URL."""
    _developing()
    return render_template("notices/sent.html", mails=queries.newest())


@blueprint.get("/messages-envoyes/<int:notice_id>")
@policy("public")
def one(notice_id: int) -> AnyResponse:
    """One mail as its reader sees it, while developing."""
    _developing()
    html = queries.html_of(notice_id)
    if html is None:
        raise NotFound(_l("Cette page n’existe pas"))
    response = make_response(html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


@blueprint.route("/desabonnement/<token:token>", methods=["GET", "POST"])
@policy("public")
@asks_no_token
def unsubscribe(token: str) -> AnyResponse:
    """Refuse messages about what a mail was about. A mail program's one click (RFC 8058) needs no cookie."""
    return _refusing(token)


@blueprint.route("/s/<token:token>", methods=["GET", "POST"])
@policy("public")
@asks_no_token
def stop(token: str) -> AnyResponse:
    """The same from a text message, whose address must be short: one about news is read here, too."""
    return _refusing(token, short=True)


def _refusing(token: str, *, short: bool = False) -> AnyResponse:
    """Looking changes nothing: programs look at what links lead to. Raises `NotFound` for a link that is not ours."""
    of = refusals.read_token(token)
    topic = refusals.topic_of(of)
    changed = request.method == "POST"
    if changed:
        if request.form.get("encore") == "1":
            refusals.accept(of)
        else:
            everything = topic is None or request.form.get("tout") == "1"
            refusals.refuse(of, ALL if everything else of.topic)
    names = refusals.refused(of)
    page = render_template(
        "notices/unsubscribe.html",
        topic=topic,
        refused=bool(names),
        refused_all=ALL in names,
        changed=changed,
        news=navigation.url_if_any("follows") if short and of.topic == NEWS.name else None,
    )
    return make_response(page)


@blueprint.get("/bureau/messages")
@policy("notice.manage")
def given_up() -> str:
    """Mails that could not be sent, of the contracts that one looks after."""
    reach = reach_of(current_user, "notice.manage")
    return render_template(
        "notices/given_up.html",
        actor=current_user,
        mails=queries.given_up(reach),
        waiting=queries.waiting(reach),
        stuck_since=queries.stuck_since(),
    )


@blueprint.post("/bureau/messages/<int:notice_id>/encore")
@policy("notice.manage")
def try_again(notice_id: int) -> AnyResponse:
    """Put one of them back into the outbox."""
    operations.try_again(cast(Actor, current_user._get_current_object()), notice_id)
    flash(_("Le message part de nouveau dans quelques instants."), "success")
    return redirect(url_for("notices.given_up"), 303)
