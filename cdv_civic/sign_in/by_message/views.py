"""The pages by which residents come in: choose a way, ask for a message, open its link or type its code."""

import secrets
from collections.abc import Callable
from typing import Any, Final

from flask import make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from cdv_civic.accounts import limits
from cdv_civic.accounts.emails import fold_email
from cdv_civic.accounts.phones import BadPhone, ForeignPhone, fold_phone
from cdv_civic.accounts.rules import Way, own_path
from cdv_civic.accounts.sessions import open_session
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.fields import on_shared_device
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.forms.submit import submit_for
from cdv_civic.core.i18n.catalogue import lazy_gettext as _l
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web import navigation
from cdv_civic.notices.operations import require_mail, require_texts
from cdv_civic.sign_in.blueprint import blueprint
from cdv_civic.sign_in.by_message import operations, queries
from cdv_civic.sign_in.by_message.forms import AskMailForm, AskTextForm, MessageCodeForm, OpenLinkForm
from cdv_civic.sign_in.by_message.operations import DeadCode, Entered, NeedsPassword
from cdv_civic.sign_in.by_message.rules import CodeState
from cdv_civic.sign_in.by_message.wording import DEAD
from cdv_civic.sign_in.demo_hints import demo_hints
from cdv_civic.sign_in.oidc.buttons import buttons
from cdv_civic.sign_in.oidc.client import Audience

#: In the cookie of a browser that asks: the random value that its links and codes are bound to, and where to go on.
BROWSER: Final = "asked"
BACK: Final = "asked_from"
#: In which page a message of a way is asked for.
ASKS: Final = {Way.EMAIL: "sign_in.ask_mail", Way.SMS: "sign_in.ask_text"}


def _carried() -> dict[str, Any]:
    """What each address takes along to the next: where the person was going, and whether the device is shared."""
    carried: dict[str, Any] = {}
    if back := own_path(request.args.get("retour")):
        carried["retour"] = back
    if on_shared_device():
        carried["poste"] = "partage"
    return carried


def _target() -> str:
    return own_path(request.args.get("retour")) or url_for("sign_in.entrance")


def _page(template: str, status: int = 200, **values: object) -> AnyResponse:
    return make_response(render_template(template, carried=_carried(), hints=demo_hints(), **values), status)


@blueprint.get("/connexion")
@policy("public", reads=("retour", "poste", "fin"))
def ways_in() -> AnyResponse:
    """Choose a way in; then on to where the person was going."""
    if current_user.is_authenticated:
        return redirect(_target())
    carried = _carried()
    settings = current_settings()
    return _page(
        "sign_in/ways_in.html",
        card=navigation.url_if_any("card_sign_in", **carried),
        mails=settings.mails,
        texts=settings.texts,
        oidc_buttons=buttons(Audience.RESIDENTS),
        for_desk="/bureau" in carried.get("retour", ""),
    )


