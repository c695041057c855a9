"""A lost password, the page behind a link, and the desk's page of accounts."""

from typing import cast

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    session,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.access import operations, queries
from cdv_civic.access.forms import ChoosePasswordForm, LostPasswordForm, invitation_form
from cdv_civic.core.config import Settings
from cdv_civic.core.errors import DomainError
from cdv_civic.core.i18n import _, current_language, languages_of
from cdv_civic.core.policy import Actor, Role, policy
from cdv_civic.notices.operations import require_mail
from cdv_civic.people import limits
from cdv_civic.people.csrf import keeps_form
from cdv_civic.people.emails import BadEmail, fold_email
from cdv_civic.people.limits import TooManyAttempts
from cdv_civic.people.links import DeadLink, Purpose, holder_of
from cdv_civic.people.links import choose_password as use_link
from cdv_civic.people.operations import contract_scope, require_management
from cdv_civic.people.passwords import WeakPassword

blueprint = Blueprint("access", __name__, url_prefix="/<lang>")


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    """These pages hold a token of one visitor: no cache may keep them."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _actor() -> Actor:
    return cast(Actor, current_user._get_current_object())


@blueprint.route("/mot-de-passe-oublie", methods=["GET", "POST"])
@policy("public")
@keeps_form
def lost_password() -> AnyResponse:
    """Ask for a link. The answer is the same whether the address has an account or not."""
    require_mail()
    form = LostPasswordForm()
    status, waiting, sent_to = 200, None, None
    if form.validate_on_submit():
        try:
            folded = fold_email(form.email.data or "")
            limits.count_lost_password(folded)
            operations.send_password_link(folded, current_language().tag)
            sent_to = folded
        except TooManyAttempts as refused:
            form.refuse(None, refused.sentence)
            status, waiting = refused.status, refused.seconds
        except BadEmail as refused:
            form.refuse(refused.field, refused.sentence)
            status = refused.status
    elif form.is_submitted():
        status = 422
    response = make_response(render_template("access/lost_password.html", form=form, sent_to=sent_to), status)
    if waiting is not None:
        response.headers["Retry-After"] = str(waiting)
    return response


@blueprint.route("/mot-de-passe/<token>", methods=["GET", "POST"])
@policy("public")
@keeps_form
def choose_password(token: str) -> AnyResponse:
    """The page behind a link. Looking at it changes nothing: programs that read mails open links too."""
    form = ChoosePasswordForm()
    status = 200
    try:
        limits.check_address()
        holder = holder_of(token)
        if form.validate_on_submit():
            use_link(token, form.password.data or "")
            session.clear()
            flash(_("Votre mot de passe est enregistré. Vous pouvez vous connecter."), "success")
            return redirect(url_for("people.sign_in"), 303)
        if form.is_submitted():
            status = 422
    except WeakPassword as refused:
        form.refuse(refused.field, refused.sentence)
        status = refused.status
    except DeadLink as refused:
        limits.note_failure()
        page = render_template("access/dead_link.html", sentence=refused.sentence)
        return make_response(page, refused.status)
    page = render_template(
        "access/choose_password.html", form=form, holder=holder, invited=holder.purpose is Purpose.INVITATION
    )
    return make_response(page, status)


@blueprint.route("/bureau/comptes", methods=["GET", "POST"])
@policy("account.manage")
@keeps_form
def accounts() -> AnyResponse:
    """All accounts of the site, and the form that invites somebody. 6 statements."""
    require_management(_actor())
    settings: Settings = current_app.extensions["settings"]
    form = invitation_form(queries.contract_choices(), languages_of(settings))
    status = 200
    if form.validate_on_submit():
        try:
            account = operations.invite(
                _actor(),
                email=form.email.data or "",
                name=form.name.data or "",
                organisation_name=form.organisation_name.data or "",
                role=Role(form.role.data),
                scope=contract_scope(form.contract.data),
                language=form.language.data,
            )
        except DomainError as refused:
            form.refuse(refused.field, refused.sentence)
            status = refused.status
        else:
            flash(_("L’invitation part à l’adresse %(email)s.", email=account.email), "success")
            return redirect(url_for("access.accounts"), 303)
    elif form.is_submitted():
        status = 422
    page = render_template(
        "access/accounts.html", actor=current_user, form=form, rows=queries.accounts(), mails=settings.mails
    )
    return make_response(page, status)


@blueprint.post("/bureau/comptes/<int:account_id>/inviter")
@policy("account.manage")
def invite_again(account_id: int) -> AnyResponse:
    """Another link for somebody who has not come yet, in the language of the desk."""
    try:
        account = operations.invite_again(_actor(), account_id, current_language().tag)
    except DomainError as refused:
        if refused.status == 403:
            raise
        flash(str(refused.sentence), "error")
    else:
        flash(_("L’invitation part à l’adresse %(email)s.", email=account.email), "success")
    return redirect(url_for("access.accounts"), 303)


@blueprint.post("/bureau/comptes/<int:account_id>/fermer")
@policy("account.manage")
def close(account_id: int) -> AnyResponse:
    """Close an account."""
    try:
        account = operations.close_account(_actor(), account_id)
    except DomainError as refused:
        if refused.status == 403:
            raise
        flash(str(refused.sentence), "error")
    else:
        flash(_("Le compte %(email)s est fermé.", email=account.email), "success")
    return redirect(url_for("access.accounts"), 303)
