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
from cdv_civic.accounts.phones import fold_phone
from cdv_civic.accounts.rules import Way, own_path
from cdv_civic.accounts.sessions import open_session
from cdv_civic.core.errors import DomainError
from cdv_civic.core.forms.base import StaffForm
from cdv_civic.core.forms.protection import keeps_form
from cdv_civic.core.i18n.languages import current_language
from cdv_civic.core.policy.guard import policy
from cdv_civic.core.settings import current_settings
from cdv_civic.core.web import navigation
from cdv_civic.notices.operations import require_mail, require_texts
from cdv_civic.sign_in.blueprint import blueprint
from cdv_civic.sign_in.by_message import operations, queries
from cdv_civic.sign_in.by_message.forms import AskMailForm, AskTextForm, CodeForm, EnterForm
from cdv_civic.sign_in.by_message.operations import SENTENCES, DeadCode, Entered, NeedsPassword
from cdv_civic.sign_in.by_message.rules import BadCode, State
from cdv_civic.sign_in.demo_hints import demo_hints

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
    if request.args.get("poste") == "partage":
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
    return _ask(Way.SMS, form, lambda: fold_phone(form.phone.data or "", current_settings().sms_countries))


def _ask(way: Way, form: StaffForm, fold: Callable[[], str]) -> AnyResponse:
    if current_user.is_authenticated:
        return redirect(_target())
    status = 200
    if form.validate_on_submit():
        try:
            address = fold()
            limits.count_message(address, text=way is Way.SMS)
            low = way is Way.SMS and limits.texts_run_low()
        except DomainError as refused:
            status = form.refuse_act(refused)
        else:
            browser = cookie.setdefault(BROWSER, secrets.token_urlsafe(32))
            cookie[BACK] = _carried()
            ref = operations.ask(way, address, browser=browser, language=current_language().tag)
            # Said of all numbers alike: whether this one gets a message is its holder's alone to know.
            carried = _carried() | ({"peu": "1"} if low else {})
            return redirect(url_for("sign_in.type_code", ref=ref, **carried), 303)
    elif form.is_submitted():
        status = 422
    return _page("sign_in/ask.html", status, form=form, way=way.value)


@blueprint.route("/connexion/code/<ref>", methods=["GET", "POST"])
@policy("public", reads=("retour", "poste", "fin", "peu"))
@keeps_form
def type_code(ref: str) -> AnyResponse:
    """The page that takes the code, in the browser that asked for it."""
    if current_user.is_authenticated:
        return redirect(_target())
    browser = cookie.get(BROWSER, "")
    form = CodeForm()
    status = 200
    asked = queries.asked(ref, browser)
    if asked is None:
        return _dead(None)
    if asked.state is not State.WAITING:
        return _dead(asked.state, asked.way)
    if form.validate_on_submit():
        try:
            return _come_in(operations.enter_by_code(ref, form.code.data or "", browser=browser), form)
        except BadCode as refused:
            status = form.refuse_act(refused)
        except DeadCode as refused:
            return _dead(refused.state, asked.way)
        except NeedsPassword as refused:
            return _page("sign_in/needs_password.html", refused.status, sentence=refused.sentence)
    elif form.is_submitted():
        status = 422
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
    if link.state is State.REPLACED and link.here:
        return _dead(link.state, Way.EMAIL, newest=link.newest)
    if link.state in (State.USED, State.EXPIRED):
        return redirect(_target()) if current_user.is_authenticated else _dead(link.state, Way.EMAIL)
    if not link.here:
        return _page("sign_in/other_device.html", code=link.code)
    form = EnterForm()
    carried = cookie.get(BACK) or {}
    if request.method == "GET" and carried.get("poste") == "partage":
        form.shared.data = True
    if form.validate_on_submit():
        try:
            return _come_in(operations.enter_by_link(token, browser=browser), form)
        except DeadCode as refused:
            return _dead(refused.state, Way.EMAIL)
        except NeedsPassword as refused:
            return _page("sign_in/needs_password.html", refused.status, sentence=refused.sentence)
    return _page("sign_in/open_link.html", 422 if form.is_submitted() else 200, form=form)


def _come_in(entered: Entered, form: CodeForm | EnterForm) -> AnyResponse:
    """Sign in; who comes for the first time is asked how to be called, then all go on to where they were going."""
    carried = cookie.get(BACK) or {}
    target = own_path(request.args.get("retour")) or own_path(carried.get("retour"))
    open_session(entered.account_id, entered.way, shared=form.shared.data)
    welcome = navigation.url_if_any("welcome", retour=target) if entered.first else None
    if welcome:
        return redirect(welcome, 303)
    return redirect(target or url_for("sign_in.entrance"), 303)


def _dead(state: State | None, way: Way | None = None, *, newest: str = "") -> AnyResponse:
    """The page of a link or a code that opens nothing any more, and the way to another one."""
    return _page(
        "sign_in/dead_message.html",
        410,
        sentence=SENTENCES[state],
        ask=ASKS[way] if way else "sign_in.ways_in",
        newest=newest,
        just_used=state is State.USED,
    )
