"""Coming in with a personal card."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.accounts.limits import Kind
from cdv_civic.accounts.rules import Way, own_path
from cdv_civic.accounts.sessions import open_session
from cdv_civic.cards import entry, lost
from cdv_civic.cards.entry import CardRefused
from cdv_civic.cards.forms import CardForm, ConfirmForm
from cdv_civic.core import security_log
from cdv_civic.core.errors import DomainError, TryLater
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web import navigation
from cdv_civic.core.web.desk import actor, keep_nothing
from cdv_civic.sign_in.demo_hints import demo_hints

blueprint = Blueprint("cards", __name__, url_prefix="/<lang>")
keep_nothing(blueprint)


def _carried() -> dict[str, str]:
    """What the address takes along: where the person was going, and whether the device is shared."""
    carried = {"retour": own_path(request.args.get("retour")) or ""}
    if request.args.get("poste") == "partage":
        carried["poste"] = "partage"
    return {name: value for name, value in carried.items() if value}


@blueprint.route("/carte", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin"))
@keeps_form
def sign_in() -> AnyResponse:
    """The code of a card, typed or brought by its QR in the fragment; then on to one's own space."""
    form = CardForm()
    status = 200
    if form.validate_on_submit():
        try:
            code = entry.read(form.code.data or "")
            opened = entry.open_card(code, may_wait=limits.may_wait(Kind.CARD))
        except TryLater as refused:
            status = form.refuse_act(refused)
        except CardRefused as refused:
            if refused.guessed:
                limits.note_failure(Kind.CARD)
            security_log.note(security_log.Event.FAILED, way=Way.CARD.value, guessed=int(refused.guessed))
            status = form.refuse_act(refused)
        else:
            open_session(opened.account_id, Way.CARD, shared=bool(form.shared.data))
            back = own_path(request.args.get("retour"))
            if opened.first_time:
                return redirect(navigation.url("welcome", retour=back), 303)
            return redirect(back or url_for("sign_in.entrance"), 303)
    elif form.is_submitted():
        status = 422
    hints = demo_hints()
    page = render_template(
        "cards/sign_in.html", form=form, carried=_carried(), demo_code=hints.card if hints else None
    )
    return make_response(page, status)


@blueprint.route("/moi/carte", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def mine() -> AnyResponse:
    """A code to say at the desk, so that another card opens one's own space."""
    form = ConfirmForm()
    status, code = 200, None
    if form.validate_on_submit():
        try:
            code = lost.show_code(actor())
        except DomainError as refused:
            form.refuse(None, refused.sentence)
            status = refused.status
    elif form.is_submitted():
        status = 422
    return make_response(render_template("cards/mine.html", form=form, code=code), status)
