"""A lost password, and the page behind a link."""

from flask import (
    flash,
    make_response,
    redirect,
    render_template,
    session,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import known_devices, limits
from cdv_civic.accounts.emails import fold_email
from cdv_civic.accounts.links import DeadLink, Purpose, holder_of
from cdv_civic.accounts.links import choose_password as use_link
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.notices.operations import require_mail
from cdv_civic.sign_in.blueprint import blueprint
from cdv_civic.sign_in.password.forms import ChoosePasswordForm, LostPasswordForm
from cdv_civic.sign_in.password.operations import send_password_link


@blueprint.route("/mot-de-passe-oublie", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin"))
@keeps_form
def lost_password() -> AnyResponse:
    """Ask for a link. The answer is the same whether the address has an account or not."""
    require_mail()
    form = LostPasswordForm()

    def send() -> str:
        folded = fold_email(form.email.data or "")
        limits.count_lost_password(folded)
        send_password_link(folded, current_language().tag)
        return folded

    status, sent_to = submit_for(form, send)
    return make_response(render_template("sign_in/lost_password.html", form=form, sent_to=sent_to), status)


@blueprint.route("/mot-de-passe/<token:token>", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin"))
@keeps_form
def choose_password(token: str) -> AnyResponse:
    """The page behind a link. Looking at it changes nothing: programs that read mails open links too."""
    form = ChoosePasswordForm()
    try:
        holder = holder_of(token)
        status = submit(form, lambda: use_link(token, form.password.data or ""))
    except DeadLink as refused:
        page = render_template("sign_in/dead_link.html", sentence=refused.sentence)
        return make_response(page, refused.status)
    if status is None:
        session.clear()
        known_devices.remember(holder.email, known_devices.JUST_CHOSEN)
        flash(_("Votre mot de passe est enregistré. Vous pouvez vous connecter."), "success")
        return redirect(url_for("sign_in.with_password"), 303)
    page = render_template(
        "sign_in/choose_password.html", form=form, holder=holder, invited=holder.purpose is Purpose.INVITATION
    )
    return make_response(page, status)
