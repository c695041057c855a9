"""Coming in with a personal card."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.accounts.limits import AttemptKind
from cdv_civic.accounts.rules import Way, own_path
from cdv_civic.accounts.sessions import open_session
from cdv_civic.cards.forms import CardForm
from cdv_civic.cards.operations import entry, lost
from cdv_civic.cards.operations.entry import CardRefused, OpenedCard
from cdv_civic.core import security_log
from cdv_civic.core.errors import NotFound
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.fields import on_shared_device
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web import navigation
from cdv_civic.core.web.desk import actor, keep_nothing
from cdv_civic.sign_in.demo_hints import demo_hints

blueprint = Blueprint("cards", __name__, url_prefix="/<lang>")
keep_nothing(blueprint)


def _carried() -> dict[str, str]:
    """What the address takes along: where the person was going, and whether the device is shared."""
    carried = {"retour": own_path(request.args.get("retour")) or ""}
    if on_shared_device():
        carried["poste"] = "partage"
    return {name: value for name, value in carried.items() if value}


@blueprint.route("/carte", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin"))
@keeps_form
def sign_in() -> AnyResponse:
    """The code of a card, typed or brought by its QR in the fragment; then on to one's own space."""
    form = CardForm()
    status, opened = submit_for(form, lambda: _open_card(form.code.data or ""))
    if opened is not None:
        open_session(opened.account_id, Way.CARD, shared=bool(form.shared.data))
        back = own_path(request.args.get("retour"))
        if opened.first_time:
            return redirect(navigation.url("welcome", retour=back), 303)
        return redirect(back or url_for("sign_in.entrance"), 303)
    form.forget_whole_code()
    hints = demo_hints()
    page = render_template(
        "cards/sign_in.html", form=form, carried=_carried(), demo_code=hints.card if hints else None
    )
    return make_response(page, status)


def _open_card(typed: str) -> OpenedCard:
    """The account of a card; what opens nothing is noted, and counted where no card has the code."""
    try:
        return entry.open_card(entry.read(typed), may_wait=limits.may_wait(AttemptKind.CARD))
    except CardRefused as refused:
        if refused.guessed:
            limits.note_failure(AttemptKind.CARD)
        security_log.note(security_log.SecurityEvent.FAILED, way=Way.CARD.value, guessed=int(refused.guessed))
        raise


@blueprint.route("/moi/carte", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def own_card() -> AnyResponse:
    """A code to say at the desk, so that another card opens one's own space."""
    form = ButtonForm()
    if request.method == "GET" and not lost.has_card(actor()):
        return make_response(render_template("cards/own_card.html", form=form, code=None, no_card=True))
    # Where no card of theirs is left, it is said here, with the way back to their space.
    status, code = submit_for(form, lambda: lost.show_code(actor()), saying=(NotFound, lost.ComeInFirst))
    return make_response(render_template("cards/own_card.html", form=form, code=code, no_card=False), status)
