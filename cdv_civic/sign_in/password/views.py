"""Sign-in, sign-out, and one's own password."""

from flask import (
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.accounts.emails import BadEmail, fold_email
from cdv_civic.accounts.limits import Kind
from cdv_civic.accounts.models import Account
from cdv_civic.accounts.open_sessions import sessions_of
from cdv_civic.accounts.operations import WrongCredentials, authenticate, change_own_password
from cdv_civic.accounts.passwords import WeakPassword
from cdv_civic.accounts.rules import Way, own_path
from cdv_civic.accounts.sessions import (
    end_this_session,
    leave_browser,
    open_session,
    refresh_after,
    seconds_left,
)
from cdv_civic.core.errors import TryLater
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.gate import Crowded
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web import navigation
from cdv_civic.sign_in.blueprint import blueprint
from cdv_civic.sign_in.demo_hints import demo_hints
from cdv_civic.sign_in.entering import come_in
from cdv_civic.sign_in.password.forms import PasswordForm, SignInForm
from cdv_civic.sign_in.second_factor.operations import has_password, must_have, state_of


@blueprint.route("/connexion/equipe", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin"))
@keeps_form
def with_password() -> AnyResponse:
    """The sign-in page; then on to where the person was going, else the desk."""
    form = SignInForm()
    status = 200
    if request.method == "GET":
        form.retour.data = request.args.get("retour", "")
    target = own_path(form.retour.data) or url_for("sign_in.entrance")
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(target)
    if form.validate_on_submit():
        who = _counted_as(form.email.data or "")
        try:
            limits.count_try(Kind.PASSWORD, who or limits.network())
            found = _authenticate(who, form.password.data or "")
        except TryLater as refused:
            status = form.refuse_act(refused)
        except WrongCredentials as refused:
            limits.note_failure(Kind.PASSWORD)
            form.refuse(None, refused.sentence)
            status = refused.status
        else:
            limits.note_right(Kind.PASSWORD, who)
            return come_in(found.id, Way.PASSWORD, shared=form.shared.data, back=target)
    elif form.is_submitted():
        status = 422
    page = render_template("sign_in/password.html", form=form, hints=demo_hints())
    return make_response(page, status)


def _authenticate(email: str, password: str) -> Account:
    try:
        return authenticate(email, password, may_wait=limits.may_wait(Kind.PASSWORD))
    except Crowded:
        limits.take_back(Kind.PASSWORD, email or limits.network())
        raise


def _counted_as(typed: str) -> str:
    try:
        return fold_email(typed)
    except BadEmail:
        return ""


@blueprint.get("/entree")
@policy("account.self")
def entrance() -> AnyResponse:
    """Where somebody who has just come in goes first, by what they may do."""
    return redirect(url_for(navigation.landing(current_user._get_current_object())))


@blueprint.post("/deconnexion")
@policy("public")
def sign_out() -> AnyResponse:
    """End the session; nothing of it stays in the browser."""
    shared = bool(session.get("shared"))
    end_this_session()
    return leave_browser(shared=shared)


@blueprint.get("/deconnexion")
@policy("public")
def leaving() -> AnyResponse:
    """Where an unused page of a shared device leads: out, unless another page of it is in use."""
    left = seconds_left()
    if left == 0:
        end_this_session()
        return leave_browser("inactif", shared=True)
    if "_user_id" not in session:
        return redirect(url_for("sign_in.with_password"), 303)
    response = make_response(render_template("sign_in/leaving.html"))
    if left is not None:
        response.headers["Refresh"] = refresh_after(left)
    return response


@blueprint.route("/bureau/compte", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def account() -> AnyResponse:
    """One's own account, and a new password for it."""
    form = PasswordForm()
    status = 200
    if form.validate_on_submit():
        try:
            limits.count_try(Kind.CONFIRM, current_user.email)
            changed = change_own_password(
                current_user, current=form.current.data or "", password=form.password.data or ""
            )
        except TryLater as refused:
            status = form.refuse_act(refused)
        except (WrongCredentials, WeakPassword) as refused:
            if isinstance(refused, WeakPassword):
                limits.note_right(Kind.CONFIRM, current_user.email)
            status = form.refuse_act(refused)
        else:
            limits.note_right(Kind.CONFIRM, current_user.email)
            open_session(changed.id, Way.PASSWORD, shared=current_user.shared)
            flash(
                _("Votre nouveau mot de passe est enregistré. Vos autres connexions sont fermées."), "success"
            )
            return redirect(url_for("sign_in.account"), 303)
    elif form.is_submitted():
        status = 422
    page = render_template(
        "sign_in/second_step.html",
        form=form,
        actor=current_user,
        has_password=has_password(current_user.actor_id),
        factor=state_of(current_user.actor_id),
        factor_needed=must_have(current_user.roles),
        sessions=sessions_of(current_user.actor_id, current_user.session_id),
    )
    return make_response(page, status)