@blueprint.route("/connexion/e-mail", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin"))
@keeps_form
def ask_mail() -> AnyResponse:
    """Ask for a link by e-mail. The answer is the same whether the address has an account or not."""
    require_mail()
    form = AskMailForm()
    return _ask(Way.EMAIL, form, lambda: fold_email(form.email.data or ""))


@blueprint.route("/connexion/sms", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin"))
@keeps_form
def ask_text() -> AnyResponse:
    """Ask for a code by SMS."""
    require_texts()
    form = AskTextForm()
    return _ask(Way.SMS, form, lambda: _folded_phone(form.phone.data or ""))


def _folded_phone(typed: str) -> str:
    settings = current_settings()
    try:
        return fold_phone(typed, settings.sms_countries, fictional=settings.development)
    except ForeignPhone:
        if not settings.mails:
            raise
        raise BadPhone(
            _l("Le site n’envoie pas de SMS dans ce pays. Choisissez un lien par e-mail.")
        ) from None


def _ask(way: Way, form: StaffForm, fold: Callable[[], str]) -> AnyResponse:
    if current_user.is_authenticated:
        return redirect(_target())

    def count() -> tuple[str, bool]:
        address = fold()
        limits.count_message(address, text=way is Way.SMS)
        return address, way is Way.SMS and limits.texts_run_low()

    status, counted = submit_for(form, count)
    if counted is None:
        return _page("sign_in/ask.html", status, form=form, way=way.value)
    address, low = counted
    browser = cookie.setdefault(BROWSER, secrets.token_urlsafe(32))
    cookie[BACK] = _carried()
    ref = operations.ask(way, address, browser=browser, language=current_language().tag)
    # Said of all numbers alike: whether this one gets a message is its holder's alone to know.
    carried = _carried() | ({"peu": "1"} if low else {})
    return redirect(url_for("sign_in.type_code", ref=ref, **carried), 303)


@blueprint.route("/connexion/code/<ref>", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin", "peu"))
@keeps_form
def type_code(ref: str) -> AnyResponse:
    """The page that takes the code, in the browser that asked for it."""
    if current_user.is_authenticated:
        return redirect(_target())
    browser = cookie.get(BROWSER, "")
    form = MessageCodeForm()
    asked = queries.asked(ref, browser)
    if asked is None:
        return _dead(None)
    if asked.state is not CodeState.WAITING:
        return _dead(asked.state, asked.way)
    try:
        status, entered = submit_for(
            form, lambda: operations.enter_by_code(ref, form.code.data or "", browser=browser)
        )
    except DeadCode as refused:
        return _dead(refused.state, asked.way)
    if entered is not None:
        return _come_in(entered, form)
    return _page("sign_in/type_code.html", status, form=form, asked=asked, ask=ASKS[asked.way])


@blueprint.route("/connexion/lien/<token:token>", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin"))
@keeps_form
def open_link(token: str) -> AnyResponse:
    """The page behind a link. Looking at it changes nothing: programs that read mails open links too."""
    browser = cookie.get(BROWSER, "")
    link = queries.opened(token, browser)
    if link is None:
        return _dead(None, Way.EMAIL)
    if link.state is CodeState.REPLACED and link.here:
        return _dead(link.state, Way.EMAIL, newest=link.newest)
    if link.state in (CodeState.USED, CodeState.EXPIRED):
        return redirect(_target()) if current_user.is_authenticated else _dead(link.state, Way.EMAIL)
    if not link.here:
        return _page("sign_in/other_device.html", code=link.code)
    form = OpenLinkForm()
    carried = cookie.get(BACK) or {}
    if request.method == "GET" and carried.get("poste") == "partage":
        form.shared.data = True
    try:
        status, entered = submit_for(form, lambda: operations.enter_by_link(token, browser=browser))
    except DeadCode as refused:
        return _dead(refused.state, Way.EMAIL)
    if entered is not None:
        return _come_in(entered, form)
    return _page("sign_in/open_link.html", status, form=form)


@blueprint.errorhandler(NeedsPassword)
def needs_password(refused: NeedsPassword) -> AnyResponse:
    """Whoever has a password is shown the way to it."""
    return _page("sign_in/needs_password.html", refused.status, sentence=refused.sentence)


def _come_in(entered: Entered, form: MessageCodeForm | OpenLinkForm) -> AnyResponse:
    """Sign in; who comes for the first time is asked how to be called, then all go on to where they were going."""
    carried = cookie.get(BACK) or {}
    target = own_path(request.args.get("retour")) or own_path(carried.get("retour"))
    open_session(entered.account_id, entered.way, shared=form.shared.data)
    welcome = navigation.url_if_any("welcome", retour=target) if entered.first else None
    if welcome:
        return redirect(welcome, 303)
    return redirect(target or url_for("sign_in.entrance"), 303)


def _dead(state: CodeState | None, way: Way | None = None, *, newest: str = "") -> AnyResponse:
    """The page of a link or a code that opens nothing any more, and the way to another one."""
    return _page(
        "sign_in/dead_message.html",
        410,
        sentence=DEAD[state],
        ask=ASKS[way] if way else "sign_in.ways_in",
        newest=newest,
        just_used=state is CodeState.USED,
    )
