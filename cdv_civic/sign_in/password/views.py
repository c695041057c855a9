"""Sign-in, sign-out, and one's own password."""

from flask import (
    flash,
    jsonify,
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
from cdv_civic.accounts.limits import AttemptKind
from cdv_civic.accounts.models import Account
from cdv_civic.accounts.open_sessions import sessions_of
from cdv_civic.accounts.operations import WrongCredentials, authenticate, change_own_password
from cdv_civic.accounts.passwords import WeakPassword
from cdv_civic.accounts.queries import has_password
from cdv_civic.accounts.rules import Way, own_path
from cdv_civic.accounts.sessions import (
    browser_token,
    end_this_session,
    is_kept,
    keep_page,
    leave_browser,
    open_session,
    refresh_after,
    seconds_left,
)
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.catalogue import _
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.web import navigation
from cdv_civic.sign_in.blueprint import blueprint
from cdv_civic.sign_in.demo_hints import demo_hints
from cdv_civic.sign_in.entering import come_in
from cdv_civic.sign_in.oidc.buttons import buttons
from cdv_civic.sign_in.oidc.client import Audience
from cdv_civic.sign_in.password.forms import PasswordForm, SignInForm
from cdv_civic.sign_in.second_factor.queries import factor_state, must_have


@blueprint.route("/connexion/equipe", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin"))
@keeps_form
def with_password() -> AnyResponse:
    """The sign-in page; then on to where the person was going, else the desk."""
    form = SignInForm()
    if request.method == "GET":
        form.retour.data = own_path(request.args.get("retour")) or ""
    target = own_path(form.retour.data) or url_for("sign_in.entrance")
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(target)
    status, found = submit_for(form, lambda: _authenticate(form.email.data or "", form.password.data or ""))
    if found is not None:
        return come_in(found.id, Way.PASSWORD, shared=form.shared.data, back=target)
    page = render_template(
        "sign_in/password.html", form=form, hints=demo_hints(), oidc_buttons=buttons(Audience.STAFF)
    )
    return make_response(page, status)


def _authenticate(typed: str, password: str) -> Account:
    """The account that signs in; each try is counted, for the network where the address is none."""
    email = _folded(typed)
    try:
        with limits.counted_try(AttemptKind.PASSWORD, email or limits.network()):
            return authenticate(email, password, may_wait=limits.may_wait(AttemptKind.PASSWORD))
    except WrongCredentials:
        limits.note_failure(AttemptKind.PASSWORD)
        raise


def _folded(typed: str) -> str:
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


@blueprint.post("/connexion/prolonger")
@policy("account.self")
def stay() -> AnyResponse:
    """Somebody is still there, says a script (`stay.js`): in how many seconds this shared session ends now.

    Like any request of theirs it counts as use, and like any other it moves no session beyond its longest time.
    """
    keep_page(request.form.get("page", ""))
    return jsonify(seconds=seconds_left() or 0)


@blueprint.get("/deconnexion")
@policy("public", reads=("page",))
def leaving() -> AnyResponse:
    """Where an unused page of a shared device leads: out, unless another page of it is in use.

    A page on which somebody typed since stays as it is (204): its script leads here once they stop.
    """
    left = seconds_left()
    if left and is_kept(request.args.get("page", "")):
        return make_response("", 204)
    if left == 0:
        end_this_session()
        return leave_browser("inactif", shared=True)
    if browser_token() is None:
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
    status, changed = submit_for(
        form, lambda: _change_password(form.current.data or "", form.password.data or "")
    )
    if changed is not None:
        open_session(changed.id, Way.PASSWORD, shared=current_user.shared)
        flash(_("Votre nouveau mot de passe est enregistré. Vos autres connexions sont fermées."), "success")
        return redirect(url_for("sign_in.account"), 303)
    page = render_template(
        "sign_in/account.html",
        form=form,
        actor=current_user,
        has_password=has_password(current_user.actor_id),
        factor=factor_state(current_user.actor_id),
        factor_needed=must_have(current_user.roles),
        sessions=sessions_of(current_user.actor_id, current_user.session_id),
    )
    return make_response(page, status)


def _change_password(current: str, password: str) -> Account:
    """A new password for the actor. Each try of the present one is counted; it was right where the new one is weak."""
    try:
        with limits.counted_try(AttemptKind.CONFIRM, current_user.email):
            return change_own_password(current_user, current=current, password=password)
    except WeakPassword:
        limits.note_right(AttemptKind.CONFIRM, current_user.email)
        raise
