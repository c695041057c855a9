"""Pages of following: what is offered to everybody, a feed, one's own list.

The first two are public, the same for everybody and kept: a visitor follows by a feed or a calendar, with no account.
"""

from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.core.db import db
from cdv_civic.core.errors import NotFound
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import press, submit
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import site_languages
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.site_identity import site_id
from cdv_civic.core.web.desk import actor, number_in
from cdv_civic.core.web.validity import shows_only
from cdv_civic.my_space.follows import operations as own
from cdv_civic.my_space.follows.feeds import feed, feed_id
from cdv_civic.my_space.follows.forms import ANSWERS, SENTENCES, NewsChoiceForm, answer_of
from cdv_civic.my_space.follows.queries import my_follows
from cdv_civic.my_space.views import keep_nothing
from cdv_civic.notices.follows import operations
from cdv_civic.notices.follows.kinds import FollowKind, Target, kind_at, kind_named
from cdv_civic.notices.follows.queries import feed_of, is_followed, target_at

blueprint = Blueprint("follows", __name__, url_prefix="/<lang>")
blueprint.after_request(keep_nothing)
_ATOM: Final = "application/atom+xml; charset=utf-8"


def _found(kind: str, reference: str) -> tuple[FollowKind, Target]:
    """What an address names, where anybody may see it; a page « not found » otherwise."""
    known = kind_at(kind)
    target = target_at(known, reference, g.language.tag) if known is not None else None
    if known is None or target is None:
        abort(404)
    return known, target


def _account_id() -> int:
    account_id = actor().actor_id
    if account_id is None:
        abort(404)
    return account_id


@blueprint.get("/suivre/<kind>/<path:reference>")
@policy("public")
def offer(kind: str, reference: str) -> str:
    """How one can follow something: with an account, or without."""
    known, target = _found(kind, reference)
    shows_only(target.tag)
    return render_template("my_space/follows/offer.html", kind=known, target=target)


@blueprint.get("/nouvelles/<kind>/<path:reference>.atom")
@policy("public")
def news(kind: str, reference: str) -> Response:
    """The news of something as a feed (Atom, RFC 4287), in the language of the address."""
    known, target = _found(kind, reference)
    shows_only(target.tag)
    base = current_settings().base_url or request.url_root.rstrip("/")
    others = [each.tag for each in site_languages() if each.tag != g.language.tag]

    def address(endpoint: str, values: Any, tag: str) -> str:
        return base + url_for(endpoint, **{**values, "lang": tag})

    here = {"kind": kind, "reference": reference}
    body = feed(
        target,
        feed_of(known, target, g.language.tag),
        g.language.tag,
        known_by=feed_id(site_id(db.session()), known.name, target.id, g.language.tag),
        own_url=address("follows.news", here, g.language.tag),
        others=[(tag, address("follows.news", here, tag)) for tag in others],
        url_of=lambda page: address(*page, g.language.tag),
    )
    return Response(body, content_type=_ATOM)


@blueprint.route("/moi/suivre/<kind>/<path:reference>", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def add(kind: str, reference: str) -> AnyResponse:
    """One button: follow this; then the way back to it, and to how one hears of it."""
    known, target = _found(kind, reference)
    form = ButtonForm()
    status = submit(form, lambda: operations.follow(actor(), known.name, reference, g.language.tag))
    if status is None:
        return redirect(url_for("follows.add", kind=kind, reference=reference), 303)
    page = render_template(
        "my_space/follows/add.html",
        form=form,
        target=target,
        followed=is_followed(_account_id(), known.name, target.id),
    )
    return make_response(page, status)


@blueprint.route("/moi/suivis", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def mine() -> AnyResponse:
    """What one follows, what is new there, how one hears of it, and what the site writes besides."""
    page = my_follows(actor(), _account_id(), g.language.tag)
    form = NewsChoiceForm()
    form.offer(email=page.email, phone=page.phone)
    stands = "site"
    if page.choice is not None and not page.news_refused:
        stands = answer_of(page.choice.channel, page.choice.rhythm)
    if not form.is_submitted() and page.choice is not None:
        form.channel.data = stands
        form.language.data = page.choice.language
    status = submit(form, lambda: _choose(form))
    if status is None:
        flash(_("C’est enregistré."), "success")
        return redirect(url_for("follows.mine"), 303)
    body = render_template(
        "my_space/follows/mine.html", page=page, form=form, how=SENTENCES[stands], ended=_just_ended()
    )
    return make_response(body, status)


def _just_ended() -> tuple[str, Target] | None:
    """What the address says was followed until just now, and still can be: its kind's word, and what it is."""
    path, _slash, reference = request.args.get("arrete", "").partition("/")
    known = kind_at(path)
    target = target_at(known, reference, g.language.tag) if known and reference else None
    return (path, target) if target is not None else None


def _choose(form: NewsChoiceForm) -> None:
    channel, rhythm = ANSWERS[str(form.channel.data)]
    own.choose_news(actor(), channel, rhythm, str(form.language.data))


@blueprint.post("/moi/suivis/arreter")
@policy("account.self")
def end() -> AnyResponse:
    """Follow something no more."""
    kind, target_id = request.form.get("kind", ""), number_in(request.form.get("target"))
    ended = None
    if target_id is not None:
        press(
            lambda: operations.unfollow(actor(), kind, target_id),
            lambda _none: _("C’est enregistré : vous ne suivez plus cela."),
        )
        known = kind_named(kind)
        target = known.describe([target_id], g.language.tag).get(target_id) if known else None
        ended = f"{known.path}/{target.reference}" if known and target else None
    return redirect(url_for("follows.mine", arrete=ended), 303)


@blueprint.post("/moi/suivis/messages")
@policy("account.self")
def choose_topic() -> AnyResponse:
    """Get messages about a topic no more, or again."""
    wanted = request.form.get("encore") == "1"
    press(
        lambda: own.choose_topic(actor(), request.form.get("sujet", ""), wanted=wanted),
        lambda topic: (
            _("C’est enregistré : vous recevez de nouveau ces messages.")
            if wanted
            else f"{_('C’est enregistré. Vous ne recevez plus :')} {topic.label}."
        ),
        saying=(NotFound,),
    )
    return redirect(url_for("follows.mine"), 303)
