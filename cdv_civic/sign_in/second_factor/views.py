"""Pages of the second factor: its code after the password, its setting up, and its part of « Mon compte »."""

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
from cdv_civic.accounts.limits import Kind
from cdv_civic.accounts.operations import WrongCredentials
from cdv_civic.accounts.rules import CODE_WAITED_FOR, in_fours, own_path
from cdv_civic.accounts.sessions import SignedIn
from cdv_civic.core import clock
from cdv_civic.core.errors import DomainError, TryLater
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.i18n.catalogue import _, ngettext
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web import navigation
from cdv_civic.core.web.assets import site_name
from cdv_civic.core.web.desk import keep_nothing
from cdv_civic.sign_in.demo_hints import demo_hints
from cdv_civic.sign_in.entering import Waiting, enter, who_waits
from cdv_civic.sign_in.password.forms import CodeForm, ConfirmForm, RecoveryForm, SetUpForm, forget_typing
from cdv_civic.sign_in.second_factor import operations
from cdv_civic.sign_in.second_factor.operations import Unreadable, WrongCode, seal, unseal

#: In the session: a secret that no telephone has confirmed yet, and codes that nobody has noted yet; both sealed.
_NEW_SECRET: Final = "new_secret"  # noqa: S105  (a name)
_NEW_CODES: Final = "new_codes"
_AFTER_CODES: Final = "after_codes"

blueprint = Blueprint("second_factor", __name__, url_prefix="/<lang>")
keep_nothing(blueprint)


def _who() -> SignedIn:
    return cast(SignedIn, current_user._get_current_object())


def _answer(page: str, form: StaffForm, refused: DomainError | None) -> AnyResponse:
    status = refused.status if refused else (422 if form.is_submitted() else 200)
    return make_response(page, status)


def _begin_again() -> AnyResponse:
    flash(_("Écrivez de nouveau votre mot de passe : cette page a attendu plus de 10 minutes."), "info")
    return redirect(url_for("sign_in.with_password"), 303)


# --- After the password ---


