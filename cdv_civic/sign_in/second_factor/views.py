"""Pages of the second factor: its code after the password, its setting up, its part of « Sécurité de mon compte »."""

from typing import Final, cast

import segno
from flask import (
    Blueprint,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.accounts.limits import AttemptKind
from cdv_civic.accounts.operations import require_management
from cdv_civic.accounts.rules import CODE_WAITED_FOR, in_fours, own_path
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.errors import NotFound
from cdv_civic.core.forms.base import ButtonForm
from cdv_civic.core.forms.fields import forget_typing
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit, submit_for
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web import navigation
from cdv_civic.core.web.assets import site_name
from cdv_civic.core.web.desk import keep_nothing
from cdv_civic.sign_in.demo_hints import demo_hints
from cdv_civic.sign_in.entering import enter, pending_sign_in
from cdv_civic.sign_in.second_factor import operations
from cdv_civic.sign_in.second_factor.forms import AuthenticatorCodeForm, ConfirmPasswordForm, RecoveryForm
from cdv_civic.sign_in.second_factor.queries import factor_state, name_of
from cdv_civic.sign_in.second_factor.sealing import (
    UnreadableSecret,
    new_secret,
    provisioning_uri,
    seal,
    unseal,
)

#: In the session: a secret that no app has confirmed yet, and codes that nobody has noted yet; both sealed.
_NEW_SECRET: Final = "new_secret"  # noqa: S105  (a name)
_NEW_CODES: Final = "new_codes"
_AFTER_CODES: Final = "after_codes"

blueprint = Blueprint("second_factor", __name__, url_prefix="/<lang>")
keep_nothing(blueprint)


def _who() -> SignedIn:
    return cast(SignedIn, current_user._get_current_object())


def _begin_again() -> AnyResponse:
    flash(_("Écrivez de nouveau votre mot de passe : cette page a attendu plus de 10 minutes."), "info")
    return redirect(url_for("sign_in.with_password"), 303)


# --- After the password ---


@blueprint.route("/connexion/equipe/code", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin"))
@keeps_form
def code() -> AnyResponse:
    """The code of the authenticator app; then in."""
    pending = pending_sign_in()
    if pending is None:
        return _begin_again()
    if not pending.has_factor:
        return redirect(url_for("second_factor.set_up"), 303)
    form = AuthenticatorCodeForm()
    if pending.shared:
        forget_typing(form)

    def use_code() -> None:
        with limits.counted_try(AttemptKind.CODE, pending.email):
            operations.use_code(pending.account_id, form.code.data or "")

    status = submit(form, use_code)
    if status is None:
        enter(pending)
        return redirect(pending.back, 303)
    hints = demo_hints()
    demo_code = hints.code_of(pending.account_id) if hints else None
    page = render_template("sign_in/code.html", form=form, pending=pending, demo_code=demo_code)
    return make_response(page, status)


@blueprint.route("/connexion/equipe/secours", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin"))
@keeps_form
def recovery() -> AnyResponse:
    """A recovery code in place of the authenticator app's."""
    pending = pending_sign_in()
    if pending is None:
        return _begin_again()
    form = RecoveryForm()

    def use_code() -> int:
        with limits.counted_try(AttemptKind.RECOVERY, pending.email):
            return operations.use_recovery_code(pending.account_id, form.code.data or "")

    status, left = submit_for(form, use_code)
    if left is None:
        return make_response(render_template("sign_in/recovery_code.html", form=form), status)
    enter(pending)
    flash(
        ngettext(
            "Ce code de secours ne sert plus. Il vous en reste %(num)s.",
            "Ce code de secours ne sert plus. Il vous en reste %(num)s.",
            left,
        )
        + " "
        + _("Téléphone perdu ? Changez-le dans « Sécurité de mon compte »."),
        "info",
    )
    return redirect(pending.back, 303)


@blueprint.route("/connexion/equipe/telephone", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin"))
@keeps_form
def set_up() -> AnyResponse:
    """Who must have a second factor and has none sets it up before anything else."""
    pending = pending_sign_in()
    if pending is None:
        return _begin_again()
    if pending.has_factor:
        return redirect(url_for("second_factor.code"), 303)
    form = AuthenticatorCodeForm()
    secret = _new_secret(pending.account_id) or _offer_secret(pending.account_id)

    def begin() -> list[str]:
        with limits.counted_try(AttemptKind.CODE, pending.email):
            return operations.set_up(pending.account_id, secret, form.code.data or "")

    status, codes = submit_for(form, begin)
    if codes is None:
        page = render_template("sign_in/set_up.html", form=form, **_offered(secret, pending.email))
        return make_response(page, status)
    enter(pending)
    return _show_codes(pending.account_id, codes, pending.back)


# --- « Sécurité de mon compte » ---


@blueprint.route("/bureau/compte/telephone", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def authenticator() -> AnyResponse:
    """An authenticator app for one's account, or another one: the password first, then its code."""
    who = _who()
    secret = _new_secret(who.actor_id)
    if secret is None:
        status = _submit_password(form := ConfirmPasswordForm(), who)
        if status is not None:
            return _confirm_page(form, who, "authenticator", status)
        _offer_secret(who.actor_id)
        return redirect(url_for("second_factor.authenticator"), 303)
    code_form = AuthenticatorCodeForm()

    def change() -> list[str]:
        with limits.counted_try(AttemptKind.CODE, who.email):
            return operations.set_up(
                who.actor_id, secret, code_form.code.data or "", replacing=True, but=who.session_id
            )

    status, codes = submit_for(code_form, change)
    if codes is None:
        page = render_template(
            "sign_in/change_authenticator.html", form=code_form, actor=who, **_offered(secret, who.email)
        )
        return make_response(page, status)
    session.pop(_NEW_SECRET)
    flash(_("Votre téléphone est enregistré. Vos autres connexions sont fermées."), "success")
    return _show_codes(who.actor_id, codes, url_for("sign_in.account"))


@blueprint.route("/bureau/compte/codes", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def codes() -> AnyResponse:
    """New recovery codes; the password first."""
    who = _who()
    form = ConfirmPasswordForm()
    status = _submit_password(form, who)
    if status is not None:
        return _confirm_page(form, who, "codes", status)
    return _show_codes(who.actor_id, operations.renew_codes(who), url_for("sign_in.account"))


@blueprint.route("/bureau/compte/telephone/retirer", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def turn_off() -> AnyResponse:
    """No code any more, for whoever may do without; the password first."""
    who = _who()
    form = ConfirmPasswordForm()
    status = _submit_password(form, who)
    if status is not None:
        return _confirm_page(form, who, "off", status)
    operations.turn_off(who)
    flash(_("C’est fait : votre compte ne demande plus de code."), "success")
    return redirect(url_for("sign_in.account"), 303)


def _submit_password(form: ConfirmPasswordForm, who: SignedIn) -> int | None:
    """Ask for the password once more: None once it was right, else the status to show the form with."""

    def confirm() -> None:
        with limits.counted_try(AttemptKind.CONFIRM, who.email):
            operations.confirm_password(who, form.current.data or "")

    return submit(form, confirm)


def _confirm_page(form: ConfirmPasswordForm, who: SignedIn, act: str, status: int) -> AnyResponse:
    page = render_template(
        "sign_in/confirm.html", form=form, act=act, state=factor_state(who.actor_id), actor=who
    )
    return make_response(page, status)


@blueprint.route("/bureau/compte/codes/nouveaux", methods=["GET", "POST"])
@policy("account.self")
def new_codes() -> AnyResponse:
    """The recovery codes, until the person says that they are kept: they are never shown again."""
    who = _who()
    kept = session.get(_NEW_CODES)
    back = own_path(session.get(_AFTER_CODES)) or url_for("sign_in.account")
    shown: list[str] = []
    if kept is not None and request.method == "GET":
        try:
            shown = unseal(kept, f"codes of {who.actor_id}").split()
        except UnreadableSecret:
            shown = []
    if not shown:
        session.pop(_NEW_CODES, None)
        session.pop(_AFTER_CODES, None)
        return redirect(back, 303)
    return make_response(
        render_template("sign_in/codes.html", codes=[in_fours(each) for each in shown], actor=who)
    )


@blueprint.route("/bureau/comptes/<int:account_id>/telephone", methods=["GET", "POST"])
@policy("account.manage")
@keeps_form
def reset(account_id: int) -> AnyResponse:
    """A lost authenticator app: ask first, then an administrator lets its owner set another one up."""
    require_management(_who())
    name = name_of(account_id)
    if name is None:
        raise NotFound(_l("Ce compte n’existe plus."))
    form = ButtonForm()
    status, account = submit_for(form, lambda: operations.reset_second_factor(_who(), account_id))
    if account is None:
        page = render_template(
            "sign_in/reset_factor.html", form=form, name=name, account_id=account_id, actor=_who()
        )
        return make_response(page, status)
    flash(
        _(
            "À sa prochaine connexion, %(name)s ajoute un nouveau téléphone. Ses connexions sont fermées.",
            name=account.name,
        ),
        "success",
    )
    if account_id == _who().actor_id:
        return redirect(url_for("sign_in.with_password"), 303)
    return redirect(navigation.url("account_at_desk", account_id=account_id), 303)


def _offer_secret(account_id: int) -> str:
    """A new secret, put into the session until an authenticator app confirms it."""
    secret = new_secret()
    session[_NEW_SECRET] = [seal(secret, f"new factor of {account_id}"), int(clock.now().timestamp())]
    return secret


def _new_secret(account_id: int) -> str | None:
    """The secret of this session that waits for its first code, for as long as the password is fresh."""
    kept = session.get(_NEW_SECRET)
    if kept is None or clock.now().timestamp() - kept[1] > CODE_WAITED_FOR.total_seconds():
        return None
    try:
        return unseal(kept[0], f"new factor of {account_id}")
    except UnreadableSecret:
        return None


def _offered(secret: str, email: str) -> dict[str, object]:
    """What the page shows of a secret: a QR code for the camera, a link, and words to type."""
    settings = current_settings()
    app_url = provisioning_uri(secret, email, site_name(settings))
    drawing = segno.make(app_url, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True
    )
    return {
        "qr_code": Markup(drawing),  # noqa: S704  (drawn by us: nothing in it was typed)
        "app_url": app_url,
        "key": in_fours(secret),
    }


def _show_codes(account_id: int, made: list[str], after: str) -> AnyResponse:
    """Put new codes where only the next page of this browser finds them, and go there."""
    session[_NEW_CODES] = seal(" ".join(made), f"codes of {account_id}")
    session[_AFTER_CODES] = after
    return redirect(url_for("second_factor.new_codes"), 303)