@blueprint.route("/connexion/equipe/code", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin"))
@keeps_form
def code() -> AnyResponse:
    """The code of the telephone; then in."""
    waiting = who_waits()
    if waiting is None:
        return _begin_again()
    if not waiting.has_factor:
        return redirect(url_for("second_factor.set_up"), 303)
    form = CodeForm()
    if waiting.shared:
        forget_typing(form)
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            limits.count_try(Kind.CODE, waiting.email)
            operations.use_code(waiting.account_id, form.code.data or "")
        except (TryLater, WrongCode, Unreadable) as error:
            refused = _refuse(form, error)
        else:
            return _in(waiting, Kind.CODE)
    hints = demo_hints()
    demo_code = hints.code_of(waiting.account_id) if hints else None
    page = render_template("sign_in/code.html", form=form, waiting=waiting, demo_code=demo_code)
    return _answer(page, form, refused)


@blueprint.route("/connexion/equipe/secours", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin"))
@keeps_form
def recovery() -> AnyResponse:
    """A recovery code in place of the telephone's."""
    waiting = who_waits()
    if waiting is None:
        return _begin_again()
    form = RecoveryForm()
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            limits.count_try(Kind.RECOVERY, waiting.email)
            left = operations.use_recovery_code(waiting.account_id, form.code.data or "")
        except (TryLater, WrongCode) as error:
            refused = _refuse(form, error)
        else:
            answer = _in(waiting, Kind.RECOVERY)
            flash(
                ngettext(
                    "Ce code de secours ne sert plus. Il vous en reste %(num)s.",
                    "Ce code de secours ne sert plus. Il vous en reste %(num)s.",
                    left,
                )
                + " "
                + _("Téléphone perdu ? Changez-le dans « Mon compte »."),
                "info",
            )
            return answer
    page = render_template("sign_in/recovery_code.html", form=form, waiting=waiting)
    return _answer(page, form, refused)


def _refuse(form: StaffForm, error: DomainError) -> DomainError:
    form.refuse_act(error)
    return error


def _in(waiting: Waiting, kind: Kind) -> AnyResponse:
    limits.note_right(kind, waiting.email)
    enter(waiting)
    return redirect(waiting.back, 303)


@blueprint.route("/connexion/equipe/telephone", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin"))
@keeps_form
def set_up() -> AnyResponse:
    """Who must have a second factor and has none sets it up before anything else."""
    waiting = who_waits()
    if waiting is None:
        return _begin_again()
    if waiting.has_factor:
        return redirect(url_for("second_factor.code"), 303)
    form = SetUpForm()
    secret = _new_secret(waiting.account_id) or _offer_secret(waiting.account_id)
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            limits.count_try(Kind.CODE, waiting.email)
            codes = operations.set_up(waiting.account_id, secret, form.code.data or "")
        except DomainError as error:
            refused = _refuse(form, error)
        else:
            _in(waiting, Kind.CODE)
            return _show_codes(waiting.account_id, codes, waiting.back)
    page = render_template("sign_in/set_up.html", form=form, **_square(secret, waiting.email))
    return _answer(page, form, refused)


# --- « Mon compte » ---


@blueprint.route("/bureau/compte/telephone", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def phone() -> AnyResponse:
    """A telephone for one's account, or another one: the password first, then its code."""
    who = _who()
    secret = _new_secret(who.actor_id)
    state = operations.state_of(who.actor_id)
    refused: DomainError | None = None
    if secret is None:
        confirm = ConfirmForm()
        if confirm.validate_on_submit():
            refused = _confirm(who, confirm)
            if refused is None:
                _offer_secret(who.actor_id)
                return redirect(url_for("second_factor.phone"), 303)
        page = render_template("sign_in/confirm.html", form=confirm, act="phone", state=state, actor=who)
        return _answer(page, confirm, refused)
    form = SetUpForm()
    if form.validate_on_submit():
        try:
            limits.count_try(Kind.CODE, who.email)
            codes = operations.set_up(
                who.actor_id, secret, form.code.data or "", replacing=True, but=who.session_id
            )
        except DomainError as error:
            refused = _refuse(form, error)
        else:
            limits.note_right(Kind.CODE, who.email)
            session.pop(_NEW_SECRET)
            flash(_("Votre téléphone est enregistré. Vos autres connexions sont fermées."), "success")
            return _show_codes(who.actor_id, codes, url_for("sign_in.account"))
    page = render_template("sign_in/change_phone.html", form=form, actor=who, **_square(secret, who.email))
    return _answer(page, form, refused)


@blueprint.route("/bureau/compte/codes", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def codes() -> AnyResponse:
    """New recovery codes; the password first."""
    who = _who()
    form = ConfirmForm()
    refused: DomainError | None = None
    if form.validate_on_submit():
        refused = _confirm(who, form)
        if refused is None:
            return _show_codes(who.actor_id, operations.renew_codes(who), url_for("sign_in.account"))
    state = operations.state_of(who.actor_id)
    page = render_template("sign_in/confirm.html", form=form, act="codes", state=state, actor=who)
    return _answer(page, form, refused)


@blueprint.route("/bureau/compte/telephone/retirer", methods=["GET", "POST"])
@policy("account.self")
@keeps_form
def turn_off() -> AnyResponse:
    """No code any more, for who may do without; the password first."""
    who = _who()
    form = ConfirmForm()
    refused: DomainError | None = None
    if form.validate_on_submit():
        refused = _confirm(who, form)
        if refused is None:
            operations.turn_off(who)
            flash(_("C’est fait : votre compte ne demande plus de code."), "success")
            return redirect(url_for("sign_in.account"), 303)
    state = operations.state_of(who.actor_id)
    page = render_template("sign_in/confirm.html", form=form, act="off", state=state, actor=who)
    return _answer(page, form, refused)


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
        except Unreadable:
            shown = []
    if not shown:
        session.pop(_NEW_CODES, None)
        session.pop(_AFTER_CODES, None)
        return redirect(back, 303)
    return make_response(
        render_template("sign_in/codes.html", codes=[in_fours(each) for each in shown], actor=who)
    )


@blueprint.post("/bureau/comptes/<int:account_id>/telephone")
@policy("account.manage")
def reset(account_id: int) -> AnyResponse:
    """A lost telephone: an administrator lets its owner take another one."""
    account = operations.reset_second_factor(_who(), account_id)
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


def _confirm(who: SignedIn, form: ConfirmForm) -> DomainError | None:
    """Ask for the password; what is wrong with it is said beside its field."""
    try:
        limits.count_try(Kind.CONFIRM, who.email)
        operations.confirm_password(who, form.current.data or "")
    except (TryLater, WrongCredentials) as error:
        return _refuse(form, error)
    limits.note_right(Kind.CONFIRM, who.email)
    return None


def _offer_secret(account_id: int) -> str:
    """A new secret, put into the session until a telephone confirms it."""
    secret = operations.new_secret()
    session[_NEW_SECRET] = [seal(secret, f"new factor of {account_id}"), int(clock.now().timestamp())]
    return secret


def _new_secret(account_id: int) -> str | None:
    """The secret of this session that waits for its telephone, for as long as the password is fresh."""
    kept = session.get(_NEW_SECRET)
    if kept is None or clock.now().timestamp() - kept[1] > CODE_WAITED_FOR.total_seconds():
        return None
    try:
        return unseal(kept[0], f"new factor of {account_id}")
    except Unreadable:
        return None


def _square(secret: str, email: str) -> dict[str, object]:
    """What the page shows of a secret: a square for the telephone's camera, a link, and words to type."""
    settings = current_settings()
    address = operations.provisioning_uri(secret, email, site_name(settings))
    drawing = segno.make(address, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True
    )
    return {
        "square": Markup(drawing),  # noqa: S704  (drawn by us: nothing in it was typed)
        "address": address,
        "key": in_fours(secret),
    }


def _show_codes(account_id: int, made: list[str], after: str) -> AnyResponse:
    """Put new codes where only the next page of this browser finds them, and go there."""
    session[_NEW_CODES] = seal(" ".join(made), f"codes of {account_id}")
    session[_AFTER_CODES] = after
    return redirect(url_for("second_factor.new_codes"), 303)
